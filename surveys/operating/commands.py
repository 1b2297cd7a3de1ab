"""`tribometer backup`, `restore`, `doctor`, `audit` and `link`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import R_OK, W_OK, access
from pathlib import Path
from time import perf_counter

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveys import heartbeat
from surveys.access import accounts, audit, second_factor
from surveys.database import make_engine, make_sessions, write_session
from surveys.errors import UserError
from surveys.migrating import said_plainly, upgrade
from surveys.models.audit import UNSENT, AuditEntry, OutboxMessage
from surveys.models.enums import MessageState
from surveys.models.pulses import Wave
from surveys.operating.archive import restore_archive, write_archive
from surveys.operating.doctor import examine
from surveys.operating.finding import ADVICE, FAULT
from surveys.operating.serving import instance_option
from surveys.progress import progress_bar
from surveys.settings import Settings, prepare_folders

COLOURS = {FAULT: "red", ADVICE: "yellow"}


class NoSuchAccount(UserError):
    """An address that belongs to nobody who signs in."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@instance_option
def backup(file: Path, instance: Path | None) -> None:
    """Write everything that is stored into FILE, while the installation runs.

    FILE holds no key: keep the key folder out of your backups too. What is sealed in it stays so.
    """
    settings = existing(instance)
    engine = make_engine(settings.database)
    begun = perf_counter()
    with progress_bar() as progress:
        made = write_archive(engine, file, progress)
    engine.dispose()
    # A backup is one without the queue too.
    with suppress(UserError), heartbeat.beside(settings) as jobs:
        heartbeat.note_run(jobs, heartbeat.BACKUP, perf_counter() - begun)
    click.echo(f"{file}: {made.rows} rows of {len(made.parts)} tables, as of {made.made_at}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@instance_option
def restore(file: Path, instance: Path | None) -> None:
    """Fill a new, empty installation from FILE, written by `tribometer backup`.

    Nothing is sent again: mails that were waiting are shown as unknown.
    """
    settings = Settings.read(instance)
    prepare_folders(settings)
    engine = make_engine(settings.database)
    with progress_bar() as progress:
        made = restore_archive(engine, file, progress)
    sessions = make_sessions(engine)
    with write_session(sessions) as session:
        unsure = OutboxMessage.state.in_(UNSENT)
        session.execute(update(OutboxMessage).where(unsure).values(state=MessageState.UNKNOWN))
        audit.record(session, "command line", "restored an archive", made_at=made.made_at)
        open_waves = session.scalars(select(Wave.number).where(Wave.needs_key)).all()
    engine.dispose()
    click.echo(f"{made.rows} rows of {len(made.parts)} tables are back, as of {made.made_at}.")
    for number in open_waves:
        click.echo(
            f"Wave {number} was open then. Its answers can be read only with its key files; "
            "without them HR can give it up on the pulse's page."
        )


@click.command()
@instance_option
def doctor(instance: Path | None) -> None:
    """Look whether everything is in order; exits with 1 if something is not."""
    found = examine(Settings.read(instance))
    width = max(len(finding.about) for finding in found)
    for finding in found:
        mark = click.style(f"{finding.state:<6}", fg=COLOURS.get(finding.state, "green"))
        click.echo(f"{mark}  {finding.about:<{width}}  {finding.says}")
    if any(finding.state == FAULT for finding in found):
        sys.exit(1)


@click.group("audit")
def audit_log() -> None:
    """The log of what HR, managers and administrators did."""


@contextmanager
def _log(instance: Path | None) -> Iterator[Session]:
    engine = make_engine(existing(instance).database)
    with said_plainly(engine), make_sessions(engine)() as session:
        yield session
    engine.dispose()


@audit_log.command()
@instance_option
@click.option("--head", help="A head noted earlier: it must still be in the log.")
def verify(instance: Path | None, head: str | None) -> None:
    """Check that no entry was changed or removed, and print the head to note down.

    Whoever rewrites the whole log can make it fit again; a head that somebody outside noted
    earlier (--head) shows that too.
    """
    with _log(instance) as session:
        broken = audit.first_broken(session)
        heads = session.scalars(select(AuditEntry.digest).order_by(AuditEntry.id)).all()
    if broken is not None:
        raise UserError(f"Entry {broken} was changed, or one before it was removed.")
    if head is not None and head not in heads:
        raise UserError("The head noted earlier is not in the log: the log was rewritten.")
    click.echo(f"{len(heads)} entries, each fits the one before.")
    if heads:
        click.echo(f"Head: {heads[-1]}")


@audit_log.command()
@instance_option
@click.option(
    "--last",
    default=50,
    show_default=True,
    type=click.IntRange(min=1),
    help="So many of the newest entries.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line.")
def show(instance: Path | None, last: int, as_json: bool) -> None:
    """Print the newest entries, the oldest of them first: when, who, what, and details."""
    with _log(instance) as session:
        newest = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(last)
        entries = session.scalars(newest).all()
    for entry in reversed(entries):
        at = entry.at.isoformat(timespec="seconds")
        if as_json:
            told = {"at": at, "actor": entry.actor, "action": entry.action, "detail": entry.detail}
            click.echo(json.dumps(told))
            continue
        details = ", ".join(f"{name}: {value}" for name, value in entry.detail.items())
        line = f"{at}  {entry.actor}  {entry.action}" + (f"  ({details})" if details else "")
        # What somebody typed (the name of a token, say) must not move the cursor of a terminal.
        click.echo("".join(letter if letter.isprintable() else "?" for letter in line))


@click.command()
@click.argument("email")
@instance_option
@click.option("--drop-second-factor", is_flag=True, help="For somebody who lost the telephone.")
def link(email: str, instance: Path | None, drop_second_factor: bool) -> None:
    """Print a link by which the account of EMAIL enters once, for when mail cannot help."""
    settings = existing(instance)
    engine = make_engine(settings.database)
    upgrade(engine)
    with write_session(make_sessions(engine)) as session:
        account = accounts.find_account(session, email)
        if account is None:
            raise NoSuchAccount(f"No account has the address {email}.")
        if drop_second_factor:
            second_factor.turn_off(session, "command line", account)
        audit.record(session, "command line", "made a link", email=account.email)
        token = accounts.make_link(session, account)
    engine.dispose()
    click.echo(f"Works once:\n\n  {settings.base_url}/enter#{token}")


def existing(instance: Path | None) -> Settings:
    """Settings of an installation that is there; raises UserError."""
    settings = Settings.read(instance)
    if settings.database.startswith("sqlite:///"):
        path = Path(settings.database.removeprefix("sqlite:///"))
        try:
            there = path.exists()
        except PermissionError:
            there = True
        if not there:
            raise UserError(f"There is no installation in {settings.instance} (--instance).")
        if not access(path, R_OK | W_OK):
            raise UserError(
                f"You may not use {path}. Run this as the user that the service runs as, for "
                "example: sudo -u tribometer tribometer …"
            )
    return settings
