"""`tribometer themes`: themes of any file of comments, without the web part."""

from pathlib import Path

import click

from analysis.themes.embedders import EMBEDDERS
from surveys.exporting.theme_files import chosen_embedder
from surveys.exporting.theme_report import write_theme_report
from surveys.progress import progress_bar


@click.command()
@click.argument("comments", type=click.Path(path_type=Path))
@click.option("--text", "text_column", required=True, help="Column that holds the comments.")
@click.option("--team", "team_column", help="Column that says which team wrote.")
@click.option("--codebook", type=click.Path(path_type=Path), help="A codebook of your own (TOML).")
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    help="The …-result.json of an earlier report: the new one says what changed.",
)
@click.option("--embedder", default=EMBEDDERS[0], show_default=True, type=click.Choice(EMBEDDERS))
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    help="A file in which to keep vectors; keep it as you keep the comments.",
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("report.html"))
def themes(
    comments: Path,
    text_column: str,
    team_column: str | None,
    codebook: Path | None,
    since: Path | None,
    embedder: str,
    cache: Path | None,
    out: Path,
) -> None:
    """Find root causes and themes in the file COMMENTS (CSV) and write a report."""
    with progress_bar() as progress:
        summary = write_theme_report(
            comments,
            text_column,
            team_column,
            codebook,
            out,
            progress,
            since,
            chosen_embedder(embedder, cache),
        )
    click.echo(summary.sentence)
    click.echo(f"The report: {summary.report}")
    click.echo(f"For --since of a later report: {summary.result}")
    click.echo(f"Each comment with its reason: {summary.assignments}")
