"""Participation while a wave is open: in bands, per team, and nothing else before it closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Base
from surveys.models.audit import OutboxMessage
from surveys.models.enums import MessageKind, MessageState
from surveys.models.people import Person, Team
from surveys.models.pulses import Invitation, Wave
from surveys.models.releases import Release
from surveys.running.calendar import OPENS

TARGET = 75
WARNING = 60


@dataclass(frozen=True, slots=True)
class Participation:
    """A team's participation as a band; `low` under the warning line, None for a small team."""

    team: str
    band: str | None
    low: bool


def participation(session: Session, wave: Wave) -> list[Participation]:
    """One line for each invited team."""
    rows = session.execute(
        select(Team.name, func.count(), func.sum(case((Invitation.answered, 1), else_=0)))
        .join(Team, Team.id == Invitation.team_id)
        .where(Invitation.wave_id == wave.id)
        .group_by(Team.name)
        .order_by(Team.name)
    )
    return [_line(wave, name, Base(answered or 0, size)) for name, size, answered in rows]


def unreachable(session: Session, wave: Wave) -> list[tuple[str, str, str]]:
    """(name, address, problem) of those whose invitation failed or may not have gone."""
    rows = session.execute(
        select(Person.name, Person.email, OutboxMessage.problem)
        .join(OutboxMessage, OutboxMessage.person_id == Person.id)
        .where(
            OutboxMessage.wave_id == wave.id,
            OutboxMessage.kind == MessageKind.INVITATION,
            OutboxMessage.state.in_((MessageState.FAILED, MessageState.UNKNOWN)),
        )
        .order_by(Person.name)
    )
    return [(name, email, problem or _("may not have arrived")) for name, email, problem in rows]


def late_steps(session: Session, waves: Sequence[Wave]) -> dict[int, list[str]]:
    """What happened late, by wave id: it opens at OPENS unless the server was off."""
    rows = session.execute(
        select(Release.wave_id, Release.published_on).where(
            Release.wave_id.in_([wave.id for wave in waves])
        )
    )
    published: dict[int, date] = dict(rows.all())
    found: dict[int, list[str]] = {}
    for wave in waves:
        said = []
        opened = wave.opens_at.astimezone(ZoneInfo(wave.pulse.time_zone))
        if not wave.is_planned and opened.time() != OPENS:
            said.append(str(_("opened later than planned")))
        if wave.id in published and published[wave.id] > wave.closes_at.date():
            said.append(str(_("published later than planned")))
        if said:
            found[wave.id] = said
    return found


def _line(wave: Wave, team: str, base: Base) -> Participation:
    share = wave.rule.participation(base)
    if share is None:
        return Participation(team, None, low=False)
    if share.high is None:
        return Participation(team, _("%(edge)s %% or more", edge=share.low), low=False)
    words = _("%(low)s–%(high)s %%", low=share.low, high=share.high)
    return Participation(team, words, low=share.high <= WARNING)
