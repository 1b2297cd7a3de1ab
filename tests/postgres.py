"""A PostgreSQL cluster in a temporary folder, as an unprivileged user when run as root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path

from sqlalchemy import text

from surveys.database import make_engine
from surveys.operating.upgrading import install

USER = "nobody"


class NotHere(Exception):
    """This machine has no PostgreSQL server."""


class Cluster:
    """One server with a migrated template database; `new_database` gives a fresh copy."""

    def __init__(self) -> None:
        self.programs = _programs()
        self.folder = Path(tempfile.mkdtemp(prefix="tribometer-pg-"))
        self.port = free_port()
        self._numbers = count(1)
        self._as: list[str] = []
        if os.geteuid() == 0:
            account = pwd.getpwnam(USER)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._as = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}",
                        "--clear-groups"]  # fmt: skip

    def start(self) -> None:
        """Make the cluster, start it, and migrate the template."""
        data = self.folder / "data"
        self._run("initdb", "-D", data, "-U", "tribometer", "-A", "trust", "-E", "UTF8")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", data, "-o", options, "-l", self.folder / "log", "-w", "start")
        self._sql("CREATE DATABASE template_tribometer")
        engine = make_engine(self._address("template_tribometer"))
        install(engine)
        engine.dispose()

    def new_database(self, empty: bool = False) -> str:
        """Address of a fresh database: migrated, or without any table if `empty`."""
        name = f"test_{next(self._numbers)}"
        template = "template1" if empty else "template_tribometer"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._address(name)

    def stop(self) -> None:
        """Stop the server and remove the folder."""
        data = self.folder / "data"
        if (data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _address(self, name: str) -> str:
        return f"postgresql://tribometer@127.0.0.1:{self.port}/{name}"

    def _sql(self, statement: str) -> None:
        engine = make_engine(self._address("postgres"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as, str(self.programs / program), *map(str, arguments)]
        done = (
            subprocess.run(
                command,
                cwd=self.folder,
                capture_output=True,
                text=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
            if program != "pg_ctl"
            else subprocess.run(
                # The server keeps the pipe of whoever started it: give it none to keep.
                command,
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                check=False,
            )
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")


def _programs() -> Path:
    # Debian's wrappers on the PATH may insist on another user: take the real ones.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    plain = shutil.which("initdb")
    if found:
        return found[-1].parent
    if plain:
        return Path(plain).resolve().parent
    raise NotHere("storage on PostgreSQL (install the server: apt-get install postgresql)")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
