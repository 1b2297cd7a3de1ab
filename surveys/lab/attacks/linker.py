"""Attack 1: match people with answers by every order that a copy of the database gives.

The attacker stood at the door: knows who answered in which order, kept a copy from the middle of
the wave, and has another from after it. Only who gave which answer is to be found out. Guessed is
by position: the third who answered wrote the third row.
"""

import json
from dataclasses import dataclass
from math import exp
from random import Random
from typing import Any

import numpy as np
from flask import Flask
from numpy.typing import NDArray
from sqlalchemy import text

from surveys.answering import tokens
from surveys.answering.sealing import Ballot
from surveys.lab.attacks.company import (
    Company,
    cast,
    codes_of,
    end,
    found_company,
    number_of,
    numbered,
    open_next,
)
from surveys.lab.attacks.result import AttackResult, within_chance
from surveys.lab.attacks.traces import Traces, traces_of
from surveys.models.pulses import Wave

NAME = "linker"
TEAMS = ("North", "South", "East", "West")
ALPHA = 0.00135  # what lies above three standard deviations

#: how often the rows are given to anybody, to see what chance gives
BLIND = 200
Numbers = NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Played:
    """The wave in the middle: what the attacker knows already, as orders of people."""

    company: Company
    wave: Wave
    people: dict[int, str]
    known: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Way:
    """A known order of people and an order of rows (as whose they are), one beside the other."""

    name: str
    known: Numbers
    rows: Numbers


def link(app: Flask, people: int, rng: Random) -> AttackResult:
    """Let `people` answer in a random order, close, and try every trace against every other."""
    played = play(app, people, rng)
    end(played.company, played.wave)
    return match(played)


