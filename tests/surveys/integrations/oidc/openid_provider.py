"""An OpenID provider for the tests: Canaille, in a process of its own, with its own people.

Run as a program it is the provider; it reads lines of JSON, {"group": …, "members": […]}, and
changes its groups accordingly.
"""

import asyncio
import html
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import requests

CLIENT, SECRET = "tribometer", "kept between the two"
PASSWORD = "only known over there"
#: user names; those of NEW have an address that nobody confirmed yet
PEOPLE = ("ada", "bea", "carl", "dora", "emil", "fred", "greta", "hugo")
NEW = "emil"
GROUPS = {
    "tribometer-hr": ["ada", "emil", "fred"],
    "cn=procurement,ou=leads": ["bea"],
    "keepers": ["hugo"],
}
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class OpenIdProvider:
    """The running provider as the tests see it."""

    process: subprocess.Popen[str]
    issuer: str

    def put(self, group: str, *members: str) -> None:
        """From now on exactly these are in the group."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"group": group, "members": members}) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def log_in(self, browser: requests.Session, who: str, page: requests.Response) -> str:
        """Log in on the provider's page and agree; returns where it sends the browser then."""
        for fields in ({"login": who}, {"password": PASSWORD}, {"answer": "accept"}):
            token = CSRF.search(page.text)
            assert token, page.text
            page = browser.post(
                page.url,
                {"csrf_token": html.unescape(token[1]), **fields},
                allow_redirects=False,
            )
            while page.is_redirect:
                goal = requests.compat.urljoin(page.url, page.headers["Location"])
                if not goal.startswith(self.issuer):
                    return goal
                page = browser.get(goal, allow_redirects=False)
        raise AssertionError(page.text)


@contextmanager
def running(port: int, base: str, log: Path) -> Iterator[OpenIdProvider]:
    """The provider on a port, knowing the installation at `base`."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), str(port), base],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            assert process.poll() is None, log.read_text()
            try:
                requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        else:
            raise AssertionError(f"the provider did not start: {log.read_text()}")
        yield OpenIdProvider(process, issuer)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _main(port: int, base: str) -> None:
    # Only here: the tests that start this process need nothing of Canaille themselves.
    from asgiref.wsgi import WsgiToAsgi
    from canaille.app import models
    from canaille.backends import Backend
    from canaille.backends.memory.backend import MemoryBackend
    from canaille.hypercorn.app import create_app
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    one_by_one = MemoryBackend.do_query

    def all_at_once(self: MemoryBackend, model: Any, *args: Any, **wanted: Any) -> list[Any]:
        found = one_by_one(self, model, **wanted)
        for name, value in wanted.items():
            fitting = {one.id for one in one_by_one(self, model, **{name: value})}
            found = [one for one in found if one.id in fitting]
        return found

    # Without a database it takes whatever fits any of the values asked for, so that the code, or
    # the consent, of one person counts for another; it documents that all must fit.
    MemoryBackend.do_query = all_at_once

    app = create_app(
        config={
            "SECRET_KEY": "any",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "CAPTCHA_ENABLED": False},
            # No domain is trusted beforehand: everybody is asked to agree.
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": []},
        },
        wrap_asgi=False,
    )
    said = "{% if user.user_name != '" + NEW + "' %}true{% else %}false{% endif %}"
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = said
    with app.app_context():
        for name in PEOPLE:
            user = models.User(user_name=name, family_name=name, password=PASSWORD)
            user.formatted_name, user.emails = f"{name.title()} of Example", [f"{name}@example.org"]
            Backend.instance.save(user)
        client = models.Client(
            client_id=CLIENT, client_secret=SECRET, client_name="Tribometer",
            redirect_uris=[f"{base}/sign-in/organisation/back"],
            post_logout_redirect_uris=[f"{base}/sign-in"],
            scope=["openid", "email", "profile", "groups"], response_types=["code"],
            grant_types=["authorization_code"], token_endpoint_auth_method="client_secret_basic",
        )  # fmt: skip
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)

    def put(group: str, members: list[str]) -> None:
        with app.app_context():
            found = Backend.instance.get(models.Group, display_name=group)
            found = found or models.Group(display_name=group)
            found.members = [Backend.instance.get(models.User, user_name=m) for m in members]
            Backend.instance.save(found)

    for group, members in GROUPS.items():
        put(group, members)

    def listen() -> None:
        for line in sys.stdin:
            put(**json.loads(line))
            print("done", flush=True)

    Thread(target=listen, daemon=True).start()
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    asyncio.run(serve(WsgiToAsgi(app), config))


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2])
