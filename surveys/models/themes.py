"""Themes that live on from month to month, the quotes that stand for them, HR's corrections."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base


class Theme(Base):
    """A theme of one pair: a root cause of the codebook (`kind` cause, `label` its code), one that
    the engine found in the comments (`kind` found, `label` its number, never used again), or all
    that goes well (`kind` praise).
    """

    __tablename__ = "theme"
    __table_args__ = (
        UniqueConstraint("team_a_id", "team_b_id", "kind", "label"),
        CheckConstraint("kind IN ('cause', 'found', 'praise')", name="kind_known"),
        CheckConstraint("team_a_id < team_b_id", name="pair_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str | None] = mapped_column(String(30))
    #: the name the engine found; `given_name` is HR's and wins
    name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str | None] = mapped_column(String(200))
    dismissed: Mapped[bool] = mapped_column(default=False)


class ThemeMemory(Base):
    """What the engine remembers of a pair, so that themes keep their identity next month."""

    __tablename__ = "theme_memory"

    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)


class Correction(Base):
    """Something HR corrected in a theme; the engine learns from it next month."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class Quote(Base):
    """A redacted comment proposed for a theme. Managers see it only once HR has released it."""

    __tablename__ = "quote"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'released', 'withheld')", name="state_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    #: team of whoever wrote it; null where the theme is shown for the pair as a whole
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    #: key of the comment: under it HR may ask its writer something (models/threads.py)
    thread_key: Mapped[str | None] = mapped_column(String(32))
