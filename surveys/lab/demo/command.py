"""`tribometer demo`: build the example company and serve it."""

import shutil
from pathlib import Path

import click

from surveys.commands import AppFactory
from surveys.errors import SettingsError
from surveys.lab.demo.play import Links, play
from surveys.lab.demo.story import PASSWORD
from surveys.operating.serving import (
    check_port,
    host_option,
    instance_option,
    open_installation,
    parts_of,
    port_option,
    serve_app,
)
from surveys.progress import progress_bar
from surveys.settings import DEMO_MARK, Settings, prepare_folders


@click.command()
@instance_option
@port_option
@host_option
@click.option("--build-only", is_flag=True, help="Build the example and stop.")
@click.pass_obj
def demo(
    create_app: AppFactory,
    instance: Path | None,
    port: str | None,
    host: str | None,
    build_only: bool,
) -> None:
    """Build an example company with fourteen months behind it, and serve it.

    An earlier example in the same folder is built anew, without what was changed in it, and
    settings of the environment do not count. `tribometer serve --instance FOLDER` goes on with it.
    """
    # The environment may name a real database or mail server: a demo never touches those.
    settings = Settings.read(
        instance or Path("instance", "demo"),
        environ={},
        port=port,
        host=host,
        demo=True,
        organisation="Example Ltd",
    )
    if not build_only:
        check_port(settings)
    _empty_folder(settings)
    app = open_installation(create_app, settings)
    installed = parts_of(app)
    with progress_bar() as progress:
        links = play(installed.sessions, installed.engine, settings, progress)
    message = _message(settings, links)
    if build_only:
        click.echo(message)
    else:
        serve_app(app, message)


def _empty_folder(settings: Settings) -> None:
    folder = settings.instance
    if folder.exists() and any(folder.iterdir()) and not (folder / DEMO_MARK).exists():
        raise SettingsError(
            f"{folder} holds something that is no demo. Choose another folder with --instance."
        )
    shutil.rmtree(folder, ignore_errors=True)
    prepare_folders(settings)
    (folder / DEMO_MARK).touch()


def _message(settings: Settings, links: Links) -> str:
    managers = "\n".join(f"  {team:<12} {link}" for team, link in links.managers.items())
    return f"""The example company is ready at {settings.base_url}

  A member of Procurement answers (best on a phone, or a narrow window):
  {links.staff}

  HR:
  {links.hr}

  Both managers:
{managers}

  Links work once; the password of all three accounts is {PASSWORD}
  (hr@example.com, and the managers' addresses under Access).
  To go on with it later: tribometer serve --instance {settings.instance}"""
