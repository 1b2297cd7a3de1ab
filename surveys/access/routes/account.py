"""One's own account: password, second factor, signed-in browsers."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from surveys.access import accounts, entering, second_factor, throttle
from surveys.access.forms import ChangePasswordForm, CodeForm, PasswordForm
from surveys.access.policy import SIGNED_IN, policy
from surveys.access.viewer import COOKIE, viewer
from surveys.database import write_session
from surveys.models.people import Account
from surveys.web import db, installation

blueprint = Blueprint("account", __name__, url_prefix="/account")
#: where the secret of a second factor waits, in this browser, until its first code proves it
WAITING = "new_second_factor"


@blueprint.get("")
@policy(*SIGNED_IN)
def home() -> str:
    """What belongs to one's own account."""
    account = db().get_one(Account, viewer().account_id)
    return render_template(
        "access/account.html",
        account=account,
        by_password=installation().settings.by_password,
        second_on=second_factor.is_on(account),
        browsers=accounts.browsers_of(db(), account.id),
        here=accounts.digest(_here()),
    )


@blueprint.route("/password", methods=["GET", "POST"])
@policy(*SIGNED_IN)
def password() -> Response | str:
    """Choose a password; who has one gives it first. All other browsers are signed out."""
    if not installation().settings.by_password:
        abort(404)
    account = db().get_one(Account, viewer().account_id)
    known = account.password_hash is not None and not entering.came_by_link(account.id)
    form = ChangePasswordForm() if known else PasswordForm()
    if form.validate_on_submit():
        with write_session(installation().sessions) as session:
            account = session.get_one(Account, viewer().account_id)
            if not known or _own_password(session, account, form["current"].data):
                accounts.change_password(session, account, form.password.data, _here())
                flash(_("Your new password is kept; all other browsers are signed out."))
                return redirect(url_for("access.home"))
        flash(_("That is not your password."))
    return render_template("access/password.html", form=form, known=known)


@blueprint.route("/second-factor", methods=["GET", "POST"])
@policy(*SIGNED_IN)
def second() -> Response | str:
    """Turn the second factor on: scan, prove it by a code, keep the recovery codes."""
    form = CodeForm()
    settings = installation().settings
    secret = cookie.setdefault(WAITING, second_factor.new_secret())
    if form.validate_on_submit():
        with write_session(installation().sessions) as session:
            account = session.get_one(Account, viewer().account_id)
            codes = second_factor.turn_on(
                session, settings, account, secret, form.code.data, _here()
            )
        if codes is not None:
            cookie.pop(WAITING)
            return render_template("access/recovery.html", codes=codes)
        flash(_("This code does not fit. Is the clock of your telephone right?"))
    account = db().get_one(Account, viewer().account_id)
    address = second_factor.address_of(secret, account, settings.organisation)
    picture = second_factor.picture_of(address)
    return render_template("access/second_on.html", form=form, secret=secret, picture=picture)


@blueprint.route("/second-factor/off", methods=["GET", "POST"])
@policy(*SIGNED_IN)
def second_off() -> Response | str:
    """Turn the second factor off, proved by one more code."""
    form = CodeForm()
    if form.validate_on_submit():
        with write_session(installation().sessions) as session:
            account = session.get_one(Account, viewer().account_id)
            settings = installation().settings
            if entering.code_is_right(session, settings, account, form.code.data):
                second_factor.turn_off(session, account.email, account)
                return redirect(url_for("account.home"))
        flash(_("This code is not right, or was used already. Take the next one."))
    return render_template("access/second_off.html", form=form)


@blueprint.post("/sign-out-others")
@policy(*SIGNED_IN)
def sign_out_others() -> Response:
    """Sign every other browser of the account out."""
    with write_session(installation().sessions) as session:
        account = session.get_one(Account, viewer().account_id)
        accounts.sign_out_others(session, account, _here())
    flash(_("All other browsers are signed out."))
    return redirect(url_for("account.home"))


def _here() -> str:
    """The cookie of this browser."""
    return request.cookies.get(COOKIE, "")


def _own_password(session: Session, account: Account, password: str) -> bool:
    return throttle.limited(
        session,
        throttle.own_password_bucket(account.id),
        lambda: accounts.check_password(session, account.email, password) is not None,
    )
