"""Figures of the organisation's own systems, shown beside those of the survey, never mixed."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from surveys.database import Base
from surveys.models.enums import Better, enum_column


class HardSeries(Base):
    """A figure over time, of a pair (two teams in order) or, without a second team, of one."""

    __tablename__ = "hard_series"
    __table_args__ = (
        CheckConstraint("team_b_id IS NULL OR team_a_id < team_b_id", name="pair_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    team_b_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(30))
    better: Mapped[Better] = mapped_column(enum_column(Better, 6, "better_known"))


class HardPoint(Base):
    """One day's value of a series."""

    __tablename__ = "hard_point"

    series_id: Mapped[int] = mapped_column(
        ForeignKey("hard_series.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
