"""HR's own wording: by language, checked, and never in the middle of a wave."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.answering.questions import questions_of
from surveys.database import write_session
from surveys.errors import NotReady
from surveys.models.agreements import Note
from surveys.models.pulses import Wave
from surveys.running import rewording, setup
from surveys.web import Installation
from tests.factories import HR, account, closed, code_of, company, during, opened, sign_in
from tests.staff import enter

GOALS = "{T} und wir wollten diesen Monat dasselbe."


def asked(installed: Installation, wave: Wave, language: str) -> dict[str, str]:
    with installed.sessions() as session:
        found = questions_of(session, session.get_one(Wave, wave.id), language)
    return {question.code: question.wording for question in found}


def reword(installed: Installation, language: str, **texts: str) -> int:
    with write_session(installed.sessions) as session:
        return rewording.reword(session, HR, setup.the_pulse(session), language, texts)


def test_own_words_are_asked_in_their_language_only(either: Installation) -> None:
    company(either)
    assert reword(either, "de", C1=GOALS, C2="  ") == 1
    assert reword(either, "en", C1="We and {T} wanted the same.") == 1
    assert reword(either, "de", C1=GOALS) == 0
    wave = opened(either)
    assert asked(either, wave, "de")["C1"] == GOALS
    assert asked(either, wave, "en")["C1"] == "We and {T} wanted the same."
    # Changing the English wording takes no translation away.
    french = asked(either, wave, "fr")["C1"]
    assert french.startswith("Ce mois-ci")
    assert reword(either, "sv") == 0


@pytest.mark.parametrize(
    ("code", "text", "says"),
    [
        ("C1", "They and we wanted the same.", "must name the other team"),
        ("C1", "{T} and {name}", "no braces"),
        ("C1", "{T} and {T", "no braces"),
        ("C2", "{T} " + "x" * 200, "longer than"),
    ],
)
def test_what_cannot_be_asked_changes_nothing(
    either: Installation, code: str, text: str, says: str
) -> None:
    company(either)
    with pytest.raises(rewording.WordingError, match=says):
        reword(either, "en", C3="I felt {T} watching me.", **{code: text})
    with either.sessions() as session:
        assert rewording.languages_reworded(setup.the_pulse(session)) == []


def test_after_the_first_wave_words_change_between_waves_with_a_note_on_every_chart(
    either: Installation,
) -> None:
    company(either, Buying=6, Selling=6, Legal=6)
    wave = opened(either)
    before = asked(either, wave, "de")["C1"]
    with pytest.raises(NotReady, match="between two waves"):
        reword(either, "de", C1=GOALS)
    assert asked(either, wave, "de")["C1"] == before
    closed(either, wave)
    assert reword(either, "de", C1=GOALS) == 1
    with either.sessions() as session:
        notes = session.scalars(select(Note.text)).all()
        instrument = setup.the_pulse(session).instrument
        assert (instrument.name, instrument.version) == ("Friction pulse, reworded", 1)
    assert notes == ["Questions reworded (Deutsch)"] * 3
    second = opened(either)
    assert asked(either, second, "de")["C1"] == GOALS
    closed(either, second)
    assert reword(either, "de", C1="") == 1
    with either.sessions() as session:
        assert setup.the_pulse(session).instrument.version == 2


def test_the_page_keeps_what_was_typed_and_staff_read_it(
    installed: Installation, client: FlaskClient
) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    page = client.post("/hr/setup/wording/de", data={"C1": "Ohne die anderen"})
    assert "must name the other team" in page.text
    assert "Ohne die anderen" in page.text
    assert client.post("/hr/setup/wording/de", data={"C1": GOALS}).status_code == 302
    assert GOALS in client.get("/hr/setup/wording/de").text
    assert client.get("/hr/setup/wording/xx").status_code == 404
    wave = opened(installed)
    with during(wave):
        code = code_of(installed, wave, "buying1@example.org")
        assert "Selling und wir wollten" in client.get(f"{enter(client, code)}?lang=de").text
