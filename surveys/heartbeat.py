"""What workers say of themselves: that they are alive, and when they did what last.

It is kept beside the queue and never in the database of answers: there a moment each minute would
stand between two ballots in the database's own log, and whoever has a copy of that could read off
when each of them came (docs/trust.md). The queue is in no backup.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from surveys import clock
from surveys.jobs import Jobs, QueueAway
from surveys.logs import in_steps
from surveys.settings import Settings

#: without a sign for so long there is no worker
MAX_SILENCE: Final = timedelta(minutes=15)
#: seconds between two signs of a worker
EVERY: Final = 60.0
#: a worker that has not been seen for so long is forgotten
FORGOTTEN: Final = timedelta(days=1)
WORKER, RUN = "worker ", "run "
#: jobs whose last run is kept
PUBLISHING, FORGETTING, BACKUP = "publishing", "forgetting", "backup"


@dataclass(frozen=True, slots=True)
class Run:
    """When a job ended last, in how many seconds (rounded up), and whether well."""

    ended_at: datetime
    seconds: float
    well: bool


@contextmanager
def beside(settings: Settings) -> Iterator[Jobs]:
    """The queue of an installation that runs elsewhere; none is made. Raises UserError."""
    kind, _, file = settings.queue.partition(":")
    if kind == "sqlite" and not Path(file).exists():
        raise QueueAway("Its file is not there yet; the first start makes it.")
    jobs = Jobs(settings)
    try:
        yield jobs
    finally:
        jobs.close()


def beat(jobs: Jobs, worker: str) -> None:
    """This worker is alive; those not seen for long are forgotten. Raises QueueAway."""
    now = clock.now()
    jobs.note(WORKER + worker, {"at": now.isoformat()})
    for other, seen in workers(jobs).items():
        if now - seen > FORGOTTEN:
            jobs.note(WORKER + other, None)


def workers(jobs: Jobs) -> dict[str, datetime]:
    """When each worker was seen last. Raises QueueAway."""
    kept = jobs.notes(WORKER)
    return {name: datetime.fromisoformat(note["at"]) for name, note in kept.items()}


def last_seen(jobs: Jobs) -> datetime | None:
    """When any worker was seen last. Raises QueueAway."""
    return max(workers(jobs).values(), default=None)


def nobody_works(jobs: Jobs) -> bool:
    """Whether no worker was seen for a quarter of an hour, as far as can be known."""
    try:
        seen = last_seen(jobs)
    except QueueAway:
        return True
    return seen is None or clock.now() - seen > MAX_SILENCE


def note_run(jobs: Jobs, job: str, seconds: float, well: bool = True) -> None:
    """Keep that a job ended just now. Raises QueueAway."""
    said = {"at": clock.now().isoformat(), "seconds": in_steps(seconds), "well": well}
    jobs.note(RUN + job, said)


def runs(jobs: Jobs) -> dict[str, Run]:
    """The last run of each job that ever ran. Raises QueueAway."""
    return {
        job: Run(datetime.fromisoformat(note["at"]), note["seconds"], note["well"])
        for job, note in jobs.notes(RUN).items()
    }
