"""`deploy/nginx.conf` in a real nginx before the real server: it serves, and tells of no answer."""

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from surveys.answering.questions import field_name
from surveys.lab.attacks.company import codes_of, found_company, open_next
from surveys.lab.attacks.ports import free_port
from surveys.lab.attacks.server import FORM, Browser, Server
from surveys.operating.serving import parts_of

CONF = Path(__file__).resolve().parent.parent / "deploy" / "nginx.conf"
PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Front:
    """nginx on a port of its own, its folder, and the server behind it."""

    port: int
    folder: Path
    behind: Server

    def logs(self) -> str:
        """All that nginx wrote anywhere."""
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def browser(self) -> Browser:
        """A browser that comes by HTTPS."""
        made = Browser(self.port)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        made.connection = HTTPSConnection("127.0.0.1", self.port, timeout=30, context=trusting)
        return made


@pytest.fixture
def front(app: Flask, tmp_path: Path) -> Iterator[Front]:
    """The configuration as it is, but for its ports and its files."""
    if shutil.which("nginx") is None:
        pytest.skip("the configuration of nginx (install it: apt-get install nginx-light)")
    folder = tmp_path / "nginx"
    folder.mkdir()
    behind, port = Server(parts_of(app).settings, free_port()), free_port()
    key, certificate = folder / "key", folder / "certificate"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch",
         "-subj", "/CN=tribometer.example.org", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    site = CONF.read_text()
    for ours, here in {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "127.0.0.1:8000": f"127.0.0.1:{behind.port}",
        "/etc/ssl/tribometer.crt": str(certificate),
        "/etc/ssl/tribometer.key": str(key),
        "/var/log/nginx/tribometer.log": str(folder / "access.log"),
    }.items():
        assert ours in site
        site = site.replace(ours, here)
    (folder / "site").write_text(site)
    temporary = "".join(f"{place}_temp_path {folder / place};" for place in PLACES)
    # Its workers are nobody if it is started by root, and could not write here.
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "conf").write_text(
        f"{user} daemon off; pid {folder / 'pid'}; error_log {folder / 'error.log'} info; "
        f"events {{}} http {{ {temporary} include {folder / 'site'}; }}"
    )
    command = ["nginx", "-p", str(folder), "-e", str(folder / "error.log")]
    tested = subprocess.run(
        [*command, "-t", "-c", "conf"], capture_output=True, text=True, check=False
    )
    said = tested.stderr + (folder / "error.log").read_text()
    assert tested.returncode == 0, said
    assert "[warn]" not in said
    behind.start()
    nginx = subprocess.Popen([*command, "-c", "conf"])
    found = Front(port, folder, behind)
    try:
        _wait(found)
        yield found
    finally:
        nginx.terminate()
        nginx.wait()
        behind.stop()


def _wait(front: Front) -> None:
    for _try in range(100):
        try:
            with front.browser() as browser:
                assert browser.get("/healthz")[0] == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(front.logs())


def test_answers_pass_and_leave_no_trace(app: Flask, front: Front) -> None:
    company = found_company(app, {"North": 10, "South": 10}, [("North", "South")], Random(1))
    codes = codes_of(company, open_next(company))
    other = {"North": company.teams["South"], "South": company.teams["North"]}
    member = company.members[0]
    # As long as an answer can be: with three bytes for a letter, more than nginx keeps in memory
    # by itself.
    said = {field_name(other[member.team], item): "語" * 600 for item in ("O1", "O2", "O3", "O4")}
    fields = {field_name(other[member.team], "C1"): "3", **said}
    with front.browser() as browser:
        assert browser.get("/pairs")[0] == 302
        assert browser.get("/sign-in")[0] == 200
        assert browser.get("/scim/v2/Users?filter=userName+eq+%22jane%40example.org%22")[0] == 401
        assert browser.get("/sign-in/organisation/back?code=SECRET&state=x")[0] == 404
        assert browser.get("/static/css/base.css")[0] == 200
        assert browser.get("/stored")[0] == 200
        assert browser.answer(codes[member.email], fields)
        front.behind.kill()
        assert browser.get(FORM)[0] == 502
        assert browser.get("/pairs/1/2")[0] == 502
    logs = front.logs()
    assert "GET /pairs " in logs  # what else is asked for is logged, so it would be seen
    assert "GET /pairs/1/2" in logs
    assert "GET /sign-in" in logs
    assert "GET /scim/v2/Users" in logs
    assert "jane" not in logs
    assert "SECRET" not in logs
    assert "/static" not in logs
    assert "/stored" not in logs
    assert "/s/form" not in logs
    assert "/s " not in logs
    assert codes[member.email] not in logs


def test_no_answer_lies_in_a_file_of_nginx(app: Flask, front: Front) -> None:
    """Its error log would tell of it, if the pages of answers were not kept out of that."""
    site = (front.folder / "site").read_text()
    told = site.replace("error_log /dev/null crit;", f"error_log {front.folder / 'told.log'} warn;")
    for text, buffered in (
        (told, False),
        (told.replace("client_body_buffer_size 1m;", ""), True),
    ):
        (front.folder / "site").write_text(text)
        _reload(front)
        with front.browser() as browser:
            browser.post(FORM, {"t1_O1": "語" * 4000})
        there = "buffered to a temporary file" in front.logs()
        assert there is buffered


def _reload(front: Front) -> None:
    """Read the configuration again and wait until the process with the old one has gone."""
    gone = front.logs().count("exited with code 0")
    subprocess.run(
        ["nginx", "-p", str(front.folder), "-c", "conf", "-s", "reload"],
        check=True, capture_output=True,
    )  # fmt: skip
    for _try in range(200):
        if front.logs().count("exited with code 0") > gone:
            return
        time.sleep(0.05)
    raise AssertionError(front.logs())
