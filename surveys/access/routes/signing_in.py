"""Sign in, enter by a one-time link, set the first account up, sign out."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.access import accounts, entering, throttle
from surveys.access.accounts import queue_account_mail
from surveys.access.forms import AddressForm, CodeForm, LinkForm, SignInForm, StartForm
from surveys.access.policy import ANYBODY, SIGNED_IN, policy
from surveys.access.viewer import COOKIE, Viewer
from surveys.database import write_session
from surveys.models.enums import MessageKind, Role
from surveys.models.people import Account
from surveys.web import db, installation

blueprint = Blueprint("access", __name__)


def home_of(viewer: Viewer | None) -> str:
    """The first page for a viewer."""
    if viewer is None:
        return url_for("access.sign_in")
    if viewer.is_hr:
        return url_for("running.overview")
    # An administrator sees no results.
    return url_for("tokens.home" if viewer.roles == {Role.ADMIN} else "reading.pairs")


@blueprint.get("/")
@policy(ANYBODY)
def home() -> Response:
    """Send everybody to their own first page."""
    return redirect(home_of(g.viewer))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@policy(ANYBODY)
def sign_in() -> Response | tuple[str, int]:
    """Sign in by address and password, or go on to the organisation's own sign-in."""
    form, status, settings = SignInForm(), 200, installation().settings
    if settings.by_password and form.validate_on_submit():
        with write_session(installation().sessions) as session:
            email = form.email.data
            buckets = entering.buckets_of(session, settings, email)
            if any(throttle.is_full(session, bucket) for bucket in buckets):
                status = 429
                flash(_("Too many tries. Wait a quarter of an hour, or have a link sent by mail."))
            elif account := accounts.check_password(session, email, form.password.data):
                throttle.forget(session, buckets[0])
                goal = entering.same_site(request.args)
                how = entering.BY_PASSWORD
                return entering.continue_sign_in(session, settings, account, goal, how)
            else:
                for bucket in buckets:
                    throttle.count(session, bucket)
                flash(_("Address and password do not fit. Have a link sent if you forgot it."))
    empty = accounts.first_account_missing(db())
    return render_template("access/sign_in.html", form=form, empty=empty, settings=settings), status


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@policy(ANYBODY)
def second() -> Response | str:
    """The second factor, after a right password or link."""
    form = CodeForm()
    who = entering.pending()
    if who is None:
        return redirect(url_for("access.sign_in"))
    if form.validate_on_submit():
        settings = installation().settings
        with write_session(installation().sessions) as session:
            account = session.get_one(Account, who.account_id)
            if entering.code_is_right(session, settings, account, form.code.data):
                return entering.start_session(session, settings, account, who.goal, who.how)
        flash(_("This code is not right, or was used already. Take the next one."))
    return render_template("access/second.html", form=form)


@blueprint.route("/forgot", methods=["GET", "POST"])
@policy(ANYBODY)
def forgot() -> Response | str:
    """Have a one-time link sent; the answer is the same for addresses that nobody has."""
    if not installation().settings.by_password:
        abort(404)
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("access/forgot.html", form=form)
    with write_session(installation().sessions) as session:
        bucket = throttle.mail_bucket(form.email.data)
        account = accounts.find_account(session, form.email.data)
        if not throttle.is_full(session, bucket):
            throttle.count(session, bucket)
            if account is not None and account.grants:
                queue_account_mail(session, account.id, MessageKind.FORGOT)
    installation().jobs.ask_to_advance()
    flash(_("If this address may sign in, a link is on its way to it."))
    return redirect(url_for("access.sign_in"))


@blueprint.route("/enter", methods=["GET", "POST"])
@policy(ANYBODY)
def enter() -> Response | tuple[str, int]:
    """Enter by a one-time link: its code comes in the fragment and is posted by the page."""
    form, status = LinkForm(), 200
    if form.validate_on_submit():
        settings = installation().settings
        with write_session(installation().sessions) as session:
            bucket = throttle.place_bucket(settings, request.remote_addr)
            if throttle.is_full(session, bucket):
                status = 429
                flash(_("Too many tries. Wait a quarter of an hour."))
            elif account := accounts.use_link(session, form.code.data):
                wants_new = account.password_hash is None or "new" in request.args
                wants_new = wants_new and settings.by_password
                goal = url_for("account.password") if wants_new else "/"
                return entering.continue_sign_in(session, settings, account, goal, entering.BY_LINK)
            else:
                throttle.count(session, bucket)
                flash(_("This link was used already or is too old. Have a new one sent."))
    return render_template("access/enter.html", form=form), status


@blueprint.route("/start", methods=["GET", "POST"])
@policy(ANYBODY)
def start() -> Response | str:
    """Set up the first account of a new installation."""
    form = StartForm()
    if form.validate_on_submit():
        with write_session(installation().sessions) as session:
            account = accounts.set_up_first(
                session, form.code.data, form.email.data, form.name.data, form.password.data
            )
            if account is not None:
                goal = url_for("running.setup_steps")
                return entering.start_session(
                    session, installation().settings, account, goal, entering.BY_PASSWORD
                )
        flash(_("This link was used already. Restart the server: it prints a new one."))
    return render_template("access/start.html", form=form)


@blueprint.post("/sign-out")
@policy(*SIGNED_IN)
def sign_out() -> Response:
    """Sign this browser out."""
    with write_session(installation().sessions) as session:
        accounts.sign_out(session, request.cookies.get(COOKIE, ""))
    still_in = cookie.pop(entering.PROVIDER, None)
    response = redirect(url_for("access.sign_in", out=1 if still_in else None))
    response.delete_cookie(COOKIE)
    return response
