"""Closing a wave, on both databases: resumable, mixed, without traces, the key destroyed last."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app import create_app
from surveys import clock
from surveys.answering import sealing
from surveys.answering.ballot_box import NotAccepted
from surveys.database import write_session
from surveys.errors import NotReady
from surveys.models.ballots import Answer, Comment, SealedBallot
from surveys.models.pulses import Invitation, Wave
from surveys.publishing import close
from surveys.publishing.close import close_wave
from surveys.running import setup
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import HR, answer, closed, company, opened, part
from tests.postgres import Cluster

SECRET = "Zanzibar canary in the purchasing mailbox"


@pytest.fixture
def ended(either: Installation) -> tuple[Installation, Wave]:
    """A wave with three answers whose hour has come."""
    teams = company(either)
    wave = opened(either)
    for i in (1, 2, 3):
        said = {"O1": f"{SECRET} {i}, says Buying Person 4, call +49 89 1234567"}
        who = f"buying{i}@example.org"
        answer(either, wave, who, teams["Buying"], part(teams["Selling"], i, said))
    return either, wave


def stored(installed: Installation) -> tuple[list[int], list[str]]:
    with installed.sessions() as session:
        scores = [a.scores["C1"] for a in session.scalars(select(Answer))]
        texts = [c.text for c in session.scalars(select(Comment))]
    return sorted(scores), sorted(texts)


def shut(installed: Installation, wave: Wave) -> None:
    with clock.at(wave.closes_at):
        close_wave(installed.sessions, installed.engine, installed.settings, wave.id)


def test_answers_and_comments_are_stored_apart_and_the_key_is_gone(ended) -> None:
    installed, wave = ended
    shut(installed, wave)
    scores, texts = stored(installed)
    assert scores == [1, 2, 3]
    assert len(texts) == 3
    assert not sealing.keys_exist(installed.settings, wave.id)
    with installed.sessions() as session:
        assert session.scalar(select(SealedBallot.box_key)) is None
        keys = set(session.scalars(select(Answer.key))) | set(session.scalars(select(Comment.key)))
    assert len(keys) == 6


def test_comments_are_redacted_before_anybody_can_read_them(ended) -> None:
    installed, wave = ended
    shut(installed, wave)
    for comment in stored(installed)[1]:
        assert "Person" not in comment
        assert "1234567" not in comment
        assert SECRET in comment


def test_before_the_hour_nothing_closes(ended) -> None:
    installed, wave = ended
    with clock.at(wave.opens_at):
        close_wave(installed.sessions, installed.engine, installed.settings, wave.id)
    with installed.sessions() as session:
        assert session.get_one(Wave, wave.id).state == "open"
    assert sealing.keys_exist(installed.settings, wave.id)


def test_while_ballots_are_opened_others_write(ended, monkeypatch: pytest.MonkeyPatch) -> None:
    installed, wave = ended
    plain, written = close.rows_of, []

    def beside(*given) -> object:
        with write_session(installed.sessions) as session:
            setup.the_pulse(session).name = "Written meanwhile"
        written.append(True)
        return plain(*given)

    monkeypatch.setattr(close, "rows_of", beside)
    shut(installed, wave)
    assert written == [True]
    assert stored(installed)[0] == [1, 2, 3]


@pytest.mark.parametrize("step", ["_opened", "_store", "forget_traces", "destroy"])
def test_cut_off_at_any_step_the_rerun_gives_the_same(
    ended, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed, wave = ended
    target = (close.sealing, "destroy_keys") if step == "destroy" else (close, step)

    def cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(*target, cut)
        with pytest.raises(KeyboardInterrupt):
            shut(installed, wave)
    # The key may only be missing once the answers are durable.
    assert sealing.keys_exist(installed.settings, wave.id)
    shut(installed, wave)
    assert stored(installed)[0] == [1, 2, 3]
    assert not sealing.keys_exist(installed.settings, wave.id)


def test_with_the_key_file_missing_nothing_is_lost(ended) -> None:
    installed, wave = ended
    path = installed.settings.keys / f"wave-{wave.id}.seal"
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(sealing.KeyMissing):
        shut(installed, wave)
    with installed.sessions() as session:
        assert len(session.scalars(select(SealedBallot)).all()) == 3
    path.write_bytes(kept)
    shut(installed, wave)
    assert stored(installed)[0] == [1, 2, 3]


def test_a_copy_of_the_files_during_the_wave_reads_nothing(installed: Installation) -> None:
    teams = company(installed)
    wave = opened(installed)
    said = {"O1": SECRET}
    answer(installed, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"], 1, said))
    for path in installed.settings.data.iterdir():
        assert SECRET.encode() not in path.read_bytes()


def test_after_close_the_files_hold_no_ballot_any_more(installed: Installation) -> None:
    teams = company(installed)
    wave = opened(installed)
    answer(installed, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"], 1))
    with installed.sessions() as session:
        sealed = session.scalars(select(SealedBallot)).one()
    box_key, ciphertext = sealed.box_key.encode(), bytes(sealed.ciphertext)
    closed(installed, wave)
    for path in installed.settings.data.iterdir():
        content = path.read_bytes()
        assert box_key not in content
        assert ciphertext[:200] not in content


def test_a_ballot_before_the_hour_is_in_and_one_after_it_is_refused(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    with write_session(either.sessions) as session:
        session.get_one(Wave, wave.id).closes_at = wave.opens_at
    with pytest.raises(NotAccepted):
        answer(either, wave, "buying2@example.org", teams["Buying"], part(teams["Selling"]))
    with clock.at(wave.opens_at):
        close_wave(either.sessions, either.engine, either.settings, wave.id)
    assert len(stored(either)[0]) == 1


def test_the_key_stays_while_a_reader_keeps_the_log(installed: Installation) -> None:
    teams = company(installed)
    wave = opened(installed)
    answer(installed, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    with installed.engine.connect() as reader:
        reader.execute(text("SELECT * FROM ballot_box")).fetchall()
        with pytest.raises(NotReady):
            shut(installed, wave)
        assert sealing.keys_exist(installed.settings, wave.id)
    shut(installed, wave)
    assert not sealing.keys_exist(installed.settings, wave.id)


def test_a_lost_key_can_be_given_up_and_the_months_go_on(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    (either.settings.keys / f"wave-{wave.id}.seal").unlink()
    closed(either, wave)
    with clock.at(wave.closes_at + timedelta(hours=1)), write_session(either.sessions) as session:
        setup.give_up(session, HR, wave.id)
    closed(either, wave)
    with either.sessions() as session:
        assert session.get_one(Wave, wave.id).state == "published"
        assert session.scalar(select(SealedBallot.box_key)) is None


@pytest.mark.parametrize("kind", ["seal", "mail"])
def test_a_damaged_key_file_is_refused_before_anybody_is_invited(
    installed: Installation, kind: str
) -> None:
    company(installed)
    (installed.settings.keys / f"wave-1.{kind}").write_text("")
    with pytest.raises(sealing.KeyMissing):
        opened(installed)
    with installed.sessions() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_on_postgresql_the_order_of_answering_is_gone(postgres: Cluster, tmp_path: Path) -> None:
    settings = Settings.read(tmp_path / "pg", environ={}, database=postgres.new_database())
    installed: Installation = create_app(settings).extensions["tribometer"]
    teams = company(installed)
    wave = opened(installed)
    for i in (7, 2, 11, 5):
        who = f"buying{i}@example.org"
        answer(installed, wave, who, teams["Buying"], part(teams["Selling"]))
    closed(installed, wave)
    with installed.sessions() as session:
        versions = session.execute(text("SELECT DISTINCT xmin::text FROM invitation")).all()
        order = session.scalars(text("SELECT person_id FROM invitation ORDER BY ctid")).all()
    assert len(versions) == 1
    assert order == sorted(order)
    installed.engine.dispose()
