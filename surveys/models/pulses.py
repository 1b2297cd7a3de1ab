"""What is asked, of whom, about whom and when."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Dialect,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    false,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from analysis.disclosure.rule import MINIMUM, Rule
from analysis.measures import Cause
from surveys import clock
from surveys.database import Base, Moment
from surveys.models.enums import MailState, PulseState, Rotation, WaveState, enum_column
from surveys.models.people import Team


class Instrument(Base):
    """A version of the questionnaire; once a wave used it, it never changes."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)
    used: Mapped[bool] = mapped_column(default=False)

    items: Mapped[list["Item"]] = relationship(order_by="Item.position")


class Item(Base):
    """One question; `wording` is ours by language."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("instrument_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    code: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]
    rotation: Mapped[Rotation] = mapped_column(enum_column(Rotation, 12))
    construct: Mapped[str] = mapped_column(String(60))
    cause: Mapped[Cause | None] = mapped_column(enum_column(Cause, 30))
    reverse: Mapped[bool] = mapped_column(default=False)
    wording: Mapped[dict[str, str]] = mapped_column(JSON)
    #: the organisation's own words, by language; they win
    own: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")

    @hybrid_property
    def is_open(self) -> bool:
        """Whether it is answered in words, not on the scale."""
        return self.rotation == Rotation.OPEN


class Pulse(Base):
    """The recurring survey with its calendar and its thresholds."""

    __tablename__ = "pulse"
    __table_args__ = (
        CheckConstraint(f"k_index >= {MINIMUM.index}", name=f"k_index_at_least_{MINIMUM.index}"),
        CheckConstraint(
            f"k_causes >= {MINIMUM.causes}", name=f"k_causes_at_least_{MINIMUM.causes}"
        ),
        CheckConstraint(
            f"k_verbatim >= {MINIMUM.verbatim}", name=f"k_verbatim_at_least_{MINIMUM.verbatim}"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    state: Mapped[PulseState] = mapped_column(
        enum_column(PulseState, 12, "state_known"), default=PulseState.DRAFT
    )
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/Berlin")
    every_weeks: Mapped[int] = mapped_column(default=4)
    #: on the same weekday of the month as the first time, instead of every so many weeks
    monthly: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: days (ISO) on which nothing opens and nobody is reminded
    holidays: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    open_days: Mapped[int] = mapped_column(default=10)
    first_opens_on: Mapped[date | None]
    k_index: Mapped[int] = mapped_column(default=MINIMUM.index)
    k_causes: Mapped[int] = mapped_column(default=MINIMUM.causes)
    k_verbatim: Mapped[int] = mapped_column(default=MINIMUM.verbatim)

    instrument: Mapped[Instrument] = relationship()
    seams: Mapped[list["Seam"]] = relationship(cascade="all, delete-orphan")

    @property
    def is_draft(self) -> bool:
        """Whether it has not been launched."""
        return self.state == PulseState.DRAFT

    @property
    def is_running(self) -> bool:
        """Whether its waves open by themselves."""
        return self.state == PulseState.RUNNING

    @property
    def is_paused(self) -> bool:
        """Whether it was launched and opens nothing for now."""
        return self.state == PulseState.PAUSED

    @property
    def rule(self) -> Rule:
        """The release rule of the next wave; RuleTooWeak if lowered in the database."""
        return Rule(index=self.k_index, causes=self.k_causes, verbatim=self.k_verbatim)

    @rule.setter
    def rule(self, rule: Rule) -> None:
        self.k_index, self.k_causes, self.k_verbatim = rule.index, rule.causes, rule.verbatim


class Seam(Base):
    """A directed pair of the pulse: the rater team about the target team."""

    __tablename__ = "seam"
    __table_args__ = (
        UniqueConstraint("pulse_id", "rater_id", "target_id"),
        CheckConstraint("rater_id <> target_id", name="two_teams"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id", ondelete="CASCADE"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"))

    # Whoever reads the pairs of a pulse says their names: one question, not two for each.
    rater: Mapped[Team] = relationship(foreign_keys=rater_id, lazy="joined", innerjoin=True)
    target: Mapped[Team] = relationship(foreign_keys=target_id, lazy="joined", innerjoin=True)


class RuleColumn(TypeDecorator[Rule]):
    """The release rule as JSON; RuleTooWeak at loading if somebody lowered it in the database."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, rule: Rule | None, dialect: Dialect) -> dict[str, Any] | None:
        return asdict(rule) if rule is not None else None

    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> Rule | None:
        return Rule(**value) if value is not None else None


class Wave(Base):
    """One month of a pulse; `rule` and `items` are frozen when it opens."""

    __tablename__ = "wave"
    __table_args__ = (UniqueConstraint("pulse_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id"))
    number: Mapped[int]
    state: Mapped[WaveState] = mapped_column(
        enum_column(WaveState, 12, "state_known"), default=WaveState.PLANNED
    )
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    rule: Mapped[Rule] = mapped_column(RuleColumn, default=MINIMUM)
    items: Mapped[list[str]] = mapped_column(JSON, default=list)

    pulse: Mapped[Pulse] = relationship()

    # Each of these is said of a wave at hand (a bool) and in a query (a condition) alike.

    @hybrid_property
    def is_open(self) -> bool:
        """Whether staff can answer it now."""
        return self.state == WaveState.OPEN and self.opens_at <= clock.now() < self.closes_at

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        # The clock is read when a statement runs: some are put together once and run for hours.
        now = bindparam("now", callable_=clock.now, type_=Moment)
        return (cls.state == WaveState.OPEN) & (cls.opens_at <= now) & (cls.closes_at > now)

    @hybrid_property
    def is_planned(self) -> bool:
        """Whether it has not opened yet."""
        return self.state == WaveState.PLANNED

    @hybrid_property
    def is_closing(self) -> bool:
        """Whether it is between its last ballot and its figures."""
        return (self.state == WaveState.CLOSING) | (self.state == WaveState.CLOSED)

    @hybrid_property
    def in_progress(self) -> bool:
        """Whether it has opened and is not published yet."""
        return (self.state == WaveState.OPEN) | self.is_closing

    @hybrid_property
    def needs_key(self) -> bool:
        """Whether sealed ballots may lie in its box."""
        return (self.state == WaveState.OPEN) | (self.state == WaveState.CLOSING)

    @hybrid_property
    def is_stored(self) -> bool:
        """Whether its box has been emptied into answers and comments."""
        return (self.state == WaveState.CLOSED) | (self.state == WaveState.PUBLISHED)

    @hybrid_property
    def is_published(self) -> bool:
        """Whether its figures are released."""
        return self.state == WaveState.PUBLISHED


class WaveSeam(Base):
    """A seam as it stood when the wave opened, with the frozen size of its rater team."""

    __tablename__ = "wave_seam"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    team_size: Mapped[int]


class WaveTeam(Base):
    """Who belonged to a team when the wave opened: numbers only, which outlive an erased person.

    The release rule compares rosters of published waves (analysis.disclosure.release, rule 10).
    """

    __tablename__ = "wave_team"

    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    roster: Mapped[list[int]] = mapped_column(JSON)


class Invitation(Base):
    """One per person and wave, all made when the wave opens. *That* they answered, never when."""

    __tablename__ = "invitation"
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    answered: Mapped[bool] = mapped_column(default=False)
    mail_state: Mapped[MailState] = mapped_column(
        enum_column(MailState, 12, "mail_state_known"), default=MailState.PENDING
    )


class DirectoryBefore(Base):
    """The directory as it was before the last import, as CSV: one row, for undoing that import."""

    __tablename__ = "directory_before"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
