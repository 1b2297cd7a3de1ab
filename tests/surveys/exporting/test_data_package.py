"""Everything published leaves as a data package: complete, described, and nobody's secret."""

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from analysis.measures import ROOT_CAUSES
from surveys import clock
from surveys.commands import cli
from surveys.database import write_session
from surveys.errors import UserError
from surveys.exporting.column_words import WORDS
from surveys.exporting.data_package import QUOTES, TABLES, write_package
from surveys.improving import agreements
from surveys.models.pulses import Item
from surveys.models.releases import Figure, ThemeFigure
from surveys.models.themes import Quote
from surveys.reading.figures import REASONS
from surveys.running import rewording, setup
from surveys.web import Installation
from tests.factories import HR, first_month

Files = dict[str, list[dict[str, str]]]
SAID = "nobody says where they are"


@pytest.fixture
def teams(either: Installation) -> dict[str, int]:
    """A first month, an agreement whose text a spreadsheet would compute, one released quote."""
    found = first_month(either)
    moment = datetime(2026, 3, 30, tzinfo=UTC)
    with clock.at(moment), write_session(either.sessions) as session:
        pair = (found["Buying"], found["Selling"])
        agreements.propose(
            session, HR, pair, "communication", "joint_meetings", "=1+1", date(2026, 4, 1)
        )
        first = session.scalars(select(func.min(Quote.id))).one()
        session.execute(update(Quote).where(Quote.id == first).values(state="released"))
    return found


def written(
    installed: Installation, path: Path, with_quotes: bool = True
) -> dict[str, list[dict[str, str]]]:
    """The files of a package, by name."""
    with installed.sessions() as session:
        write_package(session, path, "Example", with_quotes)
    with zipfile.ZipFile(path) as file:
        package = json.loads(file.read("datapackage.json"))
        found = {}
        for resource in package["resources"]:
            rows = list(csv.DictReader(io.StringIO(file.read(resource["path"]).decode())))
            fields = [field["name"] for field in resource["schema"]["fields"]]
            assert all(field["description"] for field in resource["schema"]["fields"])
            assert all(list(row) == fields for row in rows)
            found[resource["name"]] = rows
        assert len(file.namelist()) == len(found) + 1
    for resource in package["resources"]:
        for key in resource["schema"]["foreignKeys"]:
            there = key["reference"]
            named = {row[there["fields"]] for row in found[there["resource"]]}
            assert {row[key["fields"]] for row in found[resource["name"]]} - {""} <= named
    return found


def test_every_released_figure_is_there_and_described(
    either: Installation, teams: dict[str, int], tmp_path: Path
) -> None:
    found = written(either, tmp_path / "results.zip")
    with either.sessions() as session:
        assert len(found["figures"]) == session.scalar(select(func.count()).select_from(Figure))
        counted = session.scalar(select(func.count()).select_from(ThemeFigure))
        assert len(found["theme-figures"]) == counted
    index = {
        (row["rater_id"], row["target_id"]): (row["state"], row["value"])
        for row in found["figures"]
        if row["measure"] == "index"
    }
    buying, selling, legal = (str(teams[name]) for name in ("Buying", "Selling", "Legal"))
    assert index[(buying, selling)] == ("shown", "53")
    assert index[(legal, buying)] == ("withheld", "")
    assert found["agreements"][0]["text"] == "'=1+1"
    codes = {row["code"] for row in found["items"]}
    assert {"C1", "A1", "O1"} <= codes
    assert "{T}" in next(row["wording"] for row in found["items"] if row["code"] == "C1")


def test_the_questions_are_those_in_use(
    either: Installation, teams: dict[str, int], tmp_path: Path
) -> None:
    before = written(either, tmp_path / "before.zip")["items"]
    with write_session(either.sessions) as session:
        pulse = setup.the_pulse(session)
        rewording.reword(session, HR, pulse, "en", {"C1": "{T} answers us."})
    after = written(either, tmp_path / "after.zip")["items"]
    assert [row["code"] for row in after] == [row["code"] for row in before]
    assert next(row["own"] for row in after if row["code"] == "C1") == '{"en": "{T} answers us."}'


def test_every_column_is_described_and_nothing_else() -> None:
    names = {c.key for _says, query in (*TABLES.values(), QUOTES) for c in query.selected_columns}
    assert set(WORDS) == names
    assert all(cause in WORDS["measure"] for cause in ROOT_CAUSES)
    assert all(reason in WORDS["reason"] for reason in REASONS)


def test_words_leave_only_if_released_and_allowed(
    either: Installation, teams: dict[str, int], tmp_path: Path
) -> None:
    assert len(written(either, tmp_path / "with.zip")["quotes"]) == 1
    assert "quotes" not in written(either, tmp_path / "without.zip", with_quotes=False)
    with zipfile.ZipFile(tmp_path / "without.zip") as file:
        everything = b"".join(file.read(name) for name in file.namelist()).decode()
    assert SAID not in everything
    assert "example.org" not in everything


def test_a_file_that_is_there_is_never_overwritten(
    either: Installation, teams: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "results.zip"
    path.write_text("mine")
    with either.sessions() as session, pytest.raises(UserError, match="there already"):
        write_package(session, path, "Example", True)
    assert path.read_text() == "mine"


def test_the_command_says_what_it_wrote(installed: Installation, tmp_path: Path) -> None:
    folder = str(installed.settings.instance)
    with installed.sessions() as session:
        questions = session.query(Item).count()  # all that a new installation has to export
    done = CliRunner().invoke(cli, ["export", str(tmp_path / "out.zip"), "--instance", folder])
    assert done.exit_code == 0, done.output
    assert f": {questions} rows, described in its datapackage.json" in done.output
