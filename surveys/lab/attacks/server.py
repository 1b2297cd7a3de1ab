"""The real server in a process of its own, as `tribometer serve` starts it, and a plain browser."""

import re
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from surveys.answering.opening import Opening
from surveys.answering.routes import COOKIE as LINK
from surveys.database import ROOT
from surveys.errors import UserError
from surveys.settings import PREFIX, Settings, secret_key

#: everything that any library can say is said, as by an operator in search of a fault
LOUD = """
import logging
logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(name)s %(message)s")
logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
"""
START = "\nfrom app import main\nmain()"
WAIT = 60.0
#: an address of the form; a browser tells its forms apart by the last part
FORM = "/s/form/0123456789abcdef"
STEP = 0.05
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
RECEIPT = re.compile(r'class="code">([\w-]+)<')


class ServerSilent(UserError):
    """The server under attack did not come up."""


class Server:
    """One server process after another on one installation; `prelude` runs before the product."""

    def __init__(self, settings: Settings, port: int, prelude: str = "") -> None:
        self.settings, self.port, self.prelude = settings, port, prelude
        self.log = settings.instance.with_name(f"{settings.instance.name}-server.log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerSilent."""
        given = {
            "database": self.settings.database,
            "queue": self.settings.queue,
            "keys": self.settings.keys,
            "outbox": self.settings.outbox,
        }
        environment = {PREFIX + name.upper(): str(value) for name, value in given.items()}
        arguments = ["serve", "--instance", str(self.settings.instance), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", self.prelude + START, *arguments],
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(int(WAIT / STEP)):
            if self._answers():
                return
            time.sleep(STEP)
        self.kill()
        raise ServerSilent("The server under attack did not start; its log says why.")

    def kill(self) -> None:
        """End it as a power cut would: no clean-up, no last words."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with Browser(self.port) as browser:
                return browser.get("/healthz")[0] == 200
        except (OSError, HTTPException):
            return False


class Browser:
    """A browser without scripts: keeps cookies, follows nothing by itself; use it in `with`."""

    def __init__(self, port: int, agent: str = "attack") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.agent = agent

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; raises OSError or HTTPException if nobody answers."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Status and text after sending a form."""
        return self._ask("POST", path, urlencode(fields))

    def token(self, path: str) -> str:
        """The token against forged requests that a page carries."""
        found = CSRF.search(self.get(path)[1])
        return found[1] if found else ""

    def answer(self, code: str, fields: dict[str, str]) -> str | None:
        """Go the whole way of a respondent; returns the receipt, if one was given."""
        self.post("/s", {"csrf_token": self.token("/s"), "code": code})
        status, page = self.post(FORM, {"opening": self.cookies.get(LINK, ""), **fields})
        return receipt_in(status, page)

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "User-Agent": self.agent,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return response.status, response.read().decode(errors="replace")


def opened_form(settings: Settings, code: str) -> str:
    """What the form of a code carries when it is opened: its signed opening."""
    return Opening.of(code).signed(secret_key(settings))


def receipt_in(status: int, page: str) -> str | None:
    """The receipt on an acknowledging page, else None."""
    found = RECEIPT.search(page) if status == 200 else None
    return found[1].replace("-", "") if found else None


def lines_of(log: Path, start: int) -> list[str]:
    """Lines of a log from a byte on."""
    with log.open("rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace").splitlines()
