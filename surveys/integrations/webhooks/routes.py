"""Webhooks: which programs are told, making one, taking one back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, URLField
from wtforms.fields import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from surveys.access.forms import NEEDED
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.errors import UserError
from surveys.integrations.webhooks import delivery
from surveys.models.enums import Role
from surveys.models.webhooks import Webhook, WebhookMessage
from surveys.sending.events import EVENTS
from surveys.web import installation

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
BLUEPRINTS = (blueprint,)


class WebhookForm(FlaskForm):
    """Where to, and what for."""

    address = URLField(_l("Address of the program"), validators=[NEEDED, Length(max=300)])
    events = SelectMultipleField(
        _l("Tell it when"),
        choices=[SelectChoice(*one) for one in EVENTS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


@blueprint.route("", methods=["GET", "POST"])
@policy(Role.HR, Role.ADMIN)
def home() -> str:
    """All webhooks with what became of their newest message; a new one's secret is shown once."""
    form, secret, settings = WebhookForm(), None, installation().settings
    if form.validate_on_submit() and (secret := _made(form)):
        form = WebhookForm(formdata=None)
    with installation().sessions() as session:
        known = session.scalars(select(Webhook).order_by(Webhook.id.desc())).all()
        last = select(func.max(WebhookMessage.id)).group_by(WebhookMessage.webhook_id)
        messages = session.scalars(select(WebhookMessage).where(WebhookMessage.id.in_(last)))
        newest = {message.webhook_id: message for message in messages}
    return render_template(
        "access/webhooks.html",
        form=form,
        secret=secret,
        webhooks=known,
        newest=newest,
        events=EVENTS,
        hosts=sorted(delivery.allowed_hosts(settings)),
    )


def _made(form: WebhookForm) -> str | None:
    """The secret of the new webhook; None, and why is flashed, if it cannot be made."""
    address, settings = form.address.data.strip(), installation().settings
    try:
        with write_session(installation().sessions) as session:
            return delivery.make_webhook(
                session, viewer().email, settings, address, form.events.data
            ).secret
    except UserError as error:
        flash(error.sentence)
    return None


@blueprint.post("/<int:webhook_id>/revoke")
@policy(Role.HR, Role.ADMIN)
def revoke(webhook_id: int) -> Response:
    """End a webhook."""
    with write_session(installation().sessions) as session:
        delivery.revoke_webhook(session, viewer().email, webhook_id)
    flash(_("The program is told nothing any more."))
    return redirect(url_for("webhooks.home"))
