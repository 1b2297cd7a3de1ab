"""A person as an identity provider sends them: what it says, checked, and written."""

from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from flask_babel import gettext as _
from scim2_models import InvalidValueException, UniquenessException
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from surveys.directory import provisioning, teams
from surveys.integrations.scim.documents import MAX_ID_LENGTH, EnterpriseUser, User, user_name_of
from surveys.models.people import Person


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a person shall be; `team` is empty where the provider does not say one here."""

    user_name: str
    external_id: str | None
    name: str
    email: str
    language: str
    active: bool
    team: str


def wanted(sent: User[Any], before: Person | None, by_department: bool) -> Wanted:
    """What a resource asks for, by the rules of the directory; raises InvalidValueException."""
    team = team_of(before) if before else teams.NO_TEAM
    if by_department:
        work = sent[EnterpriseUser]
        team = ((work and work.department) or "").strip() or teams.NO_TEAM
    active = sent.active if sent.active is not None else before is None or before.active
    email = _address(sent)
    found = Wanted(
        user_name=key_of(sent.user_name or ""),
        external_id=sent.external_id or None,
        name=_name(sent, before) or email,
        email=email,
        language=_language(sent.preferred_language),
        active=active,
        team=team,
    )
    _check(found)
    return found


def _check(found: Wanted) -> None:
    said = {
        "name": found.name, "email": found.email, "team": found.team, "language": found.language,
    }  # fmt: skip
    sentences = [sentence for _column, sentence in teams.faults(said)]
    for column, text in (("userName", found.user_name), ("externalId", found.external_id or "-")):
        sentence = teams.text_fault(column, text, MAX_ID_LENGTH)
        sentences += [sentence] if sentence else []
    if sentences:
        raise InvalidValueException(detail=" ".join(sentences))


def _name(sent: User[Any], before: Person | None) -> str:
    """The name that changed; else the one of the directory, else the parts joined."""
    kept = before.name if before else None
    parts = (sent.name.given_name, sent.name.family_name) if sent.name else (None, None)
    joined = " ".join(part.strip() for part in parts if part)
    formatted = sent.name.formatted if sent.name else None
    said = [(text or "").strip() for text in (sent.display_name, formatted)]
    # Half a name is none: a changed part comes alone, without the other.
    said.append(joined if all(parts) or before is None else "")
    return next((text for text in said if text and text != kept), kept or "")


def _address(sent: User[Any]) -> str:
    emails = [email for email in sent.emails or [] if email.value]
    emails.sort(key=lambda email: (not email.primary, (email.type or "").lower() != "work"))
    return ((emails[0].value if emails else sent.user_name) or "").strip().lower()


def _language(said: str | None) -> str:
    """The first of an Accept-Language value as the directory writes it: de, pt-BR; en if none."""
    tags = (said or "").split(",")[0].split(";")[0].strip().replace("_", "-").split("-")
    language, region = tags[0].lower(), tags[1:2]
    whole = "-".join([language, *region])
    return whole if teams.is_language(whole) else language or "en"


def key_of(user_name: str) -> str:
    """A user name as it is kept and compared: upper and lower case are the same (RFC 7643)."""
    return normalize("NFC", user_name.strip()).lower()


def team_of(person: Person) -> str:
    """The name of their team, if it is one that is asked."""
    return person.team.name if person.team.active else teams.NO_TEAM


def named(user_name: str) -> ColumnElement[bool]:
    """Whoever has this user name; before a provider gave one, it is the address."""
    by_address = and_(Person.user_name.is_(None), Person.email == user_name)
    return or_(Person.user_name == user_name, by_address)


def claimed(session: Session, who: Wanted) -> Person | None:
    """Somebody in the directory whom no provider knows yet, by name or address.

    So those who came by a file, or who were deleted and come back, keep their place. Raises
    UniquenessException if the name or the address is somebody else's.
    """
    same = _same(session, who)
    if len(same) > 1 or any(person.user_name is not None for person in same):
        raise UniquenessException(detail=_taken())
    return same[0] if same else None


def _same(session: Session, who: Wanted) -> list[Person]:
    either = or_(named(who.user_name), Person.email == who.email)
    return list(session.scalars(select(Person).where(either)))


def _taken() -> str:
    return str(_("Somebody else in the directory has this user name or this address."))


def write(session: Session, person: Person | None, who: Wanted) -> Person:
    """Make or change the person; raises HeldBack beyond the limits of a day."""
    if person is None:
        person = Person(team_id=0, email=who.email, name=who.name)
        team = teams.teams_called(session, [who.team])[who.team.casefold()]
        person.team_id = team.id
        session.add(person)
    else:
        if any(other.id != person.id for other in _same(session, who)):
            raise UniquenessException(detail=_taken())
        stays = who.active and who.team.casefold() != teams.NO_TEAM
        out = [person.id] if teams.is_asked(person) and not stays else []
        addresses = [person.id] if person.active and person.email != who.email else []
        provisioning.watch(session, out, addresses)
        _change(session, person, who)
    person.user_name, person.external_id = who.user_name, who.external_id
    person.name, person.email, person.language = who.name, who.email, who.language
    person.active = who.active
    session.flush()
    session.refresh(person, ["team"])
    return person


def _change(session: Session, person: Person, who: Wanted) -> None:
    if team_of(person).casefold() != who.team.casefold():
        person.team = teams.teams_called(session, [who.team])[who.team.casefold()]
    if (person.active and not who.active) or person.email != who.email:
        teams.dismiss_manager(session, person.email)


def take_out(session: Session, person: Person) -> None:
    """Deleted there: they have left, and no provider knows them any more. Raises HeldBack."""
    provisioning.watch(session, [person.id] if teams.is_asked(person) else [], [])
    teams.dismiss_manager(session, person.email)
    person.active, person.user_name, person.external_id = False, None, None


def same_as(person: Person, who: Wanted) -> bool:
    """Whether nothing would change."""
    team = team_of(person).casefold() == who.team.casefold()
    kept = (
        user_name_of(person), person.external_id, person.name, person.email, person.language,
        person.active,
    )  # fmt: skip
    return team and kept == (
        who.user_name, who.external_id, who.name, who.email, who.language, who.active
    )  # fmt: skip
