"""Staff's pages without scripts: enter, answer, receipt; bad codes and double submits."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from surveys.answering import ballot_box, sealing, tokens
from surveys.models.ballots import SealedBallot
from surveys.models.people import Team
from surveys.models.pulses import Wave
from surveys.web import Installation
from tests import staff
from tests.factories import code_of, company, during, opened


@pytest.fixture
def wave(installed: Installation) -> Iterator[Wave]:
    """An open wave, in its second day."""
    company(installed)
    made = opened(installed)
    with during(made):
        yield made


def enter(installed: Installation, client: FlaskClient, wave: Wave) -> str:
    return staff.enter(client, code_of(installed, wave, "buying1@example.org").lower())


def fields(text: str) -> list[str]:
    return sorted(set(re.findall(r'name="(t\d+_\w+)"', text)))


def test_the_form_states_the_frozen_thresholds_and_the_size_of_the_group(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    form = enter(installed, client, wave)
    text = client.get(form).text
    assert "fewer than 5 people" in text
    assert "no comment for fewer than 10" in text
    assert "Your group has 12" in text
    # Nine items, two comments, "no dealings", the hand-over point and the hours.
    assert len(fields(text)) == 14


def test_an_answer_is_acknowledged_with_a_receipt_and_nothing_is_shown_back(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    form = enter(installed, client, wave)
    names = fields(client.get(form).text)
    data = dict.fromkeys((n for n in names if "_C" in n), "4")
    done = staff.send(client, form, data)
    receipt = re.search(r'class="code">([\w-]+)<', done.text)
    assert receipt
    assert client.get(form).status_code == 404  # this browser has forgotten the link
    again = client.get(enter(installed, client, wave)).text
    assert "checked" not in again
    assert "Your answer is gone" in client.post("/s/withdraw", data={"code": receipt[1]}).text


def test_no_dealings_is_a_valid_answer_without_scores(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    form = enter(installed, client, wave)
    names = fields(client.get(form).text)
    none = next(n for n in names if n.endswith("_none"))
    scored = {n: "5" for n in names if "_C" in n}
    staff.send(client, form, {none: "y", **scored})
    with installed.sessions() as session:
        sealed = session.query(SealedBallot).one()
    ballot = sealing.unseal(sealing.private_key(installed.settings, wave.id), sealed.ciphertext)
    assert [(p.met, p.scores) for p in ballot.parts] == [(False, {})]


@pytest.mark.parametrize("bad", [{"C1": "6"}, {"C1": "x"}, {"O1": "a" * 601}])
def test_a_bad_value_is_marked_and_the_rest_is_kept_in_the_form(
    installed: Installation, client: FlaskClient, wave: Wave, bad: dict[str, str]
) -> None:
    form = enter(installed, client, wave)
    names = fields(client.get(form).text)
    team = names[0].split("_")[0]
    data = {f"{team}_C2": "4", f"{team}_O2": "worked well"}
    answer = staff.send(client, form, data | {f"{team}_{k}": v for k, v in bad.items()})
    assert 'class="problem"' in answer.text
    assert "worked well" in answer.text
    with installed.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 0


def test_an_empty_form_is_not_an_answer(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    form = enter(installed, client, wave)
    assert "Nothing is filled in yet" in staff.send(client, form, {}).text


def test_an_unknown_code_says_what_to_do(client: FlaskClient, wave: Wave) -> None:
    answer = client.post("/s", data={"code": "ABCD-EFGH"})
    assert answer.status_code == 404
    assert "the newest mail has the right one" in answer.text
    assert client.get("/s/form/0123456789abcdef").status_code == 404
    assert client.post("/s/withdraw", data={"code": "ABCD"}).status_code == 404


def test_the_code_is_never_in_an_address_and_the_cookie_goes_to_these_pages_only(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    code = code_of(installed, wave, "buying1@example.org")
    answer = client.post("/s", data={"code": code})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "tribometer_link" in c)
    assert code not in (answer.location or "")
    assert f"Path={answer.location}" in cookie
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
    form = enter(installed, client, wave)
    page = client.get(form)
    total = len(page.data)
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        with client.get(path) as part:
            total += len(part.data)
    assert total < 60_000


def test_the_receipt_leads_to_the_last_results_and_to_nothing_else(
    installed: Installation, client: FlaskClient, wave: Wave
) -> None:
    form = enter(installed, client, wave)
    names = fields(client.get(form).text)
    done = staff.send(client, form, dict.fromkeys((n for n in names if "_C" in n), "4"))
    assert 'href="/s/results"' in done.text
    results = client.get("/s/results")
    assert "What Buying and its partner teams see" in results.text
    assert "Back to the survey" not in results.text
    assert client.get(form).status_code == 404
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
    form = enter(installed, client, wave)
    team = fields(client.get(form).text)[0].split("_")[0]
    wrong = staff.send(client, form, {f"{team}_C1": "4", f"{team}_HH": "900"})
    assert "from 0 to 200" in wrong.text
    staff.send(client, form, {f"{team}_C1": "4", f"{team}_HO": "3", f"{team}_HH": "5"})
    assert sealed_parts(installed, wave)[0].scores == {"C1": 4, "HO": 3, "HH": 5}


def test_of_many_partners_only_those_ticked_are_asked_about(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=6, Selling=6, Legal=6, Stores=6, Quality=6)
    wave = opened(installed)
    with during(wave):
        form = enter(installed, client, wave)
        text = client.get(form).text
        assert "Whom did you work with this month?" in text
        scores = {f"t{ident}_C1": "4" for name, ident in teams.items() if name != "Buying"}
        ticked = {f"t{teams[name]}_met": "y" for name in ("Legal", "Stores")}
        staff.send(client, form, {**scores, **ticked})
    asked = {part.target_id for part in sealed_parts(installed, wave)}
    assert asked == {teams["Legal"], teams["Stores"]}


def test_an_answer_about_too_many_teams_is_handed_back_whole(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=6, Selling=6, Legal=6, Stores=6, Quality=6)
    wave = opened(installed)
    targets = [ident for name, ident in teams.items() if name != "Buying"]
    with during(wave):
        form = enter(installed, client, wave)
        full = {f"t{ident}_{code}": "ж" * 600 for ident in targets for code in ("O1", "O2")}
        back = staff.send(client, form, full)
        assert "Tick at most 3" in back.text
        assert back.text.count("ж" * 600) == 8
        ticks = {f"t{ident}_met": "y" for ident in targets}
        assert "Tick at most 3" in staff.send(client, form, {**full, **ticked(ticks, 4)}).text
        with installed.sessions() as session:
            assert session.query(SealedBallot).count() == 0
        done = staff.send(client, form, {**full, **ticked(ticks, 3)})
        assert "Your receipt" in done.text
    assert len(sealed_parts(installed, wave)) == 3


def ticked(ticks: dict[str, str], n: int) -> dict[str, str]:
    return dict(list(ticks.items())[:n])


SCORES = {"C1": "4", "C2": "4"}


def about(teams: dict[str, int], name: str = "Selling", **given: str) -> dict[str, str]:
    """Fields about one team."""
    return {f"t{teams[name]}_{code}": value for code, value in (given or SCORES).items()}


@pytest.fixture
def teams(installed: Installation, wave: Wave) -> dict[str, int]:
    with installed.sessions() as session:
        return {team.name: team.id for team in session.query(Team)}


def receipt_on(text: str) -> str:
    found = re.search(r'class="code">([\w-]+)<', text)
    assert found, text
    return found[1]


def test_the_same_form_sent_again_is_one_ballot_with_one_receipt(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int]
) -> None:
    form = enter(installed, client, wave)
    data = {"opening": staff.opening_in(client.get(form).text), **about(teams)}
    receipts = {receipt_on(client.post(form, data=data).text) for _again in range(3)}
    assert len(receipts) == 1
    with installed.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 1


def test_a_used_and_an_unused_code_look_alike(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int]
) -> None:
    codes = [code_of(installed, wave, f"buying{n}@example.org") for n in (1, 2)]
    staff.send(client, staff.enter(client, codes[0]), about(teams))
    pages = []
    for code in codes:
        form = staff.enter(client, code)
        text = client.get(form).text
        for own in (staff.opening_in(text), form.rsplit("/", 1)[1], tokens.draft_name(code)):
            text = text.replace(own, "")
        pages.append(text)
    assert pages[0] == pages[1]
    assert "Answered already? Use your receipt to change it" in pages[0]


def test_a_used_code_changes_nothing_without_its_receipt_and_keeps_what_was_typed(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int]
) -> None:
    first = staff.send(client, enter(installed, client, wave), about(teams))
    receipt = receipt_on(first.text)
    form = enter(installed, client, wave)
    refused = staff.send(client, form, about(teams, O1="a second opinion", C1="1"))
    assert refused.status_code == 409
    assert "this code has been used already" in refused.text
    assert "a second opinion" in refused.text
    assert "<details open>" in refused.text
    assert sealed_parts(installed, wave)[0].scores == {"C1": 4, "C2": 4}
    for wrong in (receipt[:19], "0" * 32, receipt[:20] + "0" * 16):
        answer = staff.send(client, form, about(teams, C1="1") | {"receipt": wrong})
        assert 'class="code">' not in answer.text, wrong
        assert sealed_parts(installed, wave)[0].scores == {"C1": 4, "C2": 4}
    changed = staff.send(client, form, about(teams, C1="2") | {"receipt": receipt.lower()})
    assert receipt_on(changed.text) == receipt
    assert sealed_parts(installed, wave)[0].scores == {"C1": 2}


def test_two_links_in_one_browser_act_for_their_own_codes(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int]
) -> None:
    codes = [code_of(installed, wave, f"{team}1@example.org") for team in ("buying", "selling")]
    forms = [staff.enter(client, code) for code in codes]
    pages = [client.get(form).text for form in forms]
    assert "about Selling" in pages[0]
    assert "about Buying" in pages[1]
    assert client.get(forms[0]).text == pages[0]  # reloaded after the other was opened
    fields = about(teams, "Selling")
    done = client.post(forms[0], data={"opening": staff.opening_in(pages[0]), **fields})
    receipt = receipt_on(done.text)
    with installed.sessions() as session:
        sealed = session.query(SealedBallot).one()
    assert sealed.box_key == tokens.box_key(tokens.normal(receipt))
    assert tokens.nonce_of(tokens.normal(receipt), codes[0])
    ballot = sealing.unseal(sealing.private_key(installed.settings, wave.id), sealed.ciphertext)
    assert ballot.rater_id == teams["Buying"]


@pytest.mark.parametrize("opening", ["", "WyJBIiwiQiJd.forged", "x" * 5000, "WyJBIl0"])
def test_a_form_without_its_signature_is_refused_in_words(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int], opening: str
) -> None:
    form = enter(installed, client, wave)
    refused = client.post(form, data={"opening": opening, **about(teams)})
    assert refused.status_code == 400
    assert "what you typed is kept on this device" in refused.text
    with installed.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 0


def test_back_after_the_receipt_and_a_browser_without_cookies_are_told_what_happened(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int]
) -> None:
    form = enter(installed, client, wave)
    staff.send(client, form, about(teams))
    back = client.get(form)
    assert back.status_code == 404
    assert "If you just sent it, your answers are in" in back.text
    assert "must allow cookies" in back.text
    blocked = client.application.test_client(use_cookies=False)
    assert "must allow cookies" in blocked.get(form).text


def test_a_browser_without_cookies_can_still_send_an_open_form(
    installed: Installation, client: FlaskClient, wave: Wave, teams: dict[str, int]
) -> None:
    form = enter(installed, client, wave)
    data = {"opening": staff.opening_in(client.get(form).text), **about(teams)}
    blocked = client.application.test_client(use_cookies=False)
    assert receipt_on(blocked.post(form, data=data).text)
