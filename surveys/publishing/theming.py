"""Themes of a wave: the engine reads the comments, the release rule says what of it is shown.

Rule 11: themes count persons, in bands, never under five. A side is shown on its own from the
frozen threshold on; where a side has five to nine answers, or a theme has five persons only on
both sides together, the pair is shown as a whole, and then never beside one of its sides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.themes import Codebook, ThemeModel
from analysis.themes.codebook import OTHER
from analysis.themes.embedding import WordLlamaEmbedder
from analysis.themes.quotes import pick_quotes
from surveys.models.ballots import Comment
from surveys.models.people import Team
from surveys.models.pulses import Wave, WaveSeam
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, Theme, ThemeMemory
from surveys.publishing.comments import answers_per_seam

LEAST_PERSONS = 5
LEAST_SIDE = 5
BANDS = ((5, 9), (10, 19))
QUOTES = 3


@dataclass(frozen=True, slots=True)
class Voices:
    """The comments of a pair that themes may be made of; `by_side` if sides may be told apart."""

    comments: tuple[Comment, ...]
    by_side: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A theme as found this month: which of the comments are its own."""

    kind: str
    label: str
    name: str
    cause: str | None
    members: tuple[int, ...]


def add_themes(session: Session, wave: Wave, stored: Release) -> None:
    """Find and store the themes of every pair of the wave."""
    answers = answers_per_seam(session, wave)
    seams = session.scalars(select(WaveSeam).where(WaveSeam.wave_id == wave.id)).all()
    directed = {(seam.rater_id, seam.target_id) for seam in seams}
    for a, b in sorted(pair for pair in directed if pair[0] < pair[1]):
        if (b, a) in directed:
            counts = answers.get((a, b), 0), answers.get((b, a), 0)
            voices = _voices(session, wave, (a, b), counts)
            if voices.comments:
                _add_pair(session, stored, (a, b), voices)


def persons_band(persons: int) -> str | None:
    """ "5–9", "10–19", "20+", or None below five."""
    if persons < LEAST_PERSONS:
        return None
    return next((f"{low}–{high}" for low, high in BANDS if persons <= high), "20+")


def least_persons(comments: list[Comment]) -> int:
    """How many persons wrote these at the least.

    Each question has at most one comment of a person, and two comments of one person are not
    linked: so the larger count of one question is what is sure.
    """
    questions = [comment.question for comment in comments]
    return max((questions.count(question) for question in set(questions)), default=0)


def _voices(
    session: Session, wave: Wave, pair: tuple[int, int], answers: tuple[int, int]
) -> Voices:
    enough = wave.rule["verbatim"]
    seams = (pair, pair[::-1])
    full = [seam for seam, n in zip(seams, answers, strict=True) if n >= enough]
    as_whole = len(full) != 2 and min(answers) >= LEAST_SIDE and sum(answers) >= enough
    chosen = seams if as_whole else full
    rows = session.scalars(select(Comment).where(Comment.wave_id == wave.id).order_by(Comment.key))
    comments = tuple(c for c in rows if (c.rater_id, c.target_id) in chosen)
    return Voices(comments, by_side=not as_whole)


def _add_pair(session: Session, stored: Release, pair: tuple[int, int], voices: Voices) -> None:
    model = _remembered(session, pair)
    texts = [comment.text for comment in voices.comments]
    model.update(texts)
    memory = session.get(ThemeMemory, pair) or ThemeMemory(team_a_id=pair[0], team_b_id=pair[1])
    memory.state = model.state()
    session.add(memory)
    for found in (*_causes(model), *_found(model)):
        sides = _split_by_side(voices, found.members)
        shown = _bands(voices, sides)
        if not shown:
            continue
        theme = _theme(session, pair, found)
        for side, band in shown.items():
            _store(session, stored, theme, side, band)
        if voices.by_side:
            for side, own in sides.items():
                _propose_quotes(session, stored, theme, side, [texts[i] for i in own])


