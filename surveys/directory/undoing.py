"""An import and its undoing: the directory as it was before is kept, as a file to import."""

import csv
import io

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import audit
from surveys.directory.importing import Plan, apply_import, plan_import
from surveys.errors import NotReady
from surveys.models.enums import Role
from surveys.models.people import Account, Grant, Person
from surveys.models.pulses import DirectoryBefore

ONLY = 1


def remember(session: Session) -> None:
    """Keep the directory as it is now, in place of what was kept before."""
    kept = session.get(DirectoryBefore, ONLY) or DirectoryBefore(id=ONLY)
    kept.text, kept.made_at = as_csv(session), clock.now()
    session.add(kept)


def last_import(session: Session) -> DirectoryBefore | None:
    """What can be gone back to, if anything."""
    kept = session.get(DirectoryBefore, ONLY)
    return kept if kept is not None and kept.text.count("\n") > 1 else None


def forget(session: Session) -> None:
    """Nothing can be gone back to: the directory was changed otherwise since the last import."""
    session.execute(delete(DirectoryBefore))


def import_people(session: Session, actor: str, plan: Plan) -> None:
    """Do what the plan says and keep what was before; raises FileProblem if it has problems."""
    remember(session)
    apply_import(session, plan)
    audit.record(session, actor, "imported people", people=len(plan.rows))


def undo_import(session: Session, actor: str) -> Plan:
    """Bring the directory back to what it was before the last import; once. Raises NotReady."""
    kept = last_import(session)
    if kept is None:
        raise NotReady(_("There is no import to undo."))
    plan = plan_import(session, kept.text)
    apply_import(session, plan)
    session.delete(kept)
    audit.record(session, actor, "undid an import", people=len(plan.rows))
    return plan


def as_csv(session: Session) -> str:
    """The active directory as a file of our own columns."""
    managing = select(Account.email, Grant.team_id).join(Grant).where(Grant.role == Role.MANAGER)
    managers = {(email, team_id) for email, team_id in session.execute(managing)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("name", "email", "team", "language", "manager"))
    for person in session.scalars(select(Person).where(Person.active).order_by(Person.id)):
        manages = "yes" if (person.email, person.team_id) in managers else ""
        writer.writerow((person.name, person.email, person.team.name, person.language, manages))
    return out.getvalue()
