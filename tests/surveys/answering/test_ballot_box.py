"""The ballot box, on both databases: once per invitation, sealed, nothing else stored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from surveys import clock
from surveys.answering import ballot_box, sealing, tokens
from surveys.answering.ballot_box import CodeUsed, NotAccepted
from surveys.answering.sealing import Ballot
from surveys.database import write_connection
from surveys.models.ballots import SealedBallot
from surveys.models.pulses import Invitation, Wave
from surveys.web import Installation
from tests.factories import answer, cast, code_of, company, during, opened, part


def test_a_ballot_is_kept_sealed_and_counted_once(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"], 5))
    with either.sessions() as session:
        sealed = session.scalars(select(SealedBallot)).one()
        answered = session.scalar(
            select(func.count()).select_from(Invitation).where(Invitation.answered)
        )
    key = sealing.private_key(either.settings, wave.id)
    assert answered == 1
    assert len(sealed.ciphertext) == sealing.BALLOT_SIZE + 48
    assert sealing.unseal(key, sealed.ciphertext).parts[0].scores["C1"] == 5


def in_box(installed: Installation, wave: Wave) -> Ballot:
    """The only ballot in the box, opened."""
    with installed.sessions() as session:
        sealed = session.scalars(select(SealedBallot)).one()
    return sealing.unseal(sealing.private_key(installed.settings, wave.id), sealed.ciphertext)


def put(installed: Installation, code: str, ballot: Ballot, nonce: str) -> str:
    """Cast with the nonce of an opened form."""
    with write_connection(installed.engine) as connection:
        entry = ballot_box.admit(connection, code)
        return ballot_box.cast(connection, entry, code, ballot, nonce)


def test_a_code_works_once_and_its_nonce_changes_what_is_there(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    code = code_of(either, wave, "buying1@example.org")
    ballots = (Ballot(teams["Buying"], (part(teams["Selling"], n),)) for n in (1, 4, 5))
    first, second, third = ballots
    nonce = tokens.make_nonce()
    with during(wave):
        receipt = put(either, code, first, nonce)
        with pytest.raises(CodeUsed):
            put(either, code, second, tokens.make_nonce())
        assert in_box(either, wave).parts == first.parts
        assert put(either, code, third, nonce) == receipt
    assert in_box(either, wave).parts == third.parts


def test_sixteen_parallel_posts_of_one_form_are_one_ballot_with_one_receipt(
    either: Installation,
) -> None:
    teams = company(either)
    wave = opened(either)
    code, nonce = code_of(either, wave, "buying1@example.org"), tokens.make_nonce()
    ballot = Ballot(teams["Buying"], (part(teams["Selling"]),))

    def post(_number: int) -> str:
        with during(wave):
            return put(either, code, ballot, nonce)

    with ThreadPoolExecutor(16) as pool:
        receipts = set(pool.map(post, range(48)))
    with either.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 1
    assert receipts == {tokens.receipt(code, nonce)}


def test_of_sixteen_forms_of_one_code_one_is_taken(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    code = code_of(either, wave, "buying1@example.org")

    def post(number: int) -> int | None:
        ballot = Ballot(teams["Buying"], (part(teams["Selling"], 1 + number % 5),))
        with during(wave):
            try:
                put(either, code, ballot, tokens.make_nonce())
            except CodeUsed:
                return None
        return 1 + number % 5

    with ThreadPoolExecutor(16) as pool:
        taken = [score for score in pool.map(post, range(16)) if score]
    assert [in_box(either, wave).parts[0].scores["C1"]] == taken


def test_unknown_and_closed_codes_are_answered_alike(either: Installation) -> None:
    company(either)
    wave = opened(either)
    code = code_of(either, wave, "buying1@example.org")
    with either.engine.connect() as connection:
        with during(wave), pytest.raises(NotAccepted) as unknown:
            ballot_box.enter(connection, "0" * 28)
        late = clock.at(wave.closes_at + timedelta(seconds=1))
        with late, pytest.raises(NotAccepted) as shut:
            ballot_box.enter(connection, code)
    assert unknown.value.sentence == shut.value.sentence


def test_nothing_is_taken_after_the_closing_time(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    code = code_of(either, wave, "buying1@example.org")
    ballot = Ballot(teams["Buying"], (part(teams["Selling"]),))
    with clock.at(wave.closes_at), pytest.raises(NotAccepted):
        cast(either, code, ballot)
    with either.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 0
        assert session.scalar(select(Invitation.person_id).where(Invitation.answered)) is None


def test_only_the_whole_receipt_withdraws_and_answers_again(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    code = code_of(either, wave, "buying1@example.org")
    ballot = Ballot(teams["Buying"], (part(teams["Selling"]),))
    with during(wave):
        receipt = put(either, code, ballot, tokens.make_nonce())
        half = receipt[: tokens.BALLOT_PART]
        for wrong in (code, half, half + tokens.make_nonce(), tokens.make_nonce() + receipt[16:]):
            with pytest.raises(NotAccepted), write_connection(either.engine) as connection:
                ballot_box.withdraw(connection, wrong)
        assert in_box(either, wave).parts == ballot.parts
        with write_connection(either.engine) as connection:
            ballot_box.withdraw(connection, receipt)
        assert in_box(either, wave).parts == ()
        nonce = tokens.nonce_of(receipt, code)
        assert nonce
        assert put(either, code, ballot, nonce) == receipt
    assert in_box(either, wave).parts == ballot.parts


def test_the_tables_of_answers_have_no_time_no_serial_and_no_person(either: Installation) -> None:
    allowed = {
        "ballot_box": {"wave_id", "box_key", "change_hash", "ciphertext"},
        "answer": {"wave_id", "key", "rater_id", "target_id", "scores"},
        "comment": {"wave_id", "key", "rater_id", "target_id", "question", "text"},
        "invitation": {
            "wave_id", "person_id", "team_id", "token_hash", "answered", "mail_state",
        },
    }  # fmt: skip
    with either.engine.connect() as connection:
        for table, columns in allowed.items():
            found = connection.execute(text(f"SELECT * FROM {table}")).keys()
            assert set(found) == columns
        if either.engine.dialect.name == "sqlite":
            for table in ("ballot_box", "answer", "comment"):
                made = connection.execute(
                    text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}
                ).scalar_one()
                assert "WITHOUT ROWID" in made


def test_codes_survive_being_typed_by_hand() -> None:
    code = tokens.personal_code(b"s" * 32, 1, 2)
    typed = tokens.grouped(code).lower().replace("0", "o").replace("1", "l")
    assert tokens.normal(f" {typed} ") == code
    assert len(code) == tokens.CODE_LENGTH
    other = tokens.personal_code(b"s" * 32, 1, 3)
    nonce = tokens.make_nonce()
    assert tokens.receipt(code, nonce) != tokens.receipt(other, nonce)
    assert tokens.nonce_of(tokens.receipt(code, nonce), code) == nonce
    assert tokens.nonce_of(tokens.receipt(code, nonce), other) is None
    assert tokens.nonce_of(tokens.receipt(code, nonce)[:16], code) is None


def test_the_longest_comments_fit_into_a_ballot() -> None:
    long = "\N{CHERRY BLOSSOM}" * sealing.COMMENT_LIMIT
    parts = tuple(part(team, 5, {"O1": long, "O2": long}) for team in (1, 2, 3))
    key = sealing.PrivateKey.generate()
    ballot = Ballot(1, parts)
    assert sealing.unseal(key, sealing.seal(bytes(key.public_key), ballot)) == ballot
