"""Two measures that need made-up material: several themes in a comment, and months with events.

No open set labels several themes per comment or follows themes over months, so comments of
labelled sets are joined, and months are drawn from them with known events.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.themes.codebook import Codebook
from analysis.themes.coding import CodebookCoder
from analysis.themes.embedding import Embedder
from analysis.themes.model import ThemeModel
from analysis.themes.theme import Fate

MONTHS = 12
TOPICS = 7
PER_TOPIC = 30
NEW_IN, SPLIT_IN, MERGED_IN = 3, 6, 9
_SHOWN = {Fate.NEW, Fate.SPLIT, Fate.MERGED}


def several_themes(
    texts: Sequence[str],
    labels: Sequence[str],
    embedder: Embedder,
    seed: int = 0,
    given: int = 20,
) -> float:
    """Micro-F1 of the coder on comments of one or two themes.

    `given` texts per code are labels; of the others every second is joined with one of another
    code. The frame is the labels' names.
    """
    rng = random.Random(seed)
    order = rng.sample(range(len(texts)), len(texts))
    counts: Counter[str] = Counter()
    told: list[int] = []
    asked: list[int] = []
    for i in order:
        half = labels.count(labels[i]) // 2
        (told if counts[labels[i]] < min(given, half) else asked).append(i)
        counts[labels[i]] += 1
    mixed: list[tuple[str, set[str]]] = []
    while len(asked) > 2:
        one = asked.pop()
        other = next((j for j in asked if labels[j] != labels[one]), None)
        if len(mixed) % 2 and other is not None:
            asked.remove(other)
            mixed.append((f"{texts[one]}. {texts[other]}.", {labels[one], labels[other]}))
        else:
            mixed.append((texts[one], {labels[one]}))
    frame = Codebook.from_names(sorted(set(labels)))
    coder = CodebookCoder(frame, embedder).fit(
        [texts[i] for i in told] + [t for t, _ in mixed],
        [labels[i] for i in told] + [None] * len(mixed),
    )
    found = [set(codes) for codes in coder.predict_several([t for t, _ in mixed])]
    right = sum(len(f & truth) for f, (_, truth) in zip(found, mixed, strict=True))
    return 2 * right / (sum(map(len, found)) + sum(len(truth) for _, truth in mixed))


@dataclass
class Events:
    """Events that were told against those that were planted, and topics that kept their id."""

    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    asked: int = 0

    def f1(self) -> float:
        """F1 over all planted and told events."""
        total = sum(self.told.values()) + sum(self.planted.values())
        return 2 * sum(self.right.values()) / total if total else 1.0


def enough_for_months(labels: Sequence[str]) -> bool:
    """Whether a labelled set has topics enough for `months_with_events`."""
    return sum(n >= PER_TOPIC for n in Counter(labels).values()) > TOPICS


def months_with_events(
    texts: Sequence[str], labels: Sequence[str], embedder: Embedder, seed: int = 0
) -> Events:
    """Twelve months of seven topics in which one arrives, one parts in two, and two become one.

    Parting: half of a topic's comments come from the most similar unused topic; becoming one:
    all comments of two topics speak of both. An event counts as found if a theme of its topics
    says so in its month or the next.
    """
    rng = random.Random(seed)
    pool = {y: [t for t, z in zip(texts, labels, strict=True) if z == y] for y in sorted({*labels})}
    names = [y for y in sorted(pool) if len(pool[y]) >= PER_TOPIC]
    topics = rng.sample(names, TOPICS)
    near = _nearest_unused(topics[0], [y for y in names if y not in topics], pool, embedder)
    plan = {
        NEW_IN: ("new", {topics[-1]}),
        SPLIT_IN: ("split", {topics[0], near}),
        MERGED_IN: ("merged", {topics[1], topics[2]}),
    }
    model, out = ThemeModel(embedder=embedder, random_state=seed), Events()
    home: dict[str, int] = {}
    open_events: dict[int, tuple[str, set[str]]] = {}
    for month in range(MONTHS):
        drawn = _draw(month, topics, near, pool, rng)
        model.update([t for t, _ in drawn])
        said = _homes(model, [y for _, y in drawn])
        for topic in topics[3 : TOPICS - 1]:  # those that nothing happens to
            mine = max(said, key=lambda theme: said[theme][topic])
            out.asked += topic in home
            out.kept += home.setdefault(topic, mine) == mine
        open_events = {m: e for m, e in plan.items() if m <= month <= m + 1}
        if month in plan:
            out.planted[plan[month][0]] += 1
        _compare(model, said, open_events, out, first=month == 0)
        for m in [m for m in plan if m == month - 1]:
            del plan[m]
    out.kept -= TOPICS - 4
    return out


def _compare(
    model: ThemeModel,
    said: dict[int, Counter[str]],
    events: dict[int, tuple[str, set[str]]],
    out: Events,
    first: bool,
) -> None:
    """Count what this month's changes tell; a parting told as something new is found too."""
    for change in () if first else model.changes_:
        if change.fate not in _SHOWN or change.theme not in said:
            continue
        if change.fate is Fate.SPLIT and change.before > 0:
            continue  # the parent of a parting tells the same event as its child
        topics = {y for y, _ in said[change.theme].most_common(1)}
        hit = next((k for k, e in events.items() if _tells(change.fate, *e, topics)), None)
        if hit is None:
            out.told["false"] += 1
        elif out.right[events[hit][0]] < out.planted[events[hit][0]]:
            out.told[events[hit][0]] += 1
            out.right[events[hit][0]] += 1


def _tells(fate: Fate, kind: str, concerned: set[str], topics: set[str]) -> bool:
    same = {"new": {Fate.NEW}, "split": {Fate.NEW, Fate.SPLIT}, "merged": {Fate.MERGED}}[kind]
    return fate in same and bool(topics & concerned)


def _draw(
    month: int, topics: list[str], near: str, pool: dict[str, list[str]], rng: random.Random
) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for topic in topics if month >= NEW_IN else topics[:-1]:
        for text in rng.sample(pool[topic], PER_TOPIC):
            label = topic
            if topic == topics[0] and month >= SPLIT_IN and len(out) % 2:
                text, label = rng.choice(pool[near]), near
            elif topic in topics[1:3] and month >= MERGED_IN:
                other = topics[2] if topic == topics[1] else topics[1]
                text = f"{text} {rng.choice(pool[other])}"
            out.append((text, label))
    return out


def _homes(model: ThemeModel, truth: Sequence[str]) -> dict[int, Counter[str]]:
    """Theme id → how many texts of each topic are in it."""
    out: dict[int, Counter[str]] = {}
    for label, topic in zip(model.labels_, truth, strict=True):
        if label >= 0:
            out.setdefault(model.themes_[label].id, Counter())[topic] += 1
    return out


def _nearest_unused(
    topic: str, others: list[str], pool: dict[str, list[str]], embedder: Embedder
) -> str:
    centre = {y: embedder.embed(pool[y]).mean(axis=0) for y in [topic, *others]}
    middle = np.mean(list(centre.values()), axis=0)
    unit = {y: (c - middle) / np.linalg.norm(c - middle) for y, c in centre.items()}
    return max(others, key=lambda y: (round(float(unit[y] @ unit[topic]), 4), y))
