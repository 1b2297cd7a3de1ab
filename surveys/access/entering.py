"""How a browser gets in: password, then second factor where there is one, then the cookie."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from flask import redirect, request, url_for
from flask import session as cookie
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from surveys import clock
from surveys.access import accounts, audit, second_factor, throttle
from surveys.access.viewer import COOKIE
from surveys.models.people import Account
from surveys.settings import Settings, secret_key

DEVICE_COOKIE = "tribometer_device"
DEVICE_LIFE = timedelta(days=365)
PENDING = "second_factor"
PENDING_LIFE = timedelta(minutes=10)
BY_PASSWORD, BY_LINK = "signed in", "entered by link"
BY_PROVIDER = "signed in by identity provider"
LINK = "entered_by_link"
#: this browser may be signed in at the organisation's identity provider as well
PROVIDER = "came_by_provider"
#: how long somebody who came by a link may choose a new password without the old one
LINK_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody whose password or link was right and whose second factor is still asked for."""

    account_id: int
    goal: str
    how: str


def continue_sign_in(
    session: Session, settings: Settings, account: Account, goal: str, how: str
) -> Response:
    """After a right password or link: ask for the second factor, or let in."""
    if second_factor.is_on(account):
        until = (clock.now() + PENDING_LIFE).timestamp()
        cookie.clear()
        cookie[PENDING] = [account.id, goal, how, until]
        return redirect(url_for("access.second"))
    return start_session(session, settings, account, goal, how)


def pending() -> Pending | None:
    """Who stands before the second factor in this browser, if anybody."""
    found = cookie.get(PENDING)
    if not found or found[3] < clock.now().timestamp():
        return None
    return Pending(int(found[0]), str(found[1]), str(found[2]))


def start_session(
    session: Session, settings: Settings, account: Account, goal: str, how: str
) -> Response:
    """Sign the browser in: a new secret for its cookie, and a cookie that knows the device."""
    cookie.clear()
    if how == BY_LINK:
        cookie[LINK] = [account.id, (clock.now() + LINK_LIFE).timestamp()]
    if how == BY_PROVIDER:
        cookie[PROVIDER] = True
    audit.record(session, account.email, how)
    response = redirect(goal)
    response.set_cookie(
        COOKIE,
        accounts.sign_in(session, account),
        httponly=True,
        samesite="Lax",
        secure=settings.https,
        max_age=int(accounts.SIGN_IN_LIFE.total_seconds()),
    )
    response.set_cookie(
        DEVICE_COOKIE,
        _signer(settings).dumps(
            [account.email, device_of(settings, account.email) or token_hex(8)]
        ),
        path=url_for("access.sign_in"),
        httponly=True,
        samesite="Strict",
        secure=settings.https,
        max_age=int(DEVICE_LIFE.total_seconds()),
    )
    return response


def same_site(args: Mapping[str, str]) -> str:
    """Where to go on after sign-in: a path of this site only.

    Browsers drop tabs and line ends and take a backslash for a slash, so none may be in it.
    """
    goal = args.get("next", "/")
    return goal if re.fullmatch(r"/([!-.0-\[\]-~][!-\[\]-~]*)?", goal) else "/"


def came_by_link(account_id: int) -> bool:
    """Whether the account entered here by a link of late: then no old password is asked for."""
    owner, until = cookie.get(LINK, (None, 0))
    return bool(owner == account_id and until > clock.now().timestamp())


def code_is_right(session: Session, settings: Settings, account: Account, code: str) -> bool:
    """Check a code of the second factor, within its limit; raises TooManyTries.

    The account's row is locked, or two requests at the same moment could use one code.
    """
    session.refresh(account, with_for_update=True)
    bucket = throttle.second_bucket(account.id)
    return throttle.limited(session, bucket, lambda: second_factor.check(settings, account, code))


def device_of(settings: Settings, email: str) -> str | None:
    """The name of this device if it once signed in to the account of `email`."""
    try:
        owner, device = _signer(settings).loads(request.cookies.get(DEVICE_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return str(device) if owner == email.strip().lower() else None


def buckets_of(session: Session, settings: Settings, email: str) -> list[throttle.Bucket]:
    """Where a wrong password of this browser counts.

    A device that the account knows counts for itself until it is full.
    """
    device = device_of(settings, email)
    own = throttle.account_bucket(email, device)
    if device and not throttle.is_full(session, own):
        return [own]
    place = throttle.place_bucket(settings, request.remote_addr)
    return [throttle.account_bucket(email, None), place]


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(settings), salt="device")
