"""`tribometer scim token`, `tokens` and `revoke`: tokens for an identity provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from surveys.access import api_tokens
from surveys.database import make_engine, make_sessions, write_session
from surveys.directory import provisioning
from surveys.migrating import upgrade
from surveys.operating.commands import existing
from surveys.operating.serving import instance_option
from surveys.settings import Settings

ACTOR = "command line"


@click.group()
def scim() -> None:
    """People and teams from your identity provider."""


@scim.command()
@click.argument("name")
@instance_option
def token(name: str, instance: Path | None) -> None:
    """Make a token and print it, once. NAME says which provider has it."""
    settings = existing(instance)
    with _session(settings) as session:
        secret = api_tokens.make_token(session, ACTOR, name, ["scim"])
    click.echo(f"Address: {settings.base_url}/scim/v2\nToken:   {secret}")
    click.echo("It is not shown again: only its hash is kept.")
    if not provisioning.installed():
        click.secho("SCIM needs the extra “scim”: install Tribometer with it.", fg="yellow")


@scim.command()
@instance_option
def tokens(instance: Path | None) -> None:
    """List the tokens; none of them can be read any more."""
    with _session(existing(instance)) as session:
        for one in api_tokens.tokens(session):
            used = f"last used on {one.last_used_on}" if one.last_used_on else "never used"
            ended = f", taken back on {one.revoked_on}" if one.revoked_on else ""
            may = ", ".join(one.scopes)
            click.echo(f"{one.id:>4}  {one.name} ({may}), of {one.made_on}, {used}{ended}")


@scim.command()
@click.argument("number", type=int)
@instance_option
def revoke(number: int, instance: Path | None) -> None:
    """Take the token of this NUMBER back: it opens nothing any more."""
    with _session(existing(instance)) as session:
        ended = api_tokens.revoke_token(session, ACTOR, number)
    click.echo(f"The token “{ended.name}” opens nothing any more.")


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    engine = make_engine(settings.database)
    upgrade(engine)
    with write_session(make_sessions(engine)) as session:
        yield session
    engine.dispose()
