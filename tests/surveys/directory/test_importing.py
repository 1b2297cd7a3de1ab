"""The file of teams and people: errors by line and column, all or nothing, the guard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from surveys.database import write_session
from surveys.directory.importing import FileProblem, apply_import, decode, plan_import, read_rows
from surveys.models.people import Account, Person
from surveys.web import Installation

GOOD = "name,email,team,manager\nAda Winter,ada@x.org,Buying,yes\nBen Sommer,ben@x.org,Selling,\n"


def load(installed: Installation, text: str) -> None:
    with write_session(installed.sessions) as session:
        apply_import(session, plan_import(session, text))


def test_a_good_file_makes_teams_people_and_the_manager(either: Installation) -> None:
    load(either, GOOD)
    with either.sessions() as session:
        people = {p.email: p.team.name for p in session.scalars(select(Person))}
        managers = session.scalars(select(Account.email)).all()
    assert people == {"ada@x.org": "Buying", "ben@x.org": "Selling"}
    assert managers == ["ada@x.org"]


@pytest.mark.parametrize(
    ("line", "where", "says"),
    [
        ("Cem,cem-at-x.org,Buying,", (4, "email"), "is not an e-mail address"),
        ("Cem,ada@x.org,Buying,", (4, "email"), "stands in line 2 already"),
        ("Cem,ADA@X.ORG,Buying,", (4, "email"), "stands in line 2 already"),
        ("Cem,ä@ö.de,Buying,", (4, "email"), "is not an e-mail address"),
        ('Cem,"a,b@x.org",Buying,', (4, "email"), "is not an e-mail address"),
        ("C\x00m,cem@x.org,Buying,", (4, "name"), "cannot be shown"),
        (",cem@x.org,Buying,", (4, "name"), "is missing"),
        ("Cem,cem@x.org,,", (4, "team"), "is missing"),
        (f"{'x' * 201},cem@x.org,Buying,", (4, "name"), "longer than 200"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(
    line: str, where: tuple[int, str], says: str
) -> None:
    _rows, problems = read_rows(GOOD + line)
    assert [(p.line, p.column) for p in problems] == [where]
    assert says in problems[0].sentence


def test_an_unknown_team_is_a_problem_once_teams_are_known(installed: Installation) -> None:
    load(installed, GOOD)
    with installed.sessions() as session:
        plan = plan_import(session, GOOD + "Cem,cem@x.org,Byuing,\n", known_teams_only=True)
    assert "“Byuing” is no known team (Buying, Selling)" in plan.problems[0].sentence


def test_with_one_problem_nothing_is_imported(installed: Installation) -> None:
    with installed.sessions() as session:
        plan = plan_import(session, GOOD + "Cem,nonsense,Buying,")
    with pytest.raises(FileProblem), write_session(installed.sessions) as session:
        apply_import(session, plan)
    with installed.sessions() as session:
        assert session.scalars(select(Person)).all() == []


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is empty"),
        (b"  \n ", "is empty"),
        ("name,email,team\nJürgen,j@x.org,A".encode("latin-1"), "Line 2 is not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_says_so(raw: bytes, says: str) -> None:
    with pytest.raises(FileProblem) as problem:
        decode(raw)
    assert says in problem.value.sentence


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,team\nA,B", "lacks the column “email”"),
        ("name,email,team\n", "no people"),
        ('name,email,team\n"A,b@x.org,T', "cannot be read as CSV"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(text: str, says: str) -> None:
    with pytest.raises(FileProblem) as problem:
        read_rows(text)
    assert says in problem.value.sentence


def test_semicolons_and_a_mark_at_the_start_are_fine() -> None:
    text = decode("\ufeffName;E-mail;Email;Team\nA;;a@x.org;T".encode())
    rows, problems = read_rows(text)
    assert (rows[0].email, problems) == ("a@x.org", [])


def test_leaving_many_people_out_asks_first(installed: Installation) -> None:
    load(installed, GOOD)
    with installed.sessions() as session:
        plan = plan_import(session, "name,email,team\nAda Winter,ada@x.org,Buying\n")
    assert plan.guarded
    assert plan.left == ["Ben Sommer"]


def test_who_is_not_in_the_file_is_kept_but_not_asked(installed: Installation) -> None:
    load(installed, GOOD)
    load(installed, "name,email,team\nAda Winter,ada@x.org,Selling\n")
    with installed.sessions() as session:
        people = {p.email: (p.team.name, p.active) for p in session.scalars(select(Person))}
    assert people == {"ada@x.org": ("Selling", True), "ben@x.org": ("Selling", False)}


def test_who_is_no_manager_any_more_loses_the_pages(either: Installation) -> None:
    load(either, GOOD)
    load(either, GOOD.replace("Buying,yes", "Buying,").replace("Selling,", "Selling,yes"))
    with either.sessions() as session:
        roles = {
            account.email: [g.team.name for g in account.grants if g.team]
            for account in session.scalars(select(Account))
        }
    assert roles == {"ada@x.org": [], "ben@x.org": ["Selling"]}


def test_a_file_without_the_column_leaves_managers_alone(installed: Installation) -> None:
    load(installed, GOOD)
    load(installed, "name,email,team\nAda Winter,ada@x.org,Buying\nBen,ben@x.org,Selling\n")
    with installed.sessions() as session:
        assert len(session.scalars(select(Account)).one().grants) == 1


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        rows, problems = read_rows("name,email,team\n" + text)
    except FileProblem:
        return
    assert rows or problems
