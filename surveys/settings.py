"""Every setting once, as a field: name, default, meaning, what it may be.

Nothing else in the product reads the environment.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from surveys.errors import SettingsError

T = TypeVar("T")

PREFIX = "TRIBOMETER_"
#: names of the machine itself: nothing that is sent there leaves it
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
UNNAMED = "Your organisation"
#: months; what staff are promised, so it can only be shortened
MAX_COMMENT_MONTHS = 24
#: a file in the folder of a demo, whichever command serves it
DEMO_MARK = "this-is-a-demo"


def _about(
    meaning: str, between: tuple[int, int] | None = None, choices: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {"meaning": meaning, "between": between, "choices": choices}


def _setting(
    default: T,
    meaning: str,
    *,
    between: tuple[int, int] | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
) -> T:
    """A field with what it means and what it may be: a number `between` two, one of `choices`."""
    metadata = _about(meaning, between, choices)
    made: T = field(default=default, repr=not secret, metadata=metadata)
    return made


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one installation; those with a meaning can be set in the environment."""

    instance: Path = field(metadata=_about("folder that holds everything of this installation"))
    database: str = _setting("", "database address; empty: SQLite inside the instance folder")
    queue: str = _setting("", "task queue; empty: a SQLite file inside the instance folder")
    keys: Path = field(
        default=Path(),
        metadata=_about("folder of the key files; never back it up together with the data"),
    )
    outbox: str = _setting(
        "", "where mail goes: file:FOLDER, smtp://[user:password@]host:port or smtps://…"
    )
    chat: str = _setting(
        "", "second way of invitations: slack:TOKEN, teams:https://… or file:FOLDER; empty: none"
    )
    mail_from: str = _setting("Tribometer <tribometer@localhost>", "sender of every mail")
    base_url: str = _setting("", "address under which people reach the pages; used in every link")
    host: str = _setting("127.0.0.1", "network address the server listens on")
    port: int = _setting(8000, "port the server listens on", between=(1, 65535))
    proxies: int = _setting(
        0, "how many web servers stand in front, each adding the browser's address", between=(0, 9)
    )
    organisation: str = _setting(UNNAMED, "name shown on every page")
    embedder: str = _setting(
        "wordllama", "what reads comments: wordllama (English), minilm or multilingual (extras)"
    )
    comment_months: int = _setting(
        MAX_COMMENT_MONTHS,
        "months after which comments are deleted: 24, or fewer",
        between=(1, MAX_COMMENT_MONTHS),
    )
    scim_teams: str = _setting(
        "department",
        "where SCIM takes somebody's team from: department, or groups",
        choices=("department", "groups"),
    )
    comment_export: str = _setting(
        "quotes",
        "what people wrote in files: quotes (those that HR released), or none",
        choices=("quotes", "none"),
    )
    webhook_hosts: str = _setting(
        "", "hosts, with commas between, that webhooks may tell; empty: no webhooks"
    )
    oidc: str = _setting(
        "", "issuer of the organisation's own sign-in (OpenID Connect); empty: none"
    )
    oidc_client: str = _setting("", "name under which that sign-in knows this installation")
    oidc_secret: str = _setting(
        "", "secret that goes with it, or file:PATH of a file that holds it", secret=True
    )
    oidc_groups: str = _setting(
        "", "roles of its groups: GROUP=hr; GROUP=admin; GROUP=manager:TEAM"
    )
    oidc_claim: str = _setting("groups", "what its answer calls the groups")
    oidc_verified: str = _setting(
        "email_verified",
        "what in its answer must be true of an address before it opens an account",
    )
    passwords: str = _setting(
        "yes",
        "whether accounts may sign in by password as well: yes, or no",
        choices=("yes", "no"),
    )
    trustee: str = _setting("", "mail address that gets the head of the audit log after every wave")
    logs: str = _setting(
        "plain",
        "how the log is written: plain, or json (one object each line)",
        choices=("plain", "json"),
    )
    metrics: str = _setting(
        "no",
        "figures of the running service at /metrics, for whoever has a token: no, or yes",
        choices=("no", "yes"),
    )
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
            name: env[PREFIX + name.upper()] for name in SETTINGS if env.get(PREFIX + name.upper())
        }
        found.update({name: str(value) for name, value in given.items() if value is not None})
        folder = (instance or Path(found.pop("instance", "instance"))).absolute()
        found.pop("instance", None)
        demo = found.pop("demo", "") == "True" or (folder / DEMO_MARK).exists()
        keys = Path(found.pop("keys", folder / "keys")).absolute()
        values: dict[str, Any] = {name: _parsed(SETTINGS[name], found[name]) for name in found}
        plain = cls(instance=folder, keys=keys, demo=demo, **values)
        return replace(
            plain,
            database=plain.database or f"sqlite:///{folder / 'data' / 'tribometer.db'}",
            queue=plain.queue or f"sqlite:{folder / 'data' / 'queue.db'}",
            outbox=plain.outbox or f"file:{folder / 'outbox'}",
            base_url=(plain.base_url or f"http://{plain.host}:{plain.port}").rstrip("/"),
        )


#: what can be set in the environment, by name
SETTINGS = {one.name: one for one in fields(Settings) if one.metadata}


def _refuse_unknown(env: Mapping[str, str]) -> None:
    # A name typed wrongly would leave the setting at its default: keys in the wrong folder.
    known = [PREFIX + name.upper() for name in SETTINGS]
    for name in env:
        if name.startswith(PREFIX) and name not in known:
            meant = get_close_matches(name, known, 1)
            hint = f" Did you mean {meant[0]}?" if meant else ""
            raise SettingsError(f"There is no setting {name}.{hint}")


def _parsed(setting: Field[Any], text: str) -> str | int:
    variable, choices = PREFIX + setting.name.upper(), setting.metadata["choices"]
    if choices and text not in choices:
        raise SettingsError(f"{variable} is {' or '.join(choices)}, not “{text}”.")
    if setting.metadata["between"] is None:
        return text
    lowest, highest = setting.metadata["between"]
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise SettingsError(
            f"“{text}” cannot be: {variable} is a number from {lowest} to {highest}."
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