def play(app: Flask, people: int, rng: Random) -> Played:
    """People of four teams answer in a random order; the attacker takes the first copy."""
    sizes = dict.fromkeys(TEAMS, people // len(TEAMS))
    pairs = [("North", "South"), ("East", "West")]
    company = found_company(app, sizes, pairs, rng)
    partner = {a: b for one, two in pairs for a, b in ((one, two), (two, one))}
    wave = open_next(company)
    codes = codes_of(company, wave)
    numbers = {m.email: n for n, m in enumerate(company.members)}
    order = list(company.members)
    rng.shuffle(order)
    boxes = {}
    for who in order:
        n = numbers[who.email]
        said = {"O1": f"{mark(n)} " + "word " * rng.randrange(60)}
        part = numbered(n, company.teams[partner[who.team]], said)
        receipt = cast(company, wave, codes[who.email], Ballot(company.teams[who.team], (part,)))
        boxes[tokens.box_key(receipt)] = n
    invited = _invited(company, wave, numbers)
    engine = company.installed.engine
    known = {"seen at the door": [numbers[who.email] for who in order]}
    for name, keys in traces_of(engine, "ballot_box", "box_key", wave.id).items():
        known[f"box {name}"] = [boxes[key] for key in keys]
    for name, keys in traces_of(engine, "invitation", "token_hash", wave.id).items():
        known[f"invitation {name}"] = [invited[key] for key in keys]
    known |= _sizes(company, boxes)
    return Played(company, wave, {numbers[m.email]: m.team for m in order}, known)


def match(played: Played) -> AttackResult:
    """Guess by every pair of orders; passes if all together and the best stay within chance."""
    company, wave = played.company, played.wave
    group = {n: company.teams[team] for n, team in played.people.items()}
    known = {**played.known, **_invited_after(played)}
    answers = _rows_of(company, wave, "answer", "scores", _by_scores)
    comments = _rows_of(company, wave, "comment", "text", _by_mark)
    ways = [*_ways(known, answers, group), *_ways({**known, **answers}, comments, group)]
    hits = [int((way.known == way.rows).sum()) for way in ways]
    blind = [_blind(ways, group, company.rng) for _ in range(BLIND)]
    best = max(range(len(ways)), key=hits.__getitem__)
    fine = (
        within_chance(sum(hits), float(np.mean(blind)), float(np.var(blind)))
        and hits[best] <= most_by_chance(len(set(group.values())), len(ways))
    )  # fmt: skip
    says = f"{len(ways)} pairs of orders; best {hits[best]} of {len(group)} ({ways[best].name})"
    tries = len(ways) * len(group)
    return AttackResult(NAME, tries, sum(hits), float(np.mean(blind)), fine, says)


def _ways(
    known: dict[str, list[int]], rows: dict[str, list[int]], group: dict[int, int]
) -> list[Way]:
    """Every known order against every order of rows, forwards and backwards."""
    return [
        Way(f"{name} → {row_name}", _in_groups(order, group), _in_groups(row_order[::step], group))
        for row_name, row_order in rows.items()
        for name, order in known.items()
        for step in (1, -1)
    ]


def _in_groups(order: list[int], group: dict[int, int]) -> Numbers:
    """Group after group: the attacker knows of each row which team wrote it."""
    return np.array(sorted(order, key=group.__getitem__))


def _blind(ways: list[Way], group: dict[int, int], rng: Random) -> int:
    """Hits if the rows were anybody's of the same team: what chance gives these very orders."""
    people = sorted(group, key=group.__getitem__)
    mixed = sorted(rng.sample(people, len(people)), key=group.__getitem__)
    other = np.zeros(max(people) + 1, dtype=int)
    other[people] = mixed
    return sum(int((way.known == other[way.rows]).sum()) for way in ways)


def mark(number: int) -> str:
    """A word for a number that no redaction takes for a telephone."""
    letters = "bcdfghklmn"
    return "zq" + "".join(letters[int(digit)] for digit in f"{number:05d}")


def most_by_chance(mean: float, ways: int) -> int:
    """The most hits of one way that blind guessing has in `ways` ways (Poisson, 3σ over all)."""
    term = total = exp(-mean)
    count = 0
    while ways * (1 - total) > ALPHA:
        count += 1
        term *= mean / count
        total += term
    return count


def _invited(company: Company, wave: Wave, numbers: dict[str, int]) -> dict[str, int]:
    query = (
        "SELECT i.token_hash, p.email FROM invitation i JOIN person p ON p.id = i.person_id "
        f"WHERE i.wave_id = {wave.id}"
    )
    with company.installed.engine.connect() as connection:
        return {row[0]: numbers[row[1]] for row in connection.execute(text(query))}


def _invited_after(played: Played) -> dict[str, list[int]]:
    company, wave = played.company, played.wave
    numbers = {m.email: n for n, m in enumerate(company.members)}
    invited = _invited(company, wave, numbers)
    traces = traces_of(company.installed.engine, "invitation", "token_hash", wave.id)
    return {
        f"invitation {name} after": [invited[key] for key in keys] for name, keys in traces.items()
    }


def _sizes(company: Company, boxes: dict[str, int]) -> dict[str, list[int]]:
    """The order of the ballots' lengths, unless all have one length."""
    query = "SELECT box_key, length(ciphertext) AS size FROM ballot_box ORDER BY size"
    with company.installed.engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    sizes = {row[1] for row in rows}
    return {"box sizes": [boxes[row[0]] for row in rows]} if len(sizes) > 1 else {}


def _rows_of(
    company: Company, wave: Wave, table: str, column: str, read: Any
) -> dict[str, list[int]]:
    engine = company.installed.engine
    query = f"SELECT key, {column} FROM {table} WHERE wave_id = {wave.id}"
    with engine.connect() as connection:
        owner = {str(key): read(value) for key, value in connection.execute(text(query))}
    traces: Traces = traces_of(engine, table, "key", wave.id)
    return {f"{table} {name}": [owner[key] for key in keys] for name, keys in traces.items()}


def _by_scores(value: Any) -> int:
    return number_of(json.loads(value) if isinstance(value, str) else value)


def _by_mark(value: str) -> int:
    letters = value.split()[0].removeprefix("zq")
    return int("".join(str("bcdfghklmn".index(letter)) for letter in letters))
