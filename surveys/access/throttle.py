"""Wrong passwords are counted, so that guessing ends, and so that it locks out nobody else.

A browser that once signed in to an account keeps a device cookie and is counted by itself
(OWASP, "Slow down online guessing attacks with device cookies"). All other browsers share one
count for each account: who guesses there does not disturb the owner's own device, and the way
by mail stays open in any case.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.database import lock_until_commit
from surveys.errors import UserError
from surveys.models.people import SignInFailure
from surveys.settings import Settings, secret_key

WINDOW: Final = timedelta(minutes=15)
MAX_FAILURES: Final = 8
MAX_FROM_ONE_PLACE: Final = 100
#: links that one address gets by mail in a window
MAX_LINKS: Final = 3


class TooManyTries(UserError):
    """A code or password was wrong too often."""

    status = 429


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where failures are counted, and how many of them close it until its window is over."""

    key: str
    limit: int = MAX_FAILURES


def account_bucket(email: str, device: str | None) -> Bucket:
    """Where failures are counted: for the device if it is known to the account, else for all."""
    return _bucket("device", device) if device else _bucket("account", email.strip().lower())


def place_bucket(settings: Settings, address: str | None) -> Bucket:
    """Where failures of a network address are counted, whatever account they try."""
    return Bucket(_keyed(settings, f"place {address or 'unknown'}"), MAX_FROM_ONE_PLACE)


def token_bucket(settings: Settings, address: str | None) -> Bucket:
    """Where wrong tokens of a network address are counted."""
    return Bucket(_keyed(settings, f"place token {address}"))


def mail_bucket(email: str) -> Bucket:
    """Where links asked for by mail are counted."""
    return _bucket("mail", email.strip().lower(), MAX_LINKS)


def second_bucket(account_id: int) -> Bucket:
    """Where wrong codes of an account's second factor are counted.

    Only who knows the password gets there, so nobody else can fill it.
    """
    return _bucket("second", str(account_id))


def own_password_bucket(account_id: int) -> Bucket:
    """Where wrong passwords are counted that somebody signed in gives to change the own one."""
    return _bucket("own password", str(account_id))


def is_full(session: Session, bucket: Bucket) -> bool:
    """Whether there were too many failures within the window.

    The bucket stays locked until the transaction ends: of guesses at the same moment each sees
    those before it counted.
    """
    _lock(session, bucket)
    recent = SignInFailure.since > clock.now() - WINDOW
    counted = select(SignInFailure.count).where(SignInFailure.bucket == bucket.key, recent)
    return (session.scalar(counted) or 0) >= bucket.limit


def count(session: Session, bucket: Bucket) -> None:
    """Count one failure; windows that are over are forgotten."""
    _lock(session, bucket)
    session.execute(delete(SignInFailure).where(SignInFailure.since <= clock.now() - WINDOW))
    counted = session.get(SignInFailure, bucket.key)
    if counted is None:
        session.add(SignInFailure(bucket=bucket.key, count=1, since=clock.now()))
    else:
        counted.count += 1
    session.flush()


def forget(session: Session, bucket: Bucket) -> None:
    """Begin anew after a success."""
    session.execute(delete(SignInFailure).where(SignInFailure.bucket == bucket.key))


def limited(session: Session, bucket: Bucket, is_right: Callable[[], bool]) -> bool:
    """Whether a code or password is right, its failures counted; raises TooManyTries."""
    if is_full(session, bucket):
        raise TooManyTries(_("Too many tries. Wait a quarter of an hour."))
    right = is_right()
    if right:
        forget(session, bucket)
    else:
        count(session, bucket)
    return right


def _lock(session: Session, bucket: Bucket) -> None:
    lock_until_commit(session, int(bucket.key[:15], 16))


def _bucket(kind: str, name: str, limit: int = MAX_FAILURES) -> Bucket:
    return Bucket(hashlib.sha256(f"{kind} {name}".encode()).hexdigest(), limit)


def _keyed(settings: Settings, place: str) -> str:
    # There are few enough network addresses to try them all against a plain hash.
    return hmac.digest(secret_key(settings).encode(), place.encode(), "sha256").hex()
