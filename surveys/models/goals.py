"""What a team is measured on, and where the goals of two teams pull against each other."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base
from surveys.models.enums import Better, Period, enum_column


class Goal(Base):
    """One goal of a team: what is measured, which way is better, and the target of a period."""

    __tablename__ = "goal"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    better: Mapped[Better] = mapped_column(enum_column(Better, 6, "better_known"))
    unit: Mapped[str] = mapped_column(String(30))
    target: Mapped[float]
    period: Mapped[Period] = mapped_column(enum_column(Period, 10, "period_known"))
    #: the day from which on it is a goal no more
    ended_on: Mapped[date | None]


class GoalConflict(Base):
    """Two goals that pull against each other, as a manager says; settled by a `shared` figure."""

    __tablename__ = "goal_conflict"
    __table_args__ = (
        UniqueConstraint("goal_a_id", "goal_b_id"),
        CheckConstraint("(settled_on IS NULL) = (shared IS NULL)", name="settled_by_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: the goal of the team with the smaller id
    goal_a_id: Mapped[int] = mapped_column(ForeignKey("goal.id"))
    goal_b_id: Mapped[int] = mapped_column(ForeignKey("goal.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    marked_on: Mapped[date]
    settled_on: Mapped[date | None]
    shared: Mapped[str | None] = mapped_column(String(200))

    goal_a: Mapped[Goal] = relationship(foreign_keys=goal_a_id)
    goal_b: Mapped[Goal] = relationship(foreign_keys=goal_b_id)
