"""The doctor: is everything there that an installation needs, and nothing that must not be?"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from analysis.disclosure.rule import RuleTooWeak
from analysis.themes.embedders import make_embedder
from analysis.themes.embedding import EmbedderNotInstalledError
from surveys import clock
from surveys.access import api_tokens, audit
from surveys.database import make_engine, make_sessions
from surveys.directory import provisioning
from surveys.errors import SettingsError, why_away
from surveys.integrations.oidc import linking
from surveys.migrating import current_revision, head_revision, is_known_form
from surveys.models.enums import Role
from surveys.models.people import Account, Grant
from surveys.models.pulses import Pulse
from surveys.operating import starting
from surveys.operating.finding import ADVICE, FAULT, GOOD, Finding
from surveys.operating.work import work_of
from surveys.sending.transports import SendProblem, open_transport
from surveys.settings import Settings

MIN_DISK = 1024**3


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; changes nothing."""
    found = [*_folders(settings), *_network(settings), _disk(settings), _mail(settings)]
    found += [*_embedder(settings), *_database(settings)]
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
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield Finding(FAULT, name, f"{folder} cannot be written to by this user: chown it.")
        elif open_to:
            state, mode = (FAULT, "700") if private else (ADVICE, "750")
            yield Finding(state, name, f"{folder} is open to others: chmod {mode} it.")
        else:
            yield Finding(GOOD, name, f"{folder} is there and closed to others.")
    yield from _key_files(settings)


def _key_files(settings: Settings) -> Iterator[Finding]:
    wide = starting.open_keys(settings.keys)
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
    state = GOOD if free >= MIN_DISK else FAULT
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
    except SettingsError as error:
        return Finding(FAULT, "mail", error.sentence)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        engine = make_engine(settings.database)
    except SettingsError as error:
        yield Finding(FAULT, "database", error.sentence)
        return
    try:
        yield from _content(engine, settings)
    except DBAPIError as error:
        why = why_away(error.orig or error)
        yield Finding(FAULT, "database", f"It cannot be used: {why}. Check TRIBOMETER_DATABASE.")
    finally:
        engine.dispose()


def _content(engine: Engine, settings: Settings) -> Iterator[Finding]:
    present, wanted = current_revision(engine), head_revision()
    if present is None:
        yield Finding(FAULT, "database", "It is empty; `tribometer serve` makes its tables.")
        return
    if not is_known_form(present):
        yield Finding(
            FAULT, "database", f"A newer version of Tribometer wrote it (form {present}; this one "
            f"knows up to {wanted}): install that version.",
        )  # fmt: skip
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
            _clock, _thresholds, _people, _sign_in, _provisioning, _log, work_of,
        )  # fmt: skip
        for check in checks:
            yield from check(session, settings)


def _clock(session: Session, _settings: Settings) -> Iterator[Finding]:
    for zone in sorted(set(session.scalars(select(Pulse.time_zone)))):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield Finding(
                FAULT, "time zones", f"{zone} is not known here: install tzdata on this machine."
            )
        else:
            yield Finding(GOOD, "time zones", f"{zone} is known.")
    try:
        starting.check_clock(session)
    except SettingsError as error:
        yield Finding(FAULT, "clock", error.sentence)
    if session.get_bind().dialect.name == "sqlite":
        return
    there = session.execute(text("SELECT now()")).scalar_one()
    apart = abs((there - clock.now()).total_seconds())
    far = "" if apart < 5 else ": let both machines follow a time server"
    yield Finding(FAULT if far else GOOD, "clock", f"{apart:.0f} seconds from the database's{far}.")


def _thresholds(session: Session, _settings: Settings) -> Iterator[Finding]:
    for pulse in session.scalars(select(Pulse)):
        told = (
            f"Figures from {pulse.k_index} answers, causes {pulse.k_causes}, quotes "
            f"{pulse.k_verbatim}"
        )
        try:
            pulse.rule  # noqa: B018
        except RuleTooWeak:
            yield Finding(FAULT, "thresholds", f"{told}: below what is promised.")
        else:
            yield Finding(GOOD, "thresholds", f"{told}.")


def _people(session: Session, _settings: Settings) -> Iterator[Finding]:
    hr = select(Account).join(Grant).where(Grant.role == Role.HR)
    keepers = session.scalars(hr).unique().all()
    if not keepers:
        yield Finding(FAULT, "accounts", "Nobody runs this installation; start it for a link.")


def _sign_in(session: Session, settings: Settings) -> Iterator[Finding]:
    if not settings.oidc:
        return
    try:
        linking.check_settings(settings)
    except SettingsError as error:
        yield Finding(FAULT, "sign-in", error.sentence)
        return
    # Its library is an extra; whether it is there has just been looked at.
    from surveys.integrations.oidc import provider

    wrong = provider.fault(settings)
    state, says = (FAULT, wrong) if wrong else (GOOD, f"{settings.oidc} answers.")
    yield Finding(state, "sign-in", says)
    unknown = linking.unknown_teams(session, linking.rules_of(settings))
    if unknown:
        yield Finding(
            ADVICE, "sign-in", f"TRIBOMETER_OIDC_GROUPS names teams that are not there: "
            f"{', '.join(unknown)}. Their groups give nothing.",
        )  # fmt: skip


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
