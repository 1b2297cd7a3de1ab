"""Teams and people from a CSV file: checked whole, shown before it is done, all or nothing."""

import csv
import io
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.access.accounts import add_account, grant, revoke
from surveys.directory.teams import faults, teams_called
from surveys.errors import UserError
from surveys.models.enums import Role
from surveys.models.people import Account, Person, Team

NEEDED = ("name", "email", "team")
OPTIONAL = ("language", "manager")
_YES = {"yes", "y", "true", "1", "x"}
#: an import that would take out more than this share of the people stops and asks
GUARD = 0.4
#: … and so does one that gives more than this share another address: their history would break
ADDRESS_GUARD = 0.05


class FileProblem(UserError):
    """A file that cannot be read as a table at all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the file, where it stands, and what to do."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person as the file has them."""

    line: int
    name: str
    email: str
    team: str
    language: str
    manager: bool


@dataclass(slots=True)
class Plan:
    """What an import would do. Nothing can be applied while there are problems."""

    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)
    new_teams: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    #: people who seem to have got another address: gone under the old, new under another one
    readdressed: list[str] = field(default_factory=list)
    #: the file says who manages: then whoever is not marked in it loses that access
    names_managers: bool = False
    #: the import would change so much that it must be confirmed
    guarded: bool = False


def decode(raw: bytes) -> str:
    """The text of an uploaded file; raises FileProblem naming the line that is not UTF-8."""
    if not raw.strip():
        raise FileProblem(
            _("The file is empty. It needs a heading line and at least one line below it.")
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileProblem(
            _(
                "Line %(line)s is not UTF-8. Save the file as “CSV UTF-8” and choose it again.",
                line=line,
            )
        ) from error


def read_rows(text: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a CSV text and what is wrong with them; raises FileProblem for a bad heading."""
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [c.strip().lower() for c in next(reader)]
        missing = [c for c in NEEDED if c not in columns]
        if missing:
            raise FileProblem(
                _(
                    "The heading line lacks the column “%(column)s”. It needs name, email and "
                    "team; it has: %(columns)s.",
                    column=missing[0],
                    columns=", ".join(columns),
                )
            )
        rows: list[Row] = []
        problems: list[Problem] = []
        for cells in reader:
            if any(c.strip() for c in cells):
                _read_row(reader.line_num, dict(zip(columns, cells, strict=False)), rows, problems)
    except csv.Error as error:
        raise FileProblem(
            _(
                "Line %(line_num)s cannot be read as CSV: %(error)s.",
                line_num=reader.line_num,
                error=error,
            )
        ) from error
    _find_doubles(rows, problems)
    if not rows and not problems:
        raise FileProblem(_("The file has a heading line but no people."))
    return rows, sorted(problems, key=lambda p: p.line)


def _read_row(line: int, cells: dict[str, str], rows: list[Row], problems: list[Problem]) -> None:
    value = {c: cells.get(c, "").strip() for c in (*NEEDED, *OPTIONAL)}
    value["email"] = value["email"].lower()
    problems += [Problem(line, column, says) for column, says in faults(value)]
    rows.append(
        Row(
            line,
            value["name"],
            value["email"],
            value["team"],
            value["language"] or "en",
            value["manager"].lower() in _YES,
        )
    )


def _find_doubles(rows: list[Row], problems: list[Problem]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if row.email and row.email in seen:
            problems.append(
                Problem(
                    row.line,
                    "email",
                    _(
                        "“%(email)s” stands in line %(line)s already.",
                        email=row.email,
                        line=seen[row.email],
                    ),
                )
            )
        seen.setdefault(row.email, row.line)


def plan_import(session: Session, text: str, known_teams_only: bool = False) -> Plan:
    """What importing the text would change; the file is the whole directory.

    With `known_teams_only` a team that is not there yet is a problem (a typing error makes no
    new team once the pulse runs). Raises FileProblem.
    """
    rows, problems = read_rows(text)
    plan = Plan(rows, problems, names_managers="manager" in text.split("\n", 1)[0].lower())
    teams = {t.name.casefold(): t.name for t in session.scalars(select(Team))}
    for row in rows:
        if row.team and row.team.casefold() not in teams:
            if known_teams_only:
                known = ", ".join(sorted(teams.values()))
                plan.problems.append(
                    Problem(
                        row.line,
                        "team",
                        _("“%(team)s” is no known team (%(known)s).", team=row.team, known=known),
                    )
                )
            else:
                plan.new_teams.append(row.team)
            teams[row.team.casefold()] = row.team
    people = {p.email: p for p in session.scalars(select(Person).where(Person.active))}
    for row in rows:
        person = people.get(row.email)
        if person is None:
            plan.added.append(row.name)
        elif person.team.name.casefold() != row.team.casefold():
            plan.moved.append(f"{row.name}: {person.team.name} → {row.team}")
    given = {row.email for row in rows}
    plan.left = [p.name for email, p in people.items() if email not in given]
    plan.readdressed = sorted(set(plan.left) & set(plan.added))
    plan.guarded = len(plan.left) > GUARD * len(people) or (
        len(plan.readdressed) > ADDRESS_GUARD * len(people)
    )
    return plan


def apply_import(session: Session, plan: Plan) -> None:
    """Do what the plan says, in the caller's transaction. Raises FileProblem if it has problems."""
    if plan.problems:
        raise FileProblem(_("The file has problems; nothing was imported."))
    teams = teams_called(session, dict.fromkeys(row.team for row in plan.rows))
    people = {p.email: p for p in session.scalars(select(Person))}
    for row in plan.rows:
        person = people.get(row.email)
        if person is None:
            person = Person(email=row.email, name=row.name, team_id=0)
            session.add(person)
        person.name, person.language, person.active = row.name, row.language, True
        person.team_id = teams[row.team.casefold()].id
        if row.manager:
            account = add_account(session, row.email, row.name)
            grant(session, account, Role.MANAGER, person.team_id)
    _revoke_former_managers(session, plan, teams)
    given = {row.email for row in plan.rows}
    for email, person in people.items():
        if email not in given:
            person.active = False
    session.flush()


def _revoke_former_managers(session: Session, plan: Plan, teams: dict[str, Team]) -> None:
    """Whoever the file no longer marks as manager of a team, or no longer has, loses that team."""
    marked = {(row.email, teams[row.team.casefold()].id) for row in plan.rows if row.manager}
    listed = {row.email for row in plan.rows}
    in_directory = set(session.scalars(select(Person.email)))
    for account in session.scalars(select(Account).where(Account.email.in_(in_directory))).all():
        for held in list(account.grants):
            gone = account.email not in listed
            unmarked = plan.names_managers and (account.email, held.team_id) not in marked
            if held.role == Role.MANAGER and (gone or unmarked):
                revoke(session, account, held.team_id)
