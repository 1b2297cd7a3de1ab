"""An installation with a chosen number of everything: partners, months, themes, agreements …"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.measures import ROOT_CAUSES
from app import create_app
from surveys.access import api_tokens
from surveys.curating import deciding
from surveys.database import write_session
from surveys.models.agreements import Agreement, Note, Signature, Step
from surveys.models.audit import AuditEntry, OutboxMessage
from surveys.models.ballots import Comment
from surveys.models.enums import Direction
from surveys.models.goals import Goal, GoalConflict
from surveys.models.hard_data import HardPoint, HardSeries
from surveys.models.people import Account, Grant, Person
from surveys.models.pulses import Wave
from surveys.models.releases import Figure, HandoverFigure, Release, ThemeFigure, Trend, TrendPoint
from surveys.models.themes import Quote, ReadableComment, Theme, ThemeComment
from surveys.models.threads import ThreadMessage
from surveys.models.webhooks import Webhook, WebhookMessage
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import FIRST_DAY, account, company, opened

SAID = "They tell us about changes far too late."


class Grown:
    """An installation with `size` of everything: the first team has so many partners, each pair so
    many published months, themes, agreements; each agreement so many steps, and so on.
    """

    def __init__(self, settings: Settings, size: int) -> None:
        self.app = create_app(settings)
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.installed: Installation = self.app.extensions["tribometer"]
        self.size = size
        names = [f"Team{number}" for number in range(size + 1)]
        self.teams = company(self.installed, **dict.fromkeys(names, size + 2))
        self.ids = sorted(self.teams.values())
        self.pairs = list(combinations(self.ids, 2))
        account(self.installed, "hr@example.org", "hr")
        account(self.installed, "admin@example.org", "admin")
        account(self.installed, "manager@example.org", "manager", self.ids[0])
        with write_session(self.installed.sessions) as session:
            self._accounts(session)
            self._of_pairs(session)
        for _month in range(size):
            wave = opened(self.installed)
            with write_session(self.installed.sessions) as session:
                session.get_one(Wave, wave.id).state = "published"
                self._published(session, wave)
        self.wave = opened(self.installed)
        with write_session(self.installed.sessions) as session:
            self._decided(session)
            self._told(session)
            self.token = api_tokens.make_token(session, "hr", "all", api_tokens.SCOPES)
            for number in range(size):
                api_tokens.make_token(session, "hr", f"token {number}", ["results"])

    def _accounts(self, session: Session) -> None:
        """Managers of every team; they sign agreements."""
        self.signers = {}
        for team in self.ids:
            people = [
                Account(email=f"signer{team}.{i}@example.org", name=f"Signer {i}")
                for i in range(self.size)
            ]
            for one in people:
                one.grants = [Grant(role="manager", team_id=team)]
            session.add_all(people)
            session.flush()
            self.signers[team] = [one.id for one in people]

    def _of_pairs(self, session: Session) -> None:
        """What is not of a month: themes, agreements, goals, notes, figures of other systems."""
        self.themes: dict[tuple[int, int], list[int]] = {}
        day = FIRST_DAY
        goals = {
            team: [
                Goal(team_id=team, name=f"Goal {i}", better="higher", unit="%", target=9.0,
                     period="month") for i in range(self.size)
            ] for team in self.ids
        }  # fmt: skip
        session.add_all(goal for some in goals.values() for goal in some)
        session.flush()
        for a, b in self.pairs:
            pair = {"team_a_id": a, "team_b_id": b}
            themes = [
                Theme(**pair, kind=kind, label=label, cause=cause, name=f"orders {cause}")
                for cause in ROOT_CAUSES[: self.size]
                for kind, label in (("cause", cause), ("found", cause))
            ]
            session.add_all(themes)
            session.flush()
            self.themes[a, b] = [theme.id for theme in themes]
            for i, theme in enumerate(themes[1::2]):
                session.add(
                    Agreement(
                        **pair, cause=ROOT_CAUSES[i % 6], strategy="x", text=SAID, starts_on=day,
                        theme_id=theme.id,
                        signatures=[
                            Signature(team_id=t, account_id=self.signers[t][i], signed_on=day)
                            for t in (a, b)
                        ],
                        steps=[Step(text=SAID, due_on=day, team_id=a) for _ in range(self.size)],
                    )
                )  # fmt: skip
                session.add(Note(**pair, happened_on=day, text=SAID))
                session.add(
                    GoalConflict(goal_a_id=goals[a][i].id, goal_b_id=goals[b][i].id, text=SAID,
                                 marked_on=day)
                )  # fmt: skip
                series = HardSeries(**pair, name=f"Late {i}", unit="%", better="lower")
                session.add(series)
                session.flush()
                session.add_all(
                    HardPoint(series_id=series.id, day=day + timedelta(n), value=n)
                    for n in range(self.size)
                )

    def _published(self, session: Session, wave: Wave) -> None:
        """The release of a month: figures, trends, handovers, themes, words."""
        day = wave.opens_at.date()
        release = Release(wave_id=wave.id, number=wave.number, opened_on=day, published_on=day)
        session.add(release)
        session.flush()
        for a, b in self.pairs:
            figures = [("pair", a, b), ("gap", a, b), ("ranked", a, b), ("quarter", a, b)]
            for rater, target in ((a, b), (b, a)):
                seam = {"release_id": release.id, "rater_id": rater, "target_id": target}
                figures += [(measure, rater, target) for measure in ("index", "blind spot", "A1")]
                figures += [(code, rater, target) for code in ROOT_CAUSES]
                path = [TrendPoint(n, 30.0, 20.0, 40.0, None) for n in range(1, wave.number + 1)]
                session.add(Trend(**seam, path=tuple(path), alarm=Direction.RISING))
                session.add(
                    HandoverFigure(**seam, point="order", persons_band="5–9", hours_band="10–19")
                )
            session.add_all(
                Figure(release_id=release.id, rater_id=one, target_id=two, measure=measure,
                       state="shown", value=30, low=20, high=40, n_band="8–11", words="middle")
                for measure, one, two in figures
            )  # fmt: skip
            for i, theme in enumerate(self.themes[a, b]):
                for rater, target in ((a, b), (b, a)):
                    key = f"{wave.number:08}{theme:012}{rater:012}"
                    session.add_all(self._words(release, wave, theme, rater, target, key, i))

    def _words(
        self, release: Release, wave: Wave, theme: int, rater: int, target: int, key: str, i: int
    ) -> Iterator[object]:
        a, b = sorted((rater, target))
        yield ThemeFigure(release_id=release.id, theme_id=theme, team_a_id=a, team_b_id=b,
                          rater_id=rater, persons_band="5–9", tone="factual")  # fmt: skip
        yield Comment(wave_id=wave.id, key=key, rater_id=rater, target_id=target, question="O1",
                      text=SAID)  # fmt: skip
        sensitive = "harassment" if i % 2 else ""
        yield ReadableComment(comment_key=key, wave_id=wave.id, sensitive=sensitive)
        yield ThemeComment(theme_id=theme, comment_key=key, release_id=release.id)
        states = ("released", "proposed", "withheld")
        yield Quote(theme_id=theme, release_id=release.id, rater_id=rater, text=f"{SAID} {key}",
                    state=states[i % 3], thread_key=key)  # fmt: skip
        for turn, author in ((1, "hr"), (2, "writer")):
            yield ThreadMessage(thread_key=key, turn=turn, wave_id=wave.id, author=author,
                                text=SAID)  # fmt: skip

    def _decided(self, session: Session) -> None:
        """What HR decided about the themes of each pair, and noted."""
        for (a, _b), themes in self.themes.items():
            first, *others = themes[1::2]
            for signer, other in zip(self.signers[a], others, strict=False):
                deciding.merge(session, first, other, signer)
            for signer, theme in zip(self.signers[a], (first, *others), strict=True):
                deciding.rename(session, theme, f"named {theme}", signer)
                deciding.split(session, theme, signer)
                deciding.pin(session, first, True, signer)
                deciding.add_note(session, first, SAID, signer)

    def _told(self, session: Session) -> None:
        """What went out to people and programs, and who did what."""
        now = self.wave.opens_at
        people = session.scalars(select(Person.id).order_by(Person.id).limit(self.size)).all()
        for number, person in enumerate(people):
            session.add(
                OutboxMessage(once=f"x{number}", kind="invitation", wave_id=self.wave.id,
                              person_id=person, state="failed", due_at=now, problem="no")
            )  # fmt: skip
            session.add(AuditEntry(at=now, actor="hr@example.org", action="x", detail={},
                                   digest=f"{number}"))  # fmt: skip
            hook = Webhook(address=f"https://example.org/{number}", secret="x",
                           events=["wave.opened"], made_on=now.date())  # fmt: skip
            session.add(hook)
            session.flush()
            session.add_all(
                WebhookMessage(webhook_id=hook.id, once=f"{n}", body="{}", due_at=now,
                               state="failed", problem=f"{n} of {hook.id}")
                for n in range(self.size)
            )  # fmt: skip
