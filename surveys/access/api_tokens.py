"""Tokens of programs: made once, shown once, kept as a hash, each for what its scopes say."""

import secrets
from collections.abc import Iterable
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import audit, throttle
from surveys.access.accounts import digest
from surveys.database import Sessions, write_session
from surveys.errors import UserError
from surveys.models.access import ApiToken
from surveys.settings import Settings

#: what a token may do, and how the page says it
SCOPES: Final = {
    "scim": _l("People and teams by SCIM"),
    "figures": _l("Figures of your own systems"),
    "metrics": _l("Watch how the service runs (Prometheus)"),
    "results": _l("Read published results and agreements, no comments"),
}
#: begins every token, so that one that got lost in a file is recognised
MARK: Final = "tribometer_"
MAX_NAME_LENGTH: Final = 100


class TokenError(UserError):
    """A token that cannot be made or taken back as asked."""


class TokenRefused(UserError):
    """A request without a token that opens the door."""

    status = 401


class TooManyTries(UserError):
    """Wrong tokens from one place, again and again."""

    status = 429


def make_token(session: Session, actor: str, name: str, scopes: Iterable[str]) -> str:
    """A new token; the only time that it is to be had. Raises TokenError."""
    name, wanted = name.strip(), sorted(set(scopes))
    if not name or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise TokenError(_("A token needs a name of one to %(n)d characters.", n=MAX_NAME_LENGTH))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise TokenError(_("A token needs something that it may do."))
    secret = MARK + secrets.token_urlsafe(32)
    session.add(
        ApiToken(name=name, token_hash=digest(secret), scopes=wanted, made_on=clock.now().date())
    )
    audit.record(session, actor, "made a token", name=name, scopes=wanted)
    return secret


def revoke_token(session: Session, actor: str, token_id: int) -> ApiToken:
    """End a token for good. Raises TokenError if there is no live one of this number."""
    token = session.get(ApiToken, token_id)
    if token is None or token.revoked_on is not None:
        raise TokenError(_("There is no such token, or it was taken back before."))
    token.revoked_on = clock.now().date()
    audit.record(session, actor, "took a token back", name=token.name, number=token.id)
    return token


def tokens(session: Session) -> list[ApiToken]:
    """All tokens, the live ones first, then the newest."""
    found = session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).all()
    return sorted(found, key=lambda token: token.revoked_on is not None)


def live_tokens(session: Session, scope: str) -> list[ApiToken]:
    """The tokens that may do this now."""
    return [t for t in tokens(session) if t.revoked_on is None and scope in t.scopes]


def admit(
    sessions: Sessions, settings: Settings, header: str | None, address: str | None, scope: str
) -> ApiToken:
    """The token of an Authorization header, if it opens what asks for `scope`.

    Wrong ones are counted by network address, apart from wrong passwords: a provider set up
    wrongly must not keep the people behind the same address out. Raises TokenRefused (401) or
    TooManyTries (429); the day of the last use is kept.
    """
    given = _bearer(header)
    if given is None:
        raise TokenRefused(_("This address needs a token: Authorization: Bearer …"))
    with sessions() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.token_hash == digest(given)))
    if token is not None and token.revoked_on is None and scope in token.scopes:
        _note_use(sessions, token)
        return token
    _count_wrong(sessions, throttle.token_bucket(settings, address))
    raise TokenRefused(_("This token is not known, was taken back, or is for something else."))


def _bearer(header: str | None) -> str | None:
    kind, _space, value = (header or "").strip().partition(" ")
    return value.strip() if kind.lower() == "bearer" and value.strip() else None


def _note_use(sessions: Sessions, token: ApiToken) -> None:
    today = clock.now().date()
    if token.last_used_on != today:
        with write_session(sessions) as session:
            session.get_one(ApiToken, token.id).last_used_on = today


def _count_wrong(sessions: Sessions, bucket: throttle.Bucket) -> None:
    with write_session(sessions) as session:
        full = throttle.is_full(session, bucket)
        if not full:
            throttle.count(session, bucket)
    if full:
        raise TooManyTries(_("Too many wrong tokens. Wait a quarter of an hour."))
