"""Cards to hand out: the same link as the mail's, for everybody alike, and written into the log."""

import segno
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.access import audit
from surveys.database import write_session
from surveys.models.audit import AuditEntry
from surveys.models.people import Person, Team
from surveys.running.cards import card_sheet
from surveys.web import Installation
from tests.factories import account, answer, code_of, company, during, opened, part, sign_in


def test_a_card_opens_the_same_form_as_the_mail(
    either: Installation,
) -> None:
    teams = company(either)
    with write_session(either.sessions) as session:
        person = session.scalars(select(Person).where(Person.email == "buying2@example.org")).one()
        person.language = "ar"
    wave = opened(either)
    answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    with either.sessions() as session:
        sheet = card_sheet(session, either.settings, wave, session.get_one(Team, teams["Buying"]))
    assert len(sheet.cards) == 12  # whoever has answered is not left out: that would tell
    arabic = next(card for card in sheet.cards if card.name == "Buying Person 2")
    assert (arabic.language, arabic.direction) == ("ar", "rtl")
    code = code_of(either, wave, "buying2@example.org")
    assert arabic.code.replace("-", "") == code
    link = f"{either.settings.base_url}/s?lang=ar#{arabic.code}"
    assert str(arabic.picture) == segno.make(link, error="m").svg_inline(scale=3, border=2)


def test_hr_prints_them_while_a_wave_is_open_and_the_log_keeps_it(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=19, Selling=6)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    assert client.get("/hr/cards").status_code == 409
    wave = opened(installed)
    with during(wave):
        sign_in(client, "hr@example.org")
        assert "Cards of Selling" in client.get("/hr/cards").text
        pdf = client.post(f"/hr/cards/{teams['Buying']}")
        assert pdf.data.startswith(b"%PDF")
        assert client.post("/hr/cards/99").status_code == 404
    with installed.sessions() as session:
        done = session.scalars(select(AuditEntry).where(AuditEntry.action == "printed cards")).all()
        assert [entry.detail["team"] for entry in done] == ["Buying"]
        assert audit.first_broken(session) is None
