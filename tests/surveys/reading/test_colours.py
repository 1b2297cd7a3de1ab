"""Colours are decided once: tokens.css for pages, colours.py for what reads no style sheet."""

import re

import pytest

from surveys.database import ROOT
from surveys.exporting.pdf import chart_style
from surveys.reading.colours import LIGHT, SIDES, coloured

TOKENS = ROOT / "static" / "css" / "tokens.css"
HEX = re.compile(r"#[0-9a-f]{3,8}\b", re.IGNORECASE)
#: the two sources, and what has colours of its own: paper and ink of printed pages and cards, the
#: report of `tribometer themes` that is one file, the icon
DECIDED = {"surveys/reading/colours.py", "static/css/tokens.css"}
OWN = {
    "static/css/base.css",
    "static/css/cards.css",
    "templates/exporting/theme_report.html",
    "static/icon.svg",
}
WRITTEN = sorted(
    path
    for folder, endings in (("surveys", "py"), ("templates", "html txt"), ("static", "css js svg"))
    for ending in endings.split()
    for path in (ROOT / folder).rglob(f"*.{ending}")
)


def light_tokens() -> dict[str, str]:
    """The colours of the first block of tokens.css: those of light pages."""
    block = TOKENS.read_text(encoding="utf-8").split("}")[0]
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", block))


def test_python_and_pages_have_the_same_light_colours() -> None:
    tokens = light_tokens()
    assert {name: tokens.get(name) for name in LIGHT} == LIGHT
    assert (tokens["side-a"], tokens["side-b"]) == SIDES


def test_the_soft_colour_of_a_side_is_its_own_made_transparent() -> None:
    tokens = light_tokens()
    for side in ("side-a", "side-b"):
        assert re.fullmatch(f"{tokens[side]}[0-9a-f]{{2}}", tokens[f"{side}-soft"])


def test_charts_in_a_pdf_have_the_colours_of_the_pages() -> None:
    style = chart_style()
    assert "var(" not in style
    assert set(HEX.findall(style)) <= set(LIGHT.values())
    assert set(SIDES) <= set(HEX.findall(style))
    with pytest.raises(KeyError):
        coloured("text { fill: var(--space-1); }")


def test_no_other_file_decides_a_colour() -> None:
    assert len(WRITTEN) > 300
    found = {
        path.relative_to(ROOT).as_posix()
        for path in WRITTEN
        if any(len(colour) in (4, 7, 9) for colour in HEX.findall(path.read_text(encoding="utf-8")))
    }
    assert found == DECIDED | OWN


def test_no_other_file_writes_a_sides_colour_down() -> None:
    sides = re.compile("|".join(side[1:] for side in SIDES), re.IGNORECASE)
    found = {
        path.relative_to(ROOT).as_posix()
        for path in WRITTEN
        if sides.search(path.read_text(encoding="utf-8"))
    }
    assert found == DECIDED
