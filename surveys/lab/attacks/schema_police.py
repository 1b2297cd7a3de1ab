"""Attack 2: look in the running database for whatever could tell a person, a place or a time.

The allow-list is what the models say; the live schema may have nothing beside it, and the tables of
answers may not even be allowed it.
"""

import re

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import Inspector
from sqlalchemy.types import Date, DateTime, Integer, Interval, Time

from surveys.lab.attacks.result import AttackResult, judged
from surveys.models.tables import metadata

NAME = "schema police"
#: the tables of answers, and all that they may hold
ALLOWED = {
    "ballot_box": {"wave_id", "box_key", "change_hash", "ciphertext"},
    "answer": {"wave_id", "key", "rater_id", "target_id", "scores"},
    "comment": {"wave_id", "key", "rater_id", "target_id", "question", "text"},
    "readable_comment": {"comment_key", "wave_id", "sensitive", "handled"},
    "theme_comment": {"theme_id", "comment_key", "release_id", "moved"},
    "thread_message": {"thread_key", "turn", "wave_id", "author", "text"},
}
#: the list of who was asked: it knows the person, so it may know nothing else
INVITED = {"wave_id", "person_id", "team_id", "token_hash", "answered", "mail_state"}
PEOPLE = {
    "person", "account", "identity", "invitation", "outbox_message", "sign_in", "sign_in_link",
}  # fmt: skip
TELLING = re.compile(
    r"(^|_)(at|on|time|date|created|updated|modified|since|seq|serial|nr|ip|addr|address|agent|"
    r"browser|device|duration|seconds|session|cookie|person|user|respondent|email)(_|$)"
)
#: tables of the migrations and of the task queue
NOT_OURS = re.compile(r"alembic_version|huey\w*|kv|schedule|task")
#: settings of PostgreSQL under which the server itself writes down who did what when
KEEPS_TIMES = {"track_commit_timestamp": {"on"}, "log_statement": {"mod", "all"}}


def police(engine: Engine) -> AttackResult:
    """Every table, column, key, trigger and setting that should not be there."""
    schema = inspect(engine)
    tables = schema.get_table_names()
    found = [*_strangers(schema, tables), *_tellers(schema, tables)]
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found += _sqlite(connection)
        else:
            found += _postgresql(connection)
    columns = sum(len(schema.get_columns(table)) for table in tables)
    says = f"{columns} columns of {len(tables)} tables, triggers and the server's settings"
    return judged(NAME, columns, found, says)


def _strangers(schema: Inspector, tables: list[str]) -> list[str]:
    """What the models do not know: a table, a view, a column."""
    found = [f"the view {view} is not ours" for view in schema.get_view_names()]
    for table in tables:
        if NOT_OURS.fullmatch(table):
            continue
        if table not in metadata.tables:
            found.append(f"the table {table} is not ours")
            continue
        known = set(metadata.tables[table].columns.keys())
        extra = sorted({c["name"] for c in schema.get_columns(table)} - known)
        found += [f"the column {table}.{column} is not ours" for column in extra]
    return found


def _tellers(schema: Inspector, tables: list[str]) -> list[str]:
    """What must not be in or near the tables of answers, whatever the models say."""
    found = []
    near = {t for t in tables if any(_leads_to(schema, t, table) for table in ALLOWED)} - set(
        PEOPLE
    )
    for table in sorted((set(ALLOWED) & set(tables)) | near):
        for column in schema.get_columns(table):
            name = f"{table}.{column['name']}"
            if table in ALLOWED and column["name"] not in ALLOWED[table]:
                found.append(f"{name} is not on the list of what an answer may hold")
            if isinstance(column["type"], DateTime | Date | Time | Interval):
                found.append(f"{name} is a time")
            if TELLING.search(column["name"]):
                found.append(f"{name} sounds like a person, a place or a time")
        key = schema.get_pk_constraint(table)["constrained_columns"]
        kinds = {c["name"]: c["type"] for c in schema.get_columns(table)}
        if len(key) == 1 and isinstance(kinds[key[0]], Integer):
            found.append(f"{table}.{key[0]} is a serial number")
        found += [f"{table} leads to {p}" for p in PEOPLE if _leads_to(schema, table, p)]
    extra = {c["name"] for c in schema.get_columns("invitation")} - INVITED
    return found + [f"invitation.{column} may not be kept" for column in sorted(extra)]


def _leads_to(schema: Inspector, table: str, other: str) -> bool:
    return any(key["referred_table"] == other for key in schema.get_foreign_keys(table))


def _sqlite(connection: Connection) -> list[str]:
    made = connection.execute(text("SELECT type, name, sql FROM sqlite_master")).all()
    found = [
        f"the trigger {name} writes something down" for kind, name, _ in made if kind == "trigger"
    ]
    bodies = {name: sql or "" for kind, name, sql in made if kind == "table"}
    return found + [
        f"{table} has hidden row numbers, which count the answers"
        for table in ALLOWED
        if table in bodies and "WITHOUT ROWID" not in bodies[table].upper()
    ]


def _postgresql(connection: Connection) -> list[str]:
    triggers = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
    found = [f"the trigger {name} writes something down" for name in triggers.scalars()]
    copies = connection.execute(text("SELECT pubname FROM pg_publication"))
    found += [f"the publication {name} sends every change elsewhere" for name in copies.scalars()]
    columns = connection.execute(
        text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = "
             "current_schema() AND (column_default LIKE 'nextval%' OR is_identity = 'YES' "
             "OR column_default LIKE '%now()%')")
    )  # fmt: skip
    found += [f"{t}.{c} fills itself" for t, c in columns if t in {*ALLOWED, "invitation"}]
    for setting, bad in KEEPS_TIMES.items():
        value = connection.execute(text(f"SHOW {setting}")).scalar_one()
        if value in bad:
            found.append(f"{setting} is {value}: the server keeps when each answer came")
    return found
