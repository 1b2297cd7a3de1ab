"""Sign in, enter by a one-time link, set the first account up, sign out."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.access import accounts, audit
from surveys.access.forms import LinkForm, PasswordForm, SignInForm, StartForm
from surveys.access.policy import ANYBODY, SIGNED_IN, policy
from surveys.access.viewer import COOKIE, Viewer, viewer
from surveys.database import writing
from surveys.models.people import Account
from surveys.web import db, installation

blueprint = Blueprint("access", __name__)


def home_of(viewer: Viewer | None) -> str:
    """The first page for a viewer."""
    if viewer is None:
        return url_for("access.sign_in")
    return url_for("running.overview" if "hr" in viewer.roles else "reading.pairs")


@blueprint.get("/")
@policy(ANYBODY)
def home() -> Response:
    """Send everybody to their own first page."""
    return redirect(home_of(g.viewer))


@blueprint.get("/healthz")
@policy(ANYBODY)
def health() -> str:
    """Answers as long as the web process and its database do."""
    accounts.first_account_missing(db())
    return "ok"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@policy(ANYBODY)
def sign_in() -> Response | str:
    """Sign in by address and password."""
    form = SignInForm()
    if form.validate_on_submit():
        with writing(installation().sessions) as session:
            account = accounts.check_password(session, form.email.data, form.password.data)
            if account is not None:
                return _entered(accounts.sign_in(session, account), _same_site(request.args))
        flash(_("Address and password do not fit. Ask HR for a new link if you forgot it."))
    return render_template(
        "access/sign_in.html", form=form, empty=accounts.first_account_missing(db())
    )


@blueprint.route("/enter", methods=["GET", "POST"])
@policy(ANYBODY)
def enter() -> Response | str:
    """Enter by a one-time link: its code comes in the fragment and is posted by the page."""
    form = LinkForm()
    if form.validate_on_submit():
        with writing(installation().sessions) as session:
            account = accounts.use_link(session, form.code.data)
            if account is not None:
                audit.record(session, account.email, "entered by link")
                wants_password = account.password_hash is None
                goal = url_for("access.password") if wants_password else "/"
                return _entered(accounts.sign_in(session, account), goal)
        flash(_("This link was used already or is too old. Ask HR for a new one."))
    return render_template("access/enter.html", form=form)


@blueprint.route("/start", methods=["GET", "POST"])
@policy(ANYBODY)
def start() -> Response | str:
    """Set up the first account of a new installation."""
    form = StartForm()
    if form.validate_on_submit():
        with writing(installation().sessions) as session:
            link = accounts.find_link(session, form.code.data)
            open_to_all = accounts.first_account_missing(session)
            if link is not None and link.account_id is None and open_to_all:
                accounts.forget_set_up_links(session)
                account = accounts.add_account(session, form.email.data, form.name.data)
                accounts.set_password(account, form.password.data)
                accounts.grant(session, account, "hr")
                audit.record(session, account.email, "set up the installation")
                return _entered(accounts.sign_in(session, account), url_for("running.setup_steps"))
        flash(_("This link was used already. Restart the server: it prints a new one."))
    return render_template("access/start.html", form=form)


@blueprint.route("/password", methods=["GET", "POST"])
@policy(*SIGNED_IN)
def password() -> Response | str:
    """Choose a password after entering by link."""
    form = PasswordForm()
    if form.validate_on_submit():
        with writing(installation().sessions) as session:
            account = session.get_one(Account, viewer().account_id)
            accounts.set_password(account, form.password.data)
            audit.record(session, account.email, "set a password")
        return redirect(home_of(viewer()))
    return render_template("access/password.html", form=form, home=home_of(viewer()))


@blueprint.post("/sign-out")
@policy(*SIGNED_IN)
def sign_out() -> Response:
    """Sign this browser out."""
    with writing(installation().sessions) as session:
        accounts.sign_out(session, request.cookies.get(COOKIE, ""))
    response = redirect(url_for("access.sign_in"))
    response.delete_cookie(COOKIE)
    return response


def _entered(token: str, goal: str) -> Response:
    response = redirect(goal)
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=installation().settings.https,
        max_age=int(accounts.SIGN_IN_LIFE.total_seconds()),
    )
    return response


def _same_site(args: dict[str, str]) -> str:
    """Where to go on after sign-in: a path of this site only."""
    goal = args.get("next", "/")
    return goal if goal.startswith("/") and not goal.startswith(("//", "/\\")) else "/"
