"""The workbench: decisions show at once, teach the engine with the next wave, and can be undone."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveys.curating import deciding, undoing, workbench
from surveys.curating.themes import CuratingError
from surveys.database import write_session
from surveys.models.audit import AuditEntry
from surveys.models.ballots import Comment
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Correction, Quote, Theme, ThemeComment
from surveys.publishing import comments
from surveys.web import Installation
from tests.factories import HR, account, answer, closed, company, opened, part, sign_in

SUBJECTS = (
    (
        "The forecast came after the order had gone out.",
        "We heard of the changed forecast days too late.",
        "Nobody told us that the forecast for the quarter was cut.",
        "Forecast figures reach us when the order is placed already.",
        "A late forecast again, we had ordered twice as much.",
        "If the forecast changes, tell us before we order.",
    ),
    (
        "The contract terms were argued over for weeks by the lawyers.",
        "Legal clauses in the contract held up the signature again.",
        "Each contract goes back and forth between the lawyers.",
        "No contract is signed before legal has rewritten every clause.",
        "We lost the deal while the lawyers looked at the contract.",
        "The liability clause of the contract took legal a month.",
    ),
    (
        "Rush orders jump the queue and eat our people's time.",
        "Everybody's request is urgent and takes all our people.",
        "Two people cannot work on ten urgent requests at once.",
        "Our people are pulled off for every rush request.",
        "Urgent requests eat the time that our people have for planning.",
        "There are not enough people for all these rush orders.",
    ),
)
THREAT = "If he comes down here again I will beat him up, believe me."


@dataclass
class Desk:
    """A pair with two waves of comments on three subjects; HR is account `hr`."""

    installed: Installation
    teams: dict[str, int]
    hr: int
    waves: int = 0

    def wave(self, threat: bool = False) -> None:
        self.waves += 1
        wave = opened(self.installed)
        for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
            for i in range(1, 19):
                said = SUBJECTS[i % 3][i // 3 % 6]
                if team == "Selling":
                    said = f"{said} Month {self.waves}, as ever."
                if threat and i == 1 and team == "Buying":
                    said = THREAT
                score = part(self.teams[other], 1 + i % 4, {"O1": said})
                answer(
                    self.installed, wave, f"{team.lower()}{i}@example.org", self.teams[team], score
                )
        closed(self.installed, wave)

    def decide(self, decision: Callable[[Session], object]) -> None:
        with write_session(self.installed.sessions) as session:
            decision(session)

    def found(self, session: Session) -> list[Theme]:
        """Found themes that the newest release shows."""
        newest = session.scalars(select(Release.id).order_by(Release.id.desc())).first()
        shown = select(ThemeFigure.theme_id).where(ThemeFigure.release_id == newest)
        return list(
            session.scalars(
                select(Theme).where(Theme.kind == "found", Theme.id.in_(shown)).order_by(Theme.id)
            )
        )


@pytest.fixture
def desk(either: Installation) -> Desk:
    teams = company(either, Buying=18, Selling=18)
    made = Desk(either, teams, account(either, "hr@example.org", "hr").id)
    made.wave(threat=True)
    return made


def texts_of(session: Session, theme: Theme, number: int) -> list[str]:
    return [said.text for said in comments.comments_of_theme(session, theme.id, number)]


def test_every_comment_that_may_be_read_is_there_and_sensitive_ones_come_first(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        first = comments.sensitive_first(session)
        assert [said.text for said in first] == [THREAT]
        assert first[0].sensitive == ("threat",)
        placed = set(session.scalars(select(ThemeComment.comment_key)))
        loose = {said.key for said in comments.without_theme(session, 1)}
        assert len(placed | loose) == 36
        assert not placed & loose
        assert {said.text for said in comments.search(session, "FORECAST late")} == {
            said.text for said in comments.search(session, "forecast") if "late" in said.text
        }
        assert comments.search(session, "100%") == []
    desk.decide(lambda session: deciding.handle(session, first[0].key, desk.hr))
    with desk.installed.sessions() as session:
        assert comments.sensitive_first(session) == []


def test_a_moved_comment_shows_at_once_and_holds_in_the_next_wave(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        one, two = desk.found(session)[:2]
        said = next(
            c
            for c in comments.comments_of_theme(session, one.id, 1)
            if c.rater_id == desk.teams["Buying"] and c.text != THREAT  # said in one month only
        )
    desk.decide(lambda s: deciding.move(s, said.key, one.id, str(two.id), desk.hr))
    with desk.installed.sessions() as session:
        assert said.text in texts_of(session, two, 1)
        assert said.text not in texts_of(session, one, 1)
        assert comments.moved_into(session, two.id) == {said.key}
        assert not session.scalars(
            select(Quote).where(Quote.thread_key == said.key, Quote.theme_id == one.id)
        ).all()
    desk.wave()
    with desk.installed.sessions() as session:
        row = session.scalars(select(Correction)).one()
        assert (row.state, row.wave_number) == ("applied", 2)
        # The same words are said again next month.
        assert said.text in texts_of(session, two, 2)


def test_joined_themes_are_one_from_the_next_wave_on_and_can_be_parted(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        one, two = desk.found(session)[:2]
        before = len(desk.found(session))
    desk.decide(lambda s: deciding.merge(s, one.id, two.id, desk.hr))
    desk.wave()
    with desk.installed.sessions() as session:
        shown = {theme.id for theme in desk.found(session)}
        assert one.id in shown
        assert two.id not in shown
        assert len(shown) == before - 1
        assert "since wave 2" in workbench.decisions(session)[0].since
    desk.decide(lambda s: deciding.split(s, one.id, desk.hr))
    desk.wave()
    with desk.installed.sessions() as session:
        again = {theme.id for theme in desk.found(session)}
        assert len(again) == before
        assert two.id not in again  # the number of a theme is never used again


def test_what_the_engine_cannot_do_is_said(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        one, two = desk.found(session)[:2]
        said = comments.comments_of_theme(session, one.id, 1)[0]
    desk.decide(lambda s: deciding.move(s, said.key, one.id, str(two.id), desk.hr))
    desk.decide(lambda s: s.execute(delete(Comment).where(Comment.key == said.key)))
    desk.wave()
    with desk.installed.sessions() as session:
        assert session.scalars(select(Correction)).one().state == "failed"
        assert "gone by now" in workbench.decisions(session)[0].since


def test_a_comment_under_another_root_cause_teaches_the_coder(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        cause = session.scalars(select(Theme).where(Theme.kind == "cause")).first()
        assert cause is not None
        said = comments.comments_of_theme(session, cause.id, 1)[0]
        to = "respect" if cause.label != "respect" else "knowledge"
    desk.decide(lambda s: deciding.move(s, said.key, cause.id, to, desk.hr))
    with desk.installed.sessions() as session:
        theme = session.scalars(select(Theme).where(Theme.label == to)).one()
        assert said.text in texts_of(session, theme, 1)
    desk.wave()
    with desk.installed.sessions() as session:
        assert session.scalars(select(Correction)).one().state == "applied"


def test_decisions_are_taken_back_newest_first(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        one, two = desk.found(session)[:2]
        said = comments.comments_of_theme(session, one.id, 1)[0]
    desk.decide(lambda s: deciding.rename(s, two.id, "Late news", desk.hr))
    desk.decide(lambda s: deciding.pin(s, two.id, True, desk.hr))
    desk.decide(lambda s: deciding.move(s, said.key, one.id, str(two.id), desk.hr))
    with desk.installed.sessions() as session:
        ids = session.scalars(select(Correction.id).order_by(Correction.id)).all()
        assert [line.undoable for line in workbench.decisions(session)] == [True, False, False]
    with pytest.raises(CuratingError, match="taken back"):
        desk.decide(lambda s: undoing.undo(s, ids[0], desk.hr))
    for ident in reversed(ids):
        desk.decide(lambda s, ident=ident: undoing.undo(s, ident, desk.hr))  # type: ignore[misc]
    with desk.installed.sessions() as session:
        log = session.execute(select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id))
        decided = ["renamed a theme", "pinned a theme", "moved a comment"]
        assert [tuple(entry) for entry in log][-6:] == [
            (HR, action) for action in (*decided, *["took a decision back"] * 3)
        ]
        theme = session.get_one(Theme, two.id)
        assert (theme.given_name, theme.pinned) == (None, False)
        assert said.text in texts_of(session, one, 1)
        assert comments.moved_into(session, one.id) == set()
        assert {line.since for line in workbench.decisions(session)} == {"taken back"}
    desk.wave()
    with desk.installed.sessions() as session:
        assert set(session.scalars(select(Correction.state))) == {"undone"}


def test_impossible_decisions_say_why(desk: Desk) -> None:
    with desk.installed.sessions() as session:
        one = desk.found(session)[0]
        cause = session.scalars(select(Theme).where(Theme.kind == "cause")).first()
        assert cause is not None
        said = comments.comments_of_theme(session, one.id, 1)[0]
    for wrong in (
        lambda s: deciding.merge(s, one.id, one.id, desk.hr),
        lambda s: deciding.merge(s, one.id, cause.id, desk.hr),
        lambda s: deciding.split(s, cause.id, desk.hr),
        lambda s: deciding.move(s, said.key, one.id, str(cause.id), desk.hr),
        lambda s: deciding.move(s, "0" * 32, one.id, "1", desk.hr),
        lambda s: deciding.propose_quote(s, one.id, "0" * 32),
        lambda s: deciding.add_note(s, one.id, "  ", desk.hr),
        lambda s: deciding.paraphrase(s, 999, "x", desk.hr),
        lambda s: undoing.undo(s, 999, desk.hr),
    ):
        with pytest.raises(CuratingError):
            desk.decide(wrong)
    with desk.installed.sessions() as session:
        assert session.scalars(select(Correction)).all() == []


def test_a_quote_stands_only_where_its_side_is_shown(desk: Desk) -> None:
    """Elsewhere it would tell that a few of its side, too few to be shown, raise the theme."""
    with write_session(desk.installed.sessions) as session:
        one = desk.found(session)[0]
        said = comments.comments_of_theme(session, one.id, 1)[0]
        session.execute(delete(Quote))
        of_theme = ThemeFigure.theme_id == one.id
        session.execute(delete(ThemeFigure).where(of_theme, ThemeFigure.rater_id == said.rater_id))
        figures = session.scalars(select(ThemeFigure).where(of_theme)).all()
        assert figures
        with pytest.raises(CuratingError, match="Too few of this side"):
            deciding.propose_quote(session, one.id, said.key)
        figures[0].rater_id = None  # the pair as a whole
        session.flush()
        assert deciding.propose_quote(session, one.id, said.key).rater_id is None


def test_readers_see_hrs_words_alone_once_released(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=18, Selling=18)
    desk = Desk(installed, teams, account(installed, "hr@example.org", "hr").id)
    desk.wave(threat=True)
    sign_in(client, "hr@example.org")
    board = client.get("/hr/themes").text
    assert THREAT in board
    assert "perhaps a threat" in board
    with installed.sessions() as session:
        theme = desk.found(session)[0]
        proposed = set(session.scalars(select(Quote.thread_key)))
        said = next(
            c for c in comments.comments_of_theme(session, theme.id, 1) if c.key not in proposed
        )
    assert said.text in client.get(f"/hr/themes/{theme.id}").text
    made = client.post(f"/hr/themes/comments/{said.key}/quote", data={"origin": theme.id})
    quote = made.location.rpartition("#q")[2]
    pair = f"/pairs/{teams['Buying']}/{teams['Selling']}"
    assert said.text not in client.get(pair).text
    client.post(f"/hr/themes/quotes/{quote}/paraphrase", data={"text": "News comes too late."})
    client.post(f"/hr/themes/quotes/{quote}/released")
    shown = client.get(pair).text
    assert "News comes too late." in shown
    assert "in HR&#39;s words" in shown or "in HR's words" in shown
    assert said.text not in shown
    client.post(f"/hr/themes/{theme.id}/note", data={"text": "Ask both on Monday."})
    assert "Ask both on Monday." in client.get(f"/hr/themes/{theme.id}").text
    assert "Ask both on Monday." not in shown
    assert "a quote released" in client.get("/hr/themes/log").text
    assert said.text in client.get("/hr/themes/search?q=" + said.text.split()[1]).text
    assert client.get("/hr/themes/loose").status_code == 200
