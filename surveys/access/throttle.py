"""Wrong passwords are counted, so that guessing ends, and so that it locks out nobody else.

A browser that once signed in to an account keeps a device cookie and is counted by itself
(OWASP, "Slow down online guessing attacks with device cookies"). All other browsers share one
count for each account: who guesses there does not disturb the owner's own device, and the way
by mail stays open in any case.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from surveys import clock
from surveys.database import upsert
from surveys.errors import UserError
from surveys.models.people import SignInFailure
from surveys.settings import Settings, secret_key

WINDOW: Final = timedelta(minutes=15)
MAX_FAILURES: Final = 8
MAX_FROM_ONE_PLACE: Final = 100


class TooManyTries(UserError):
    """A code or password was wrong too often."""

    status = 429


def account_bucket(email: str, device: str | None) -> str:
    """Where failures are counted: for the device if it is known to the account, else for all."""
    return _bucket("device", device) if device else _bucket("account", email.strip().lower())


def place_bucket(settings: Settings, address: str | None) -> str:
    """Where failures of a network address are counted, whatever account they try.

    Keyed: there are few enough addresses to try them all against a plain hash.
    """
    key = secret_key(settings).encode()
    return hmac.digest(key, f"place {address or 'unknown'}".encode(), "sha256").hex()


def mail_bucket(email: str) -> str:
    """Where links asked for by mail are counted."""
    return _bucket("mail", email.strip().lower())


def second_bucket(account_id: int) -> str:
    """Where wrong codes of an account's second factor are counted.

    Only who knows the password gets there, so nobody else can fill it.
    """
    return _bucket("second", str(account_id))


def own_password_bucket(account_id: int) -> str:
    """Where wrong passwords are counted that somebody signed in gives to change the own one."""
    return _bucket("own password", str(account_id))


def is_full(session: Session, bucket: str, most: int = MAX_FAILURES) -> bool:
    """Whether there were too many failures within the window."""
    found = session.get(SignInFailure, bucket)
    return found is not None and found.since > clock.now() - WINDOW and found.count >= most


def count(session: Session, bucket: str) -> None:
    """Count one failure; windows that are over are forgotten."""
    session.execute(delete(SignInFailure).where(SignInFailure.since <= clock.now() - WINDOW))
    counted = session.execute(
        update(SignInFailure)
        .where(SignInFailure.bucket == bucket)
        .values(count=SignInFailure.count + 1)
        .returning(SignInFailure.bucket)
    ).first()
    if counted is None:
        began = {"count": 1, "since": clock.now()}
        upsert(session.connection(), SignInFailure, {"bucket": bucket}, began)


def forget(session: Session, bucket: str) -> None:
    """Begin anew after a success."""
    session.execute(delete(SignInFailure).where(SignInFailure.bucket == bucket))


def limited(session: Session, bucket: str, is_right: Callable[[], bool]) -> bool:
    """Whether a code or password is right, its failures counted; raises TooManyTries."""
    if is_full(session, bucket):
        raise TooManyTries(_("Too many tries. Wait a quarter of an hour."))
    right = is_right()
    if right:
        forget(session, bucket)
    else:
        count(session, bucket)
    return right


def _bucket(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind} {name}".encode()).hexdigest()
