"""`tribometer serve`: one process with the web pages and the worker."""

import errno
import gc
import socket
from pathlib import Path

import click
import waitress
from flask import Flask

from surveys import logs
from surveys.access import accounts
from surveys.commands import AppFactory
from surveys.database import write_session
from surveys.errors import SettingsError
from surveys.operating import starting, worker
from surveys.operating.upgrading import backup_first, install
from surveys.settings import Settings
from surveys.web import Installation

THREADS = 8
instance_option = click.option(
    "--instance", type=click.Path(path_type=Path), help="Folder of the installation."
)
port_option = click.option("--port", help="Port to listen on (8000).")
host_option = click.option("--host", help="Address to listen on (127.0.0.1).")


@click.command()
@instance_option
@port_option
@host_option
@click.pass_obj
def serve(
    create_app: AppFactory, instance: Path | None, port: str | None, host: str | None
) -> None:
    """Serve an installation; an empty one is made if there is none."""
    settings = Settings.read(instance, port=port, host=host)
    check_port(settings)
    starting.check_embedder(settings.embedder)
    app = open_installation(create_app, settings)
    serve_app(app, first_page(parts_of(app)))


def parts_of(app: Flask) -> Installation:
    """The installation behind an app."""
    found: Installation = app.extensions["tribometer"]
    return found


def open_installation(create_app: AppFactory, settings: Settings) -> Flask:
    """The app of an installation whose database is in its newest form and has its pulse.

    Raises SettingsError, with what to do, for whatever keeps it from running.
    """
    starting.check_settings(settings)
    app = create_app(settings)
    engine = parts_of(app).engine
    install(engine, before=backup_first(engine, settings))
    starting.check_queue(parts_of(app).jobs)
    with parts_of(app).sessions() as session:
        starting.check_clock(session)
    return app


def first_page(installed: Installation) -> str:
    """What to open first: the one-time set-up link of an empty installation, or the address."""
    base = installed.settings.base_url
    with write_session(installed.sessions) as session:
        if accounts.first_account_missing(session):
            link = f"{base}/start#{accounts.make_link(session, None)}"
            return f"This installation is empty. Set it up here (works once):\n\n  {link}"
    return f"Tribometer is at {base}"


def settle() -> None:
    """Take what is loaded at the start for good, before the first page is served.

    Python's garbage collector would go through all of it again now and then, for more than a
    tenth of a second in the middle of a page.
    """
    gc.collect()
    gc.freeze()


def serve_app(app: Flask, message: str) -> None:
    """Serve until interrupted, with the worker beside the web pages."""
    installed = parts_of(app)
    settings = installed.settings
    logs.set_up(settings.logs)
    try:
        server = waitress.create_server(
            app, host=settings.host, port=settings.port, threads=THREADS, ident=None
        )
    except OSError as error:
        raise port_problem(settings, error) from error
    try:
        with worker.at_work(installed):
            settle()
            click.echo(f"\n{message}\n\nPress Ctrl+C to stop.", color=None)
            server.run()
    finally:
        server.close()
        installed.engine.dispose()


def check_port(settings: Settings) -> None:
    """Raise SettingsError before any work is done if the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise port_problem(settings, error) from error


def port_problem(settings: Settings, error: OSError) -> SettingsError:
    """The sentence for a port that cannot be had."""
    if error.errno == errno.EADDRINUSE:
        return SettingsError(
            f"Port {settings.port} is in use. Stop what uses it, or choose another with --port."
        )
    return SettingsError(
        f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}."
    )
