"""`tribometer attack`: attack a throwaway organisation, or look at a real one."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click
from flask import Flask
from sqlalchemy import Engine, MetaData, inspect

from surveys.commands import AppFactory
from surveys.database import make_engine
from surveys.errors import SettingsError
from surveys.lab.attacks import (
    canary,
    crash_monkey,
    differencer,
    linker,
    log_joiner,
    matrix,
    rush,
    schema_police,
    small_groups,
    stuffer,
    text_leaker,
)
from surveys.lab.attacks.inspecting import inspect_installation
from surveys.lab.attacks.result import AttackResult, table
from surveys.operating.serving import open_installation, parts_of
from surveys.progress import progress_bar
from surveys.settings import Settings

ROUNDS = 20
LOGGED = 30
GUESSES = 500
MIN_PEOPLE = 40
RUSH, CONCURRENCY = 10_000, 16

Attack = Callable[[Flask, Random], AttackResult]


@click.command()
@click.option("--database", default="", help="An empty PostgreSQL database to attack; else SQLite.")
@click.option("--people", default=200, show_default=True, help="How many answer for the linker.")
@click.option("--seed", type=int, help="Seed of the attackers' rng, to repeat a run.")
@click.option("--quick", is_flag=True, help="Fewer rounds and months.")
@click.option(
    "--instance",
    type=click.Path(path_type=Path),
    help="Only look at this installation, without changing it.",
)
@click.pass_obj
def attack(
    create_app: AppFactory,
    database: str,
    people: int,
    seed: int | None,
    quick: bool,
    instance: Path | None,
) -> None:
    """Attack the promise to those who answer, and print what came of it.

    A throwaway organisation is played with this very software in a temporary folder. Exits with
    status 1 if an attack succeeded. The linker guesses: once in some four hundred runs chance alone
    takes it beyond three standard deviations, and a second run tells.
    """
    if instance is not None:
        results = inspect_installation(Settings.read(instance, database=database or None))
        click.echo(table(results))
    else:
        if people < MIN_PEOPLE:
            raise SettingsError(
                f"At least {MIN_PEOPLE} people are needed to tell chance from success."
            )
        seed = secrets.randbelow(10**6) if seed is None else seed
        results = run_all(create_app, database, attacks(people, quick), seed)
        kind = "PostgreSQL" if database else "SQLite"
        click.echo(f"{table(results)}\n\n{kind}, seed {seed}.")
    if not all(result.passed for result in results):
        sys.exit(1)


def attacks(people: int, quick: bool) -> dict[str, Attack]:
    """The ten, each with its size, and the last minute before the close."""
    return {
        linker.NAME: lambda app, rng: linker.link(app, people, rng),
        schema_police.NAME: lambda app, _rng: schema_police.police(parts_of(app).engine),
        canary.NAME: canary.scan,
        log_joiner.NAME: lambda app, rng: log_joiner.join(app, 8 if quick else LOGGED, rng),
        differencer.NAME: lambda app, rng: differencer.difference(app, rng, 4 if quick else 12),
        small_groups.NAME: small_groups.small,
        stuffer.NAME: lambda app, rng: stuffer.stuff(app, 50 if quick else GUESSES, rng),
        matrix.NAME: matrix.knock,
        text_leaker.NAME: text_leaker.leak,
        crash_monkey.NAME: lambda app, rng: crash_monkey.crash(app, 2 if quick else ROUNDS, rng),
        rush.NAME: lambda app, rng: rush.rush(app, 200 if quick else RUSH, CONCURRENCY, rng),
    }


def run_all(
    create_app: AppFactory, database: str, chosen: dict[str, Attack], seed: int
) -> list[AttackResult]:
    """Run each attack on ground of its own; raises SettingsError for a database in use."""
    if database:
        _refuse_full(database)
    results = []
    with progress_bar() as progress:
        for number, (name, one) in enumerate(chosen.items()):
            progress(f"Attack {number + 1}: {name}", number, len(chosen))
            with fresh(create_app, database) as app:
                results.append(one(app, Random(seed + number)))
        progress("Done", len(chosen), len(chosen))
    return results


@contextmanager
def fresh(create_app: AppFactory, database: str) -> Iterator[Flask]:
    """An app on an empty installation in a temporary folder, or on the given database."""
    with TemporaryDirectory(prefix="tribometer-attack-") as folder:
        # The environment may name a real database or mail server: an attack never touches those.
        settings = Settings.read(
            Path(folder) / "instance",
            environ={},
            database=database or None,
            base_url="http://localhost",
        )
        app = open_installation(create_app, settings)
        installed = parts_of(app)
        try:
            yield app
        finally:
            if database:
                _empty(installed.engine)
            installed.engine.dispose()
            installed.jobs.huey.storage.close()


def _refuse_full(database: str) -> None:
    engine = make_engine(database)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    if tables:
        raise SettingsError(
            "This database holds tables already. Give an empty one: it is filled and emptied again."
        )


def _empty(engine: Engine) -> None:
    everything = MetaData()
    everything.reflect(engine)
    everything.drop_all(engine)
