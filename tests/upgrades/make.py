"""Before a new migration, `python -m tests.upgrades.make` keeps data in the form of today."""

from pathlib import Path
from tempfile import TemporaryDirectory

from app import create_app
from surveys.migrating import head_revision
from surveys.operating.archive import write_archive
from surveys.operating.upgrading import install
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened

SAID = "The forecast comes late and changes after the order was placed."


def fill(installed: Installation) -> None:
    """Two published months, and a third one with three answers."""
    teams = company(installed, Buying=12, Selling=12, Making=6)
    account(installed, "hr@example.org", "hr")
    for _month in range(2):
        wave = opened(installed)
        everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12, "Making": 5}, SAID)
        closed(installed, wave)
    everybody_answers(installed, opened(installed), teams, {"Buying": 3}, "Still late.")


def main() -> None:
    """Make the company in a temporary folder and keep its archive beside this file."""
    with TemporaryDirectory() as folder:
        settings = Settings.read(Path(folder), environ={}, base_url="http://localhost")
        installed: Installation = create_app(settings).extensions["tribometer"]
        install(installed.engine)
        fill(installed)
        path = Path(__file__).with_name(f"{head_revision()}.zip")
        write_archive(installed.engine, path, lambda *_step: None)
        print(path)


if __name__ == "__main__":
    main()
