"""Every setting once: name, default, environment variable, meaning.

Nothing else in the product reads the environment.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from surveys.errors import SettingsError

PREFIX = "TRIBOMETER_"
#: names of the machine itself: nothing that is sent there leaves it
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
UNNAMED = "Your organisation"
#: months; what staff are promised, so it can only be shortened
MAX_COMMENT_MONTHS = 24
#: setting -> what it means, as `docs/running.md` explains it (a test compares the two).
MEANING = {
    "instance": "folder that holds everything of this installation",
    "database": "database address; empty: SQLite inside the instance folder",
    "queue": "task queue; empty: a SQLite file inside the instance folder",
    "keys": "folder of the key files; never back it up together with the data",
    "outbox": "where mail goes: file:FOLDER, smtp://[user:password@]host:port or smtps://…",
    "chat": "second way of invitations: slack:TOKEN, teams:https://… or file:FOLDER; empty: none",
    "mail_from": "sender of every mail",
    "base_url": "address under which people reach the pages; used in every link",
    "host": "network address the server listens on",
    "port": "port the server listens on",
    "proxies": "how many web servers stand in front, each adding the browser's address",
    "organisation": "name shown on every page",
    "embedder": "what reads comments: wordllama (English), minilm or multilingual (extras)",
    "comment_months": "months after which comments are deleted: 24, or fewer",
    "scim_teams": "where SCIM takes somebody's team from: department, or groups",
    "comment_export": "what people wrote in files: quotes (those that HR released), or none",
    "webhook_hosts": "hosts, with commas between, that webhooks may tell; empty: no webhooks",
    "oidc": "issuer of the organisation's own sign-in (OpenID Connect); empty: none",
    "oidc_client": "name under which that sign-in knows this installation",
    "oidc_secret": "secret that goes with it, or file:PATH of a file that holds it",
    "oidc_groups": "roles of its groups: GROUP=hr; GROUP=admin; GROUP=manager:TEAM",
    "oidc_claim": "what its answer calls the groups",
    "oidc_verified": "what in its answer must be true of an address before it opens an account",
    "passwords": "whether accounts may sign in by password as well: yes, or no",
    "trustee": "mail address that gets the head of the audit log after every wave",
    "logs": "how the log is written: plain, or json (one object each line)",
    "metrics": "figures of the running service at /metrics, for whoever has a token: no, or yes",
}


#: settings that are numbers: least, most, and what they are if nothing is said
NUMBERS = {
    "port": (1, 65535, 8000),
    "proxies": (0, 9, 0),
    "comment_months": (1, MAX_COMMENT_MONTHS, MAX_COMMENT_MONTHS),
}
#: settings with few values, the usual one first
CHOICES = {
    "scim_teams": ("department", "groups"),
    "comment_export": ("quotes", "none"),
    "logs": ("plain", "json"),
    "metrics": ("no", "yes"),
    "passwords": ("yes", "no"),
}


#: a file in the folder of a demo, whichever command serves it
DEMO_MARK = "this-is-a-demo"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one installation; see MEANING for each."""

    instance: Path
    database: str = ""
    queue: str = ""
    keys: Path = Path()
    outbox: str = ""
    chat: str = ""
    mail_from: str = "Tribometer <tribometer@localhost>"
    base_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    proxies: int = 0
    organisation: str = UNNAMED
    embedder: str = "wordllama"
    comment_months: int = 24
    scim_teams: str = "department"
    comment_export: str = "quotes"
    webhook_hosts: str = ""
    oidc: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    oidc_groups: str = ""
    oidc_claim: str = "groups"
    oidc_verified: str = "email_verified"
    passwords: str = "yes"
    trustee: str = ""
    logs: str = "plain"
    metrics: str = "no"
    demo: bool = False

    @property
    def data(self) -> Path:
        """Folder of the SQLite files: what a backup holds."""
        return self.instance / "data"

    @property
    def https(self) -> bool:
        """Whether people come by https, so that cookies may insist on it."""
        return self.base_url.startswith("https://")

    @property
    def by_password(self) -> bool:
        """Whether passwords open anything; links that the administrator makes always do."""
        return self.passwords == "yes"

    @classmethod
    def read(
        cls, instance: Path | None = None, environ: Mapping[str, str] | None = None, **given: object
    ) -> "Settings":
        """Settings from `environ` (the process's own by default), `given` values winning.

        Raises SettingsError for a name, a number or a choice that cannot be.
        """
        env = os.environ if environ is None else environ
        _refuse_unknown(env)
        found = {
            name: env[PREFIX + name.upper()] for name in MEANING if env.get(PREFIX + name.upper())
        }
        found.update({name: str(value) for name, value in given.items() if value is not None})
        folder = (instance or Path(found.pop("instance", "instance"))).absolute()
        found.pop("instance", None)
        numbers = {name: _number(name, found.pop(name, None)) for name in NUMBERS}
        for name, values in CHOICES.items():
            if found.get(name, values[0]) not in values:
                said = " or ".join(values)
                raise SettingsError(f"{PREFIX}{name.upper()} is {said}, not “{found[name]}”.")
        demo = found.pop("demo", "") == "True" or (folder / DEMO_MARK).exists()
        keys = Path(found.pop("keys", folder / "keys")).absolute()
        plain = cls(instance=folder, keys=keys, demo=demo, **numbers, **found)  # type: ignore[arg-type]
        return replace(
            plain,
            database=plain.database or f"sqlite:///{folder / 'data' / 'tribometer.db'}",
            queue=plain.queue or f"sqlite:{folder / 'data' / 'queue.db'}",
            outbox=plain.outbox or f"file:{folder / 'outbox'}",
            base_url=(plain.base_url or f"http://{plain.host}:{plain.port}").rstrip("/"),
        )


