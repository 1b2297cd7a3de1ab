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


class PulseState(StrEnum):
    """Whether waves open: from the launch on, and not during a pause."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"


class Rotation(StrEnum):
    """When an item is asked: the core each month, A to D in turn, ACTION while an agreement runs.

    An OPEN one is a question for words, asked each month.
    """

    CORE = "core"
    A = "a"
    B = "b"
    C = "c"
    D = "d"
    ACTION = "action"
    OPEN = "open"


class Role(StrEnum):
    """What an account may do: HR and administrators everywhere, a manager for one team."""

    HR = "hr"
    MANAGER = "manager"
    ADMIN = "admin"


class MessageState(StrEnum):
    """How far a message of the outbox, or one for a webhook, is."""

    PENDING = "waiting"
    #: one worker is sending it
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    #: its worker died while it was sending
    UNKNOWN = "unknown"


class MailState(StrEnum):
    """What became of the mail that invites somebody."""

    PENDING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class MessageKind(StrEnum):
    """What a message of the outbox says."""

    INVITATION = "invitation"
    CHAT_INVITATION = "chat_invitation"
    REMINDER = "reminder"
    CHAT_REMINDER = "chat_reminder"
    #: never sent: reminders went out, even if they had no reader
    MARK = "mark"
    RELEASE = "release"
    TRUSTEE = "trustee"
    #: a way in for a new account, or for somebody who forgot the password
    ACCOUNT = "account"
    FORGOT = "forgot"
    #: an agreement waits for its second signature
    UNSIGNED = "unsigned"
    STEP_DUE = "step_due"
    STEP_OVERDUE = "step_overdue"


class ThemeKind(StrEnum):
    """A root cause as a whole, a theme that the engine found, or all that goes well."""

    CAUSE = "cause"
    FOUND = "found"
    PRAISE = "praise"


class CorrectionKind(StrEnum):
    """What HR decided about a theme."""

    RENAME = "rename"
    DISMISS = "dismiss"
    PIN = "pin"
    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    PARAPHRASE = "paraphrase"
    QUOTE_RELEASED = "quote released"
    QUOTE_WITHHELD = "quote withheld"


class CorrectionState(StrEnum):
    """What became of a decision: what concerns the engine is PENDING until the next wave."""

    #: at once, without the engine
    DONE = "done"
    PENDING = "pending"
    APPLIED = "applied"
    FAILED = "failed"
    UNDONE = "undone"


class QuoteState(StrEnum):
    """Whether readers see a quote: HR decides."""

    PROPOSED = "proposed"
    RELEASED = "released"
    WITHHELD = "withheld"


class FigureState(StrEnum):
    """How a figure is published: with its value, as a bound, or not at all."""

    SHOWN = "shown"
    UNDER = "under"
    OVER = "over"
    WITHHELD = "withheld"


class Direction(StrEnum):
    """Which way a seam left its usual level."""

    RISING = "rising"
    FALLING = "falling"


class Tone(StrEnum):
    """The mean tone of what was written."""

    SHARP = "sharp"
    ANNOYED = "annoyed"
    FACTUAL = "factual"
    WARM = "warm"


class ThemeChange(StrEnum):
    """What became of a theme since the release before."""

    NEW = "new"
    #: it was there earlier, but not the month before
    AGAIN = "again"
    SAME = "same"
    GROWN = "grown"
    FADED = "faded"


class Better(StrEnum):
    """Which way a figure improves."""

    HIGHER = "higher"
    LOWER = "lower"


class Period(StrEnum):
    """What the target of a goal is for."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Author(StrEnum):
    """Who wrote a turn of a thread: HR, or the writer of the comment."""

    HR = "hr"
    WRITER = "writer"


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
