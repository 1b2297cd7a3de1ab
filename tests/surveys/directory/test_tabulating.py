"""Files as other systems write them: XLSX, other headings, other addresses, and going back."""

import io
import time
import zipfile

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from surveys.database import write_session
from surveys.directory import importing, undoing
from surveys.directory.importing import FileProblem
from surveys.directory.tabulating import guess, lacking, our_csv, table_of
from surveys.errors import NotReady
from surveys.models.people import Account, Person
from surveys.web import Installation
from tests.factories import HR, account, directory, sign_in

ROWS = [
    ("Mitarbeiter", "E-Mail-Adresse", "Abteilung", "Personalnummer"),
    ("Ada Winter", "ada@x.org", "Buying", 4711),
    (None, None, None, None),
    ("Ben Sommer", "ben@x.org", "Selling", 4712),
]


def workbook(rows: list[tuple[object, ...]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_a_file_of_our_own() -> None:
    table = table_of(workbook(ROWS))
    text = our_csv(table, guess(table.heading))
    rows, problems = importing.read_rows(text)
    assert problems == []
    assert [(row.line, row.name, row.team) for row in rows] == [
        (2, "Ada Winter", "Buying"), (4, "Ben Sommer", "Selling"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "heading",
    [
        "name,email,team",
        "Nom;Courriel;Équipe",
        "Full Name\tWork Email\tDepartment",
        "氏名,メール,部署",
    ],
)
def test_headings_of_other_systems_are_known(heading: str) -> None:
    table = table_of(f"{heading}\nA,a@x.org,T".encode())
    assert lacking(guess(table.heading)) == []


def test_an_unknown_heading_is_asked_about_and_then_imported(
    installed: Installation, client: FlaskClient
) -> None:
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    raw = "Who,Where to write,Belongs to\nAda Winter,ada@x.org,Buying\n"
    upload = {"file": (io.BytesIO(raw.encode()), "people.csv")}
    page = client.post("/hr/setup/people", data=upload, content_type="multipart/form-data")
    assert "Which column is which?" in page.text
    chosen = {"text": raw, "name": 0, "email": 1, "team": 2, "language": -1, "manager": -1}
    page = client.post("/hr/setup/people/columns", data=chosen)
    assert "1 is new" in page.text


def test_a_text_that_is_no_table_any_more_is_said_to_be_none(
    installed: Installation, client: FlaskClient
) -> None:
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    for text in ("", 'a,"b'):
        page = client.post("/hr/setup/people/columns", data={"text": text})
        assert page.status_code == 200
        assert "Which column is which?" not in page.text


def bomb(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        if kind == "many":
            for number in range(2_000):
                packed.writestr(f"xl/{number}.xml", "x")
        else:
            with packed.open("xl/worksheets/sheet1.xml", "w") as part:
                for _ in range(400):
                    part.write(b"0" * 1024 * 1024)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["large", "many"])
def test_a_bomb_is_refused_unread(kind: str) -> None:
    raw = bomb(kind)
    begun = time.process_time()
    with pytest.raises(FileProblem, match="too large"):
        table_of(raw)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("raw", [b"PK\x03\x04 not really", workbook([]), workbook([(None,)])])
def test_what_is_no_workbook_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(FileProblem):
        table_of(raw)


def load(installed: Installation, text: str) -> importing.Plan:
    with write_session(installed.sessions) as session:
        plan = importing.plan_import(session, text)
        undoing.import_people(session, HR, plan)
    return plan


def test_other_addresses_for_many_stop_and_ask(either: Installation) -> None:
    before = directory({"Buying": 20, "Selling": 20})
    load(either, before)
    with either.sessions() as session:
        one = importing.plan_import(session, before.replace("buying2@", "b.two@"))
        three = before
        for number in (2, 3, 4):
            three = three.replace(f"buying{number}@", f"b.{number}@")
        many = importing.plan_import(session, three)
    assert (one.readdressed, one.guarded) == (["Buying Person 2"], False)
    assert (len(many.readdressed), many.guarded) == (3, True)


def test_the_last_import_can_be_taken_back_once(either: Installation) -> None:
    before = directory({"Buying": 3, "Selling": 3})
    load(either, before)
    changed = before.replace("Buying Person 2,buying2@example.org,Buying", "New,new@x.org,Selling")
    load(either, changed.replace("Buying Person 1,buying1@example.org,Buying,yes\n", ""))
    with write_session(either.sessions) as session:
        undoing.undo_import(session, HR)
    with either.sessions() as session:
        people = {
            p.email: p.team.name for p in session.scalars(select(Person).where(Person.active))
        }
        managers = {a.email for a in session.scalars(select(Account)) if a.grants}
    assert len(people) == 6
    assert people["buying2@example.org"] == "Buying"
    assert "new@x.org" not in people
    assert managers == {"buying1@example.org", "selling1@example.org"}
    with pytest.raises(NotReady), write_session(either.sessions) as session:
        undoing.undo_import(session, HR)
