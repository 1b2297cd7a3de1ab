"""Tokens of programs: who has one, making one, taking one back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from surveys.access import api_tokens
from surveys.access.forms import NEEDED
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.models.enums import Role
from surveys.web import installation

blueprint = Blueprint("tokens", __name__, url_prefix="/tokens")


#: where a token of each scope is used
ADDRESSES = {
    "scim": "/scim/v2",
    "figures": "/api/v1/pairs/…/…/series",
    "metrics": "/metrics",
    "results": "/api/v1/openapi.json",
}


class TokenForm(FlaskForm):
    """What the token is called, and what it may do."""

    name = StringField(
        _l("Which program is it for?"),
        validators=[NEEDED, Length(max=api_tokens.MAX_NAME_LENGTH)],
        render_kw={"autocomplete": "off"},
    )
    scope = SelectField(
        _l("May do"), choices=[SelectChoice(*one) for one in api_tokens.SCOPES.items()]
    )


@blueprint.route("", methods=["GET", "POST"])
@policy(Role.HR, Role.ADMIN)
def home() -> str:
    """All tokens; a new one is shown once, in the answer to its making."""
    form, secret, address = TokenForm(), None, ""
    if form.validate_on_submit():
        with write_session(installation().sessions) as session:
            secret = api_tokens.make_token(
                session, viewer().email, form.name.data, [form.scope.data]
            )
            address = ADDRESSES[form.scope.data]
        form = TokenForm(formdata=None)
    with installation().sessions() as session:  # not db(): it began before the new one was made
        known = api_tokens.tokens(session)
    return render_template(
        "access/tokens.html",
        form=form,
        secret=secret,
        tokens=known,
        scopes=api_tokens.SCOPES,
        address=f"{installation().settings.base_url}{address}",
    )


@blueprint.post("/<int:token_id>/revoke")
@policy(Role.HR, Role.ADMIN)
def revoke(token_id: int) -> Response:
    """End a token."""
    with write_session(installation().sessions) as session:
        token = api_tokens.revoke_token(session, viewer().email, token_id)
    flash(_("The token “%(name)s” opens nothing any more.", name=token.name))
    return redirect(url_for("tokens.home"))
