"""The task queue and the schedule: huey on SQLite, PostgreSQL or Redis, by setting.

There is one task, `advance`: look at the clock and the database and do whatever is due. It is safe
to run at any time and by any number of workers, since every step is guarded in the database. The
web process only asks for it; what it does is given by the worker (`surveys.worker`), so that the
web process never loads the analysis.
"""

import logging
from collections.abc import Callable

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from surveys.errors import SettingsError
from surveys.settings import Settings

log = logging.getLogger(__name__)


def make_huey(address: str) -> Huey:
    """Queue at `sqlite:FILE`, `redis://…` or `postgresql://…`; raises SettingsError."""
    if address.startswith("sqlite:"):
        return SqliteHuey("tribometer", filename=address.removeprefix("sqlite:"), results=False)
    if address.startswith("redis://"):
        return RedisHuey("tribometer", url=address, results=False)
    if address.startswith("postgresql://"):
        return PostgresHuey("tribometer", dsn=address, results=False)
    raise SettingsError("TRIBOMETER_QUEUE must begin with sqlite:, redis:// or postgresql://.")


class Jobs:
    """The queue of one installation."""

    def __init__(self, settings: Settings) -> None:
        self.huey = make_huey(settings.queue)
        self._work: Callable[[], None] | None = None
        self._ask = self.huey.task(name="advance")(self._advance)
        self.huey.periodic_task(crontab(minute="*"), name="every_minute")(self._advance)

    def ask_to_advance(self) -> None:
        """Ask the worker to look now instead of within the next minute."""
        self._ask()

    def start_worker(self, work: Callable[[], None]) -> Consumer:
        """Run `work` whenever asked, and every minute, in a thread; returns what to `stop()`."""
        self._work = work
        consumer = _ThreadConsumer(self.huey, workers=1, periodic=True, max_delay=0.5)
        consumer.start()
        return consumer

    def close(self) -> None:
        """Give the queue's connection back."""
        self.huey.storage.close()

    def _advance(self) -> None:
        if self._work is not None:
            self._work()


class _ThreadConsumer(Consumer):
    """A consumer beside a server in one process: the server keeps the signals."""

    def _set_signal_handlers(self) -> None:
        pass
