"""HR's page for the wording of the questions, language by language."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.access.forms import SimpleForm
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.errors import UserError
from surveys.languages import NAMES, is_right_to_left
from surveys.models.enums import Role
from surveys.running import rewording, setup
from surveys.web import db, installation

blueprint = Blueprint("wording", __name__, url_prefix="/hr/setup/wording")


@blueprint.route("/<language>", methods=["GET", "POST"])
@policy(Role.HR)
def edit(language: str) -> Response | str:
    """All items of one language, each with our wording and a field for the own one."""
    if language not in NAMES:
        abort(404)
    form = SimpleForm()
    if form.validate_on_submit() and _kept(language):
        return redirect(url_for("wording.edit", language=language))
    pulse = setup.the_pulse(db())
    return render_template(
        "running/wording.html",
        form=form,
        language=language,
        direction="rtl" if is_right_to_left(language) else "ltr",
        names=NAMES,
        reworded=rewording.languages_reworded(pulse),
        items=rewording.wordings_of(pulse, language),
        typed=request.form,
        used=pulse.instrument.used,
        busy=rewording.is_busy(db(), pulse),
        longest=rewording.MAX_WORDING_LENGTH,
    )


def _kept(language: str) -> bool:
    """Whether the words that were sent could be kept; what became of them is flashed."""
    try:
        with write_session(installation().sessions) as session:
            pulse = setup.the_pulse(session)
            changed = rewording.reword(session, viewer().email, pulse, language, request.form)
    except UserError as error:
        flash(error.sentence)
        return False
    flash(ngettext("One question changed.", "%(num)d questions changed.", changed))
    return True
