"""`tribometer bench speed`: every figure of docs/performance.md, measured again by anybody."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random

import click
from flask import Flask
from sqlalchemy import make_url, text

from surveys.commands import AppFactory
from surveys.database import make_engine
from surveys.lab.attacks.command import fresh
from surveys.lab.bench.answers import answers
from surveys.lab.bench.capacity import Rates, needs
from surveys.lab.bench.capacity import table as capacity_table
from surveys.lab.bench.closing import closing
from surveys.lab.bench.mailing import mailing
from surveys.lab.bench.pages import pages
from surveys.lab.bench.result import Timed, table
from surveys.lab.bench.starting import starting
from surveys.progress import progress_bar

#: app, a second installation of the same kind, rng, whether quick
Measure = Callable[[Flask, AbstractContextManager[Flask], Random, bool], list[Timed]]
SECOND = "beside"
SIZES = (2_000, 20_000, 50_000, 200_000)
PARTS: dict[str, Measure] = {
    "start": lambda app, _beside, _rng, _quick: starting(app),
    "answers": lambda app, _beside, rng, quick: answers(app, 40 if quick else 400, rng),
    "pages": lambda app, beside, rng, quick: pages(
        app, beside, 1_200_000 if quick else 5_000_000, rng
    ),
    "mails": lambda app, _beside, rng, quick: mailing(app, 400 if quick else 10_000, rng),
    "closing": lambda app, _beside, rng, quick: (
        closing(app, 600, 36, rng) if quick else closing(app, 20_000, 200, rng)
    ),
}


@click.command("speed")
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--database", default="", help="An empty PostgreSQL database; else SQLite.")
@click.option("--quick", is_flag=True, help="Small sizes: shows that it works, says little.")
@click.option("--seed", default=20261124, show_default=True, help="Seed of all random draws.")
@click.pass_obj
def bench_speed(
    create_app: AppFactory, parts: tuple[str, ...], database: str, quick: bool, seed: int
) -> None:
    """Time PARTS (all of them if none is named) on throwaway installations.

    Bars are of the design and meant for the full size. Exits with status 1 if one is missed.
    """
    results: list[Timed] = []
    chosen = parts or tuple(PARTS)
    with progress_bar() as progress:
        for number, name in enumerate(chosen):
            progress(name, number, len(chosen))
            with fresh(create_app, database) as app:
                beside = fresh(create_app, _schema_of_its_own(database))
                results += PARTS[name](app, beside, Random(seed), quick)
        progress("Done", 1, 1)
    click.echo(table(results))
    click.echo(f"\n{'PostgreSQL' if database else 'SQLite'}, {'quick' if quick else 'full'} size.")
    if any(result.reached is False for result in results):
        sys.exit(1)


def _schema_of_its_own(database: str) -> str:
    """The address of a second place in a PostgreSQL database, which is made; "" for SQLite."""
    if not database:
        return ""
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SECOND}"))
    engine.dispose()
    url = make_url(database).update_query_dict({"options": f"-csearch_path={SECOND}"})
    return url.render_as_string(hide_password=False)


@click.command("capacity")
@click.option("--answer-ms", required=True, type=float, help="Core time of an answer.")
@click.option("--mail-ms", required=True, type=float, help="Time of one worker for a mail.")
@click.option("--closing-s", required=True, type=float, help="Closing and publishing took so long…")
@click.option("--closed", default=20_000, show_default=True, help="…for so many ballots.")
@click.option("--seed", default=20261124, show_default=True, help="Seed of all random draws.")
def bench_capacity(
    answer_ms: float, mail_ms: float, closing_s: float, closed: int, seed: int
) -> None:
    """What 2,000 to 200,000 staff need, by the rates that `bench speed` measured."""
    rates = Rates(answer_ms / 1000, mail_ms / 1000, closing_s, closed)
    click.echo(capacity_table([needs(staff, rates, Random(seed)) for staff in SIZES]))
