"""Themes of a wave: the engine reads the comments, the release rule says what of it is shown.

Rule 11: themes count persons, in bands, never fewer than the index needs. A side is shown on its
own from the frozen threshold on; where a side has fewer answers, or a theme has enough persons only
on both sides together, the pair is shown as a whole, and then never beside one of its sides. A
team below the smallest roster is in no theme at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.themes import ThemeModel
from analysis.themes.codebook import OTHER
from analysis.themes.embedders import EMBEDDERS
from analysis.themes.embedding import Embedder
from analysis.themes.quotes import pick_quotes
from analysis.themes.theme import Theme as EngineTheme
from analysis.themes.tone import is_praise
from surveys.models.ballots import Comment
from surveys.models.pulses import Wave
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, Theme, ThemeMemory
from surveys.publishing.cells import Base
from surveys.publishing.persons import LEAST_PERSONS, change_word, least_persons, persons_band
from surveys.publishing.theme_memory import GENERATION, Pair, codebook, embedder_of, remembered

QUOTES = 3


@dataclass(frozen=True, slots=True)
class Voices:
    """The comments of a pair that themes may be made of; `by_side` if sides may be told apart.

    `least`: persons below which nothing is shown.
    """

    comments: tuple[Comment, ...]
    by_side: bool
    least: int


@dataclass(frozen=True, slots=True)
class Found:
    """A theme as found this month: which of the comments are its own."""

    kind: str
    label: str
    name: str
    cause: str | None
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme that may be shown: bands and quotes by side, or under None for the pair."""

    found: Found
    bands: dict[int | None, str]
    quotes: dict[int | None, list[Comment]]


@dataclass(frozen=True, slots=True)
class PairThemes:
    """What one pair's comments gave: the engine's memory, and what may be shown."""

    pair: Pair
    state: dict[str, Any]
    shown: list[ShownTheme]


def read_themes(
    session: Session, wave: Wave, bases: dict[Pair, Base], embedder: str = EMBEDDERS[0]
) -> list[PairThemes]:
    """Let the engine read the comments of every pair; `bases` by seam. Writes nothing.

    Raises EmbedderNotInstalledError for an embedder whose extra is missing.
    """
    pairs = sorted((a, b) for a, b in bases if a < b and (b, a) in bases)
    found = []
    for pair in pairs:
        voices = _voices(session, wave, pair, (bases[pair], bases[pair[::-1]]))
        if voices.comments:
            found.append(_read_pair(session, pair, voices, embedder_of(embedder)))
    return found


def add_themes(session: Session, stored: Release, themes: list[PairThemes]) -> None:
    """Store what `read_themes` found."""
    for one in themes:
        memory = session.get(ThemeMemory, one.pair)
        if memory is None:
            memory = ThemeMemory(team_a_id=one.pair[0], team_b_id=one.pair[1])
            session.add(memory)
        memory.state = one.state
        for shown in one.shown:
            theme = _theme(session, one.pair, shown.found)
            for side, band in shown.bands.items():
                _store(session, stored, theme, side, band)
            for side, quotes in shown.quotes.items():
                for comment in quotes:
                    session.add(
                        Quote(
                            theme_id=theme.id,
                            release_id=stored.id,
                            rater_id=side,
                            text=comment.text,
                            thread_key=comment.key,
                        )
                    )


def _voices(session: Session, wave: Wave, pair: Pair, bases: tuple[Base, Base]) -> Voices:
    rule = wave.rule
    least = max(LEAST_PERSONS, rule["index"])
    seams = (pair, pair[::-1])
    big_enough = all(base.team_size >= rule["roster"] for base in bases)
    answers = [base.answers for base in bases]
    full = [
        seam
        for seam, base in zip(seams, bases, strict=True)
        # In a team of just so many, a side on its own would prove that everybody answered.
        if base.answers >= rule["verbatim"] and base.team_size > rule["verbatim"]
    ]
    as_whole = (
        len(full) != 2 and big_enough and min(answers) >= least and sum(answers) >= rule["verbatim"]
    )
    chosen = seams if as_whole else full
    rows = session.scalars(select(Comment).where(Comment.wave_id == wave.id).order_by(Comment.key))
    comments = tuple(c for c in rows if (c.rater_id, c.target_id) in chosen)
    return Voices(comments, not as_whole, least)


