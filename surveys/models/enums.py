"""The closed sets of the tables. Databases hold the values, which are words to be read."""

from enum import StrEnum

from sqlalchemy import Enum


class WaveState(StrEnum):
    """How far a wave is; each state comes after the one before it, and none is left out."""

    PLANNED = "planned"
    OPEN = "open"
    #: no ballot is taken any more
    CLOSING = "closing"
    #: the answers are stored, the box of sealed ballots is empty
    CLOSED = "closed"
    PUBLISHED = "published"


def enum_column(members: type[StrEnum], length: int, check: str | None = None) -> Enum:
    """Column type that stores a member's value, reads it as the member and refuses all else.

    `check` names the constraint by which the database refuses other values too.
    """
    return Enum(
        members,
        name=check,
        length=length,
        native_enum=False,
        create_constraint=check is not None,
        validate_strings=True,
        values_callable=lambda known: [member.value for member in known],
    )
