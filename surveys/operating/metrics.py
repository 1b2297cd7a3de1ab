"""Figures of the running service for Prometheus, by which nobody can tell that somebody answers.

Whatever moves at that moment is left out: requests where staff answer, processor time, memory, open
files and disk (each ballot is 16 KiB), and reminders, which wait for those who have not answered.
How long something took is rounded up.
"""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib.metadata import version
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from surveys import clock, heartbeat
from surveys.logs import in_steps
from surveys.migrating import current_revision
from surveys.models.enums import WaveState
from surveys.models.pulses import Wave
from surveys.sending.waiting import outbox_of
from surveys.settings import give_children
from surveys.web import Installation

PREFIX = "tribometer_"
#: where the library looks for the folder in which processes count together
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@contextmanager
def counted_together() -> Iterator[None]:
    """Processes that this one makes inside the block count requests together."""
    maker, folder = os.getpid(), tempfile.mkdtemp(prefix="tribometer-counts-")
    give_children(FOLDER, folder)
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if os.getpid() == maker:  # a child leaves this block too when it ends
            shutil.rmtree(folder, ignore_errors=True)


class Counts:
    """What the web processes count themselves."""

    def __init__(self) -> None:
        self.together = bool(values.ValueClass._multiprocess)
        self.requests = Histogram(
            f"{PREFIX}request_seconds",
            "Requests behind a sign-in or a token, by route; none where staff answer.",
            ["method", "route", "status"],
            buckets=BUCKETS,
            registry=None,
        )
        # There from the start with a nought: what appears with its first failure has not risen yet.
        self.failures = Counter(
            f"{PREFIX}failures",
            "Requests behind a sign-in or a token that failed here (5xx), refusals left out.",
            registry=None,
        )
        self.started = Gauge(
            f"{PREFIX}started_timestamp_seconds",
            "When the youngest web process began.",
            multiprocess_mode="max",
            registry=None,
        )
        self.started.set(clock.now().timestamp())

    def count(
        self, method: str, route: str, status: int, seconds: float, meant: bool = False
    ) -> None:
        """One request was answered; `meant`: a refusal, whatever its status."""
        self.requests.labels(method, route, f"{status // 100}xx").observe(seconds)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not meant:
            self.failures.inc()

    def collected_by(self, registry: CollectorRegistry) -> None:
        """Let a registry collect the counts of all processes."""
        if self.together:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        else:
            registry.register(self.requests)
            registry.register(self.failures)
            registry.register(self.started)


def exposition(installed: Installation, counts: Counts) -> bytes:
    """All figures in Prometheus' text format; raises QueueAway."""
    registry = CollectorRegistry()
    counts.collected_by(registry)
    families = list(_families(installed))
    registry.register(_Collected(families))
    return generate_latest(registry)


class _Collected:
    def __init__(self, families: list[GaugeMetricFamily | InfoMetricFamily]) -> None:
        self.families = families

    def collect(self) -> list[GaugeMetricFamily | InfoMetricFamily]:
        return self.families


def _families(installed: Installation) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
    about = {
        "version": version("tribometer"),
        "form": str(current_revision(installed.engine)),
        "python": platform.python_version(),
    }
    yield InfoMetricFamily("tribometer", "Version, form of the database, Python.", about)
    with installed.sessions() as session:
        yield _single("database_seconds", "Round trip to the database.", _round_trip(session))
        yield _waves(session)
        yield from _mails(session)
    jobs = installed.jobs
    yield _single("queue_length", "Looks asked for and not begun.", jobs.length())
    now = clock.now()
    ages = [(now - seen).total_seconds() for seen in heartbeat.workers(jobs).values()]
    yield _single(
        "worker_seen_seconds", "Since a worker was seen; infinite if never.",
        min(ages, default=float("inf")),
    )  # fmt: skip
    alive = sum(age <= 3 * heartbeat.EVERY for age in ages)
    yield _single("workers", "Workers seen in the past minutes.", alive)
    yield from _runs(heartbeat.runs(jobs))


def _single(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, meaning, value=value)


def _by(name: str, meaning: str, label: str, found: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, meaning, labels=[label])
    for value, number in found.items():
        family.add_metric([value], number)
    return family


def _round_trip(session: Session) -> float:
    session.execute(text("SELECT 1"))  # connects first
    begun = perf_counter()
    session.execute(text("SELECT 1"))
    return in_steps(perf_counter() - begun)


def _waves(session: Session) -> GaugeMetricFamily:
    rows = session.execute(select(Wave.state, func.count()).group_by(Wave.state))
    found: dict[str, float] = {**dict.fromkeys(WaveState, 0), **dict(rows.all())}
    return _by("waves", "Waves by state.", "state", found)


def _mails(session: Session) -> Iterator[GaugeMetricFamily]:
    outbox = outbox_of(session)
    meaning = "Messages that did not go out, without reminders."
    yield _by("mails", meaning, "state", {**outbox.counts})
    waited = round(outbox.oldest.total_seconds())
    yield _single("oldest_mail_seconds", "How long the oldest unsent message has waited.", waited)


def _runs(runs: dict[str, heartbeat.Run]) -> Iterator[GaugeMetricFamily]:
    ended = {job: run.ended_at.timestamp() for job, run in runs.items()}
    yield _by("job_ended_timestamp_seconds", "When a job ended last.", "job", {**ended})
    took = {job: run.seconds for job, run in runs.items()}
    yield _by("job_seconds", "How long it took, rounded up.", "job", took)
    well = {job: float(run.well) for job, run in runs.items()}
    yield _by("job_well", "Whether it went well.", "job", well)
