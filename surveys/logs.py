"""The log of a process: one line for each event on standard error, readable or as JSON.

Nothing is said where people answer: neither that they do, nor an error at its moment, which would
tell when. And no line holds the message of an exception, which could quote what somebody wrote.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock, Timer
from time import perf_counter
from typing import Any

import structlog
from flask import g, has_app_context
from structlog.contextvars import merge_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from surveys import clock
from surveys.errors import place_of, trace_of

NAME = "tribometer"
#: loggers of the web servers, which name the address of a browser and the path it asked for
SERVERS = ("waitress", "gunicorn")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def _traced(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception becomes its trace."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["trace"] = trace_of(error)
    return event


log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    logging.getLogger(NAME),
    processors=[
        structlog.stdlib.filter_by_level,
        merge_contextvars,
        _traced,
        ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
)


def set_up(form: str) -> None:
    """Write the log of this process, "plain" or as "json"; one that is set up already stays."""
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler()
    handler.addFilter(discreet)
    handler.setFormatter(formatter(form))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(NAME).setLevel(logging.INFO)


def formatter(form: str) -> logging.Formatter:
    """What makes one line of a record, ours or a library's."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return ProcessorFormatter(
        processors=[_complete, ProcessorFormatter.remove_processors_meta, renderer],
        foreign_pre_chain=[merge_contextvars, _traced],
    )


@contextmanager
def job(**more: Any) -> Iterator[None]:
    """Log that there is something to do in the worker's present step, and that it is done.

    How long it took is rounded up: to the millisecond it would tell how many did not answer, and
    so were reminded. A failure is logged by whoever catches it.
    """
    begun = perf_counter()
    log.info("job begins", **more)
    yield
    log.info("job ended", seconds=in_steps(perf_counter() - begun), **more)


def in_steps(seconds: float) -> float:
    """Rounded up to 1, 2 or 5 times a power of ten; at least a millisecond."""
    steps = (step * 10.0**power for power in range(-3, 7) for step in (1, 2, 5))
    return next((round(step, 3) for step in steps if seconds <= step), seconds)


def hush() -> None:
    """Let nothing be said of the request that is being answered."""
    g.hushed = True


def is_hushed() -> bool:
    """Whether this thread answers a request of which nothing may be said."""
    return has_app_context() and bool(g.get("hushed"))


def fault(event: str, error: BaseException, **more: Any) -> None:
    """Log an error of ours with its trace; where people answer, later and without its moment."""
    if is_hushed():
        held.add(f"{type(error).__name__} at {place_of(error)}")
    else:
        log.error(event, exc_info=error, **more)


class Held:
    """What went wrong where people answer, said once for the whole hour, when it is over."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kinds: set[str] = set()

    def add(self, kind: str) -> None:
        """Keep that this happened, not when, nor how often."""
        with self._lock:
            if not self._kinds:
                timer = Timer(_rest_of_hour(), self.tell)
                timer.daemon = True
                timer.start()
            self._kinds.add(kind)

    def tell(self) -> None:
        """Log what happened in the past hour."""
        with self._lock:
            kinds, self._kinds = sorted(self._kinds), set()
        log.error("pages of staff failed in the past hour", kinds=kinds)


held = Held()


def _rest_of_hour() -> float:
    past = clock.now().timestamp() % HOUR.total_seconds()
    return HOUR.total_seconds() - past


def discreet(record: logging.LogRecord) -> bool:
    """Whether a record may be written now; what a library says of requests is held back."""
    server = record.name.startswith(SERVERS)
    said = str(record.msg)
    of_requests = server and (record.exc_info or "ip=" in said or "queue depth" in said)
    if not is_hushed() and not of_requests:
        return not _again(record)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        held.add(f"{type(error).__name__} at {place_of(error)}")
    elif record.levelno >= logging.ERROR:
        held.add(f"a line of {record.name}")
    return False


_told: dict[str, datetime] = {}


def _again(record: logging.LogRecord) -> bool:
    """Whether huey said this a moment ago: it tries a queue that is away twice a second."""
    if not record.name.startswith("huey"):
        return False
    now, said = clock.now(), str(record.msg)
    again = said in _told and now - _told[said] < MINUTE
    if not again:
        _told[said] = now
    return again


def _complete(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """When, how grave and what come first; every text is one line."""
    record: logging.LogRecord = event["_record"]
    first: EventDict = {
        "timestamp": clock.now().isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": event.pop("event"),
    }
    if record.name != NAME:
        first["logger"] = record.name
    said = {**first, **event}
    return {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in said.items()}