def _refuse_unknown(env: Mapping[str, str]) -> None:
    # A name typed wrongly would leave the setting at its default: keys in the wrong folder.
    known = [PREFIX + name.upper() for name in MEANING]
    for name in env:
        if name.startswith(PREFIX) and name not in known:
            meant = get_close_matches(name, known, 1)
            hint = f" Did you mean {meant[0]}?" if meant else ""
            raise SettingsError(f"There is no setting {name}.{hint}")


def _number(name: str, given: str | None) -> int:
    least, most, usual = NUMBERS[name]
    text = str(usual) if given is None else given
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsError(
            f"“{text}” cannot be: {PREFIX}{name.upper()} is a number from {least} to {most}."
        )
    return int(text)


def keep_to_one_core() -> None:
    """Let linear algebra that loads from now on use one core, unless the environment says else.

    The worker shares its machine with the pages. Of as many threads as there are cores, all but the
    first turn round while they wait for a core that others use: the work takes ten times as long.
    """
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(threads, "1")


def give_children(name: str, value: str) -> None:
    """Put a name of some library into the environment of the processes that this one makes."""
    os.environ[name] = value


def prepare_folders(settings: Settings) -> None:
    """Make the instance's folders (keys readable by the owner only).

    Raises SettingsError if one cannot be made or written to.
    """
    for folder, mode in (
        (settings.instance, 0o750),
        (settings.data, 0o700),
        (settings.keys, 0o700),
    ):
        try:
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
            probe = folder / f".probe-{secrets.token_hex(4)}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise SettingsError(
                f"The folder {folder} cannot be written to ({error.strerror}). "
                "Choose another with --instance, or make this one writable."
            ) from error


def secret_key(settings: Settings) -> str:
    """The key that signs cookies: made once, kept in a file only the owner may read.

    Raises SettingsError if it cannot be read.
    """
    path = settings.keys / "cookies.key"
    try:
        if not path.exists():
            write_secret(path, secrets.token_hex(32))
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"The key file {path} cannot be read ({error.strerror}): it must be a file of the user "
            "that runs this."
        ) from error


def write_secret(path: Path, text: str) -> None:
    """Write a key file of mode 0600, whole or not at all; one that is there already stays."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
