"""Routes: each is registered, by the one list of rooms, and each view is thin."""

import ast
import inspect
from importlib import import_module
from pathlib import Path
from textwrap import dedent

from flask import Flask

from app import ROOMS

ROOT = Path(__file__).resolve().parent.parent
#: lines of a view below its docstring
MAX_LINES = 19
REGISTERS = ("register_blueprint(", "add_url_rule(", "app.route(", "app.get(", "app.post(")


def test_every_room_with_routes_is_in_the_list_once() -> None:
    found = {
        ".".join(path.relative_to(ROOT / "surveys").parts[:-1])
        for path in (ROOT / "surveys").rglob("routes*")
        if path.suffix in ("", ".py")
    }
    assert sorted(ROOMS) == sorted(found)
    assert len(set(ROOMS)) == len(ROOMS)


def test_every_blueprint_is_registered_by_the_list(app: Flask) -> None:
    written = [
        path
        for path in (ROOT / "surveys").rglob("*.py")
        if "= Blueprint(" in path.read_text(encoding="utf-8")
    ]
    offered = [b for room in ROOMS for b in import_module(f"surveys.{room}.routes").BLUEPRINTS]
    assert len(written) == len(offered) == len(app.blueprints)
    assert {id(blueprint) for blueprint in offered} == {id(b) for b in app.blueprints.values()}


def test_nothing_but_the_list_registers_a_route() -> None:
    lab = ROOT / "surveys" / "lab"  # it has an app of its own, to be compared with
    rooms = (path for path in (ROOT / "surveys").rglob("*.py") if lab not in path.parents)
    code = [ROOT / "app.py", *rooms]
    calls = [
        (path.name, call)
        for path in code
        for call in REGISTERS
        for _each in range(path.read_text(encoding="utf-8").count(call))
    ]
    assert calls == [("app.py", "register_blueprint(")]


def test_views_are_thin(app: Flask) -> None:
    """Policy, form, one call, render: what is more belongs into the room."""
    long = {}
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        function = ast.parse(dedent(inspect.getsource(view))).body[0]
        assert isinstance(function, ast.FunctionDef)
        below = function.body[1 if ast.get_docstring(function) else 0]
        lines = (function.end_lineno or 0) - below.lineno + 1
        if lines > MAX_LINES:
            long[endpoint] = lines
    assert long == {}