def _read_pair(session: Session, pair: Pair, voices: Voices, embedder: Embedder) -> PairThemes:
    model, generation = remembered(session, pair, embedder)
    texts = [comment.text for comment in voices.comments]
    # Praise is not friction: it is one theme of its own, and never a voice in another.
    praise = tuple(i for i, text in enumerate(texts) if is_praise(text))
    rest = [i for i in range(len(texts)) if i not in praise]
    model.update([texts[i] for i in rest])
    shown = []
    for found in (*_causes(model, rest), *_found(model, rest, generation), _praise(praise)):
        sides = _split_by_side(voices, found.members)
        bands = _bands(voices, sides)
        # Quotes only where both sides may be quoted, and only of what is shown, as it is shown.
        own = {**sides, None: list(found.members)}
        quotes = (
            {side: _best(voices, own[side], embedder) for side in bands} if voices.by_side else {}
        )
        if bands:
            shown.append(ShownTheme(found, bands, quotes))
    return PairThemes(pair, model.state() | {GENERATION: generation}, shown)


def _best(voices: Voices, members: list[int], embedder: Embedder) -> list[Comment]:
    own = [voices.comments[i] for i in members]
    texts = [comment.text for comment in own]
    rows = embedder.embed(texts)
    length = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return [own[i] for i in pick_quotes(texts, rows / length, QUOTES)]


def _causes(model: ThemeModel, rest: list[int]) -> list[Found]:
    codes = sorted({c for c in model.causes_ if c is not None and c != OTHER})
    names = {code.code: code.name for code in codebook().codes}
    return [
        Found("cause", code, names[code], code, _members(rest, (c == code for c in model.causes_)))
        for code in codes
    ]


def _found(model: ThemeModel, rest: list[int], generation: int) -> list[Found]:
    # A model that began anew counts from one again: its themes are not the ones of before.
    prefix = f"{generation}." if generation else ""
    return [
        Found(
            "found",
            f"{prefix}{theme.id}",
            _safe_name(theme),
            theme.cause,
            _members(rest, model.labels_ == position),
        )
        for position, theme in enumerate(model.themes_)
        # Comments that share no word are what was left over, not a theme.
        if theme.phrases and not theme.too_few
    ]


def _safe_name(theme: EngineTheme) -> str:
    """The engine's name, or nothing where it is somebody's own words: those wait for HR."""
    return "" if theme.name.startswith("“") else theme.name


def _praise(members: tuple[int, ...]) -> Found:
    return Found("praise", "praise", "What goes well", None, members)


def _members(rest: list[int], mask: Iterable[bool]) -> tuple[int, ...]:
    return tuple(i for i, belongs in zip(rest, mask, strict=True) if belongs)


def _split_by_side(voices: Voices, members: tuple[int, ...]) -> dict[int | None, list[int]]:
    sides: dict[int | None, list[int]] = {}
    for i in members:
        sides.setdefault(voices.comments[i].rater_id, []).append(i)
    return sides


def _bands(voices: Voices, sides: dict[int | None, list[int]]) -> dict[int | None, str]:
    """Bands by side, or of the pair as a whole (key None), never both (rule 11)."""
    persons = {
        side: least_persons([voices.comments[i] for i in own]) for side, own in sides.items()
    }
    if voices.by_side:
        shown: dict[int | None, str] = {
            side: band
            for side, n in persons.items()
            if n >= voices.least and (band := persons_band(n)) is not None
        }
        if shown:
            return shown
    total = sum(persons.values())
    together = persons_band(total) if total >= voices.least else None
    return {} if together is None else {None: together}


def _store(session: Session, stored: Release, theme: Theme, side: int | None, band: str) -> None:
    earlier = session.execute(
        select(Release.number, ThemeFigure.persons_band)
        .join(Release, Release.id == ThemeFigure.release_id)
        .where(ThemeFigure.theme_id == theme.id, ThemeFigure.rater_id == side)
    ).all()
    session.add(
        ThemeFigure(
            release_id=stored.id,
            theme_id=theme.id,
            team_a_id=theme.team_a_id,
            team_b_id=theme.team_b_id,
            rater_id=side,
            persons_band=band,
            change=change_word({row[0]: row[1] for row in earlier}, stored.number, band),
        )
    )


def _theme(session: Session, pair: Pair, found: Found) -> Theme:
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
        )
        session.add(theme)
    # The engine may know better by now; HR's own name stays.
    theme.name, theme.cause = found.name[:200], found.cause
    session.flush()
    return theme
