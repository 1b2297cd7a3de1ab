"""`tribometer themes`: themes of any file of comments, without the web part."""

from pathlib import Path

import click

from surveys.exporting.theme_report import write_theme_report
from surveys.progress import progress_bar


@click.command()
@click.argument("comments", type=click.Path(path_type=Path))
@click.option("--text", "text_column", required=True, help="Column that holds the comments.")
@click.option("--team", "team_column", help="Column that says which team wrote.")
@click.option("--codebook", type=click.Path(path_type=Path), help="A codebook of your own (TOML).")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report.html"))
def themes(
    comments: Path, text_column: str, team_column: str | None, codebook: Path | None, out: Path
) -> None:
    """Find root causes and themes in the file COMMENTS (CSV) and write a report."""
    with progress_bar() as progress:
        summary = write_theme_report(comments, text_column, team_column, codebook, out, progress)
    click.echo(summary.sentence)
    click.echo(f"The report: {summary.report}")
    click.echo(f"Each comment with its reason: {summary.assignments}")
