"""40 teams, 200 seams and 60 published months, written straight into the tables of releases."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from analysis.disclosure.rule import MINIMUM
from analysis.measures import Cause, Measure, Words, profile_of
from surveys.database import Base, write_session
from surveys.models.ballots import Comment
from surveys.models.enums import Author, Direction, FigureState, ThemeKind, Tone, WaveState
from surveys.models.people import Team
from surveys.models.pulses import Pulse, Wave
from surveys.models.releases import Figure, Release, ThemeFigure, Trend, TrendPoint
from surveys.models.themes import Quote, ReadableComment, Theme, ThemeComment
from surveys.models.threads import ThreadMessage
from surveys.running import setup
from surveys.web import Installation

TEAMS, PAIRS, WAVES = 40, 100, 60
#: around the circle of teams, who works with whom
STEPS = (1, 7, 11)
THEMES = 4
FUNCTIONS = ("Procurement", "Sales", "Logistics", "Quality", "Legal", "Finance", "Service",
             "Development")  # fmt: skip
REGIONS = ("North", "South", "East", "West", "Asia")
FIRST = date(2021, 1, 4)
SPREAD = 7
SERIES = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
        "INSERT INTO answer (wave_id, key, rater_id, target_id, scores) "
        "SELECT :wave, printf('%032x', i), :rater, :target, :scores FROM n"
    ),
    "postgresql": (
        "INSERT INTO answer (wave_id, key, rater_id, target_id, scores) "
        "SELECT :wave, lpad(to_hex(i), 32, '0'), :rater, :target, CAST(:scores AS json) "
        "FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n(i)"
    ),
}
#: months whose comments are still there (settings: comment_months)
READABLE = 24
COMMENTS, QUOTES, RARE, ASKED = 5, 3, 100, 2000
SAID = "We hear of a changed forecast when the supplier has already been told the old one."
SCORES = '{"C1": 2, "C2": 3, "C3": 2, "C4": 4, "C5": 3, "K1": 2, "M1": 1, "X1": 3, "X2": 2}'
Row = dict[str, Any]
WRITTEN: tuple[type[Base], ...] = (Comment, ReadableComment, ThemeComment, Quote, ThreadMessage)


def large_company(
    installed: Installation, rng: Random, causes: Sequence[Cause] = (), waves: int = WAVES
) -> None:
    """Publish `waves` months; with `causes` each seam has their figures, and each pair themes."""
    with write_session(installed.sessions) as session:
        pulse = setup.the_pulse(session)
        teams = [Team(name=f"{word} {region}") for word in FUNCTIONS for region in REGIONS]
        session.add_all(teams)
        session.flush()
        ids = [team.id for team in teams]
        pairs = [(ids[i], ids[(i + step) % TEAMS]) for i in range(TEAMS) for step in STEPS]
        pairs = sorted({(min(pair), max(pair)) for pair in pairs})[:PAIRS]
        levels = {pair: rng.gauss(34, 12) for pair in pairs}
        for number in range(1, waves + 1):
            release = _release(session, pulse, number)
            rows = [
                r for pair in pairs for r in _figures(release, pair, levels, rng, number == waves)
            ]
            rows += [r for pair in pairs for r in _causes(release, pair, levels, rng, causes)]
            session.execute(insert(Figure), rows)
        seams = [seam for pair in pairs for seam in (pair, pair[::-1])]
        session.execute(insert(Trend), [_trend(release, seam, rng, waves) for seam in seams])
        if causes:
            _themes(session, pairs, causes)


def add_answers(engine: Engine, count: int) -> None:
    """Store `count` answers, spread evenly over all seams and months."""
    with engine.begin() as connection:
        seams = connection.execute(
            text("SELECT DISTINCT rater_id, target_id FROM trend ORDER BY 1, 2")
        ).all()
        waves = connection.execute(text("SELECT id FROM wave ORDER BY id")).scalars().all()
        each = max(1, count // (len(seams) * len(waves)))
        for wave in waves:
            for place, (rater, target) in enumerate(seams):
                given = {"first": place * each, "last": place * each + each - 1, "wave": wave,
                         "rater": rater, "target": target, "scores": SCORES}  # fmt: skip
                connection.execute(text(SERIES[engine.dialect.name]), given)


def add_words(installed: Installation, rng: Random, months: int = READABLE) -> None:
    """What people wrote in the last `months`, as HR reads it: comments, quotes, some threads.

    Each found theme has COMMENTS a side and month, QUOTES of them quoted; one in RARE should be
    read first, and under one quote in ASKED HR asked something and has a reply.
    """
    with write_session(installed.sessions) as session:
        releases = session.execute(
            select(Release.id, Release.wave_id).order_by(Release.id.desc()).limit(months)
        ).all()
        for theme in session.scalars(select(Theme).where(Theme.kind == ThemeKind.FOUND)).all():
            rows: list[tuple[type[Base], Row]] = []
            for place, (release, wave) in enumerate(releases):
                for rater, target in (
                    (theme.team_a_id, theme.team_b_id),
                    (theme.team_b_id, theme.team_a_id),
                ):
                    seam = {"rater_id": rater, "target_id": target}
                    rows += _written(theme.id, release, wave, seam, rng, place > 0)
            for table in WRITTEN:
                if found := [row for of, row in rows if of is table]:
                    session.execute(insert(table), found)


def _written(
    theme: int, release: int, wave: int, seam: Row, rng: Random, read: bool
) -> Iterator[tuple[type[Base], Row]]:
    """What one side wrote about a theme in a month; `read`: HR has seen to what is sensitive."""
    for place in range(COMMENTS):
        key = f"{rng.getrandbits(128):032x}"
        kinds = "harassment" if rng.random() < 1 / RARE else ""
        yield Comment, {"key": key, "wave_id": wave, "question": "O1", "text": SAID, **seam}
        yield ReadableComment, {"comment_key": key, "wave_id": wave, "handled": read,
                                "sensitive": kinds}  # fmt: skip
        yield ThemeComment, {"theme_id": theme, "comment_key": key, "release_id": release}
        if place < QUOTES:
            yield Quote, {"theme_id": theme, "release_id": release, "text": SAID,
                          "rater_id": seam["rater_id"], "thread_key": key}  # fmt: skip
            for turn, author in enumerate(Author, 1) if rng.random() < 1 / ASKED else ():
                yield ThreadMessage, {"thread_key": key, "turn": turn, "wave_id": wave,
                                      "author": author, "text": SAID}  # fmt: skip


def _release(session: Session, pulse: Pulse, number: int) -> int:
    opened = FIRST + timedelta(weeks=4 * (number - 1))
    moment = datetime(opened.year, opened.month, opened.day, 9, tzinfo=UTC)
    wave = Wave(pulse_id=pulse.id, number=number, state=WaveState.PUBLISHED, rule=MINIMUM, items=[],
                opens_at=moment, closes_at=moment + timedelta(days=10))  # fmt: skip
    session.add(wave)
    session.flush()
    release = Release(wave_id=wave.id, number=number, opened_on=opened, published_on=opened)
    session.add(release)
    session.flush()
    return release.id


def _row(
    release: int, seam: tuple[int, int], measure: str, level: float, words: Words | None = None
) -> Row:
    value = round(min(95, max(5, level)))
    return {"release_id": release, "rater_id": seam[0], "target_id": seam[1], "measure": measure,
            "state": FigureState.SHOWN, "value": value, "low": value - SPREAD,
            "high": value + SPREAD, "n_band": "12–19", "words": words, "reason": None}  # fmt: skip


def _kind(level: float) -> Words:
    return Words.LOW if level < 18 else Words.MIDDLE if level < 45 else Words.HIGH


def _figures(
    release: int, pair: tuple[int, int], levels: dict[tuple[int, int], float], rng: Random,
    newest: bool,
) -> Iterator[Row]:  # fmt: skip
    levels[pair] += rng.gauss(0, 1)
    level = levels[pair]
    yield _row(release, pair, Measure.INDEX, level - 4, _kind(level - 4))
    yield _row(release, pair[::-1], Measure.INDEX, level + 4, _kind(level + 4))
    yield _row(release, pair, Measure.PAIR, level, _kind(level))
    if newest:
        yield _row(release, pair, Measure.RANKED, level * 0.8 + 7)
        said = Words.MOVED if rng.random() < 0.1 else None
        moved = _row(release, pair, Measure.QUARTER, 50, said)
        shift = rng.choice((-12, 12))
        yield {**moved, "n_band": None, "value": shift, "low": shift - 6, "high": shift + 6}


def _causes(
    release: int, pair: tuple[int, int], levels: dict[tuple[int, int], float], rng: Random,
    causes: Sequence[Cause],
) -> Iterator[Row]:  # fmt: skip
    if causes:
        yield _row(release, pair, Measure.GAP, 10)
    for seam in (pair, pair[::-1]) if causes else ():
        yield _row(release, seam, Measure.BLIND_SPOT, 12)
        for cause in causes:
            level = levels[pair] + rng.gauss(0, 8)
            yield _row(release, seam, cause, level, _kind(level))
            yield _row(release, seam, profile_of(cause), level, _kind(level))


def _trend(release: int, seam: tuple[int, int], rng: Random, waves: int) -> Row:
    path = tuple(TrendPoint(n, 30 + rng.gauss(0, 2), 24, 36, None) for n in range(1, waves + 1))
    alarm = Direction.RISING if rng.random() < 0.05 else None
    return {"release_id": release, "rater_id": seam[0], "target_id": seam[1], "alarm": alarm,
            "change": 1, "change_low": -5, "change_high": 7, "moved": False, "fragile": False,
            "smallest_change": 9, "path": path}  # fmt: skip


def _themes(session: Session, pairs: Sequence[tuple[int, int]], causes: Sequence[Cause]) -> None:
    """THEMES themes of each pair beside those of its root causes, shown in every month."""
    releases = session.query(Release.id).order_by(Release.id).all()
    rows: list[Row] = []
    for a, b in pairs:
        found = [Theme(team_a_id=a, team_b_id=b, kind=ThemeKind.FOUND, label=str(n),
                       cause=causes[n], name=f"rush orders, forecast {n}")
                 for n in range(THEMES)]  # fmt: skip
        found += [
            Theme(team_a_id=a, team_b_id=b, kind=ThemeKind.CAUSE, label=cause, cause=cause, name="")
            for cause in causes
        ]
        session.add_all(found)
        session.flush()
        rows += [
            {"release_id": release, "theme_id": theme.id, "team_a_id": a, "team_b_id": b,
             "rater_id": side, "persons_band": "5–9", "tone": Tone.FACTUAL, "change": None}
            for (release,) in releases for theme in found for side in (a, b)
        ]  # fmt: skip
    session.execute(insert(ThemeFigure), rows)
