"""Accounts, passwords, one-time links and signed-in browsers."""

import hashlib
import secrets
from base64 import b64encode
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import audit
from surveys.errors import UserError
from surveys.models.audit import OutboxMessage
from surveys.models.enums import MessageKind, Role
from surveys.models.people import Account, Grant, Identity, SignIn, SignInLink

LINK_LIFE = timedelta(days=7)
SIGN_IN_LIFE = timedelta(hours=12)
MIN_PASSWORD_LENGTH = 12
#: addresses that every mail server takes; stricter than the standard on purpose
ADDRESS_PATTERN = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
_hasher = PasswordHasher()

# Checked when the address is unknown, so that the answer takes as long as for a known one; of no
# password, and put together rather than computed, which takes a tenth of a second of every start.
_NOBODY = "$argon2id$v=19$m={},t={},p={}${}${}".format(
    _hasher.memory_cost,
    _hasher.time_cost,
    _hasher.parallelism,
    *(
        b64encode(secrets.token_bytes(n)).decode().rstrip("=")
        for n in (_hasher.salt_len, _hasher.hash_len)
    ),
)


class AccountError(UserError):
    """An account that cannot be made or entered as asked."""


def digest(token: str) -> str:
    """What is stored of a secret: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_account(session: Session, email: str, name: str) -> Account:
    """The account of this address, made if it is new."""
    email = email.strip().lower()
    account = session.scalar(select(Account).where(Account.email == email))
    if account is None:
        account = Account(email=email, name=name.strip())
        session.add(account)
        session.flush()
    return account


def find_account(session: Session, email: str) -> Account | None:
    """The account of an address, if there is one."""
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


def grant(session: Session, account: Account, role: Role, team_id: int | None = None) -> None:
    """Give the account a role (on a team, for a manager); nothing happens if it has it."""
    if not any(g.role == role and g.team_id == team_id for g in account.grants):
        account.grants.append(Grant(role=role, team_id=team_id))
        session.flush()


def set_password(account: Account, password: str) -> None:
    """Keep the password's Argon2 hash; raises AccountError if it is too short."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise AccountError(
            _(
                "A password needs at least %(shortest_password)s characters.",
                shortest_password=MIN_PASSWORD_LENGTH,
            )
        )
    account.password_hash = _hasher.hash(password)


def check_password(session: Session, email: str, password: str) -> Account | None:
    """The account if address and password fit, else None, after the same time."""
    account = find_account(session, email)
    kept = account.password_hash if account and account.password_hash else _NOBODY
    try:
        _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return None
    return account if account and account.password_hash else None


def make_link(session: Session, account: Account | None) -> str:
    """Token of a link that enters `account` once, or sets up the first account if None."""
    token = secrets.token_urlsafe(24)
    session.add(
        SignInLink(
            token_hash=digest(token),
            account_id=account.id if account else None,
            expires_at=clock.now() + LINK_LIFE,
        )
    )
    return token


def find_link(session: Session, token: str) -> SignInLink | None:
    """The link if it is known and still valid."""
    link = session.get(SignInLink, digest(token.strip()))
    return link if link and link.expires_at > clock.now() else None


def use_link(session: Session, token: str) -> Account | None:
    """Enter by a link: the account, once; None if the link is unknown, used or too old."""
    link = find_link(session, token)
    if link is None or link.account_id is None:
        return None
    session.delete(link)
    return session.get(Account, link.account_id)


def set_up_first(
    session: Session, code: str, email: str, name: str, password: str
) -> Account | None:
    """The first account, of HR, by the link that the server printed; None if that is no good.

    Raises AccountError for a password that is too short.
    """
    link = find_link(session, code)
    if link is None or link.account_id is not None or not first_account_missing(session):
        return None
    session.execute(delete(SignInLink).where(SignInLink.account_id.is_(None)))
    account = add_account(session, email, name)
    set_password(account, password)
    grant(session, account, Role.HR)
    audit.record(session, account.email, "set up the installation")
    return account


def give_access(
    session: Session, actor: str, email: str, name: str, team_id: int | None
) -> Account:
    """Let somebody in as manager of a team, or as HR (no team), with a link by mail."""
    account = add_account(session, email, name)
    grant(session, account, Role.HR if team_id is None else Role.MANAGER, team_id)
    queue_account_mail(session, account.id)
    audit.record(session, actor, "gave access", to=account.email)
    return account


def take_access(session: Session, actor: str, account_id: int) -> None:
    """Take all access of an account away; nothing happens for a number that nobody has."""
    account = session.get(Account, account_id)
    if account is not None:
        revoke(session, account)
        audit.record(session, actor, "took access away", of=account.email)


def revoke(session: Session, account: Account, team_id: int | None = None) -> None:
    """Take the account's roles away (on one team, or all) and sign its browsers out.

    With all of them its tie to the identity provider ends: the address may be somebody else's soon.
    """
    kept = [g for g in account.grants if team_id is not None and g.team_id != team_id]
    account.grants[:] = kept
    if team_id is None:
        session.execute(delete(Identity).where(Identity.account_id == account.id))
    session.execute(delete(SignIn).where(SignIn.account_id == account.id))
    session.execute(delete(SignInLink).where(SignInLink.account_id == account.id))
    session.flush()


def sign_in(session: Session, account: Account) -> str:
    """A new signed-in browser; returns the secret for its cookie."""
    session.execute(delete(SignIn).where(SignIn.expires_at < clock.now()))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=digest(token),
            account_id=account.id,
            expires_at=clock.now() + SIGN_IN_LIFE,
            signed_in_at=clock.now(),
        )
    )
    return token


def browsers_of(session: Session, account_id: int) -> list[SignIn]:
    """The signed-in browsers of an account, the newest first."""
    mine = (SignIn.account_id == account_id) & (SignIn.expires_at > clock.now())
    found = session.scalars(select(SignIn).where(mine)).all()
    return sorted(found, key=lambda browser: browser.expires_at, reverse=True)


def change_password(session: Session, account: Account, password: str, token: str) -> None:
    """Keep a new password; only the browser with this cookie stays in. Raises AccountError."""
    set_password(account, password)
    forget_other_browsers(session, account, token)
    audit.record(session, account.email, "set a password")


def sign_out_others(session: Session, account: Account, token: str) -> None:
    """Sign every browser of the account out but the one with this cookie."""
    forget_other_browsers(session, account, token)
    audit.record(session, account.email, "signed other browsers out")


def forget_other_browsers(session: Session, account: Account, token: str) -> None:
    """Forget every browser of the account but the one with this cookie, and all open links."""
    others = (SignIn.account_id == account.id) & (SignIn.token_hash != digest(token))
    session.execute(delete(SignIn).where(others))
    session.execute(delete(SignInLink).where(SignInLink.account_id == account.id))


def sign_out(session: Session, token: str) -> None:
    """Forget the browser."""
    session.execute(delete(SignIn).where(SignIn.token_hash == digest(token)))


def first_account_missing(session: Session) -> bool:
    """Whether nobody runs this installation yet."""
    return session.scalar(select(Grant.id).where(Grant.role == Role.HR).limit(1)) is None


def queue_account_mail(
    session: Session, account_id: int, kind: MessageKind = MessageKind.ACCOUNT
) -> None:
    """Queue a mail with a one-time link: for a new account, or for a forgotten password."""
    session.add(
        OutboxMessage(
            once=f"{kind} {account_id} {clock.now().isoformat()}",
            kind=kind,
            account_id=account_id,
            due_at=clock.now(),
        )
    )
