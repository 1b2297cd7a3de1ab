"""HR asks under a comment, the writer replies by receipt, and nobody learns who that is."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from surveys import clock
from surveys.answering import replying, tokens
from surveys.curating import asking
from surveys.curating.themes import CuratingError
from surveys.database import write_session
from surveys.models.ballots import Comment
from surveys.models.people import Person
from surveys.models.themes import Quote
from surveys.models.threads import ThreadMessage
from surveys.sending.outbox import deliver_due
from surveys.web import Installation
from tests.factories import (
    HR,
    account,
    answer,
    closed,
    code_of,
    company,
    everybody_answers,
    opened,
    part,
    sign_in,
)

LATE = "They tell us about changes far too late, the forecast came after the order."
QUESTION = "Which kind of order was it mostly?"


class Asked:
    """A published wave in which the writer's own comment is quoted, and HR has asked about it."""

    def __init__(self, installed: Installation) -> None:
        self.teams = company(installed)
        self.wave = opened(installed)
        sizes = {"Buying": 12, "Selling": 12}
        own = "buying1@example.org"
        everybody_answers(installed, self.wave, self.teams, sizes, LATE, but={own})
        self.code = code_of(installed, self.wave, "buying1@example.org")
        comments = {"O1": LATE, "O2": "Tell us on the day."}
        given = part(self.teams["Selling"], 2, comments)
        self.receipt = answer(installed, self.wave, own, self.teams["Buying"], given)
        closed(installed, self.wave)
        with write_session(installed.sessions) as session:
            keys = {tokens.comment_key(tokens.thread_of(self.receipt), place) for place in (0, 1)}
            said = session.scalars(select(Comment).where(Comment.key.in_(keys))).all()
            self.found = sorted(comment.text for comment in said)
            quote = session.scalars(select(Quote)).first()
            assert quote is not None
            quote.thread_key = next(c.key for c in said if c.text == LATE)
            self.quote, self.theme = quote.id, quote.theme_id
        self.hr = account(installed, HR, "hr").id


@pytest.fixture
def asked(either: Installation) -> Asked:
    made = Asked(either)
    with write_session(either.sessions) as session:
        asking.ask(session, made.quote, QUESTION, made.hr)
    return made


def test_a_receipt_leads_to_the_own_comments_and_a_code_does_not(
    either: Installation, asked: Asked
) -> None:
    assert asked.found == sorted([LATE, "Tell us on the day."])
    # What the mail operator can compute, with another second half.
    half = tokens.receipt(asked.code, tokens.make_nonce())
    with either.sessions() as session:
        assert [w.question for w in replying.waiting(session, asked.receipt)] == [QUESTION]
        assert replying.waiting(session, half) == []
        assert replying.waiting(session, asked.code) == []


def test_a_reply_is_redacted_before_it_is_stored_and_hr_reads_it(
    either: Installation, asked: Asked
) -> None:
    with write_session(either.sessions) as session:
        person = session.scalars(select(Person)).first()
        assert person is not None
        person.name = "Ottilie Brandvold"
    with write_session(either.sessions) as session:
        place = replying.waiting(session, asked.receipt)[0].place
        replying.reply(session, asked.receipt, place, "Rush orders, ask Ottilie Brandvold.")
    with either.sessions() as session:
        quote = session.get_one(Quote, asked.quote)
        turns = asking.turns_of(session, [quote])[quote.thread_key or ""]
        assert [turn.mine for turn in turns] == [True, False]
        assert "Rush orders" in turns[1].text
        assert "Brandvold" not in turns[1].text
        assert replying.waiting(session, asked.receipt)[0].replied
        assert asked.theme in {theme.id for theme in asking.themes_with_replies(session)}


def test_hr_waits_for_the_reply_and_cannot_ask_without_a_comment(
    either: Installation, asked: Asked
) -> None:
    with write_session(either.sessions) as session:
        with pytest.raises(CuratingError, match="still waits"):
            asking.ask(session, asked.quote, "And another?", asked.hr)
        with pytest.raises(CuratingError, match="Nobody can be asked"):
            asking.ask(session, 9999, "Hello?", asked.hr)
        with pytest.raises(replying.ReplyRefused):
            replying.reply(session, asked.receipt, 7, "to nothing")
        with pytest.raises(replying.ReplyRefused):
            replying.reply(session, asked.receipt, 0, " ")


def test_two_turns_at_the_same_moment_lose_nothing(either: Installation, asked: Asked) -> None:
    with either.sessions() as session:
        question = session.scalars(select(ThreadMessage)).one()
    where = (question.thread_key, question.wave_id)
    with write_session(either.sessions) as session:
        replying.add_turn(session, *where, "writer", 2, "first")
    with (
        pytest.raises(replying.ReplyRefused, match="same moment"),
        write_session(either.sessions) as session,
    ):
        replying.add_turn(session, *where, "hr", 2, "second")
    with either.sessions() as session:
        turns = session.scalars(select(ThreadMessage).order_by(ThreadMessage.turn)).all()
        assert [turn.text for turn in turns] == [QUESTION, "first"]
    with (
        pytest.raises(replying.ReplyRefused, match="full"),
        write_session(either.sessions) as session,
    ):
        replying.add_turn(session, *where, "hr", replying.MAX_TURNS + 1, "too many")


def test_a_thread_has_no_time_and_no_person(either: Installation, asked: Asked) -> None:
    columns = {c["name"] for c in inspect(either.engine).get_columns("thread_message")}
    assert columns == {"thread_key", "turn", "wave_id", "author", "text"}


def test_comments_of_one_ballot_have_keys_without_relation(
    either: Installation, asked: Asked
) -> None:
    with either.sessions() as session:
        keys = session.scalars(select(Comment.key)).all()
    assert len(set(keys)) == len(keys) == 25
    assert {len(key) for key in keys} == {32}


def test_the_next_invitation_tells_everybody_that_somebody_was_asked(
    either: Installation, asked: Asked
) -> None:
    wave = opened(either)
    with clock.at(wave.opens_at + timedelta(minutes=1)):
        deliver_due(either.sessions, either.settings)
    outbox = Path(either.settings.outbox.removeprefix("file:"))
    mails = [path.read_text() for path in outbox.glob("*.eml")]
    newest = [mail for mail in mails if "/s/reply" in mail]
    assert len(newest) == 24


def test_the_whole_way_by_the_pages(installed: Installation, client: FlaskClient) -> None:
    asked = Asked(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    done = client.post(f"/hr/themes/quotes/{asked.quote}/ask", data={"question": QUESTION})
    assert done.status_code == 302
    assert QUESTION in client.get(f"/hr/themes/{asked.theme}").text
    client.post("/sign-out")
    nobody = client.post("/s/reply", data={"code": "X" * 32})
    assert nobody.status_code == 404
    page = client.post("/s/reply", data={"code": tokens.grouped(asked.receipt)})
    assert QUESTION in page.text
    assert LATE not in page.text
    with installed.sessions() as session:
        place = replying.waiting(session, asked.receipt)[0].place
    reply = {"code": asked.receipt, "place": place, "text": "Rush orders for the north."}
    assert "has arrived" in client.post("/s/reply", data=reply).text
    with installed.sessions() as session:
        texts = session.scalars(select(ThreadMessage.text).order_by(ThreadMessage.turn)).all()
    assert texts == [QUESTION, "Rush orders for the north."]
    sign_in(client, "hr@example.org")
    assert "Rush orders for the north." in client.get(f"/hr/themes/{asked.theme}").text
    assert "Writers replied to your questions" in client.get("/hr/themes").text
