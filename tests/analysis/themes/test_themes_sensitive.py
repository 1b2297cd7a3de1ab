"""What a person must read first is found in twelve languages, and ordinary complaints are not."""

import tomllib
from pathlib import Path

import pytest

from analysis.themes.sensitive import SensitiveKind, is_sensitive, sensitive_kinds

_FILE = Path(__file__).resolve().parents[3] / "surveys" / "lab" / "demo" / "comments.toml"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("He threatened me in the car park", SensitiveKind.THREAT),
        ("My boss keeps making sexual jokes about me", SensitiveKind.HARASSMENT),
        ("I was not promoted because I am a woman", SensitiveKind.DISCRIMINATION),
        ("Women are too stupid for this job", SensitiveKind.DISCRIMINATION),
        ("Some days I don’t want to live any more", SensitiveKind.SELF_HARM),
        ("The buyer takes kickbacks from the supplier", SensitiveKind.LEGAL),
        ("Ich wurde von meinem Chef bedroht", SensitiveKind.THREAT),
        ("Je suis victime de harcèlement", SensitiveKind.HARASSMENT),
        ("Hay racismo en este equipo", SensitiveKind.DISCRIMINATION),
        ("Vengo minacciata dal capo", SensitiveKind.THREAT),
        ("Sofro assédio do meu chefe", SensitiveKind.HARASSMENT),
        ("Er wordt hier gediscrimineerd", SensitiveKind.DISCRIMINATION),
        ("Kierownik bierze łapówki", SensitiveKind.LEGAL),
        ("Jag blir trakasserad varje dag", SensitiveKind.HARASSMENT),
        ("Bazen intihar etmeyi düşünüyorum", SensitiveKind.SELF_HARM),
        ("مديري يهددني كل يوم", SensitiveKind.THREAT),
        ("上司からパワハラを受けています", SensitiveKind.HARASSMENT),
    ],
)
def test_each_kind_is_found(text: str, kind: SensitiveKind) -> None:
    assert kind in sensitive_kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "This deadline kills our margin",
        "We need the same lawyer for both contracts",
        "The women in procurement are very helpful",
        "I hate the new forecast tool",
        "We must attack the backlog together",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert not is_sensitive(text)


def test_complaints_about_work_are_no_alarm() -> None:
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["comment"]
    assert not [e["text"] for e in entries if is_sensitive(e["text"])]
