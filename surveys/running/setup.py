"""The four set-up steps and the launch: what is there, what is missing, who will see nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Rule, RuleTooWeak
from surveys import clock
from surveys.access import audit
from surveys.access.accounts import queue_account_mail
from surveys.directory.teams import team_sizes
from surveys.errors import NotReady, UserError
from surveys.models.enums import PulseState
from surveys.models.people import Account, Team
from surveys.models.pulses import Pulse, Seam, Wave
from surveys.running import calendar
from surveys.running.calendar import plan_next
from surveys.running.checklist import missing_steps
from surveys.running.instruments import default_instrument

#: with more than three, staff are first asked whom they worked with (answering.questions)
MAX_PARTNERS = 12
#: days between two waves of a monthly pulse, at least
MIN_DAYS_OF_MONTH = 28
STUCK_AFTER = timedelta(minutes=15)


class SetUpError(UserError):
    """A set-up step that cannot be done as asked."""


def make_pulse(session: Session) -> None:
    """Give the installation its pulse, with the default instrument, unless it has one."""
    audit.wait_turn(session)  # several processes may start at the same moment
    if _find_pulse(session) is None:
        session.add(Pulse(name="Working together", instrument_id=default_instrument(session).id))
        session.flush()


def has_pulse(session: Session) -> bool:
    """Whether the installation has its pulse."""
    return _find_pulse(session) is not None


def the_pulse(session: Session) -> Pulse:
    """The pulse of the installation; raises NotReady in a database that nobody has set up."""
    pulse = _find_pulse(session)
    if pulse is None:
        raise NotReady(
            _(
                "The survey is not installed yet. Ask whoever runs the server to restart "
                "Tribometer: that installs it."
            )
        )
    return pulse


def _find_pulse(session: Session) -> Pulse | None:
    return session.scalar(select(Pulse).order_by(Pulse.id).limit(1))


def add_pair(session: Session, actor: str, pulse: Pulse, team_a: int, team_b: int) -> None:
    """Let two teams rate each other: both seams. Raises SetUpError."""
    if team_a == team_b:
        raise SetUpError(_("A pair needs two different teams."))
    known = set(session.scalars(select(Team.id).where(Team.id.in_((team_a, team_b)))))
    if known != {team_a, team_b}:
        raise SetUpError(_("That team does not exist any more. Reload the page."))
    for rater, target in ((team_a, team_b), (team_b, team_a)):
        partners = [s.target_id for s in pulse.seams if s.rater_id == rater]
        if target in partners:
            raise SetUpError(_("These two teams are a pair already."))
        if len(partners) >= MAX_PARTNERS:
            name = session.get_one(Team, rater).name
            raise SetUpError(
                _(
                    "%(name)s has %(most_partners)s partner teams already, which is the most.",
                    name=name,
                    most_partners=MAX_PARTNERS,
                )
            )
        pulse.seams.append(Seam(rater_id=rater, target_id=target))
    audit.record(session, actor, "added a pair", teams=[team_a, team_b])


def remove_pair(session: Session, actor: str, pulse: Pulse, team_a: int, team_b: int) -> None:
    """Take both seams of a pair out; from the next wave on they are not asked."""
    for seam in list(pulse.seams):
        if {seam.rater_id, seam.target_id} == {team_a, team_b}:
            pulse.seams.remove(seam)
    audit.record(session, actor, "removed a pair", teams=[team_a, team_b])


def pairs_of(pulse: Pulse) -> list[tuple[Team, Team]]:
    """The pairs of the pulse, by name."""
    pairs = [(s.rater, s.target) for s in pulse.seams if s.rater_id < s.target_id]
    return sorted(pairs, key=lambda pair: (pair[0].name, pair[1].name))


def set_calendar(
    session: Session,
    actor: str,
    pulse: Pulse,
    first: date,
    every_weeks: int,
    open_days: int,
    time_zone: str,
    monthly: bool = False,
    holidays: Sequence[date] = (),
) -> None:
    """Keep the calendar and move the planned wave to it.

    `monthly`: on the same weekday of each month, whatever `every_weeks` says. Raises SetUpError
    for a next day in the past or an overlap of waves.
    """
    today = clock.now().astimezone(ZoneInfo(time_zone)).date()
    if first < today:
        raise SetUpError(_("The next survey cannot open in the past: choose today or later."))
    if open_days >= (MIN_DAYS_OF_MONTH if monthly else every_weeks * 7):
        raise SetUpError(
            _("A wave must close before the next one opens: fewer days, or more weeks.")
        )
    pulse.first_opens_on, pulse.every_weeks = first, every_weeks
    pulse.open_days, pulse.time_zone, pulse.monthly = open_days, time_zone, monthly
    pulse.holidays = sorted(day.isoformat() for day in holidays)
    calendar.replan(session, pulse)
    audit.record(session, actor, "set the calendar")


def next_opening(session: Session, pulse: Pulse) -> date | None:
    """The local day on which the next wave opens, as far as it is known."""
    planned = session.scalar(select(Wave).where(Wave.pulse_id == pulse.id, Wave.is_planned))
    if planned is None:
        return pulse.first_opens_on
    return planned.opens_at.astimezone(ZoneInfo(pulse.time_zone)).date()


def raise_thresholds(
    session: Session, actor: str, pulse: Pulse, index: int, causes: int, verbatim: int
) -> None:
    """Keep thresholds for the waves to come; raises SetUpError for lowering them after launch."""
    try:
        rule = Rule(index=index, causes=causes, verbatim=verbatim)
    except RuleTooWeak as error:
        raise SetUpError(
            _("Root causes need no fewer answers than figures, and quotes no fewer.")
        ) from error
    if not pulse.is_draft and rule.is_weaker_than(pulse.rule):
        raise SetUpError(_("After launch thresholds can be raised, never lowered."))
    if rule != pulse.rule:
        pulse.rule = rule
        answers = (index, causes, verbatim)
        audit.record(session, actor, "set the thresholds", answers=answers)


def launch(session: Session, actor: str, pulse: Pulse) -> Wave:
    """Start the pulse: plan its first wave, which opens at its hour. Raises NotReady."""
    missing = missing_steps(pulse, team_sizes(session))
    if missing:
        raise NotReady(missing[0])
    if pulse.state == PulseState.DRAFT:
        pulse.state = PulseState.RUNNING
        # Whoever came in as a manager by the file gets a way in now, not before the launch.
        newcomers = select(Account.id).where(Account.password_hash.is_(None))
        for account_id in session.scalars(newcomers):
            queue_account_mail(session, account_id)
    audit.record(session, actor, "launched the pulse")
    return plan_next(session, pulse)


def close_early(session: Session, actor: str, wave_id: int) -> Wave:
    """Let an open wave end now; the worker closes and publishes it. Raises NotReady."""
    wave = session.get(Wave, wave_id, with_for_update=True)
    if wave is None or not wave.is_open:
        raise NotReady(_("This wave is not open any more."))
    wave.closes_at = clock.now()
    audit.record(session, actor, "closed early", wave=wave.number)
    return wave


def give_up(session: Session, actor: str, wave_id: int) -> None:
    """Give up a wave that cannot be closed since its key is lost: it is published without figures.

    Raises NotReady for a wave that is not stuck.
    """
    wave = session.get(Wave, wave_id, with_for_update=True)
    if wave is None or not is_stuck(wave):
        raise NotReady(_("This wave is not stuck; it closes by itself."))
    wave.rule = replace(wave.rule, given_up=True)
    audit.record(session, actor, "gave a wave up", wave=wave_id)


def is_stuck(wave: Wave) -> bool:
    """Whether closing should have been done long ago."""
    return wave.is_closing and clock.now() - wave.closes_at > STUCK_AFTER


def next_dates(session: Session, pulse: Pulse, number: int = 3) -> list[tuple[date, date]]:
    """First and last day of the next waves, for the preview of the calendar."""
    first = next_opening(session, pulse)
    if first is None:
        return []
    days = [day for day in islice(calendar.scheduled_days(pulse), 400) if day >= first]
    return [(day, day + timedelta(days=pulse.open_days)) for day in days[:number]]


def pause(session: Session, actor: str, pulse: Pulse) -> None:
    """Open no wave until the pulse is resumed; an open one runs to its end. Raises NotReady."""
    if pulse.state != PulseState.RUNNING:
        raise NotReady(_("Only a running pulse can be paused."))
    pulse.state = PulseState.PAUSED
    audit.record(session, actor, "pulse: pause")


def resume(session: Session, actor: str, pulse: Pulse) -> Wave:
    """Go on after a pause, with the next date that lies ahead. Raises NotReady."""
    if pulse.state != PulseState.PAUSED:
        raise NotReady(_("Only a paused pulse can go on."))
    pulse.state = PulseState.RUNNING
    audit.record(session, actor, "pulse: resume")
    return plan_next(session, pulse)


def skip_next(session: Session, actor: str, pulse: Pulse) -> Wave:
    """Leave the next wave out. Raises NotReady if none is planned."""
    moved = calendar.skip(session, pulse)
    if moved is None:
        raise NotReady(_("No wave is planned that could be left out."))
    audit.record(session, actor, "pulse: skip")
    return moved
