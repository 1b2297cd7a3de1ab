"""Agreements of a pair as readers see them: state, steps, expectation, verdict, who signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, aliased, selectinload

from analysis.measures import Cause
from surveys import clock
from surveys.access.viewer import Viewer
from surveys.models.agreements import Agreement, EffectVerdict, Signature, Step
from surveys.models.people import Account, Team
from surveys.models.themes import Theme
from surveys.reading.causes import cause_name, theme_name
from surveys.reading.pairs import Pair
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
        return _has_begun(self.state, self.starts_on, self.ended_on)

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


Agreements = tuple[AgreementView, ...]


@dataclass(frozen=True, slots=True)
class Tried(Pair):
    """An agreement that has begun, beside its pair."""

    agreement: AgreementView


def agreements_begun(session: Session, viewer: Viewer) -> tuple[Tried, ...]:
    """What the pairs that the viewer reads tried, newest first, at most MAX_TRIED."""
    today = clock.now().date()
    rows = session.execute(
        select(
            Agreement.id,
            Agreement.team_a_id,
            Agreement.team_b_id,
            Agreement.starts_on,
            Agreement.ended_on,
            Agreement.signed_by_both,
        )
        .where(Agreement.starts_on <= today)
        .order_by(Agreement.starts_on.desc(), Agreement.id)
    )
    begun = (
        ident
        for ident, a, b, starts_on, ended_on, signed in rows
        if viewer.may_read_pair(a, b)
        and _has_begun(_state(starts_on, ended_on, signed, today), starts_on, ended_on)
    )
    shown = list(islice(begun, MAX_TRIED))
    one, two = aliased(Team), aliased(Team)
    # The few that are shown are read as a whole.
    found = session.execute(
        _whole()
        .add_columns(one, two)
        .join(one, one.id == Agreement.team_a_id)
        .join(two, two.id == Agreement.team_b_id)
        .where(Agreement.id.in_(shown))
    )
    views = [Tried(a, b, _view(row, theme, Pair(a, b), today)) for row, theme, a, b in found]
    return tuple(sorted(views, key=lambda tried: shown.index(tried.agreement.id)))


def agreement_views(session: Session, pairs: Iterable[Pair]) -> dict[Pair, Agreements]:
    """All agreements of each pair, the ended ones last."""
    by_ids = {(pair.a.id, pair.b.id): pair for pair in pairs}
    of_pairs = tuple_(Agreement.team_a_id, Agreement.team_b_id).in_(by_ids)
    rows = session.execute(_whole().where(of_pairs).order_by(Agreement.id))
    today = clock.now().date()
    views: dict[Pair, list[AgreementView]] = {pair: [] for pair in by_ids.values()}
    for row, theme in rows:
        pair = by_ids[row.team_a_id, row.team_b_id]
        views[pair].append(_view(row, theme, pair, today))
    return {
        pair: tuple(sorted(found, key=lambda view: view.has_ended)) for pair, found in views.items()
    }


def _whole() -> Select[Agreement, Theme | None]:
    """Agreements with their theme and all that a view reads of them."""
    signatures = selectinload(Agreement.signatures)
    return (
        select(Agreement, Theme)
        .join(Theme, Theme.id == Agreement.theme_id, isouter=True)
        .options(
            signatures.joinedload(Signature.account).load_only(Account.name),
            selectinload(Agreement.steps),
        )
    )


def _view(row: Agreement, theme: Theme | None, pair: Pair, today: date) -> AgreementView:
    names = {team.id: team.name for team in (pair.a, pair.b)}
    return AgreementView(
        id=row.id,
        state=_state(row.starts_on, row.ended_on, row.signed_by_both, today),
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
        signatures=_signatures(row, names),
        signed_teams=row.signed_teams,
        signed_by_both=row.signed_by_both,
        steps=tuple(_step(step, names, today) for step in row.steps),
        ended_on=row.ended_on,
        end_reason=row.end_reason or "",
    )


def _state(
    starts_on: date, ended_on: date | None, signed_by_both: bool, today: date
) -> AgreementState:
    if ended_on is not None and ended_on < max(today, starts_on):
        return AgreementState.ENDED
    if not signed_by_both:
        return AgreementState.UNSIGNED
    return AgreementState.RUNNING if starts_on <= today else AgreementState.COMING


def _has_begun(state: AgreementState, starts_on: date, ended_on: date | None) -> bool:
    if ended_on is not None and ended_on < starts_on:
        return False
    return state in (AgreementState.RUNNING, AgreementState.ENDED)


def _signatures(row: Agreement, names: dict[int, str]) -> tuple[SignatureView, ...]:
    return tuple(
        SignatureView(names[s.team_id], s.account.name if s.account else "", s.signed_on)
        for s in sorted(row.signatures, key=lambda s: (s.signed_on, s.team_id))
    )


def _step(step: Step, names: dict[int, str], today: date) -> StepView:
    overdue = step.done_on is None and step.due_on < today
    who = names.get(step.team_id or 0, "")
    return StepView(step.id, step.text, step.due_on, who, step.done_on, overdue)
