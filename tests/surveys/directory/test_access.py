"""HR gives and takes access."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.models.people import Grant
from surveys.web import Installation
from tests.factories import account, company, sign_in


def test_everything_is_given_to_a_known_address_only_when_asked_for_twice(
    installed: Installation, client: FlaskClient
) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")

    def roles() -> list[str]:
        with installed.sessions() as session:
            return sorted(session.scalars(select(Grant.role)))

    before = roles()
    asked = {"name": "B. One", "email": "buying1@example.org", "role": "hr", "sure": ""}
    page = client.post("/hr/access", data=asked).text
    assert "has access as Buying Person 1 already" in page
    assert roles() == before
    (sure,) = re.findall(r'name="sure" type="hidden" value="([^"]+)"', page)
    other = {**asked, "email": "selling1@example.org", "sure": sure}
    assert "has access as Selling Person 1 already" in client.post("/hr/access", data=other).text
    assert roles() == before
    assert client.post("/hr/access", data={**asked, "sure": sure}).status_code == 302
    assert roles() == sorted([*before, "hr"])
    new = {"name": "New", "email": "new@example.org", "role": "hr", "sure": ""}
    assert client.post("/hr/access", data=new).status_code == 302
    assert roles() == sorted([*before, "hr", "hr"])
