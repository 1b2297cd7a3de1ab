"""The doctor: is everything there that an installation needs, and nothing that must not be?"""

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from analysis.themes.embedders import make_embedder
from analysis.themes.embedding import EmbedderNotInstalledError
from surveys import clock
from surveys.access import api_tokens, audit
from surveys.answering import sealing
from surveys.database import make_engine, make_sessions, migration_config
from surveys.errors import SettingsError
from surveys.models.audit import OutboxMessage
from surveys.models.people import Account, Grant
from surveys.models.pulses import Pulse, Wave
from surveys.running import provisioning
from surveys.sending.chat import open_chat
from surveys.sending.transports import SendProblem, open_transport
from surveys.settings import Settings

GOOD, ADVICE, FAULT = "ok", "advice", "FAULT"
LEAST_DISK = 1024**3
LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` is ok, advice or FAULT; `says` is a sentence."""

    state: str
    about: str
    says: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; changes nothing."""
    found = [*_folders(settings), *_network(settings), _disk(settings), _mail(settings)]
    found += _embedder(settings)
    engine = make_engine(settings.database)
    try:
        found += _database(engine, settings)
    except OperationalError as error:
        found.append(Finding(FAULT, "database", f"It cannot be used: {error.orig}."))
    finally:
        engine.dispose()
    return found


def _folders(settings: Settings) -> Iterator[Finding]:
    for name, folder, private in (
        ("instance folder", settings.instance, False),
        ("key folder", settings.keys, True),
    ):
        if not folder.is_dir():
            yield Finding(FAULT, name, f"{folder} is not there; `tribometer serve` makes it.")
            continue
        open_to = stat.S_IMODE(folder.stat().st_mode) & (0o077 if private else 0o007)
        if open_to:
            state, mode = (FAULT, "700") if private else (ADVICE, "750")
            yield Finding(state, name, f"{folder} is open to others: chmod {mode} it.")
        else:
            yield Finding(GOOD, name, f"{folder} is there and closed to others.")
    yield from _key_files(settings)


def _key_files(settings: Settings) -> Iterator[Finding]:
    files = [path for path in settings.keys.glob("*") if path.is_file()]
    wide = [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if wide:
        yield Finding(FAULT, "key files", f"Readable by others: {', '.join(wide)}. chmod 600 them.")
    if _inside(settings.keys, settings.data):
        yield Finding(FAULT, "key folder", "It lies inside the data folder, so backups take it.")


def _inside(folder: Path, other: Path) -> bool:
    return folder.resolve().is_relative_to(other.resolve())


def _network(settings: Settings) -> Iterator[Finding]:
    if settings.https:
        yield Finding(GOOD, "address", f"{settings.base_url}, by HTTPS.")
    else:
        yield Finding(
            ADVICE, "address", f"{settings.base_url} has no HTTPS: put a web server with a "
            "certificate in front before you invite anybody, and set TRIBOMETER_BASE_URL.",
        )  # fmt: skip


def _embedder(settings: Settings) -> list[Finding]:
    try:
        make_embedder(settings.embedder)
    except (ValueError, EmbedderNotInstalledError) as error:
        return [Finding(FAULT, "embedder", f"Comments cannot be read: {error}")]
    return [Finding(GOOD, "embedder", f"{settings.embedder} reads the comments.")]


def _disk(settings: Settings) -> Finding:
    there = next(p for p in (settings.data, *settings.data.parents) if p.exists())
    free = shutil.disk_usage(there).free
    state = GOOD if free >= LEAST_DISK else FAULT
    return Finding(state, "disk", f"{free / 1024**3:.1f} GB free for the data.")


def _mail(settings: Settings) -> Finding:
    if settings.outbox.startswith("file:"):
        return Finding(
            ADVICE, "mail", "Mails are written into a folder, not sent: set TRIBOMETER_OUTBOX."
        )
    try:
        with open_transport(settings.outbox):
            return Finding(GOOD, "mail", "The mail server answers.")
    except SendProblem as problem:
        return Finding(FAULT, "mail", str(problem))


def _database(engine: Engine, settings: Settings) -> Iterator[Finding]:
    wanted = ScriptDirectory.from_config(migration_config(engine)).get_current_head()
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present is None:
        yield Finding(FAULT, "database", "It is empty; `tribometer serve` makes its tables.")
        return
    if present != wanted:
        yield Finding(
            FAULT, "database", f"Its form is {present}, this version needs {wanted}: make a backup "
            "and start `tribometer serve`, which brings it up to date.",
        )  # fmt: skip
        return
    yield Finding(GOOD, "database", f"{engine.dialect.name}, in its newest form ({present}).")
    with make_sessions(engine)() as session:
        checks: tuple[Callable[[Session, Settings], Iterator[Finding]], ...] = (
            _clock, _waves, _outbox, _thresholds, _people, _provisioning, _log,
        )  # fmt: skip
        for check in checks:
            yield from check(session, settings)


def _clock(session: Session, _settings: Settings) -> Iterator[Finding]:
    if session.get_bind().dialect.name == "sqlite":
        return
    there = session.execute(text("SELECT now()")).scalar_one()
    apart = abs((there - clock.now()).total_seconds())
    state = GOOD if apart < 5 else FAULT
    yield Finding(state, "clock", f"{apart:.0f} seconds from the database's.")


def _waves(session: Session, settings: Settings) -> Iterator[Finding]:
    lost, left = [], []
    for wave in session.scalars(select(Wave).order_by(Wave.number)):
        there = sealing.keys_exist(settings, wave.id)
        if wave.state in ("open", "closing") and not there:
            lost.append(str(wave.number))
        if wave.state == "published" and there:
            left.append(str(wave.number))
        if wave.state != "published" and wave.closes_at + LATE < clock.now():
            yield Finding(
                FAULT, "calendar", f"Wave {wave.number} should have been published: is a worker "
                "running?",
            )  # fmt: skip
    if lost:
        yield Finding(
            FAULT, "keys", f"The key of wave {', '.join(lost)} is missing: its answers cannot be "
            "read. Put the file back, or give the wave up on its page.",
        )  # fmt: skip
    if left:
        yield Finding(FAULT, "keys", f"The key of wave {', '.join(left)} should be destroyed.")
    if not lost and not left:
        yield Finding(GOOD, "keys", "Open waves have their keys, closed ones none.")


def _outbox(session: Session, settings: Settings) -> Iterator[Finding]:
    if settings.chat:
        try:
            open_chat(settings.chat)
        except SettingsError as error:
            yield Finding(FAULT, "chat", error.sentence)
    counts: dict[str, int] = {}
    rows = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
    for state, count in session.execute(rows):
        counts[state] = count
    bad = {s: counts[s] for s in ("failed", "unknown") if counts.get(s)}
    if bad:
        said = ", ".join(f"{count} {state}" for state, count in bad.items())
        yield Finding(ADVICE, "outbox", f"Mails that did not go out for sure: {said}.")
    else:
        yield Finding(GOOD, "outbox", f"{counts.get('waiting', 0)} waiting, none failed.")


def _thresholds(session: Session, _settings: Settings) -> Iterator[Finding]:
    for pulse in session.scalars(select(Pulse)):
        low = pulse.k_index < 5 or pulse.k_causes < 8 or pulse.k_verbatim < 10
        yield Finding(
            FAULT if low else GOOD, "thresholds",
            f"Figures from {pulse.k_index} answers, causes {pulse.k_causes}, quotes "
            f"{pulse.k_verbatim}" + (": below what is promised." if low else "."),
        )  # fmt: skip


def _people(session: Session, _settings: Settings) -> Iterator[Finding]:
    hr = select(Account).join(Grant).where(Grant.role == "hr")
    keepers = session.scalars(hr).unique().all()
    if not keepers:
        yield Finding(FAULT, "accounts", "Nobody runs this installation; start it for a link.")


def _provisioning(session: Session, _settings: Settings) -> Iterator[Finding]:
    tokens = len(api_tokens.live_tokens(session, "scim"))
    if not provisioning.installed():
        state = FAULT if tokens else GOOD
        says = "The extra “scim” is not installed: no identity provider can bring people"
        yield Finding(state, "SCIM", f"{says}, though {tokens} may." if tokens else f"{says}.")
    elif provisioning.held(session):
        yield Finding(ADVICE, "SCIM", "Changes are held back until HR decides on the people page.")
    else:
        yield Finding(GOOD, "SCIM", f"{tokens} token(s) in use.")


def _log(session: Session, _settings: Settings) -> Iterator[Finding]:
    broken = audit.first_broken(session)
    if broken is None:
        yield Finding(GOOD, "audit log", "Every entry fits the one before.")
    else:
        yield Finding(FAULT, "audit log", f"Entry {broken} was changed, or one before it removed.")
