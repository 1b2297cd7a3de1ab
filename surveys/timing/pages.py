"""Pages of a large company in the server: the same whether few answers are stored or millions."""

import time
from collections.abc import Iterator
from itertools import cycle
from random import Random

from flask import Flask
from sqlalchemy import text

from surveys.attacking.company import Company, add_account, visitor
from surveys.serving import parts_of
from surveys.timing.large import CAUSES, PAIRS, WAVES, add_answers, large_company
from surveys.timing.result import Timed, percentile

#: milliseconds within which 95 of 100 pages are made
BARS = {"pair": 25.0, "map": 60.0, "themes": 60.0, "theme": 60.0}
ROUNDS = 60
#: how much slower a page may be with all answers than with a hundredth of them
GROWTH = 1.25
HR = "hr@example.org"


def pages(app: Flask, answers: int, dice: Random) -> list[Timed]:
    """Time each page with a hundredth of `answers` stored, then with all of them."""
    installed = parts_of(app)
    large_company(installed, dice, CAUSES)
    add_account(Company(app, dice, {}, []), HR, "hr")
    few = answers // 100
    add_answers(installed.engine, few)
    before = _all(app)
    with installed.engine.begin() as connection:
        connection.execute(text("DELETE FROM answer"))
    add_answers(installed.engine, answers)
    after = _all(app)
    with installed.engine.connect() as connection:
        stored = int(connection.execute(text("SELECT count(*) FROM answer")).scalar_one())
    results = []
    for name, bar in BARS.items():
        late, early = percentile(after[name], 95), percentile(before[name], 95)
        half = percentile(after[name], 50) / percentile(before[name], 50)
        results.append(
            Timed(f"{name} page, 95 of 100 within", f"{1000 * late:.0f} ms ({1000 * early:.0f})",
                  f"≤ {bar:.0f} ms", 1000 * late <= bar)
        )  # fmt: skip
        results.append(
            Timed(f"{name} page, median beside that with few answers", f"{half:.2f} ×",
                  f"≤ {GROWTH} ×", half <= GROWTH)
        )  # fmt: skip
    what = f"answers stored (before: {few:,}); {2 * PAIRS} seams, {WAVES} months"
    return [*results, Timed(what, f"{stored:,}")]


def _all(app: Flask) -> dict[str, list[float]]:
    client = visitor(Company(app, Random(0), {}, []), HR)
    found: dict[str, list[float]] = {}
    for name, paths in _paths(app).items():
        client.get(next(paths))
        took = []
        for _round in range(ROUNDS):
            path = next(paths)
            begun = time.perf_counter()
            status = client.get(path).status_code
            took.append(time.perf_counter() - begun)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
        found[name] = took
    return found


def _paths(app: Flask) -> dict[str, Iterator[str]]:
    with parts_of(app).engine.connect() as connection:
        pairs = connection.execute(text("SELECT DISTINCT team_a_id, team_b_id FROM theme")).all()
        themes = connection.execute(text("SELECT id FROM theme")).scalars().all()
    return {
        "pair": cycle(f"/pairs/{a}/{b}" for a, b in pairs),
        "map": cycle(["/pairs"]),
        "themes": cycle(["/hr/themes"]),
        "theme": cycle(f"/hr/themes/{theme}" for theme in themes),
    }
