"""The redactor of this organisation: it knows the names of the directory."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.redaction.redactor import Redactor, RosterEntry
from surveys.models.people import Account, Person


def redactor_of(session: Session) -> Redactor:
    """A redactor that knows everybody in the directory and everybody who signs in."""
    everybody = [*session.scalars(select(Person)), *session.scalars(select(Account))]
    return Redactor([RosterEntry(name=p.name, email=p.email) for p in everybody])
