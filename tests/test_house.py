"""The rules of the house that no linter knows: sizes, the clock, the environment, settings."""

import ast
import re
from pathlib import Path

import pytest

from surveys.settings import PREFIX, SETTINGS

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    *sorted(path for folder in ("surveys", "analysis") for path in (ROOT / folder).rglob("*.py")),
    ROOT / "app.py",
]
#: charts carry their style sheet only in the PDF, which no browser shows
FOR_PDF = "{% if chart_style %}<style>{{ chart_style }}</style>{% endif %}"
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CODE, ids=name)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or 0) - node.body[0].lineno + 1
            limit = 40
            assert lines <= limit, f"{node.name} has {lines} lines"


def test_test_files_stay_readable() -> None:
    assert [name(p) for p in TESTS if p.read_text(encoding="utf-8").count("\n") > 400] == []


@pytest.mark.parametrize("path", CODE, ids=name)
def test_only_the_clock_tells_the_time_and_only_settings_read_the_environment(path: Path) -> None:
    calls = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    if name(path) != "surveys/clock.py":
        assert not calls & {"datetime.now", "date.today", "datetime.today", "datetime.utcnow"}
    if name(path) != "surveys/settings.py":
        assert not calls & {"os.environ", "os.getenv"}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_every_module_and_public_name_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_every_setting_is_explained_in_the_manual() -> None:
    manual = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    named = re.findall(rf"(?m)^\| `{PREFIX}([A-Z_]+)` \|", manual)
    assert set(named) == {setting.upper() for setting in SETTINGS}


def test_no_page_has_inline_script_or_style() -> None:
    for page in (ROOT / "templates").rglob("*.html"):
        if page.parts[-2] in ("sending", "exporting"):
            continue  # mails and self-contained reports, not served under the content policy
        text = page.read_text(encoding="utf-8").replace(FOR_PDF, "")
        assert "style=" not in text, page
        assert "<style" not in text, page
        assert "<script>" not in text, page
        assert " onclick=" not in text, page
