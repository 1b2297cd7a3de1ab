"""The ballot box, on both databases: once per invitation, sealed, nothing else stored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from surveys import clock
from surveys.answering import ballot_box, sealing, tokens
from surveys.answering.ballot_box import NotAccepted
from surveys.answering.sealing import Ballot
from surveys.database import write_connection
from surveys.models.ballots import SealedBallot
from surveys.models.pulses import Invitation
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


def test_answering_again_replaces_and_is_not_a_second_ballot(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    for score in (1, 4):
        answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"], score))
    with either.sessions() as session:
        sealed = session.scalars(select(SealedBallot)).one()
    ballot = sealing.unseal(sealing.private_key(either.settings, wave.id), sealed.ciphertext)
    assert ballot.parts[0].scores["C1"] == 4


def test_fifty_parallel_posts_of_one_code_make_one_ballot(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    code = code_of(either, wave, "buying1@example.org")
    ballot = Ballot(teams["Buying"], (part(teams["Selling"]),))

    def post(_number: int) -> str:
        with during(wave):
            return cast(either, code, ballot)

    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(post, range(50)))
    with either.sessions() as session:
        assert ballot_box.ballots_in(session, wave.id) == 1
    # Each acknowledgement has its own way to the threads; all lead to the one ballot.
    assert len({tokens.box_key(receipt) for receipt in receipts}) == 1


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


def test_a_receipt_takes_the_answer_back_and_the_link_can_answer_again(
    either: Installation,
) -> None:
    teams = company(either)
    wave = opened(either)
    receipt = answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    with during(wave), write_connection(either.engine) as connection:
        ballot_box.withdraw(connection, receipt)
    key = sealing.private_key(either.settings, wave.id)
    with either.sessions() as session:
        sealed = session.scalars(select(SealedBallot)).one()
    assert sealing.unseal(key, sealed.ciphertext).parts == ()
    again = answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    assert tokens.box_key(again) == tokens.box_key(receipt)


def test_the_tables_of_answers_have_no_time_no_serial_and_no_person(either: Installation) -> None:
    allowed = {
        "ballot_box": {"wave_id", "box_key", "ciphertext"},
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
    assert tokens.receipt(code) != tokens.receipt(tokens.personal_code(b"s" * 32, 1, 3))


def test_the_longest_comments_fit_into_a_ballot() -> None:
    long = "\N{CHERRY BLOSSOM}" * sealing.COMMENT_LIMIT
    parts = tuple(part(team, 5, {"O1": long, "O2": long}) for team in (1, 2, 3))
    key = sealing.PrivateKey.generate()
    ballot = Ballot(1, parts)
    assert sealing.unseal(key, sealing.seal(bytes(key.public_key), ballot)) == ballot
