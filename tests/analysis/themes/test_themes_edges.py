"""Strange input: never a crash, never a guess."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.themes import Codebook, CodebookCoder, NotFittedError, ThemeModel

STRANGE = [
    "",
    "   \n\t ",
    "ok",
    "👍👍👍",
    "😡 forecast late again 😡",
    "a" * 10_000,
    "The forecast is late. " * 500,
    "المورد يتأخر دائما ولا أحد يخبرنا بذلك",
    "הספק תמיד מאחר ואף אחד לא מודיע לנו",
    "供应商总是迟到，没有人告诉我们。",
    "仕入先はいつも遅れます。誰も教えてくれません。",
    "Die Prognose kommt zu spät and nobody tells us, c'est toujours pareil.",
    "def f(x):\n    return x ** 2  # code",
    "SELECT * FROM orders WHERE late = 1;",
    "\x00\x01 control \ufffd \u200b\u200d characters",
    "1234567890",
    "!!!???",
    "https://example.org/a?b=c",
]


@pytest.mark.parametrize("codebook", [None, Codebook.default()], ids=["free", "framed"])
def test_strange_texts_are_read(codebook: Codebook | None) -> None:
    model = ThemeModel(codebook).fit(STRANGE)
    assert model.labels_.shape == (len(STRANGE),)
    assert model.memberships_.shape == (len(STRANGE), len(model.themes_))
    silent = [not any(c.isalnum() for c in t) for t in STRANGE]
    assert (model.labels_ == -1).tolist() == silent
    sums = model.memberships_.sum(axis=1)
    assert np.allclose(sums, [0.0 if s else 1.0 for s in silent])
    assert all(model.explain(i).sentence() for i in range(len(STRANGE)))
    json.dumps(model.state())


@pytest.mark.parametrize("texts", [[], [""], ["one two"], ["late", "late", "slow", "bad"]])
def test_fewer_than_a_handful_is_said_to_be_too_few(texts: list[str]) -> None:
    model = ThemeModel(Codebook.default()).fit(texts)
    worded = sum(bool(t) for t in texts)
    assert len(model.themes_) == (1 if worded else 0)
    assert all(t.too_few and t.size == worded for t in model.themes_)
    assert (model.labels_ >= 0).sum() == worded


def test_one_text_ten_thousand_times_is_one_theme() -> None:
    model = ThemeModel(Codebook.default()).fit(["The forecast is late again"] * 10_000)
    assert [t.size for t in model.themes_] == [10_000]
    assert set(model.labels_) == {0}


def test_too_few_now_does_not_forget_what_was_known() -> None:
    texts = [f"the forecast for week {i} came late" for i in range(20)]
    model = ThemeModel().fit(texts)
    known = {m.id for m in model.memories_}
    model.update(["late"])
    assert model.themes_[0].too_few
    model.update(texts)
    assert {t.id for t in model.themes_} <= known


def test_asking_before_fit_is_an_error() -> None:
    with pytest.raises(NotFittedError):
        ThemeModel().explain(0)


def test_index_out_of_range_is_an_error() -> None:
    model = ThemeModel().fit(["a b c"] * 6)
    with pytest.raises(IndexError):
        model.explain(6)


def test_coder_on_strange_texts() -> None:
    coder = CodebookCoder().fit(STRANGE)
    proba = coder.predict_proba(STRANGE)
    assert proba.shape == (len(STRANGE), len(coder.codes_))
    assert np.allclose(proba.sum(axis=1), 1)
    assert coder.predict([""]) == ["other"]
    assert coder.predict([]) == []


def test_coder_without_any_text() -> None:
    coder = CodebookCoder().fit([])
    assert coder.predict(["The forecast arrives late and nobody tells us."]) == ["communication"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=60), max_size=30), st.randoms(use_true_random=False))
def test_any_strings_in_any_order(texts: list[str], random: object) -> None:
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = ThemeModel(min_size=2).fit(texts)
    two = ThemeModel(min_size=2).fit([texts[i] for i in order])
    assert (two.labels_ == one.labels_[order]).all() if texts else not len(two.labels_)
    assert [t.name for t in one.themes_] == [t.name for t in two.themes_]


@pytest.mark.parametrize(
    ("sentence", "cause"),
    [
        (
            "The forecast comes too late, and changes to orders are not told to us at all. {}",
            "communication",
        ),
        (
            "We need the same lawyer and nobody decides whose contract goes first, {}.",
            "resources",
        ),
        ("They promised the customer a date we cannot keep, week {}", "competitiveness"),
        ("The heating in the office is broken for {} weeks", "other"),
    ],
)
def test_one_sentence_with_other_figures_is_one_theme_and_one_cause(
    sentence: str, cause: str
) -> None:
    texts = [sentence.format(i) for i in range(25)]
    model = ThemeModel(Codebook.default()).fit(texts)
    assert set(model.causes_) == {cause}
    assert [t.size for t in model.themes_] == [25]
    assert model.themes_[0].phrases
    assert set(CodebookCoder().fit(texts).predict(texts)) == {cause}


def test_the_same_sentence_with_other_names_stays_together() -> None:
    names = ["Karin", "Thomas", "Ayşe", "Giovanni", "Priya", "Olga", "Mbeki"]
    sentences = [
        "{} never answers my mails",
        "{} promised the customer a date nobody can keep",
        "Parking for {} is full",
    ]
    texts = [s.format(n) for s in sentences for n in names]
    labels = ThemeModel().fit(texts).labels_.reshape(len(sentences), len(names))
    assert all(len(set(row)) == 1 for row in labels.tolist())
    assert len(set(labels[:, 0].tolist())) == len(sentences)
