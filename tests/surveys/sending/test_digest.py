"""The digest: the reader's own pairs as the pages show them, with pictures, without quotes."""

import io
import re
import sys
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update

from surveys import clock
from surveys.database import write_session
from surveys.models.people import Person
from surveys.models.pulses import Wave
from surveys.models.releases import Figure
from surveys.models.themes import Quote
from surveys.sending.outbox import deliver_due
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened, sign_in

SAID = "They tell us about changes far too late, the forecast came after the order."


def published(installed: Installation) -> Wave:
    """Three teams, two months; Legal's manager reads German."""
    sizes = {"Buying": 12, "Selling": 12, "Legal": 12}
    teams = company(installed, **sizes)
    with write_session(installed.sessions) as session:
        session.execute(
            update(Person).where(Person.email == "legal1@example.org").values(language="de")
        )
    account(installed, "hr@example.org", "hr")
    for _month in range(2):
        wave = opened(installed)
        everybody_answers(installed, wave, teams, sizes, SAID)
        closed(installed, wave)
    with write_session(installed.sessions) as session:
        session.execute(update(Quote).values(state="released"))
    return wave


def digests(installed: Installation, wave: Wave) -> dict[str, EmailMessage]:
    with clock.at(wave.closes_at + timedelta(minutes=5)):
        deliver_due(installed.sessions, installed.settings)
    folder = Path(installed.settings.outbox.removeprefix("file:"))
    found = {}
    for path in folder.glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        if "2" in mail["Subject"] and (
            "results" in mail["Subject"] or "Ergebnis" in mail["Subject"]
        ):
            found[re.findall(r"<?([\w.]+@[\w.]+)>?$", mail["To"])[0]] = mail
    return found


def test_everybody_reads_of_the_own_pairs_what_the_pages_say(
    either: Installation,
) -> None:
    wave = published(either)
    mails = digests(either, wave)
    assert len(mails) == 4  # HR and three managers
    text = mails["legal1@example.org"].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Buying – Legal" in text or "Legal – Buying" in text
    assert "Selling – Buying" not in text
    assert "Buying – Selling" not in text
    assert "Reibung" in text
    hr = mails["hr@example.org"].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    with either.sessions() as session:
        shown = session.scalars(
            select(Figure.value).where(Figure.measure == "index", Figure.state == "shown")
        ).all()
    assert shown
    for value in shown[-6:]:
        assert f"{value} on the scale" in " ".join(hr.split())
    for mail in mails.values():
        assert SAID not in mail.as_string()


def test_pictures_are_inside_and_said_in_words_too(installed: Installation) -> None:
    mail = digests(installed, published(installed))["hr@example.org"]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    named = re.findall(r'src="cid:([^"]+)"', html)
    parts = {
        part["Content-ID"]: part for part in mail.walk() if part.get_content_type() == "image/png"
    }
    assert sorted(parts) == sorted(f"<{name}>" for name in named)
    assert len(named) == 3
    for part in parts.values():
        picture = Image.open(io.BytesIO(part.get_payload(decode=True)))
        assert picture.width == 1120
        assert len(picture.convert("RGB").getcolors(1_000_000)) > 10
    assert all(re.findall(r'alt="([^"]+)"', html))


def test_without_the_renderer_the_mail_goes_without_pictures(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    mail = digests(installed, published(installed))["hr@example.org"]
    assert "cid:" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "on the scale" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_page_and_mail_agree_to_the_word(installed: Installation, client: FlaskClient) -> None:
    mail = digests(installed, published(installed))["hr@example.org"]
    sign_in(client, "hr@example.org")
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    sections = re.findall(r"<h2[^>]*>([^<]+)</h2>(.*?)(?=<h2|<p style=\"color)", html, re.S)
    for title, body in sections:
        pair = next(
            page
            for a in range(1, 4)
            for b in range(1, 4)
            if a < b and title in (page := client.get(f"/pairs/{a}/{b}").text)
        )
        for sentence in re.findall(r'margin:6px 0">([^<]+)</p>', body):
            # The mail names the side that the page has as a heading.
            said = re.sub(r"^[●■] \w+: ", "", sentence)
            assert said in pair, sentence
