"""From remembered themes and one month to what readers see: themes, memberships, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.themes.codebook import OTHER
from analysis.themes.features import Features
from analysis.themes.month import Month
from analysis.themes.naming import best_quote, distinctive_phrases, shortened, theme_name
from analysis.themes.quotes import pick_quotes
from analysis.themes.theme import Change, Fate, Memory, Theme, Why
from analysis.themes.words import stem, tokens

FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]
IntArray = NDArray[np.int64]

REPRESENTATIVES = 8
COHERENT = 0.03  # mean cosine under which texts without a common phrase are leftovers
QUOTES_READ = 5
PRIMARY_SHARE = 0.5  # the whole text's theme weighs as much as all its segments' own


def name_themes(
    month: Month, memories: Sequence[Memory], features: Features
) -> dict[int, tuple[str, ...]]:
    """Phrases of each theme present; gives a name to memories that have none yet."""
    present = [m for m in memories if np.any(month.ids == m.id)]
    groups = [[month.quiet[i] for i in np.flatnonzero(month.ids == m.id)] for m in present]

    def nearness(number: int, phrases: list[str]) -> list[float]:
        return [float(x) for x in features.transform(phrases) @ present[number].centre]

    phrases = distinctive_phrases(groups, nearness=nearness)
    taken = [m.name for m in memories if m.name]
    shown = {}
    for memory, group, words in zip(present, groups, phrases, strict=True):
        rows = month.rows[month.ids == memory.id]
        quote = ""
        if not words and (memory.cause or closeness_within(rows) >= COHERENT):
            quote = best_quote([group[i] for i in pick_quotes(group, rows, QUOTES_READ)])
        if not memory.name:
            memory.name = theme_name(words, quote, taken)
            taken.append(memory.name)
        shown[memory.id] = tuple(words) or tuple(filter(None, [shortened(quote)]))
    return shown


def closeness_within(rows: FloatArray) -> float:
    """Mean cosine of unit rows (n, d) with each other; 1 for a single one."""
    n = len(rows)
    total = rows.sum(axis=0, dtype=np.float64)
    return 1.0 if n < 2 else round((float(total @ total) - n) / (n * (n - 1)), 4)


def cause_of(month: Month, theme_id: int) -> str | None:
    """The code that a theme's texts say most, by mean probability; None for "other"."""
    if month.codes is None:
        return None
    mean = month.codes[month.ids == theme_id].mean(axis=0)
    best = month.code_names[int(np.argmax(np.round(mean, 6)))]
    return None if best == OTHER else best


def theme_views(
    month: Month,
    memories: Sequence[Memory],
    phrases: Mapping[int, tuple[str, ...]],
    changes: Sequence[Change],
    tones: Sequence[float | None],
) -> list[Theme]:
    """The themes of a month, largest first (equal sizes: older first)."""
    fates = {c.theme: c.fate for c in changes}
    views = []
    per_text = np.full(len(month.texts), -1, dtype=np.int64)
    spoken = month.place >= 0
    per_text[spoken] = month.ids[month.place[spoken]]
    for memory in memories:
        mine = np.flatnonzero(per_text == memory.id)
        if not len(mine):
            continue
        rows = month.rows[month.place[mine]]
        chosen = pick_quotes([month.texts[i] for i in mine], rows, REPRESENTATIVES)
        known = [t for t in (tones[int(i)] for i in mine) if t is not None]
        views.append(
            Theme(
                id=memory.id,
                name=memory.given_name or memory.name,
                phrases=phrases.get(memory.id, ()),
                size=len(mine),
                representatives=tuple(int(mine[i]) for i in chosen),
                cause=memory.cause,
                tone=round(float(np.mean(known)), 3) if known else None,
                fate=fates.get(memory.id, Fate.SAME),
                pinned=memory.pinned,
                dismissed=memory.dismissed,
            )
        )
    return sorted(views, key=lambda t: (-t.size, t.id))


def memberships(month: Month, memories: Sequence[Memory], themes: Sequence[Theme]) -> Floats:
    """(n, themes): half the whole text's theme, half where its segments lie; rows sum to 1."""
    position = {t.id: j for j, t in enumerate(themes)}
    centres = {m.id: m.centre for m in memories}
    out = np.zeros((len(month.texts), len(themes)))
    if not themes:
        return out
    stacked = np.stack([centres[t.id] for t in themes])
    nearest = np.argmax(np.round(month.unit_rows @ stacked.T, 4), axis=1)
    whole = np.zeros((len(month.unique), len(themes)))
    whole[np.arange(len(whole)), [position[int(i)] for i in month.ids]] = 1.0
    parts = month.corpus.pool(np.eye(len(themes))[nearest])
    single = np.bincount(month.corpus.owner, minlength=len(whole)) == 1
    parts[single] = whole[single]
    mixed = PRIMARY_SHARE * whole + (1 - PRIMARY_SHARE) * parts
    spoken = month.place >= 0
    out[spoken] = mixed[month.place[spoken]]
    return out


def explain(month: Month, themes: Sequence[Theme], labels: IntArray, index: int) -> Why:
    """Why text `index` is in its theme."""
    label = int(labels[index])
    if label < 0:
        return Why(None, "", (), (), False, None)
    theme = themes[label]
    said = {stem(t) for t in tokens(month.texts[index])}
    words = tuple(p for p in theme.phrases if {stem(t) for t in tokens(p)} <= said)
    place = int(month.place[index])
    mates = np.flatnonzero((labels == label) & (month.place != place))
    similar = np.round(month.rows[month.place[mates]] @ month.rows[place], 3)
    order = np.argsort(-similar, kind="stable")[:3]
    return Why(
        theme=theme.id,
        name=theme.name,
        similar=tuple((int(mates[i]), float(similar[i])) for i in order),
        words=words,
        moved=bool(month.moved[place]),
        cause=theme.cause,
    )
