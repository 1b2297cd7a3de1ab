"""What both managers agreed to do, who signed, and what happened at the pair."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Dialect,
    ForeignKey,
    String,
    Text,
    func,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from analysis.measures import Cause, Design
from surveys.database import Base
from surveys.models.enums import enum_column
from surveys.models.people import Account


@dataclass(frozen=True, slots=True)
class EffectVerdict:
    """What may be said about an agreement, in whole points (negative is less friction).

    `others`: how far the other pairs moved meanwhile; None if there is none.
    """

    changed: bool
    value: int
    low: int
    high: int
    method: Design
    others: int | None

    @property
    def against_others(self) -> bool:
        """Whether it is a difference to what the other pairs did."""
        return self.method is Design.DIFFERENCES


class VerdictColumn(TypeDecorator[EffectVerdict]):
    """A verdict as a JSON object."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(
        self, value: EffectVerdict | None, dialect: Dialect
    ) -> dict[str, Any] | None:
        return asdict(value) if value else None

    def process_result_value(
        self, value: dict[str, Any] | None, dialect: Dialect
    ) -> EffectVerdict | None:
        return EffectVerdict(**{**value, "method": Design(value["method"])}) if value else None


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
    cause: Mapped[Cause] = mapped_column(enum_column(Cause, 30))
    strategy: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    #: what the newest release found; none while it is too early
    effect: Mapped[EffectVerdict | None] = mapped_column(VerdictColumn)
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
