"""What both managers agreed to do, who signed, and what happened at the pair."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, Text, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.database import Base
from surveys.models.people import Account


class Agreement(Base):
    """One strategy against one root cause, owned by both teams; runs once both have signed.

    What both expect is `expected` points of the friction index (less is negative) by `expected_by`.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("team_a_id < team_b_id", name="pair_in_order"),
        CheckConstraint("(expected IS NULL) = (expected_by IS NULL)", name="expected_has_day"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    cause: Mapped[str] = mapped_column(String(30))
    strategy: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    #: what the newest release found (publishing.effects.as_stored); none while it is too early
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: the theme that it was made about, if it was not a root cause as a whole
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="SET NULL"))
    expected: Mapped[int | None]
    expected_by: Mapped[date | None]
    #: last day; its verdict stays as it was then
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(String(300))

    signatures: Mapped[list["Signature"]] = relationship(cascade="all, delete-orphan")
    steps: Mapped[list["Step"]] = relationship(
        cascade="all, delete-orphan", order_by="(Step.due_on, Step.id)"
    )

    @property
    def signed_teams(self) -> frozenset[int]:
        """Teams of which a manager has signed."""
        return frozenset(s.team_id for s in self.signatures)

    @hybrid_property
    def signed_by_both(self) -> bool:
        """Whether a manager of each team has signed."""
        return self.signed_teams >= {self.team_a_id, self.team_b_id}

    @signed_by_both.inplace.expression
    @classmethod
    def _signed_by_both(cls) -> ColumnElement[bool]:
        teams = Signature.team_id.in_((cls.team_a_id, cls.team_b_id))
        signed = select(func.count()).where(Signature.agreement_id == cls.id, teams)
        return signed.scalar_subquery() == 2

    def runs_on(self, day: date) -> bool:
        """Whether it is signed by both, has begun and has not ended."""
        begun = self.starts_on <= day and (self.ended_on is None or day <= self.ended_on)
        return begun and self.signed_by_both


class Signature(Base):
    """One team's signature."""

    __tablename__ = "signature"

    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    signed_on: Mapped[date]

    account: Mapped[Account | None] = relationship()


class Step(Base):
    """One thing to do of an agreement, by a day, by one of the two teams or (no team) by both."""

    __tablename__ = "step"

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(
        ForeignKey("agreement.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    done_on: Mapped[date | None]


class Note(Base):
    """A calendar note drawn on a pair's time axis (a reorganisation, a quarter's end)."""

    __tablename__ = "note"
    __table_args__ = (CheckConstraint("team_a_id < team_b_id", name="pair_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_a_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    team_b_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(String(120))
