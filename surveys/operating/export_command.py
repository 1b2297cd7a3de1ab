"""`tribometer export`: all published results in open formats, to take along."""

from pathlib import Path

import click

from surveys.database import make_engine, make_sessions
from surveys.exporting.data_package import write_package
from surveys.migrating import upgrade
from surveys.operating.commands import existing
from surveys.operating.serving import instance_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@instance_option
def export(file: Path, instance: Path | None) -> None:
    """Write all published results into FILE, a zip of CSV files with their description.

    It holds what HR may read as files: released figures, themes in bands, agreements, figures of
    other systems, and released quotes unless TRIBOMETER_COMMENT_EXPORT is none. To move or save an
    installation use `tribometer backup`.
    """
    settings = existing(instance)
    engine = make_engine(settings.database)
    upgrade(engine)
    with make_sessions(engine)() as session:
        rows = write_package(
            session, file, settings.organisation, settings.comment_export != "none"
        )
    engine.dispose()
    click.echo(f"{file}: {rows} rows, described in its datapackage.json.")
