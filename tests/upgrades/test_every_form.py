"""Archives written by each form that the database ever had, by the code of that time.

Every archive holds a company after two published months, with a third one open and three sealed
answers in it. A new form gets its archive when the next migration is made: see CONTRIBUTING.md.
"""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from app import create_app
from surveys.database import Sessions, make_engine
from surveys.migrating import current_revision, head_revision
from surveys.models import tables
from surveys.models.releases import Figure
from surveys.operating.archive import restore_archive
from surveys.settings import Settings
from tests.factories import PASSWORD
from tests.reliability.test_migration import counts

ARCHIVES = sorted(Path(__file__).parent.glob("*.zip"))
FORMS = [path.stem for path in ARCHIVES]
PAGES = ("/hr", "/hr/themes", "/hr/access", "/pairs", "/pairs/1/2", "/pairs/1/2/meeting",
         "/pairs/1/2.csv", "/pairs/1/2.xlsx", "/hr/setup/wording/de")  # fmt: skip


def test_every_form_but_the_newest_has_its_archive() -> None:
    made = sorted(p.name.split("_")[0] for p in Path("migrations/versions").glob("0*.py"))
    assert set(made) - {head_revision()} <= set(FORMS)


@pytest.mark.parametrize(
    ("kind", "archive"),
    [("sqlite", path) for path in ARCHIVES]
    + [("postgres", path) for path in (ARCHIVES[0], ARCHIVES[-1])],
    ids=lambda given: given if isinstance(given, str) else given.stem,
)
def test_data_of_any_form_come_whole_into_the_newest(
    kind: str, archive: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = None
    if kind == "postgres":
        database = request.getfixturevalue("postgres").new_database(empty=True)
    settings = Settings.read(
        tmp_path / "instance", environ={}, database=database, base_url="http://localhost"
    )
    settings.data.mkdir(parents=True)
    engine = make_engine(settings.database)
    made = restore_archive(engine, archive, lambda *_step: None)
    assert made.revision == archive.stem
    assert current_revision(engine) == head_revision()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    now = counts(engine)
    assert {part.table: now[part.table] for part in made.parts} == {
        part.table: part.rows for part in made.parts
    }
    _pages_are_there(settings)
    engine.dispose()


def _pages_are_there(settings: Settings) -> None:
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    signed = client.post("/sign-in", data={"email": "hr@example.org", "password": PASSWORD})
    assert signed.status_code == 302
    for path in PAGES:
        assert client.get(path).status_code == 200, path
    sessions: Sessions = app.extensions["tribometer"].sessions
    with sessions() as session:
        values = {f.value for f in session.scalars(select(Figure).where(Figure.state == "shown"))}
        pair = session.scalars(
            select(Figure.value).where(Figure.measure == "pair", Figure.rater_id == 1)
        ).all()
    assert values
    assert any(str(value) in client.get("/pairs/1/2").text for value in pair if value is not None)
    app.extensions["tribometer"].engine.dispose()
    app.extensions["tribometer"].jobs.close()
