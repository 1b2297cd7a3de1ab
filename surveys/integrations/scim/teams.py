"""A team as an identity provider sends it: a group, whose people have this team and no other."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from scim2_models import InvalidValueException, UniquenessException
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from surveys.directory import provisioning, teams
from surveys.integrations.scim.documents import MAX_ID_LENGTH, Group
from surveys.models.people import Person, Team

MAX_TEAM_LENGTH = teams.MAX_LENGTHS["team"]
#: people whom a provider sees: those who are here, and those whom it said are not active
KNOWN = or_(Person.active, Person.user_name.is_not(None))


def make_team(session: Session, sent: Group) -> Team:
    """A new team, or an old one of that name used again; raises SCIM's exceptions and HeldBack."""
    name = _name(sent)
    if any(team.active for team in _called(session, name)):
        raise UniquenessException(detail=str(_("There is a team “%(team)s” already.", team=name)))
    team = teams.teams_called(session, [name])[name.casefold()]
    team.external_id = _external_id(sent)
    _set_members(session, team, sent)
    return team


def change_team(session: Session, team: Team, sent: Group) -> None:
    """Name and people as sent; raises SCIM's exceptions and HeldBack."""
    name = _name(sent)
    if any(other.id != team.id for other in _called(session, name)):
        raise UniquenessException(detail=str(_("There is a team “%(team)s” already.", team=name)))
    team.name, team.external_id = name, _external_id(sent)
    _set_members(session, team, sent)


def give_up_team(session: Session, team: Team) -> None:
    """The team is no more: its people have none, its published figures stay. Raises HeldBack."""
    _move(session, members_of(session, [team])[team.id], None)
    team.active = False


def members_of(session: Session, teams: Sequence[Team]) -> dict[int, list[Person]]:
    """The people of some teams that a provider may see, by number."""
    found: dict[int, list[Person]] = {team.id: [] for team in teams}
    there = select(Person).where(Person.team_id.in_(found), KNOWN).order_by(Person.id)
    for person in session.scalars(there):
        found[person.team_id].append(person)
    return found


def _set_members(session: Session, team: Team, sent: Group) -> None:
    numbers = {number_of(member.value) for member in sent.members or []}
    chosen = list(session.scalars(select(Person).where(Person.id.in_(numbers), KNOWN)))
    if len(chosen) < len(numbers):
        raise InvalidValueException(
            detail=_("A member is no person of the directory. Groups in groups are not taken.")
        )
    kept = {person.id for person in chosen}
    _move(session, [p for p in members_of(session, [team])[team.id] if p.id not in kept], None)
    _move(session, [person for person in chosen if person.team_id != team.id], team)


def _move(session: Session, people: Sequence[Person], to: Team | None) -> None:
    if not people:
        return
    if to is None:
        provisioning.watch(session, [p.id for p in people if teams.is_asked(p)], [])
        to = teams.teams_called(session, [teams.NO_TEAM])[teams.NO_TEAM]
    for person in people:
        person.team = to
    session.flush()


def _called(session: Session, name: str) -> Iterable[Team]:
    return [t for t in session.scalars(select(Team)) if t.name.casefold() == name.casefold()]


def _name(sent: Group) -> str:
    name = (sent.display_name or "").strip()
    sentence = teams.text_fault("displayName", name, MAX_TEAM_LENGTH)
    if sentence or name.casefold() == teams.NO_TEAM:
        raise InvalidValueException(detail=sentence or _("This name is taken by ourselves."))
    return name


def _external_id(sent: Group) -> str | None:
    sentence = teams.text_fault("externalId", sent.external_id or "-", MAX_ID_LENGTH)
    if sentence:
        raise InvalidValueException(detail=sentence)
    return sent.external_id or None


def number_of(ident: str | None) -> int:
    """The number behind a SCIM id; 0, which nobody has, for what is none of ours."""
    plain = ident is not None and ident.isascii() and ident.isdecimal() and len(ident) < 10
    return int(ident) if ident is not None and plain else 0
