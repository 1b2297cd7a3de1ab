"""The task queue and the schedule: huey on SQLite, PostgreSQL or Redis, by setting.

There is one task, `advance`: look at the clock and the database and do whatever is due. It is safe
to run at any time and by any number of workers, since every step is guarded in the database. The
web process only asks for it; what it does is given by the worker (`surveys.operating.worker`), so
that the web process never loads the analysis.

Beside the queue lie small notes that workers keep of themselves (surveys.heartbeat).
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError

from surveys.errors import SettingsError, UserError, why_away
from surveys.logs import log
from surveys.settings import Settings

#: seconds until a queue that does not answer counts as away
TIMEOUT = 5
#: kind of queue -> the extra that brings its driver
EXTRAS = {"redis": "redis", "postgresql": "postgres"}


class QueueAway(UserError):
    """The queue cannot be reached."""

    status = 503


def make_huey(address: str) -> Huey:
    """Queue at `sqlite:FILE`, `redis://…` or `postgresql://…`.

    Raises SettingsError for another address, an extra that is missing, or a queue that is away.
    """
    name = "tribometer"
    with _said(address):
        if address.startswith("sqlite:"):
            return SqliteHuey(name, filename=address.removeprefix("sqlite:"), results=False)
        if address.startswith("redis://"):
            mark = "&" if "?" in address else "?"
            url = f"{address}{mark}socket_connect_timeout={TIMEOUT}"
            return RedisHuey(name, url=url, results=False)
        if address.startswith("postgresql://"):
            return PostgresHuey(name, dsn=address, results=False, connect_timeout=TIMEOUT)
    raise SettingsError("TRIBOMETER_QUEUE must begin with sqlite:, redis:// or postgresql://.")


@contextmanager
def _said(address: str) -> Iterator[None]:
    """What goes wrong with the queue becomes a SettingsError."""
    kind = address.partition(":")[0]
    try:
        yield
    except ConfigurationError as error:
        raise SettingsError(
            f"A queue at {kind}: needs its driver: install Tribometer with the extra "
            f"“{EXTRAS.get(kind, kind)}”."
        ) from error
    except Exception as error:
        raise SettingsError(
            f"The task queue cannot be reached: {why_away(error)}. Check TRIBOMETER_QUEUE, and "
            "that it runs."
        ) from error


class Jobs:
    """The queue of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._address = settings.queue
        self.huey = make_huey(settings.queue)
        self._work: Callable[[], None] | None = None
        self._ask = self.huey.task(name="advance")(self._advance)
        self.huey.periodic_task(crontab(minute="*"), name="every_minute")(self._advance)

    def ask_to_advance(self) -> None:
        """Ask the worker to look now instead of within the next minute, if the queue is there."""
        try:
            with self._reached():
                self._ask()
        except QueueAway as error:
            log.error("the queue is away", says=error.sentence)

    def start_worker(self, work: Callable[[], None]) -> Consumer:
        """Run `work` whenever asked, and every minute, in a thread; returns what to `stop()`."""
        self._work = work
        consumer = _ThreadConsumer(self.huey, workers=1, periodic=True, max_delay=0.5)
        consumer.start()
        return consumer

    def close(self) -> None:
        """Give the queue's connection back."""
        self.huey.storage.close()

    def length(self) -> int:
        """How many looks were asked for and not begun; raises QueueAway."""
        with self._reached():
            return int(self.huey.storage.queue_size())

    def note(self, key: str, value: dict[str, Any] | None) -> None:
        """Keep a note under its key, or (None) take it away; raises QueueAway."""
        with self._reached():
            if value is None:
                self.huey.storage.delete_data(key)
            else:
                self.huey.storage.put_data(key, json.dumps(value).encode())

    def notes(self, beginning: str) -> dict[str, dict[str, Any]]:
        """The notes whose keys begin so, by the rest of the key; raises QueueAway."""
        with self._reached():
            kept = self.huey.storage.result_items()
        return {
            key.removeprefix(beginning): json.loads(value)
            for key, value in kept.items()
            if key.startswith(beginning)
        }

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            with _said(self._address):
                yield
        except SettingsError as error:
            raise QueueAway(error.sentence) from error

    def _advance(self) -> None:
        if self._work is not None:
            self._work()


class _ThreadConsumer(Consumer):
    """A consumer beside a server in one process: the server keeps the signals."""

    def _set_signal_handlers(self) -> None:
        pass
