"""Real quality on the demo's comments, from the codebook alone. Not a set to tune on: the bars
are well under what was measured (docs/themes.md) and only catch a broken engine.
"""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from analysis.lab.themes_bench import bench, table
from analysis.themes import Codebook, CodebookCoder, ThemeModel, is_praise

_FILE = Path(__file__).resolve().parents[3] / "surveys" / "lab" / "demo" / "comments.toml"
FOUR = ("objectives", "communication", "competitiveness", "resources")


@pytest.fixture(scope="module")
def demo() -> list[dict[str, str]]:
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["comment"]
    for entry in entries:
        entry["text"] = entry["text"].replace("{T}", "the other team")
    return list(entries)


def test_the_demo_has_what_it_needs(demo: list[dict[str, str]]) -> None:
    assert len({e["text"] for e in demo}) == len(demo) >= 300
    for cause in FOUR:
        for side in ("Procurement", "Sales"):
            mine = [
                e
                for e in demo
                if e["cause"] == cause and e["question"] == "O1" and e["side"] in (side, "any")
            ]
            assert len(mine) >= 30


def test_causes_from_the_codebook_alone(demo: list[dict[str, str]]) -> None:
    asked = [e for e in demo if e["question"] == "O1" and e["cause"] in FOUR]
    texts = [e["text"] for e in asked]
    found = CodebookCoder().fit(texts).predict(texts)
    right = np.mean([a == e["cause"] for a, e in zip(found, asked, strict=True)])
    assert right >= 0.6


def test_the_code_of_a_comment_hardly_depends_on_its_company(demo: list[dict[str, str]]) -> None:
    asked = [e for e in demo if e["cause"] != "praise"][::4]
    texts = [e["text"] for e in asked]
    whole = CodebookCoder().fit(texts).predict(texts)
    alone = [CodebookCoder().fit([t]).predict([t])[0] for t in texts]
    own: dict[str, str] = {}
    for cause in {e["cause"] for e in asked}:
        mine = [e["text"] for e in asked if e["cause"] == cause]
        own.update(zip(mine, CodebookCoder().fit(mine).predict(mine), strict=True))
    assert np.mean([a == b for a, b in zip(alone, whole, strict=True)]) >= 0.82
    assert np.mean([own[t] == b for t, b in zip(texts, whole, strict=True)]) >= 0.82
    assert np.mean([own[t] == a for t, a in zip(texts, alone, strict=True)]) >= 0.82


def test_what_is_about_something_else_gets_no_cause(demo: list[dict[str, str]]) -> None:
    elsewhere = [
        "What time does the museum open on Sunday?",
        "Remind me to water the plants tomorrow",
        "How do I change the PIN of my debit card?",
        "Which film won the prize last year?",
    ]
    coder = CodebookCoder().fit([e["text"] for e in demo])
    assert coder.predict(elsewhere) == ["other"] * 4


def test_a_comment_may_say_several_causes() -> None:
    both = "Nobody told us about the change. Their bonus depends on sales, ours on savings."
    coder = CodebookCoder().fit([both, "The approval takes weeks because nobody has time"])
    several = coder.predict_several([both, "The approval takes weeks because nobody has time", ""])
    assert set(several[0]) == {"communication", "objectives"}
    assert several[1][0] == "resources"
    assert several[2] == ("other",)


def test_praise_is_seen(demo: list[dict[str, str]]) -> None:
    praise = [is_praise(e["text"]) for e in demo if e["cause"] == "praise"]
    blame = [is_praise(e["text"]) for e in demo if e["cause"] != "praise"]
    assert np.mean(praise) >= 0.75
    assert np.mean(blame) <= 0.03


def test_themes_of_the_demo(demo: list[dict[str, str]]) -> None:
    model = ThemeModel(Codebook.default(), ignore=["Procurement", "Sales"])
    model.fit([e["text"] for e in demo])
    assert 8 <= len(model.themes_) <= 40
    assert (model.labels_ >= 0).all()
    assert {t.cause for t in model.themes_} >= {"objectives", "communication", "resources", None}
    assert len({t.name for t in model.themes_}) == len(model.themes_)


def test_bench_runs_on_any_labelled_set(demo: list[dict[str, str]]) -> None:
    sets = {"demo": ([e["text"] for e in demo], [e["cause"] for e in demo])}
    rows = bench(sets, seeds=(0,), sample=120, labels_per_code=(0, 2))
    measures = {(r.engine, r.measure) for r in rows}
    assert ("tribometer", "AMI") in measures
    assert ("coder", "accuracy, 2 labels") in measures
    assert "| tribometer | AMI |" in table(rows)
