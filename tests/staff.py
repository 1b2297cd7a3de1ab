"""What a member of staff does in a browser without scripts: enter the code, send the form."""

import re
from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

OPENING = re.compile(r'name="opening" value="([^"]+)"')


def enter(client: FlaskClient, code: str) -> str:
    """Enter a code; returns the address of the opened form."""
    answer = client.post("/s", data={"code": code})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def opening_in(text: str) -> str:
    """The signed opening that a page of the form carries."""
    found = OPENING.search(text)
    assert found, text
    return found[1]


def send(client: FlaskClient, address: str, fields: Mapping[str, str]) -> TestResponse:
    """Send the form at an address as this browser shows it, filled with `fields`."""
    return client.post(address, data={"opening": opening_in(client.get(address).text), **fields})
