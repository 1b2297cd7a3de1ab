"""HR's pages for running a pulse: overview, steps two to four of the set-up, launch, live view."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys import heartbeat
from surveys.access.forms import SimpleForm
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.answering.questions import MAX_PARTNERS_ASKED, field_name, make_form, wording_of
from surveys.answering.sealing import COMMENT_LIMIT
from surveys.database import write_session
from surveys.directory.teams import team_sizes
from surveys.errors import UserError
from surveys.exporting.pdf import pdf_of
from surveys.models.enums import Role
from surveys.running import cards, preview, setup
from surveys.running.calendar_file import calendar_entries
from surveys.running.checklist import missing_steps, warnings
from surveys.running.forms import CalendarForm, PairForm
from surveys.running.overview import overview as overview_of
from surveys.web import db, installation

blueprint = Blueprint("running", __name__, url_prefix="/hr")


@blueprint.get("")
@policy(Role.HR)
def overview() -> Response | str:
    """Where the pulse stands: the open wave, participation, what comes next."""
    pulse = setup.the_pulse(db())
    if pulse.is_draft:
        return redirect(url_for("running.setup_steps"))
    return render_template(
        "running/overview.html",
        page=overview_of(db(), pulse),
        silent=heartbeat.nobody_works(installation().jobs),
    )


@blueprint.get("/setup")
@policy(Role.HR)
def setup_steps() -> str:
    """The four steps and how far each is."""
    pulse = setup.the_pulse(db())
    return render_template(
        "running/setup.html",
        pulse=pulse,
        sizes=team_sizes(db()),
        pairs=setup.pairs_of(pulse),
    )


@blueprint.route("/setup/seams", methods=["GET", "POST"])
@policy(Role.HR)
def seams() -> Response | str:
    """Step 2: who works with whom."""
    sizes = team_sizes(db())
    form = PairForm().offering((size.team.id, size.team.name) for size in sizes)
    if form.validate_on_submit() and _pair_added(form):
        return redirect(url_for("running.seams"))
    return render_template(
        "running/seams.html",
        form=form,
        pairs=setup.pairs_of(setup.the_pulse(db())),
        sizes=sizes,
        simple=SimpleForm(),
    )


def _pair_added(form: PairForm) -> bool:
    """Whether the pair could be added; why not is flashed."""
    try:
        with write_session(installation().sessions) as session:
            pulse = setup.the_pulse(session)
            setup.add_pair(session, viewer().email, pulse, form.team_a.data, form.team_b.data)
    except UserError as error:
        flash(error.sentence)
        return False
    return True


@blueprint.post("/setup/seams/<int:team_a>/<int:team_b>/remove")
@policy(Role.HR)
def remove_pair(team_a: int, team_b: int) -> Response:
    """Step 2: take a pair out."""
    with write_session(installation().sessions) as session:
        setup.remove_pair(session, viewer().email, setup.the_pulse(session), team_a, team_b)
    return redirect(url_for("running.seams"))


@blueprint.get("/setup/questions")
@policy(Role.HR)
def questions() -> str:
    """Step 3: the questions, month by month."""
    pulse = setup.the_pulse(db())
    return render_template(
        "running/questions.html",
        months=preview.questions_by_month(pulse),
        pulse=pulse,
        wording_of=lambda item: wording_of(item, str(get_locale())),
    )


@blueprint.get("/setup/preview")
@policy(Role.HR)
def preview_form() -> str:
    """The form exactly as staff of a team will see it."""
    entry, wave, asked = preview.example_entry(db(), setup.the_pulse(db()))
    return render_template(
        "answering/form.html",
        entry=entry,
        wave=wave,
        questions=asked,
        form=make_form(asked, entry.targets)(formdata=None),
        field_name=field_name,
        limit=COMMENT_LIMIT,
        most_asked=MAX_PARTNERS_ASKED,
        preview=True,
    )


@blueprint.route("/setup/calendar", methods=["GET", "POST"])
@policy(Role.HR)
def calendar() -> Response | str:
    """Step 4: dates and thresholds."""
    pulse = setup.the_pulse(db())
    form = CalendarForm(obj=pulse)
    if not form.is_submitted():
        form.first_opens_on.data = setup.next_opening(db(), pulse)
        form.holidays.data = "\n".join(pulse.holidays or ())
    if form.validate_on_submit() and _calendar_kept(form):
        return redirect(url_for("running.launch"))
    return render_template("running/calendar.html", form=form, pulse=pulse)


def _calendar_kept(form: CalendarForm) -> bool:
    """Whether dates and thresholds could be kept, all or nothing; why not is flashed."""
    try:
        with write_session(installation().sessions) as session:
            actor, pulse = viewer().email, setup.the_pulse(session)
            setup.set_calendar(
                session,
                actor,
                pulse,
                form.first_opens_on.data,
                form.every_weeks.data,
                form.open_days.data,
                form.time_zone.data,
                form.monthly.data,
                form.holidays.days,
            )
            thresholds = form.k_index.data, form.k_causes.data, form.k_verbatim.data
            setup.raise_thresholds(session, actor, pulse, *thresholds)
    except UserError as error:
        flash(error.sentence)
        return False
    return True


@blueprint.route("/setup/launch", methods=["GET", "POST"])
@policy(Role.HR)
def launch() -> Response | str:
    """The checklist, and the button that starts everything."""
    form = SimpleForm()
    if not form.validate_on_submit():
        pulse, sizes = setup.the_pulse(db()), team_sizes(db())
        return render_template(
            "running/launch.html",
            form=form,
            pulse=pulse,
            missing=missing_steps(pulse, sizes),
            warnings=warnings(pulse, sizes, installation().settings),
            dates=setup.next_dates(db(), pulse),
        )
    with write_session(installation().sessions) as session:
        setup.launch(session, viewer().email, setup.the_pulse(session))
    installation().jobs.ask_to_advance()
    flash(_("Launched. From here on the months run by themselves."))
    return redirect(url_for("running.overview"))


@blueprint.post("/<any(pause, resume, skip):step>")
@policy(Role.HR)
def move(step: str) -> Response:
    """Pause the pulse, go on with it, or leave the next wave out."""
    steps = {"pause": setup.pause, "resume": setup.resume, "skip": setup.skip_next}
    with write_session(installation().sessions) as session:
        steps[step](session, viewer().email, setup.the_pulse(session))
    return redirect(url_for("running.overview"))


@blueprint.get("/calendar.ics")
@policy(Role.HR)
def calendar_file() -> Response:
    """The next waves for HR's own calendar."""
    days = calendar_entries(db(), setup.the_pulse(db()), installation().settings.base_url)
    response = Response(days, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="tribometer.ics"'
    return response


@blueprint.get("/cards")
@policy(Role.HR)
def cards_page() -> str:
    """The teams whose cards can be printed while a wave is open."""
    teams = cards.teams_with_cards(db(), cards.open_wave_now(db()))
    return render_template("running/cards.html", teams=teams)


@blueprint.post("/cards/<int:team_id>")
@policy(Role.HR)
def print_cards(team_id: int) -> Response:
    """The cards of one team as a PDF."""
    with write_session(installation().sessions) as session:
        sheet = cards.print_cards(session, viewer().email, installation().settings, team_id)
    if sheet is None:
        abort(404)
    content = pdf_of(render_template("running/card_sheet.html", sheet=sheet))
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="cards-{team_id}.pdf"'
    return response


@blueprint.route("/setup/mail", methods=["GET", "POST"])
@policy(Role.HR)
def mails() -> str:
    """What staff get by mail, and a test mail to oneself."""
    form = SimpleForm()
    settings = installation().settings
    letters = preview.example_letters(db(), settings, setup.the_pulse(db()), viewer().name)
    if form.validate_on_submit():
        problem = preview.send_test_mail(settings, letters[0], viewer().email)
        sent = _("The test mail is on its way to %(email)s.", email=viewer().email)
        flash(_("It did not go: %(problem)s", problem=problem) if problem else sent)
    return render_template(
        "running/mail.html", form=form, texts=[preview.text_of(letter) for letter in letters]
    )


@blueprint.post("/waves/<int:wave_id>/close")
@policy(Role.HR)
def close_wave(wave_id: int) -> Response:
    """Close an open wave before its time; the worker publishes it."""
    with write_session(installation().sessions) as session:
        setup.close_early(session, viewer().email, wave_id)
    installation().jobs.ask_to_advance()
    flash(_("The wave is closing. Its results appear in a moment."))
    return redirect(url_for("running.overview"))


@blueprint.post("/waves/<int:wave_id>/give-up")
@policy(Role.HR)
def give_up(wave_id: int) -> Response:
    """Give up a wave whose key is lost."""
    with write_session(installation().sessions) as session:
        setup.give_up(session, viewer().email, wave_id)
    installation().jobs.ask_to_advance()
    return redirect(url_for("running.overview"))
