"""Themes of a wave: the engine reads the comments, the release rule says what of it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Base
from analysis.measures import Cause
from analysis.themes import ThemeModel
from analysis.themes.codebook import OTHER
from analysis.themes.embedders import EMBEDDERS
from analysis.themes.embedding import Embedder
from analysis.themes.quotes import pick_quotes
from analysis.themes.sensitive import sensitive_kinds
from analysis.themes.theme import Theme as EngineTheme
from analysis.themes.tone import is_praise
from surveys.models.ballots import Comment
from surveys.models.enums import ThemeKind, Tone
from surveys.models.pulses import Wave
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, ReadableComment, Theme, ThemeComment, ThemeMemory
from surveys.publishing.correcting import apply_corrections, keep_pins, note_outcomes, waiting
from surveys.publishing.persons import (
    change_word,
    tone_word,
)
from surveys.publishing.theme_memory import GENERATION, Pair, codebook, embedder_of, remembered
from surveys.publishing.voices import PairComments, bands_of, comments_for_themes, split_by_side

QUOTES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A theme as found this month: which of the comments are its own."""

    kind: ThemeKind
    label: str
    name: str
    cause: Cause | None
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme that may be shown: bands, tones and quotes by side, or under None for the pair.

    `keys`: its comments, where HR may read them.
    """

    found: Found
    bands: dict[int | None, str]
    tones: dict[int | None, Tone | None]
    quotes: dict[int | None, list[Comment]]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairThemes:
    """What one pair's comments gave: the engine's memory, and what may be shown.

    `readable`: the comments that HR may read, with why one should be read first. `outcomes`: what
    became of HR's corrections.
    """

    pair: Pair
    state: dict[str, Any]
    shown: list[ShownTheme]
    readable: dict[str, str]
    outcomes: dict[int, str | None]


def read_themes(
    session: Session, wave: Wave, bases: dict[Pair, Base], embedder: str = EMBEDDERS[0]
) -> list[PairThemes]:
    """Let the engine read the comments of every pair; `bases` by seam. Writes nothing.

    Raises EmbedderNotInstalledError for an embedder whose extra is missing.
    """
    pairs = sorted((a, b) for a, b in bases if a < b and (b, a) in bases)
    found = []
    for pair in pairs:
        said = comments_for_themes(session, wave, pair, (bases[pair], bases[pair[::-1]]))
        if said.comments:
            found.append(_read_pair(session, pair, said, embedder_of(embedder)))
    return found


def add_themes(session: Session, stored: Release, themes: list[PairThemes]) -> None:
    """Store what `read_themes` found."""
    for one in themes:
        memory = session.get(ThemeMemory, one.pair)
        if memory is None:
            memory = ThemeMemory(team_a_id=one.pair[0], team_b_id=one.pair[1])
            session.add(memory)
        memory.state = one.state
        note_outcomes(session, stored.number, one.outcomes)
        for key, why in one.readable.items():
            session.add(ReadableComment(comment_key=key, wave_id=stored.wave_id, sensitive=why))
        for shown in one.shown:
            theme = _theme(session, one.pair, shown.found)
            for side, band in shown.bands.items():
                _store(session, stored, theme, side, band, shown.tones[side])
            for key in shown.keys:
                session.add(ThemeComment(theme_id=theme.id, comment_key=key, release_id=stored.id))
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


def _read_pair(session: Session, pair: Pair, said: PairComments, embedder: Embedder) -> PairThemes:
    model, generation = remembered(session, pair, embedder)
    told = waiting(session, pair, generation)
    outcomes = apply_corrections(model, told, after=False)
    keep_pins(session, model, pair, generation)
    texts = [comment.text for comment in said.comments]
    # Praise is not friction: it is one theme of its own, and never a voice in another.
    praise = tuple(i for i, text in enumerate(texts) if is_praise(text))
    rest = [i for i in range(len(texts)) if i not in praise]
    model.update([texts[i] for i in rest])
    outcomes |= apply_corrections(model, told, after=True)
    shown = []
    for found in (*_causes(model, rest), *_found(model, rest, generation), _praise(praise)):
        sides = split_by_side(said, found.members)
        bands = bands_of(said, sides)
        # Quotes only of what is shown, as it is shown.
        own = {**sides, None: list(found.members)}
        quotes = (
            {side: _best(said, own[side], embedder) for side in bands}
            if said.voices.readable
            else {}
        )
        if bands:
            tones = {
                side: tone_word([said.comments[i] for i in own[side]], said.rule) for side in bands
            }
            keys = [said.comments[i].key for i in found.members] if said.voices.readable else []
            shown.append(ShownTheme(found, bands, tones, quotes, tuple(keys)))
    readable = {c.key: " ".join(sensitive_kinds(c.text)) for c in said.comments}
    state = model.state() | {GENERATION: generation}
    return PairThemes(pair, state, shown, readable if said.voices.readable else {}, outcomes)


def _best(said: PairComments, members: list[int], embedder: Embedder) -> list[Comment]:
    own = [said.comments[i] for i in members]
    texts = [comment.text for comment in own]
    rows = embedder.embed(texts)
    length = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return [own[i] for i in pick_quotes(texts, rows / length, QUOTES)]


def _causes(model: ThemeModel, rest: list[int]) -> list[Found]:
    codes = sorted({c for c in model.causes_ if c is not None and c != OTHER})
    names = {code.code: code.name for code in codebook().codes}
    return [
        Found(
            ThemeKind.CAUSE,
            code,
            names[code],
            Cause(code),
            _members(rest, (c == code for c in model.causes_)),
        )
        for code in codes
    ]


def _found(model: ThemeModel, rest: list[int], generation: int) -> list[Found]:
    # A model that began anew counts from one again: its themes are not the ones of before.
    prefix = f"{generation}." if generation else ""
    return [
        Found(
            ThemeKind.FOUND,
            f"{prefix}{theme.id}",
            _safe_name(theme),
            Cause(theme.cause) if theme.cause else None,
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
    return Found(ThemeKind.PRAISE, "praise", "What goes well", None, members)


def _members(rest: list[int], mask: Iterable[bool]) -> tuple[int, ...]:
    return tuple(i for i, belongs in zip(rest, mask, strict=True) if belongs)


def _store(
    session: Session, stored: Release, theme: Theme, side: int | None, band: str, tone: Tone | None
) -> None:
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
            tone=tone,
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
