"""Agreements of a pair as readers see them: state, steps, expectation, verdict, who signed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from analysis.measures import Cause
from surveys import clock
from surveys.access.viewer import Viewer
from surveys.models.agreements import Agreement, EffectVerdict, Step
from surveys.models.people import Account, Team
from surveys.models.themes import Theme
from surveys.reading.causes import cause_name, theme_name
from surveys.reading.playbook import strategy_name

MAX_TRIED = 6


class AgreementState(StrEnum):
    """Where an agreement stands on a day: COMING is signed by both and has not begun."""

    UNSIGNED = "unsigned"
    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class StepView:
    """A step; `who` is a team's name, or empty for both."""

    id: int
    text: str
    due_on: date
    who: str
    done_on: date | None
    overdue: bool

    @property
    def done(self) -> bool:
        """Whether it is ticked off."""
        return self.done_on is not None


@dataclass(frozen=True, slots=True)
class SignatureView:
    """Who signed for a team (the account may be gone), and when."""

    team: str
    name: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One agreement: `expected` points (less is negative) by `expected_by`."""

    id: int
    state: AgreementState
    cause: Cause
    cause_name: str
    theme: str
    strategy: str
    strategy_name: str
    text: str
    starts_on: date
    expected: int | None
    expected_by: date | None
    effect: EffectVerdict | None
    signatures: tuple[SignatureView, ...]
    signed_teams: frozenset[int]
    signed_by_both: bool
    steps: tuple[StepView, ...]
    ended_on: date | None
    end_reason: str

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def began(self) -> bool:
        """Whether it has run at all: not if it is still to come, or ended before its start."""
        if self.ended_on is not None and self.ended_on < self.starts_on:
            return False
        return self.is_running or self.has_ended

    @property
    def is_running(self) -> bool:
        """Whether it has begun and goes on."""
        return self.state == AgreementState.RUNNING

    @property
    def has_ended(self) -> bool:
        """Whether its last day is over."""
        return self.state == AgreementState.ENDED

    @property
    def may_end(self) -> bool:
        """Whether nobody has said yet when it ends."""
        return self.ended_on is None


@dataclass(frozen=True, slots=True)
class Tried:
    """An agreement that has begun, beside its pair."""

    a: Team
    b: Team
    agreement: AgreementView


def agreements_begun(session: Session, viewer: Viewer) -> tuple[Tried, ...]:
    """What the pairs that the viewer reads tried, newest first, at most MAX_TRIED."""
    one, two = aliased(Team), aliased(Team)
    rows = session.execute(
        select(Agreement, Theme, one, two)
        .join(Theme, Theme.id == Agreement.theme_id, isouter=True)
        .join(one, one.id == Agreement.team_a_id)
        .join(two, two.id == Agreement.team_b_id)
        .order_by(Agreement.starts_on.desc(), Agreement.id)
    )
    today = clock.now().date()
    found = (
        Tried(a, b, _view(session, agreement, theme, (a, b), today))
        for agreement, theme, a, b in rows
        if viewer.may_read_pair(a.id, b.id)
    )
    return tuple(islice((tried for tried in found if tried.agreement.began), MAX_TRIED))


def agreement_views(session: Session, a: Team, b: Team) -> tuple[AgreementView, ...]:
    """All agreements of a pair, the ended ones last."""
    rows = session.execute(
        select(Agreement, Theme)
        .join(Theme, Theme.id == Agreement.theme_id, isouter=True)
        .where(Agreement.team_a_id == a.id, Agreement.team_b_id == b.id)
        .order_by(Agreement.id)
    ).all()
    today = clock.now().date()
    views = [_view(session, agreement, theme, (a, b), today) for agreement, theme in rows]
    return tuple(sorted(views, key=lambda view: view.has_ended))


def _view(
    session: Session, row: Agreement, theme: Theme | None, teams: tuple[Team, Team], today: date
) -> AgreementView:
    names = {team.id: team.name for team in teams}
    return AgreementView(
        id=row.id,
        state=_state(row, today),
        cause=row.cause,
        cause_name=cause_name(row.cause),
        theme=theme_name(theme) if theme and not theme.dismissed else "",
        strategy=row.strategy,
        strategy_name=strategy_name(row.strategy),
        text=row.text,
        starts_on=row.starts_on,
        expected=row.expected,
        expected_by=row.expected_by,
        effect=row.effect,
        signatures=_signatures(session, row, names),
        signed_teams=row.signed_teams,
        signed_by_both=row.signed_by_both,
        steps=tuple(_step(step, names, today) for step in row.steps),
        ended_on=row.ended_on,
        end_reason=row.end_reason or "",
    )


def _state(row: Agreement, today: date) -> AgreementState:
    if row.ended_on is not None and row.ended_on < max(today, row.starts_on):
        return AgreementState.ENDED
    if not row.signed_by_both:
        return AgreementState.UNSIGNED
    return AgreementState.RUNNING if row.starts_on <= today else AgreementState.COMING


def _signatures(
    session: Session, row: Agreement, names: dict[int, str]
) -> tuple[SignatureView, ...]:
    made = []
    for signature in sorted(row.signatures, key=lambda s: (s.signed_on, s.team_id)):
        account = session.get(Account, signature.account_id) if signature.account_id else None
        name = account.name if account else ""
        made.append(SignatureView(names[signature.team_id], name, signature.signed_on))
    return tuple(made)


def _step(step: Step, names: dict[int, str], today: date) -> StepView:
    overdue = step.done_on is None and step.due_on < today
    who = names.get(step.team_id or 0, "")
    return StepView(step.id, step.text, step.due_on, who, step.done_on, overdue)
