"""What is stored about an answer, read from the schema of the running database."""

from dataclasses import dataclass

from sqlalchemy import Engine, inspect

#: the tables that an answer touches, in the order in which it passes through them
TABLES = (
    "invitation",
    "ballot_box",
    "answer",
    "comment",
    "readable_comment",
    "theme_comment",
    "quote",
    "thread_message",
)


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table's name and its columns as the database has them: (name, type)."""

    name: str
    columns: tuple[tuple[str, str], ...]


def stored_columns(engine: Engine) -> list[StoredTable]:
    """These tables as they are in the running database."""
    schema = inspect(engine)
    return [
        StoredTable(
            name, tuple((c["name"], str(c["type"]).lower()) for c in schema.get_columns(name))
        )
        for name in TABLES
    ]
