"""What holds for a person and a team of the directory, whoever writes them: a file or SCIM."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import MINIMUM
from surveys.access.accounts import ADDRESS_PATTERN, revoke
from surveys.models.enums import Role
from surveys.models.people import Account, Person, Team
from surveys.models.pulses import Pulse

#: where people are who belong to no team (yet): it is never active, so they are not asked
NO_TEAM = "(no team)"
MAX_LENGTHS = {"name": 200, "email": 254, "team": 120}
_ADDRESS = re.compile(ADDRESS_PATTERN)
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")


def faults(value: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with a person's name, email, team and language: (column, sentence) each."""
    found = []
    for column, longest in MAX_LENGTHS.items():
        sentence = text_fault(column, value[column], longest)
        if sentence:
            found.append((column, sentence))
    if value["language"] and not is_language(value["language"]):
        found.append(("language", _("Write the language as en, de or pt-BR.")))
    email = value["email"]
    if email and not _ADDRESS.fullmatch(email):
        found.append(("email", _("“%(email)s” is not an e-mail address.", email=email)))
    return found


def text_fault(column: str, text: str, longest: int) -> str | None:
    """What is wrong with one text, as a sentence; None if nothing is."""
    if not text:
        return str(_("The %(column)s is missing.", column=column))
    if len(text) > longest:
        sentence = _(
            "The %(column)s is longer than %(longest)s characters.", column=column, longest=longest
        )
        return str(sentence)
    if not text.isprintable():
        return str(_("The %(column)s holds a character that cannot be shown.", column=column))
    return None


def is_language(text: str) -> bool:
    """Whether it names a language as the directory keeps it."""
    return _LANGUAGE.fullmatch(text) is not None


def teams_called(session: Session, names: Iterable[str]) -> dict[str, Team]:
    """The teams of these names by their casefolded name; new ones are made, old ones used again."""
    known = {team.name.casefold(): team for team in session.scalars(select(Team))}
    found: dict[str, Team] = {}
    for name in names:
        key = name.casefold()
        if key not in known:
            known[key] = Team(name=name)
            session.add(known[key])
        known[key].active = key != NO_TEAM
        found[key] = known[key]
    session.flush()
    return found


def is_asked(person: Person) -> bool:
    """Whether the next wave would ask them, if their team is in a pair."""
    return person.active and person.team.active


def dismiss_manager(session: Session, email: str) -> None:
    """Whoever is not in the directory any more under an address loses the teams they managed."""
    account = session.scalar(select(Account).where(Account.email == email))
    for held in list(account.grants) if account else []:
        if account and held.role == Role.MANAGER:
            revoke(session, account, held.team_id)


@dataclass(frozen=True, slots=True)
class TeamSize:
    """An active team, how many active people it has, and whether nothing of it can be shown."""

    team: Team
    size: int
    too_small: bool


def team_sizes(session: Session) -> list[TeamSize]:
    """Active teams by name, with their sizes."""
    rows = session.execute(
        select(Team, func.count(Person.id))
        .outerjoin(Person, (Person.team_id == Team.id) & Person.active)
        .where(Team.active)
        .group_by(Team.id)
        .order_by(Team.name)
    )
    pulse = session.scalar(select(Pulse).order_by(Pulse.id).limit(1))
    rule = pulse.rule if pulse else MINIMUM
    return [TeamSize(team, size, rule.is_too_small(size)) for team, size in rows]
