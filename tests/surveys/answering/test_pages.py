"""Staff's pages without scripts: enter, answer, receipt; bad codes and double submits."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from surveys.answering import ballot_box, sealing
from surveys.models.ballots import SealedBallot
from surveys.models.pulses import Wave
from surveys.web import Installation
from tests.factories import code_of, company, during, opened


@pytest.fixture
def wave(installed: Installation) -> Iterator[Wave]:
    """An open wave, in its second day."""
    company(installed)
    made = opened(installed)
    with during(made):
        yield made


def enter(installed: Installation, client: FlaskClient, wave: Wave) -> None:
    code = code_of(installed, wave, "buying1@example.org")
    assert client.post("/s", data={"code": code.lower()}).location == "/s/form"


def fields(text: str) -> list[str]:
    return sorted(set(re.findall(r'name="(t\d+_\w+)"', text)))


def test_the_form_states_the_frozen_thresholds_and_the_size_of_the_group(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    text = client.get("/s/form").text
    assert "fewer than 5 people" in text
    assert "no comment for fewer than 10" in text
    assert "Your group has 12" in text
    # Nine items, two comments, "no dealings", the hand-over point and the hours.
    assert len(fields(text)) == 14


def test_an_answer_is_acknowledged_with_a_receipt_and_nothing_is_shown_back(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    names = fields(client.get("/s/form").text)
    data = dict.fromkeys((n for n in names if "_C" in n), "4")
    done = client.post("/s/form", data=data)
    receipt = re.search(r'class="code">([\w-]+)<', done.text)
    assert receipt
    assert client.get("/s/form").status_code == 404  # this browser has forgotten the link
    enter(installed, client, wave)
    again = client.get("/s/form").text
    assert "You have answered already" in again
    assert "checked" not in again
    assert "Your answer is gone" in client.post("/s/withdraw", data={"code": receipt[1]}).text


def test_no_dealings_is_a_valid_answer_without_scores(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    names = fields(client.get("/s/form").text)
    none = next(n for n in names if n.endswith("_none"))
    scored = {n: "5" for n in names if "_C" in n}
    client.post("/s/form", data={none: "y", **scored})
    with installed.sessions() as session:
        sealed = session.query(SealedBallot).one()
    ballot = sealing.unseal(sealing.private_key(installed.settings, wave.id), sealed.ciphertext)
    assert [(p.met, p.scores) for p in ballot.parts] == [(False, {})]


@pytest.mark.parametrize("bad", [{"C1": "6"}, {"C1": "x"}, {"O1": "a" * 601}])
def test_a_bad_value_is_marked_and_the_rest_is_kept_in_the_form(
    installed: Installation, client: FlaskClient, wave: Wave, bad: dict[str, str]
) -> None:
    enter(installed, client, wave)
    names = fields(client.get("/s/form").text)
    team = names[0].split("_")[0]
    data = {f"{team}_C2": "4", f"{team}_O2": "worked well"}
    answer = client.post("/s/form", data=data | {f"{team}_{k}": v for k, v in bad.items()})
    assert 'class="problem"' in answer.text
    assert "worked well" in answer.text
    with installed.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 0


def test_an_empty_form_is_not_an_answer(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    assert "Nothing is filled in yet" in client.post("/s/form", data={}).text


def test_an_unknown_code_says_what_to_do(client: FlaskClient, wave: Wave) -> None:
    answer = client.post("/s", data={"code": "ABCD-EFGH"})
    assert answer.status_code == 404
    assert "the newest mail has the right one" in answer.text
    assert client.get("/s/form").status_code == 404
    assert client.post("/s/withdraw", data={"code": "ABCD"}).status_code == 404


def test_the_code_is_never_in_an_address_and_the_cookie_goes_to_these_pages_only(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    code = code_of(installed, wave, "buying1@example.org")
    answer = client.post("/s", data={"code": code})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "tribometer_link" in c)
    assert code not in (answer.location or "")
    assert "Path=/s" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_the_stored_page_lists_exactly_the_columns_of_the_live_schema(client: FlaskClient) -> None:
    listed = re.findall(r"<code>(\w+)</code>", client.get("/stored").text)
    assert {"box_key", "ciphertext", "scores", "answered"} <= set(listed)
    assert not {
        name for name in listed if re.search(r"(^|_)(at|time|date|ip|agent|duration)($|_)", name)
    }


def test_first_load_of_the_form_is_small(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    page = client.get("/s/form")
    total = len(page.data)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        with client.get(path) as part:
            total += len(part.data)
    assert total < 60_000


def test_the_receipt_leads_to_the_last_results_and_to_nothing_else(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    names = fields(client.get("/s/form").text)
    done = client.post("/s/form", data=dict.fromkeys((n for n in names if "_C" in n), "4"))
    assert 'href="/s/results"' in done.text
    results = client.get("/s/results")
    assert "What Buying and its partner teams see" in results.text
    assert "Back to the survey" not in results.text
    assert client.get("/s/form").status_code == 404
    client.set_cookie("tribometer_results", "1.forged.ticket", path="/s/results")
    assert client.get("/s/results").status_code == 404


def sealed_parts(installed: Installation, wave: Wave) -> tuple[sealing.SeamBallot, ...]:
    with installed.sessions() as session:
        sealed = session.query(SealedBallot).one()
    key = sealing.private_key(installed.settings, wave.id)
    return sealing.unseal(key, sealed.ciphertext).parts


def test_a_point_of_the_hand_over_and_hours_are_kept(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    enter(installed, client, wave)
    team = fields(client.get("/s/form").text)[0].split("_")[0]
    wrong = client.post("/s/form", data={f"{team}_C1": "4", f"{team}_HH": "900"})
    assert "from 0 to 200" in wrong.text
    client.post("/s/form", data={f"{team}_C1": "4", f"{team}_HO": "3", f"{team}_HH": "5"})
    assert sealed_parts(installed, wave)[0].scores == {"C1": 4, "HO": 3, "HH": 5}


def test_of_many_partners_only_those_ticked_are_asked_about(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=6, Selling=6, Legal=6, Stores=6, Quality=6)
    wave = opened(installed)
    with during(wave):
        enter(installed, client, wave)
        text = client.get("/s/form").text
        assert "Whom did you work with this month?" in text
        scores = {f"t{ident}_C1": "4" for name, ident in teams.items() if name != "Buying"}
        ticked = {f"t{teams[name]}_met": "y" for name in ("Legal", "Stores")}
        client.post("/s/form", data={**scores, **ticked})
    asked = {part.target_id for part in sealed_parts(installed, wave)}
    assert asked == {teams["Legal"], teams["Stores"]}


def test_an_answer_about_too_many_teams_is_handed_back_whole(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=6, Selling=6, Legal=6, Stores=6, Quality=6)
    wave = opened(installed)
    targets = [ident for name, ident in teams.items() if name != "Buying"]
    with during(wave):
        enter(installed, client, wave)
        full = {f"t{ident}_{code}": "ж" * 600 for ident in targets for code in ("O1", "O2")}
        back = client.post("/s/form", data=full)
        assert "Tick at most 3" in back.text
        assert back.text.count("ж" * 600) == 8
        ticks = {f"t{ident}_met": "y" for ident in targets}
        assert "Tick at most 3" in client.post("/s/form", data={**full, **ticked(ticks, 4)}).text
        with installed.sessions() as session:
            assert session.query(SealedBallot).count() == 0
        done = client.post("/s/form", data={**full, **ticked(ticks, 3)})
        assert "Your receipt" in done.text
    assert len(sealed_parts(installed, wave)) == 3


def ticked(ticks: dict[str, str], n: int) -> dict[str, str]:
    return dict(list(ticks.items())[:n])
