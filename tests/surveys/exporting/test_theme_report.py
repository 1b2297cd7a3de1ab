"""The stand-alone report: a page and a CSV from any file, and one clear sentence for bad files."""

import csv
from pathlib import Path

import pytest

from surveys.exporting.theme_report import CommentsFileError, Summary, write_theme_report

PARTS = [
    ("Procurement", "The forecast came late again in week {n} and nobody told us"),
    ("Procurement", "They promised the customer {n} days, which is impossible"),
    ("Sales", "My order waits in the queue, there are only {n} people for all of it"),
    ("Sales", "Thank you for the quick help with offer {n}, great teamwork"),
]


def _quiet(stage: str, done: int, total: int) -> None:
    assert stage
    assert 0 <= done <= total


def _file(folder: Path, rows: int = 80) -> Path:
    path = folder / "comments.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Team", "Comment"])
        for n in range(rows):
            team, text = PARTS[n % len(PARTS)]
            writer.writerow([team, text.format(n=n)])
        writer.writerow(["Sales", "=HYPERLINK(1) <script>alert(1)</script>"])
        writer.writerow(["Sales", "write to jo.doe@firm.example or 0170 1234567"])
        writer.writerow(["Sales", ""])
    return path


def _report(folder: Path, path: Path, team: str | None = "Team") -> Summary:
    return write_theme_report(path, "Comment", team, None, folder / "out" / "report.html", _quiet)


def test_it_works(tmp_path: Path) -> None:
    summary = _report(tmp_path, _file(tmp_path))
    page = summary.report.read_text(encoding="utf-8")
    assert summary.comments == 82
    assert summary.themes >= 3
    assert summary.sentence in page
    assert "Communication gaps" in page
    assert page.index("Causes") < page.index("<article")
    assert "http" not in page.replace("http-equiv", "")
    assert "style=" in page


def test_nothing_personal_and_no_script_reaches_the_page(tmp_path: Path) -> None:
    summary = _report(tmp_path, _file(tmp_path))
    for path in (summary.report, summary.assignments):
        text = path.read_text(encoding="utf-8")
        assert "jo.doe" not in text
        assert "1234567" not in text
    assert "<script" not in summary.report.read_text(encoding="utf-8")


def test_assignments_give_reasons_and_no_formulas(tmp_path: Path) -> None:
    summary = _report(tmp_path, _file(tmp_path))
    with summary.assignments.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == summary.comments
    assert rows[0]["line"] == "2"
    assert all(r["why"] and r["cause"] and r["theme"] for r in rows)
    cells = [c for r in rows for c in r.values()]
    assert not [c for c in cells if c.startswith(("=", "@", "+"))]
    assert any(c.startswith("'=HYPERLINK") for c in cells)


def test_without_teams_and_with_an_own_codebook(tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    book.write_text("[[code]]\nname = 'Promises'\n[[code]]\nname = 'Queues'\n", encoding="utf-8")
    path = _file(tmp_path)
    summary = write_theme_report(path, "Comment", None, book, tmp_path / "r.html", _quiet)
    page = summary.report.read_text(encoding="utf-8")
    assert "Promises" in page
    assert "Procurement</span>" not in page


def test_too_few_is_said(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("Comment\nlate\nslow\n", encoding="utf-8")
    summary = _report(tmp_path, path, None)
    assert "too few to group" in summary.sentence
    assert "late" in summary.report.read_text(encoding="utf-8")


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_and_a_byte_order_mark(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "other.csv"
    lines = [f"Team{separator}Comment"] + [f"A{separator}late, slow {n}" for n in range(9)]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    assert _report(tmp_path, path).comments == 9


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"Comment\n", "has no comment"),
        (b"Comment,Team\nok,A\nca\xff\xfe,B\n", r"not UTF-8 text \(line 3\)"),
        (b"Text,Team\nok,A\n", "no column “Comment”; its columns are “Text”, “Team”"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CommentsFileError, match=sentence):
        _report(tmp_path, path, None)
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_a_bad_codebook(tmp_path: Path) -> None:
    with pytest.raises(CommentsFileError, match="There is no file"):
        _report(tmp_path, tmp_path / "none.csv")
    book = tmp_path / "book.toml"
    book.write_text("x", encoding="utf-8")
    with pytest.raises(CommentsFileError, match="not valid TOML"):
        write_theme_report(_file(tmp_path), "Comment", None, book, tmp_path / "r.html", _quiet)


def test_the_customers_file_is_never_overwritten(tmp_path: Path) -> None:
    path = _file(tmp_path)
    with pytest.raises(CommentsFileError, match="would overwrite"):
        write_theme_report(path, "Comment", None, None, path, _quiet)


def test_a_later_report_says_what_is_new(tmp_path: Path) -> None:
    first = _report(tmp_path, _file(tmp_path))
    assert "late again in week" not in first.result.read_text(encoding="utf-8")
    later = tmp_path / "later.csv"
    with later.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Team", "Comment"])
        for n in range(40):
            writer.writerow([PARTS[n % 4][0], PARTS[n % 4][1].format(n=n)])
        for n in range(20):
            writer.writerow(
                ["Sales", f"The canteen soup was cold and salty on day {n}, awful food"]
            )
    out = tmp_path / "later" / "report.html"
    write_theme_report(later, "Comment", "Team", None, out, _quiet, since=first.result)
    page = out.read_text(encoding="utf-8")
    assert "Since report-result.json" in page
    assert "anteen" in page[page.index("Since") : page.index("then, ")]


def test_an_earlier_result_that_is_none_says_so(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}", encoding="utf-8")
    with pytest.raises(CommentsFileError, match="not a stored theme model"):
        write_theme_report(
            _file(tmp_path), "Comment", None, None, tmp_path / "r.html", _quiet, since=wrong
        )


def test_what_must_be_read_first_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    lines = [f"The forecast came late in week {n}" for n in range(9)]
    path.write_text("Comment\n" + "\n".join([*lines, "He threatened me twice"]), encoding="utf-8")
    summary = _report(tmp_path, path, None)
    text = summary.assignments.read_text(encoding="utf-8-sig")
    marked = list(csv.DictReader(text.splitlines()))
    assert [r["comment"] for r in marked if r["read first"]] == ["He threatened me twice"]
    assert marked[-1]["read first"] == "threat"
