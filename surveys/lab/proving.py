"""`tribometer simulate` and `tribometer bench`: the figures we claim, measured again by anybody."""

import csv
import sys
from pathlib import Path

import click

from analysis.lab.acceptance import Check, acceptance
from analysis.lab.themes_bench import bench as measure
from analysis.lab.themes_bench import table
from analysis.lab.themes_speed import speed
from analysis.themes.embedders import EMBEDDERS
from surveys.errors import UserError
from surveys.exporting.theme_files import chosen_embedder
from surveys.lab.bench.command import bench_capacity, bench_speed
from surveys.progress import progress_bar

SEED = 20261123


class BenchFileError(UserError):
    """A file of labelled texts that cannot be used."""


@click.command()
@click.option("--check", is_flag=True, required=True, help="Print the acceptance table.")
@click.option("--quick", is_flag=True, help="Fewer companies: under a minute.")
@click.option("--seed", default=SEED, show_default=True, help="Seed of all random draws.")
def simulate(check: bool, quick: bool, seed: int) -> None:
    """Check on simulated companies that intervals, alarms and the release rule keep their promise.

    Exits with status 1 if a bar is missed.
    """
    with progress_bar() as progress:
        checks = acceptance(
            quick=quick, seed=seed, progress=lambda step, share: progress(step, share, 1.0)
        )
    click.echo(acceptance_table(checks))
    click.echo(f"\nSeed {seed}, {'quick' if quick else 'full'} form.")
    if not all(line.passed for line in checks):
        sys.exit(1)


def acceptance_table(checks: list[Check]) -> str:
    """The table as text: what, measured, bar, and whether it was reached."""
    width = max(len(line.name) for line in checks)
    return "\n".join(
        f"{'ok    ' if line.passed else 'MISSED'}  {line.name:<{width}}  "
        f"{line.measured:>14}  {line.bar}"
        for line in checks
    )


@click.group()
def bench() -> None:
    """Measure accuracy and speed."""


bench.add_command(bench_capacity)
bench.add_command(bench_speed)


@bench.command("themes")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--text", default="text", show_default=True, help="Column of the texts.")
@click.option("--label", default="label", show_default=True, help="Column of people's coding.")
@click.option("--sample", default=500, show_default=True, help="Texts drawn from each file.")
@click.option("--seeds", default=3, show_default=True, help="Draws of each file.")
@click.option("--embedder", default=EMBEDDERS[0], show_default=True, type=click.Choice(EMBEDDERS))
@click.option("--cache", type=click.Path(path_type=Path), help="File in which to keep vectors.")
@click.option("--speed", "sizes", multiple=True, type=int, help="Also time so many comments.")
def bench_themes(
    files: tuple[Path, ...],
    text: str,
    label: str,
    sample: int,
    seeds: int,
    embedder: str,
    cache: Path | None,
    sizes: tuple[int, ...],
) -> None:
    """Compare the theme engine with the usual baselines on labelled FILES (CSV)."""
    sets = {path.stem: read_labelled(path, text, label) for path in files}
    with progress_bar() as progress:
        rows = measure(
            sets,
            seeds=range(seeds),
            sample=sample,
            embedder=chosen_embedder(embedder, cache),
            progress=progress,
        )
    click.echo(table(rows))
    for timed in speed([t for texts, _ in sets.values() for t in texts], sizes, embedder):
        click.echo(
            f"{timed.comments} comments: {timed.seconds:.1f} s, {timed.megabytes:.0f} MB, "
            f"themes {timed.digest[:12]}"
        )


def read_labelled(path: Path, text: str, label: str) -> tuple[list[str], list[str]]:
    """Texts and labels of a CSV; raises BenchFileError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            missing = [column for column in (text, label) if column not in columns]
            if missing:
                raise BenchFileError(
                    f"{path} has no column “{missing[0]}”; it has: {', '.join(columns)}."
                )
            rows = [row for row in reader if row[text] and row[label]]
    except (OSError, UnicodeDecodeError) as error:
        raise BenchFileError(f"{path} cannot be read: {error}") from error
    return [row[text] for row in rows], [row[label] for row in rows]
