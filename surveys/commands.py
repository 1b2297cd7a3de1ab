"""The `tribometer` command: names of the sub-commands and where each is found.

A sub-command is loaded only when it is called, so that `tribometer --help` answers at once and
`serve` does not load what only `themes` needs.
"""

import sys
from collections.abc import Callable
from importlib import import_module

import click
from flask import Flask

from surveys.errors import SettingsError, UserError
from surveys.settings import Settings

AppFactory = Callable[[Settings], Flask]
WHERE = {
    "demo": "surveys.lab.demo.command:demo",
    "serve": "surveys.operating.serving:serve",
    "web": "surveys.operating.distributed:web",
    "worker": "surveys.operating.distributed:worker",
    "themes": "surveys.exporting.command:themes",
    "export": "surveys.operating.export_command:export",
    "backup": "surveys.operating.commands:backup",
    "restore": "surveys.operating.commands:restore",
    "doctor": "surveys.operating.commands:doctor",
    "audit": "surveys.operating.commands:audit_log",
    "link": "surveys.operating.commands:link",
    "scim": "surveys.operating.token_commands:scim",
    "attack": "surveys.lab.attacks.command:attack",
    "simulate": "surveys.lab.proving:simulate",
    "bench": "surveys.lab.proving:bench",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of WHERE."""
        return list(WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in WHERE:
            return None
        module, name = WHERE[cmd_name].split(":")
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=LazyGroup)
@click.version_option(package_name="tribometer")
def cli() -> None:
    """Tribometer measures the friction between teams, finds its causes, and shows what helped."""


def run(create_app: AppFactory) -> None:
    """Run the command line; a user's mistake ends with one sentence and exit status 1.

    What keeps an installation from running at all ends with status 2.
    """
    try:
        cli(obj=create_app)
    except UserError as error:
        click.secho(f"\n{error.sentence}", fg="red", err=True)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
