"""Themes that live on from month to month, the quotes that stand for them, HR's corrections."""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from analysis.measures import Cause
from surveys.database import Base
from surveys.models.enums import CorrectionKind, CorrectionState, QuoteState, ThemeKind, enum_column


class Theme(Base):
    """A theme of one pair.

    `label` is the code of a root cause, or the engine's number of a theme that it found, which is
    never used again.
    """

    __tablename__ = "theme"
    __table_args__ = (
        UniqueConstraint("team_a_id", "team_b_id", "kind", "label"),
        CheckConstraint("team_a_id < team_b_id", name="pair_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    kind: Mapped[ThemeKind] = mapped_column(enum_column(ThemeKind, 10, "kind_known"))
    label: Mapped[str] = mapped_column(String(40))
    cause: Mapped[Cause | None] = mapped_column(enum_column(Cause, 30))
    #: the name the engine found; `given_name` is HR's and wins
    name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str | None] = mapped_column(String(200))
    dismissed: Mapped[bool] = mapped_column(default=False)
    #: HR keeps an eye on it: first on the board, and never parted or joined by the engine
    pinned: Mapped[bool] = mapped_column(default=False, server_default=false())

    @hybrid_property
    def is_cause(self) -> bool:
        """Whether it is a root cause as a whole."""
        return self.kind == ThemeKind.CAUSE

    @hybrid_property
    def is_found(self) -> bool:
        """Whether the engine found it in the comments."""
        return self.kind == ThemeKind.FOUND

    @hybrid_property
    def is_praise(self) -> bool:
        """Whether it is all that goes well."""
        return self.kind == ThemeKind.PRAISE


class ThemeMemory(Base):
    """What the engine remembers of a pair, so that themes keep their identity next month."""

    __tablename__ = "theme_memory"

    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class Correction(Base):
    """Something HR decided about a theme; a failed one has the reason in its detail."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    kind: Mapped[CorrectionKind] = mapped_column(enum_column(CorrectionKind, 20))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[CorrectionState] = mapped_column(
        enum_column(CorrectionState, 10, "state_known"),
        default=CorrectionState.DONE,
        server_default=CorrectionState.DONE.value,
    )
    #: number of the newest wave when it was made, or since which the engine obeys it
    wave_number: Mapped[int | None]

    @hybrid_property
    def is_pending(self) -> bool:
        """Whether it waits for the engine."""
        return self.state == CorrectionState.PENDING

    @property
    def is_undoable(self) -> bool:
        """Whether it holds without the engine, or the engine has not read it yet."""
        return self.state in (CorrectionState.DONE, CorrectionState.PENDING)


class ThemeNote(Base):
    """What HR notes about a theme for itself; no reader sees it."""

    __tablename__ = "theme_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    written_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)


class ReadableComment(Base):
    """A comment that HR may read: of a pair whose two sides both had enough answers.

    `sensitive`: kinds of `analysis.themes.sensitive`, separated by spaces; `handled` once HR has
    said that it was read.
    """

    __tablename__ = "readable_comment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    comment_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    sensitive: Mapped[str] = mapped_column(String(80), default="")
    handled: Mapped[bool] = mapped_column(default=False)


#: of a comment that HR should read first and has not: few of many
WAITS = ReadableComment.handled.is_(False) & (ReadableComment.sensitive != "")
Index(
    "ix_readable_comment_waits",
    ReadableComment.wave_id,
    sqlite_where=WAITS,
    postgresql_where=WAITS,
)


class ThemeComment(Base):
    """That a readable comment belongs to a theme; `moved` if HR put it there."""

    __tablename__ = "theme_comment"
    __table_args__ = ({"sqlite_with_rowid": False},)

    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)
    comment_key: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    moved: Mapped[bool] = mapped_column(default=False)


class Quote(Base):
    """A redacted comment proposed for a theme. Managers see it only once HR has released it."""

    __tablename__ = "quote"
    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    #: team of whoever wrote it; null where the theme is shown for the pair as a whole
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[QuoteState] = mapped_column(
        enum_column(QuoteState, 10, "state_known"), default=QuoteState.PROPOSED
    )
    #: HR's words instead of the writer's; where there are any, readers see these alone
    paraphrase: Mapped[str | None] = mapped_column(Text)
    #: key of the comment: under it HR may ask its writer something (models/threads.py)
    thread_key: Mapped[str | None] = mapped_column(String(32), index=True)

    @hybrid_property
    def is_released(self) -> bool:
        """Whether readers see it."""
        return self.state == QuoteState.RELEASED

    @property
    def is_withheld(self) -> bool:
        """Whether HR decided against it."""
        return self.state == QuoteState.WITHHELD
