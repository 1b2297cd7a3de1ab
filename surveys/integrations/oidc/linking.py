"""Whose account somebody opens who comes from the identity provider, and with which roles."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.access import accounts, audit
from surveys.errors import SettingsError, UserError
from surveys.models.enums import Role
from surveys.models.people import Account, Grant, Identity, Team
from surveys.settings import THIS_MACHINE, Settings

ACTOR: Final = "identity provider"


class SignInRefused(UserError):
    """Somebody whom the provider knows, and who has no way in here."""

    status = 403


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody as the provider vouches for them; the address only if it is sure of it."""

    issuer: str
    subject: str
    name: str
    email: str | None
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a group gives: a role and, to a manager, the name of the team."""

    group: str
    role: Role
    team: str | None

    def __str__(self) -> str:
        return f"{self.role}:{self.team}" if self.team else self.role


def check_settings(settings: Settings) -> None:
    """Raise SettingsError for a sign-in that cannot work; the provider itself is not asked."""
    if not settings.oidc:
        if not settings.by_password:
            raise SettingsError("TRIBOMETER_PASSWORDS=no needs TRIBOMETER_OIDC, or nobody gets in.")
        return
    if not is_safe(settings.oidc) or urlsplit(settings.oidc).query:
        raise SettingsError(
            f"“{settings.oidc}” cannot be: TRIBOMETER_OIDC is the provider's issuer, an address "
            "that begins with https:// (http:// on this machine only)."
        )
    if find_spec("authlib") is None or find_spec("requests") is None:
        raise SettingsError("TRIBOMETER_OIDC needs the extra “oidc”: install Tribometer with it.")
    if not settings.oidc_client or not secret_of(settings):
        raise SettingsError(
            "TRIBOMETER_OIDC needs TRIBOMETER_OIDC_CLIENT and TRIBOMETER_OIDC_SECRET: the provider "
            "shows both where this installation is registered."
        )
    rules_of(settings)


def is_safe(address: object) -> bool:
    """Whether nobody on the way can read what is sent there: https, or this machine."""
    parts = urlsplit(str(address))
    here = parts.scheme == "http" and parts.hostname in THIS_MACHINE
    return bool(parts.hostname) and (parts.scheme == "https" or here)


def secret_of(settings: Settings) -> str:
    """The secret that the provider knows us by; raises SettingsError if its file cannot be read."""
    given = settings.oidc_secret
    if not given.startswith("file:"):
        return given
    path = Path(given.removeprefix("file:"))
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"The file {path} of TRIBOMETER_OIDC_SECRET cannot be read by the user that runs this."
        ) from error


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    """What the groups give; raises SettingsError for a part that is no rule."""
    rules = []
    for part in filter(None, map(str.strip, settings.oidc_groups.split(";"))):
        # From the right: names of groups may hold equals signs, as LDAP's do.
        group, _is, gives = part.rpartition("=")
        role, _of, team = (word.strip() for word in gives.partition(":"))
        if not group.strip() or role not in set(Role) or bool(team) != (role == Role.MANAGER):
            raise SettingsError(
                f"“{part}” cannot be: TRIBOMETER_OIDC_GROUPS is like GROUP=hr; GROUP=admin; "
                "GROUP=manager:TEAM, with semicolons between."
            )
        rules.append(Rule(group.strip(), Role(role), team or None))
    return tuple(rules)


def unknown_teams(session: Session, rules: tuple[Rule, ...]) -> list[str]:
    """Names in the rules that no team has: those groups give nothing."""
    teams = _teams(session)
    return sorted({rule.team for rule in rules if rule.team and rule.team.casefold() not in teams})


def _teams(session: Session) -> dict[str, int]:
    return {t.name.casefold(): t.id for t in session.scalars(select(Team).where(Team.active))}


def admit(session: Session, rules: tuple[Rule, ...], visitor: Visitor) -> Account:
    """The visitor's account, with the roles that the groups give now: perhaps none any more.

    It is found by its link to the provider; the first time by its address, and then linked. With
    `rules` it is made if it is missing. Raises SignInRefused; whoever never came in this way
    before loses nothing by it.
    """
    audit.wait_turn(session)
    link = session.get(Identity, (visitor.issuer, visitor.subject))
    if link is not None:
        account = session.get_one(Account, link.account_id)
        _give_roles(session, account, rules, visitor.groups)
        return account
    account = _of_address(session, visitor)
    _give_roles(session, account, rules, visitor.groups)
    if not account.grants:
        raise SignInRefused(
            _("You have no access here. Ask HR to give it to %(email)s.", email=account.email)
        )
    session.add(Identity(issuer=visitor.issuer, subject=visitor.subject, account_id=account.id))
    audit.record(
        session, ACTOR, "linked an account", of=account.email, issuer=visitor.issuer,
        subject=visitor.subject,
    )  # fmt: skip
    return account


def _of_address(session: Session, visitor: Visitor) -> Account:
    if visitor.email is None:
        raise SignInRefused(
            _(
                "Your organisation's sign-in does not say that your e-mail address is confirmed, "
                "so it opens nothing here. Ask whoever runs that sign-in."
            )
        )
    account = accounts.find_account(session, visitor.email)
    if account is None:
        account = accounts.add_account(session, visitor.email, visitor.name)
        audit.record(session, ACTOR, "added an account", of=account.email)
    theirs = (Identity.account_id == account.id) & (Identity.issuer == visitor.issuer)
    if session.scalar(select(Identity.subject).where(theirs)) is not None:
        # Addresses are given to new people; accounts with what they may see are not.
        raise SignInRefused(
            _(
                "%(email)s belongs to somebody else at your organisation's sign-in. If that is "
                "over, HR takes this access away and gives it again.",
                email=account.email,
            )
        )
    return account


def _give_roles(
    session: Session, account: Account, rules: tuple[Rule, ...], groups: frozenset[str]
) -> None:
    """Of the roles in the rules exactly those of the groups; all others stay as HR gave them."""
    teams = _teams(session)
    ruled: dict[tuple[str, int | None], str] = {}
    given = set()
    for rule in rules:
        team_id = teams.get(rule.team.casefold()) if rule.team else None
        if rule.team and team_id is None:
            continue
        ruled[rule.role, team_id] = str(rule)
        if rule.group in groups:
            given.add((rule.role, team_id))
    held = {(grant.role, grant.team_id) for grant in account.grants}
    gone = (held & ruled.keys()) - given
    for role, team_id in given - held:
        account.grants.append(Grant(role=role, team_id=team_id))
    account.grants[:] = [g for g in account.grants if (g.role, g.team_id) not in gone]
    session.flush()
    if given - held or gone:
        gave, took = (sorted(ruled[one] for one in some) for some in (given - held, gone))
        audit.record(session, ACTOR, "changed roles", of=account.email, gave=gave, took=took)
