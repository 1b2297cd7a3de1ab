"""`tribometer web` and `tribometer worker`: the same product as several processes and machines.

All of them share one PostgreSQL database, one queue and one folder of keys; any number of each may
run, start and die at any time. One machine alone needs only `tribometer serve`.
"""

import signal
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from flask import Flask

from surveys import logs
from surveys.commands import AppFactory
from surveys.errors import SettingsError
from surveys.operating import starting
from surveys.operating import worker as work
from surveys.operating.metrics import counted_together
from surveys.operating.serving import (
    check_port,
    first_page,
    host_option,
    instance_option,
    open_installation,
    parts_of,
    port_option,
    settle,
)
from surveys.settings import Settings

#: seconds; a browser that answers may be slow between two pages, and a proxy keeps connections
KEEP_ALIVE = 30
THREADS = 8
#: seconds that a process gets to end what it is doing
GRACE = 30


@click.command()
@instance_option
@host_option
@port_option
@click.option(
    "--processes",
    default=2,
    show_default=True,
    type=click.IntRange(min=1),
    help="Processes of this machine.",
)
@click.pass_obj
def web(
    create_app: AppFactory,
    instance: Path | None,
    host: str | None,
    port: str | None,
    processes: int,
) -> None:
    """Serve the pages only; the work is done by `tribometer worker`."""
    settings = Settings.read(instance, host=host, port=port)
    _needs_shared(settings, processes)
    check_port(settings)
    server = _gunicorn(lambda: create_app(settings), settings, processes)
    logs.set_up(settings.logs)
    installed = parts_of(open_installation(create_app, settings))
    click.echo(f"\n{first_page(installed)}\n", color=None)
    installed.jobs.close()
    installed.engine.dispose()
    with counted_together() if settings.metrics == "yes" else nullcontext():
        server.run()


@click.command()
@instance_option
@click.pass_obj
def worker(create_app: AppFactory, instance: Path | None) -> None:
    """Do what is due: open, remind, send, close, publish. Ends what it is at when told to stop."""
    settings = Settings.read(instance)
    starting.check_embedder(settings.embedder)
    logs.set_up(settings.logs)
    installed = parts_of(open_installation(create_app, settings))
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_given: told.set())
    with work.at_work(installed):
        click.echo("Working. Press Ctrl+C to stop.")
        told.wait()
    installed.jobs.close()
    installed.engine.dispose()


def _needs_shared(settings: Settings, processes: int) -> None:
    """Raise SettingsError where several processes would not share what they must."""
    if processes > 1 and settings.database.startswith("sqlite"):
        raise SettingsError(
            "Several web processes need PostgreSQL: set TRIBOMETER_DATABASE=postgresql://…, say "
            "--processes 1, or use `tribometer serve`, which is one process for pages and work."
        )


def _gunicorn(make_app: Any, settings: Settings, processes: int) -> Any:
    try:
        from gunicorn.app.base import BaseApplication
        from gunicorn.glogging import Logger
    except ImportError as error:
        raise SettingsError(
            "`tribometer web` needs gunicorn: install Tribometer with the extra “distributed”."
        ) from error

    class Log(Logger):
        """The server speaks in the log of the product (surveys.logs)."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True

    class Server(BaseApplication):
        """Every process makes its own app, after the fork: connections are not shared."""

        def load_config(self) -> None:
            for name, value in {
                "bind": f"{settings.host}:{settings.port}",
                "workers": processes,
                "worker_class": "gthread",
                "threads": THREADS,
                "keepalive": KEEP_ALIVE,
                "graceful_timeout": GRACE,
                # Nobody may learn from a log who answered when.
                "accesslog": None,
                "loglevel": "warning",
                "logger_class": Log,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            app: Flask = make_app()
            settle()
            return app

    return Server()