def _causes(model: ThemeModel) -> list[Found]:
    codes = sorted({c for c in model.causes_ if c is not None and c != OTHER})
    names = {code.code: code.name for code in _codebook().codes}
    return [
        Found("cause", code, names[code], code, _members(c == code for c in model.causes_))
        for code in codes
    ]


def _found(model: ThemeModel) -> list[Found]:
    return [
        Found("found", str(theme.id), theme.name, theme.cause, _members(model.labels_ == position))
        for position, theme in enumerate(model.themes_)
        # Comments that share no word are what was left over, not a theme.
        if theme.phrases and not theme.too_few
    ]


def _members(mask: Iterable[bool]) -> tuple[int, ...]:
    return tuple(i for i, belongs in enumerate(mask) if belongs)


def _split_by_side(voices: Voices, members: tuple[int, ...]) -> dict[int, list[int]]:
    sides: dict[int, list[int]] = {}
    for i in members:
        sides.setdefault(voices.comments[i].rater_id, []).append(i)
    return sides


def _bands(voices: Voices, sides: dict[int, list[int]]) -> dict[int | None, str]:
    """Bands by side, or of the pair as a whole (key None), never both (rule 11)."""
    persons = {
        side: least_persons([voices.comments[i] for i in own]) for side, own in sides.items()
    }
    if voices.by_side:
        shown: dict[int | None, str] = {
            side: band for side, n in persons.items() if (band := persons_band(n)) is not None
        }
        if shown:
            return shown
    together = persons_band(sum(persons.values()))
    return {} if together is None else {None: together}


def _store(session: Session, stored: Release, theme: Theme, side: int | None, band: str) -> None:
    before = session.scalar(
        select(ThemeFigure.persons_band)
        .where(ThemeFigure.theme_id == theme.id, ThemeFigure.rater_id == side)
        .order_by(ThemeFigure.release_id.desc())
        .limit(1)
    )
    session.add(
        ThemeFigure(
            release_id=stored.id,
            theme_id=theme.id,
            team_a_id=theme.team_a_id,
            team_b_id=theme.team_b_id,
            rater_id=side,
            persons_band=band,
            change=change_word(before, band),
        )
    )


def change_word(before: str | None, now: str) -> str:
    """What became of a theme, told by its published bands alone."""
    if before is None:
        return "new"
    order = [persons_band(n) for n in (5, 10, 20)]
    step = order.index(now) - order.index(before)
    return "same" if step == 0 else "grown" if step > 0 else "faded"


def _theme(session: Session, pair: tuple[int, int], found: Found) -> Theme:
    theme = session.scalar(
        select(Theme).where(
            Theme.team_a_id == pair[0],
            Theme.team_b_id == pair[1],
            Theme.kind == found.kind,
            Theme.label == found.label,
        )
    )
    if theme is None:
        theme = Theme(
            team_a_id=pair[0],
            team_b_id=pair[1],
            kind=found.kind,
            label=found.label,
            cause=found.cause,
            name=found.name[:200],
        )
        session.add(theme)
        session.flush()
    return theme


def _propose_quotes(
    session: Session, stored: Release, theme: Theme, side: int, texts: list[str]
) -> None:
    rows = _embedder().embed(texts)
    length = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    for i in pick_quotes(texts, rows / length, QUOTES):
        session.add(Quote(theme_id=theme.id, release_id=stored.id, rater_id=side, text=texts[i]))


def _remembered(session: Session, pair: tuple[int, int]) -> ThemeModel:
    memory = session.get(ThemeMemory, pair)
    if memory is None:
        # Who is written about is known from the seam; as a word it would only draw together all
        # comments that happen to name the other team.
        names = session.scalars(select(Team.name).where(Team.id.in_(pair))).all()
        return ThemeModel(_codebook(), _embedder(), min_size=LEAST_PERSONS, ignore=names)
    return ThemeModel.from_state(memory.state, embedder=_embedder())


@cache
def _codebook() -> Codebook:
    return Codebook.default()


@cache
def _embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()
