"""The bench measures what it says: every part runs small, and the simulation fits the textbook."""

from random import Random

import pytest
from click.testing import CliRunner

from app import create_app
from surveys.commands import cli
from surveys.lab.bench.capacity import Rates, arrivals, needs, waits
from surveys.lab.bench.result import Timed, percentile, table


@pytest.mark.parametrize("part", ["start", "mails", "closing"])
def test_each_part_runs_and_says_what_it_measured(part: str) -> None:
    done = CliRunner().invoke(cli, ["bench", "speed", "--quick", part], obj=create_app)
    assert done.exit_code in (0, 1), done.output
    assert "SQLite, quick size." in done.output
    said = {
        "start": "start to the first answer",
        "mails": "404 and 404",
        "closing": "600 ballots, 30 seams, 600 comments",
    }
    assert said[part] in done.output


def test_a_missed_bar_is_said_and_counted() -> None:
    said = table([Timed("slow", "9 s", "≤ 3 s", reached=False), Timed("size", "1 KB")])
    assert said.splitlines()[0].startswith("MISSED")
    assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], 50) == 3.0


def test_one_core_waits_as_the_formula_for_one_server_says() -> None:
    """M/D/1: mean wait in the queue = rho * service / (2 (1 - rho)) (Pollaczek-Khinchine)."""
    rng, service, rho = Random(1), 1.0, 0.6
    now, times = 0.0, []
    for _n in range(200_000):
        now += rng.expovariate(rho / service)
        times.append(now)
    took = sorted(_all(times, service))
    mean = sum(took) / len(took) - service
    assert mean == pytest.approx(rho * service / (2 * (1 - rho)), rel=0.05)
    assert waits(times, service, 1) == pytest.approx(took[int(0.99 * (len(took) - 1))])


def _all(times: list[float], service: float) -> list[float]:
    free, took = 0.0, []
    for arrived in times:
        free = max(arrived, free) + service
        took.append(free - arrived)
    return took


def test_half_of_the_last_hour_comes_in_its_last_ten_minutes() -> None:
    times = arrivals(10_000, Random(2))
    assert sum(t >= 3000 for t in times) == 5000
    assert times == sorted(times)


def test_more_people_need_more() -> None:
    rates = Rates(answer=0.1, mail=0.006, closing=120.0, closed=20_000)
    small, large = needs(2_000, rates, Random(3)), needs(200_000, rates, Random(3))
    assert small.cores == 1
    assert large.cores > small.cores
    assert large.slowest <= 3.0
    assert large.mail_workers == 1
    assert large.closing == pytest.approx(120.0 * 200_000 * 0.75 / 20_000)
    with pytest.raises(ValueError, match="too few"):
        needs(200_000, Rates(10.0, 0.006, 120.0, 20_000), Random(3))
