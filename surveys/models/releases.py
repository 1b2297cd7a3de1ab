"""What readers see: figures that passed the release rule. Nothing here is ever changed."""

from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Dialect, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from analysis.disclosure.rule import Withheld
from analysis.measures import Words
from surveys.database import Base
from surveys.models.enums import Direction, FigureState, ThemeChange, Tone, enum_column


class Release(Base):
    """The published result of one wave."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), unique=True)
    number: Mapped[int]
    opened_on: Mapped[date]
    published_on: Mapped[date]


class Figure(Base):
    """One figure: shown, bounded ("under 30", "over 70") or withheld with its reason.

    `measure` is a Measure, a root cause, its profile (`profile_of`) or an item's code; of a pair
    rater_id is the smaller one.
    """

    __tablename__ = "figure"
    __table_args__ = (
        CheckConstraint(
            "(state = 'shown') = (low IS NOT NULL AND high IS NOT NULL)", name="shown_has_interval"
        ),
        CheckConstraint("(state = 'withheld') = (reason IS NOT NULL)", name="withheld_has_reason"),
        Index("ix_figure_pair", "rater_id", "target_id", "release_id"),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(30), primary_key=True)
    state: Mapped[FigureState] = mapped_column(enum_column(FigureState, 10, "state_known"))
    value: Mapped[int | None]
    low: Mapped[int | None]
    high: Mapped[int | None]
    n_band: Mapped[str | None] = mapped_column(String(10))
    words: Mapped[Words | None] = mapped_column(enum_column(Words, 20))
    reason: Mapped[Withheld | None] = mapped_column(enum_column(Withheld, 30))


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The drawn line of a seam in one wave, with its interval and the alarm that it raised."""

    number: int
    level: float
    low: float
    high: float
    alarm: Direction | None


class PathColumn(TypeDecorator[tuple[TrendPoint, ...]]):
    """The points of a trend as a JSON list of lists."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: tuple[TrendPoint, ...] | None, dialect: Dialect
    ) -> list[tuple[Any, ...]]:
        return [astuple(point) for point in value or ()]

    def process_result_value(
        self, value: list[list[Any]] | None, dialect: Dialect
    ) -> tuple[TrendPoint, ...]:
        return tuple(
            TrendPoint(number, level, low, high, alarm and Direction(alarm))
            for number, level, low, high, alarm in value or ()
        )


class Trend(Base):
    """What the published index figures of a seam say together, computed once at each release.

    `path` is the drawn line; `alarm` is the newest month's. `change` (`change_low`, `change_high`)
    is that since the month published before, in points; `moved` if it stands out among all seams
    of the wave (Benjamini-Hochberg). `smallest_change` is what so many answers could have shown.
    """

    __tablename__ = "trend"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    alarm: Mapped[Direction | None] = mapped_column(enum_column(Direction, 10))
    change: Mapped[int | None]
    change_low: Mapped[int | None]
    change_high: Mapped[int | None]
    moved: Mapped[bool] = mapped_column(default=False)
    #: those who did not answer could plausibly undo the change (tipping point)
    fragile: Mapped[bool] = mapped_column(default=False)
    smallest_change: Mapped[int | None]
    path: Mapped[tuple[TrendPoint, ...]] = mapped_column(PathColumn)


class ThemeFigure(Base):
    """How many people a theme concerns in one release: in a band, of one side or of the pair."""

    __tablename__ = "theme_figure"
    __table_args__ = (Index("ix_theme_figure_pair", "team_a_id", "team_b_id", "release_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    #: team whose members wrote it; null where only the pair as a whole may be shown
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    persons_band: Mapped[str] = mapped_column(String(10))
    tone: Mapped[Tone | None] = mapped_column(enum_column(Tone, 10))
    change: Mapped[ThemeChange | None] = mapped_column(enum_column(ThemeChange, 10))


class HandoverFigure(Base):
    """A hand-over point that enough persons of a seam name, and the hours lost there, in bands.

    `hours_band` is empty where the hours are nothing, or mostly one person's.
    """

    __tablename__ = "handover_figure"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    point: Mapped[str] = mapped_column(String(30), primary_key=True)
    persons_band: Mapped[str] = mapped_column(String(10))
    hours_band: Mapped[str | None] = mapped_column(String(10))
