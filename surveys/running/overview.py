"""HR's first page: the wave that is open or being published, and all waves with their dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.models.pulses import Pulse, Wave
from surveys.running import live, setup


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows; `running` is the wave that is open or not published yet."""

    pulse: Pulse
    #: newest first
    waves: Sequence[Wave]
    #: number of the newest published wave
    newest: int | None
    running: Wave | None
    now: datetime
    #: publishing should have been done long ago
    stuck: bool
    sides: list[live.Participation]
    #: what happened late, by wave id
    late: dict[int, list[str]]
    #: name, address and problem of those whom no invitation reached
    unreachable: list[tuple[str, str, str]]


def overview(session: Session, pulse: Pulse) -> Overview:
    """Where the pulse stands now."""
    waves = session.scalars(
        select(Wave).where(Wave.pulse_id == pulse.id).order_by(Wave.number.desc())
    ).all()
    running = next((w for w in waves if w.in_progress), None)
    return Overview(
        pulse=pulse,
        waves=waves,
        newest=max((w.number for w in waves if w.is_published), default=None),
        running=running,
        now=clock.now(),
        stuck=running is not None and setup.is_stuck(running),
        sides=live.participation(session, running) if running else [],
        late=live.late_steps(session, waves),
        unreachable=live.unreachable(session, running) if running else [],
    )
