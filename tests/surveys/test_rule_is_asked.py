"""No file of the service decides what may be shown: it asks the methods of `Rule`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from analysis.disclosure.rule import MINIMUM, Rule

ROOT = Path(__file__).resolve().parents[2]
HOME = "analysis.disclosure.rule"
THRESHOLDS = {part.name for part in fields(Rule)} - {"given_up"} | {"needed", "smallest_team"}
COLUMNS = {"k_index", "k_causes", "k_verbatim"}
#: names of the rule that are no decisions, and may be imported
PRINTED = {"COMMENTS", "MINIMUM", "MOVERS_MATTER_BELOW", "PERSONS_SHOWN"}
#: who reads a threshold, and never to compare with it
READERS = {
    "surveys/models/pulses.py": "stores them",
    "surveys/running/forms.py": "the form in which HR raises them",
    "surveys/running/routes/pulse.py": "the form in which HR raises them",
    "surveys/running/checklist.py": "prints them before launch",
    "surveys/sending/letters.py": "prints them in mails to staff",
    "surveys/operating/doctor.py": "prints them",
}
#: comparisons with a number that a threshold has too, and what they are
OTHERS = {
    "len(typed) < 10": "digits of an id",
    "len(ident) < 10": "digits of an id",
    "len(theme) < 10": "digits of an id",
    "apart < 5": "seconds between two clocks",
}
NUMBERS = {getattr(MINIMUM, part.name) for part in fields(Rule)} - {False}


def files() -> Iterator[tuple[str, ast.Module]]:
    """All of the service but its attackers, who judge by the printed thresholds."""
    for path in sorted((ROOT / "surveys").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith("surveys/lab/"):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def is_rule(node: ast.AST) -> bool:
    """Whether an expression is a `Rule`, which is called "rule" wherever it is named."""
    match node:
        case ast.Name(id="rule" | "MINIMUM") | ast.Attribute(attr="rule"):
            return True
        case ast.Call(func=ast.Name(id="Rule" | "asdict")):
            return True
    return False


def is_read(node: ast.AST) -> bool:
    """Whether a node reads a threshold."""
    if isinstance(node, ast.Attribute):
        return node.attr in COLUMNS or (node.attr in THRESHOLDS and is_rule(node.value))
    return isinstance(node, ast.Name) and node.id == "MOVERS_MATTER_BELOW"


def reads(tree: ast.AST) -> bool:
    """Whether a threshold is read anywhere in it."""
    return any(is_read(node) for node in ast.walk(tree))


def faults(tree: ast.Module) -> Iterator[str]:
    """Where a file decides by itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=value) if is_rule(value):
                yield f"a rule is no dict: {ast.unparse(node)}"
            case ast.Call(func=ast.Name(id="getattr" | "vars"), args=given):
                if any(map(is_rule, given)):
                    yield f"a threshold is read: {ast.unparse(node)}"
            case ast.BinOp(op=ast.Mod()):  # a sentence
                continue
            case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.UnaryOp() if reads(node):
                yield f"a threshold decides: {ast.unparse(node)}"
            case ast.Compare(left=left, comparators=others) if ast.unparse(node) not in OTHERS:
                if any(map(is_number, (left, *others))):
                    yield f"a number decides: {ast.unparse(node)}"
            case ast.ImportFrom(module=module, names=names) if module == HOME:
                for name in names:
                    if name.asname or (name.name.isupper() and name.name not in PRINTED):
                        yield f"a part of the rule is taken out of it: {name.name}"
    yield from renamed(tree)


def is_number(node: ast.AST) -> bool:
    """Whether an expression is a number that a threshold has too."""
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value in NUMBERS


def renamed(tree: ast.Module) -> Iterator[str]:
    """Rules under another name, which the checks above would miss."""
    ours = any(
        isinstance(node, ast.ImportFrom) and node.module == HOME for node in ast.walk(tree)
    )  # the service of identity providers has rules of its own
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as kind) if ours:
                named = ast.Name(name)
            case ast.AnnAssign(target=named, annotation=kind) if ours:
                pass
            case ast.Assign(targets=[named], value=value) if is_rule(value):
                kind = ast.Name("Rule")
            case ast.NamedExpr(target=named, value=value) if is_rule(value):
                kind = ast.Name("Rule")
            case _:
                continue
        if re.search(r"\bRule\b", ast.unparse(kind)) and not is_rule(named):
            yield f"a rule is called {ast.unparse(named)}"


def test_no_file_decides_by_itself() -> None:
    assert {name: found for name, tree in files() if (found := list(faults(tree)))} == {}


def test_thresholds_are_read_only_to_be_stored_changed_or_printed() -> None:
    assert {name for name, tree in files() if reads(tree)} == set(READERS)


def test_pages_print_thresholds_and_decide_nothing() -> None:
    printed = re.compile(rf"\brule\.({'|'.join(THRESHOLDS)})\b")
    deciding = re.compile(r"{%-?\s*(if|elif|for|set)\b[^%]*%}")
    readers = set()
    for path in (ROOT / "templates").rglob("*"):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if printed.search(text):
            readers.add(str(path.relative_to(ROOT)))
        assert not [tag[0] for tag in deciding.finditer(text) if printed.search(tag[0])], path
    assert readers == {"templates/answering/form.html"}


@pytest.mark.parametrize(
    "code",
    [
        'wave.rule["index"]',
        'invited.rule.get("index")["k"]; rule["k"]',
        "if answers < wave.rule.index: pass",
        "shown = n >= pulse.k_verbatim",
        "shown = not (rule.roster > n)",
        "enough = answers - MINIMUM.causes",
        "answers >= Rule().items or None",
        "size < rule.smallest_team()",
        "answers >= rule.needed(measure)",
        "people < MOVERS_MATTER_BELOW",
        'getattr(wave.rule, "index")',
        'asdict(wave.rule)["index"]',
        "if len(comments) >= 10: pass",
        "5 <= n",
        f"from {HOME} import MARGIN",
        f"from {HOME} import MINIMUM as least",
        f"from {HOME} import Rule\ndef show(least: Rule): ...",
        f"from {HOME} import Rule\nleast: Rule | None = None",
        "least = wave.rule",
        "use(least := pulse.rule)",
    ],
)
def test_a_file_that_decides_by_itself_is_found(code: str) -> None:
    assert list(faults(ast.parse(code)))
