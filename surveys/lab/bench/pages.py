"""Pages of a large company in the server: the same whether few answers are stored or millions."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import cycle
from random import Random

from flask import Flask
from sqlalchemy import text

from analysis.measures import ROOT_CAUSES
from surveys.lab.attacks.company import Company, add_account, visitor
from surveys.lab.bench.large import PAIRS, WAVES, add_answers, add_words, large_company
from surveys.lab.bench.result import Timed, percentile
from surveys.models.enums import Role
from surveys.operating.serving import parts_of, settle

#: milliseconds within which 95 of 100 pages are made
BARS = {"pair": 25.0, "map": 60.0, "themes": 60.0, "theme": 60.0}
ROUNDS = 60
#: how much slower a page may be with all answers than with a hundredth of them
GROWTH = 1.25
HR = "hr@example.org"
Took = dict[str, list[float]]


def pages(
    app: Flask, beside: AbstractContextManager[Flask], answers: int, rng: Random
) -> list[Timed]:
    """Time each page of a company with all `answers`, and of one with a hundredth of them.

    The two are alike but for that and are asked in turn, page by page, so that a noisy machine is
    noisy for both.
    """
    seed = rng.random()
    with beside as small:
        for one, count in ((app, answers), (small, answers // 100)):
            large_company(parts_of(one), Random(seed), ROOT_CAUSES)
            add_words(parts_of(one), Random(seed))
            add_account(Company(one, rng, {}, []), HR, Role.HR)
            add_answers(parts_of(one).engine, count)
            with parts_of(one).engine.begin() as connection:
                connection.execute(text("ANALYZE"))  # as a database does by itself in five years
        settle()
        took, few = _in_turn(app, small)
    with parts_of(app).engine.connect() as connection:
        stored = int(connection.execute(text("SELECT count(*) FROM answer")).scalar_one())
    results = []
    for name, bar in BARS.items():
        late, early = (1000 * percentile(times[name], 95) for times in (took, few))
        growth = percentile([a / b for a, b in zip(took[name], few[name], strict=True)], 50)
        results.append(
            Timed(f"{name} page, 95 of 100 within", f"{late:.0f} ms ({early:.0f})",
                  f"≤ {bar:.0f} ms", late <= bar)
        )  # fmt: skip
        results.append(
            Timed(f"{name} page beside that with few answers, median", f"{growth:.2f} ×",
                  f"≤ {GROWTH} ×", growth <= GROWTH)
        )  # fmt: skip
    what = f"answers stored (beside it: {answers // 100:,}); {2 * PAIRS} seams, {WAVES} months"
    return [*results, Timed(what, f"{stored:,}")]


def _in_turn(*apps: Flask) -> tuple[Took, ...]:
    clients = [visitor(Company(app, Random(0), {}, []), HR) for app in apps]
    found: tuple[Took, ...] = tuple({name: [] for name in BARS} for _app in apps)
    for name, paths in _paths(apps[0]).items():
        for turn in range(ROUNDS + 1):
            path = next(paths)
            for client, took in zip(clients, found, strict=True):
                begun = time.perf_counter()
                status = client.get(path).status_code
                if status != 200:
                    raise RuntimeError(f"{path} answered {status}")
                if turn:  # the first one makes the templates ready
                    took[name].append(time.perf_counter() - begun)
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
