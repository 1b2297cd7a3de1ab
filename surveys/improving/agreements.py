"""Agreements between two teams: proposed by one manager, running once both have signed.

Nothing of an agreement is changed after it was proposed: steps are ticked off, and it may be ended,
with a day and a reason. Its verdict comes with the releases (publishing.effects).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from analysis.measures import Cause
from surveys import clock
from surveys.access import audit
from surveys.errors import UserError
from surveys.models.agreements import Agreement, Signature, Step
from surveys.models.themes import Theme
from surveys.reading.playbook import ABOUT, MAX_STEP_LENGTH, strategy_of
from surveys.sending.events import announce

MAX_STEPS = 5
#: points that may be expected; more than this has never been seen to last
MAX_EXPECTED = 60
FURTHEST = timedelta(days=3 * 365)
MAX_REASON_LENGTH = 300


class AgreementError(UserError):
    """An agreement that cannot be made, signed, ticked off or ended as asked."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What both expect: `points` less friction, for both teams alike, by a day."""

    points: int
    by: date


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step: what, by when, and which of the two teams (none: both together)."""

    text: str
    due_on: date
    team_id: int | None = None


def propose(
    session: Session,
    actor: str,
    teams: tuple[int, int],
    cause: str,
    strategy: str,
    text: str,
    starts_on: date,
    expected: Expected | None = None,
    steps: Sequence[PlannedStep] = (),
    theme_id: int | None = None,
) -> Agreement:
    """A new agreement, not signed yet; raises AgreementError for what cannot be."""
    if cause not in ABOUT or strategy_of(strategy) is None:
        raise AgreementError(_("Choose a root cause and a strategy from the lists."))
    today = clock.now().date()
    if starts_on < today:
        # A start chosen after the curve is known would make the verdict worthless.
        raise AgreementError(_("An agreement starts today or later."))
    _check_expected(expected, starts_on)
    _check_steps(steps, teams, today)
    agreement = Agreement(
        team_a_id=min(teams),
        team_b_id=max(teams),
        cause=Cause(cause),
        strategy=strategy,
        text=text.strip(),
        starts_on=starts_on,
        expected=-expected.points if expected else None,
        expected_by=expected.by if expected else None,
        theme_id=_theme_of(session, teams, theme_id),
        steps=[Step(text=s.text.strip(), due_on=s.due_on, team_id=s.team_id) for s in steps],
    )
    session.add(agreement)
    session.flush()
    audit.record(session, actor, "proposed an agreement", agreement=agreement.id)
    return agreement


def _check_expected(expected: Expected | None, starts_on: date) -> None:
    if expected is None:
        return
    if not 0 < expected.points <= MAX_EXPECTED:
        raise AgreementError(_("Expect between 1 and %(most)s points.", most=MAX_EXPECTED))
    if not starts_on < expected.by <= starts_on + FURTHEST:
        raise AgreementError(_("The effect is expected after the start, within three years."))


def _check_steps(steps: Sequence[PlannedStep], teams: tuple[int, int], today: date) -> None:
    if len(steps) > MAX_STEPS:
        raise AgreementError(_("An agreement has up to %(most)s steps.", most=MAX_STEPS))
    for step in steps:
        if not 0 < len(step.text.strip()) <= MAX_STEP_LENGTH:
            raise AgreementError(
                _("Say each step in up to %(most)s letters.", most=MAX_STEP_LENGTH)
            )
        if not today <= step.due_on <= today + FURTHEST:
            raise AgreementError(_("A step is due today or later, within three years."))
        if step.team_id not in (None, *teams):
            raise AgreementError(_("A step belongs to one of the two teams, or to both."))


def _theme_of(session: Session, teams: tuple[int, int], theme_id: int | None) -> int | None:
    """The theme, if it is one of this pair."""
    theme = session.get(Theme, theme_id) if theme_id is not None else None
    return theme.id if theme and {theme.team_a_id, theme.team_b_id} == set(teams) else None


def sign(
    session: Session, actor: str, agreement: Agreement, team_id: int, account_id: int | None
) -> None:
    """Sign for one of the two teams; a second signature of the same team changes nothing."""
    if team_id not in (agreement.team_a_id, agreement.team_b_id):
        raise AgreementError(_("Only a manager of one of the two teams can sign."))
    if is_over(agreement):
        raise AgreementError(_("This agreement has ended."))
    if all(s.team_id != team_id for s in agreement.signatures):
        agreement.signatures.append(
            Signature(team_id=team_id, account_id=account_id, signed_on=clock.now().date())
        )
        audit.record(session, actor, "signed an agreement", agreement=agreement.id, team=team_id)
        if agreement.signed_by_both:
            announce(session, "agreement.signed", agreement.id, **_named(agreement))


def tick(session: Session, actor: str, agreement: Agreement, step_id: int, done: bool) -> Step:
    """Tick a step off, or open it again; raises AgreementError for one that cannot be."""
    step = next((s for s in agreement.steps if s.id == step_id), None)
    if step is None or not agreement.signed_by_both or is_over(agreement):
        raise AgreementError(_("Steps are ticked off while an agreement runs."))
    if done != (step.done_on is not None):
        step.done_on = clock.now().date() if done else None
        said = "ticked a step off" if done else "opened a step again"
        audit.record(session, actor, said, agreement=agreement.id, step=step.id)
    return step


def end(session: Session, actor: str, agreement: Agreement, day: date, reason: str) -> None:
    """End an agreement with a day, today or later, for a reason; raises AgreementError."""
    today = clock.now().date()
    if agreement.ended_on is not None:
        raise AgreementError(_("This agreement has ended."))
    if not today <= day <= today + FURTHEST:
        # An end chosen after the curve is known would make the verdict worthless.
        raise AgreementError(_("An agreement ends today or later, within three years."))
    if not 0 < len(reason.strip()) <= MAX_REASON_LENGTH:
        raise AgreementError(
            _("Say in up to %(most)s letters why it ends.", most=MAX_REASON_LENGTH)
        )
    agreement.ended_on, agreement.end_reason = day, reason.strip()
    audit.record(
        session,
        actor,
        "ended an agreement",
        agreement=agreement.id,
        day=day.isoformat(),
        reason=agreement.end_reason,
    )
    announce(session, "agreement.ended", agreement.id, **_named(agreement))


def _named(agreement: Agreement) -> dict[str, object]:
    return {"agreement": agreement.id, "teams": [agreement.team_a_id, agreement.team_b_id]}


def is_over(agreement: Agreement) -> bool:
    """Whether its last day is behind us."""
    return agreement.ended_on is not None and agreement.ended_on < clock.now().date()
