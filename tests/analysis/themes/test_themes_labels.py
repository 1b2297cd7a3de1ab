"""The regression on people's labels: the minimum it promises, the same for every order of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analysis.themes import Codebook, CodebookCoder
from analysis.themes.frame import RIDGE, regression
from tests.analysis.themes.conftest import PARTS, Comments

_ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = """
import json, sys
from analysis.themes import Codebook, CodebookCoder
names, texts, labels = json.load(sys.stdin)
coder = CodebookCoder(Codebook.from_names(names)).fit(texts, labels)
print(json.dumps(coder.predict_proba(texts).tolist()))
"""


@pytest.mark.parametrize("count", [2, 5])
def test_the_gradient_is_zero_where_the_regression_stops(count: int) -> None:
    rng = np.random.default_rng(count)
    classes = np.arange(60) % count
    rows = rng.normal(size=(count, 32))[classes] + rng.normal(size=(60, 32))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    model = regression(rows, classes.tolist())
    weights = model.coef_ if count > 2 else np.vstack([-model.coef_, model.coef_]) / 2
    missed = model.predict_proba(rows.astype(np.float64)) - np.eye(count)[classes]
    assert np.abs(missed).max() > 0.01, "a fit without a rest would show nothing"
    assert np.abs(missed.T @ rows + RIDGE * weights).max() < 1e-4
    assert np.abs(missed.sum(axis=0)).max() < 1e-4


def given(comments: Comments) -> tuple[list[str], list[str], list[str | None]]:
    """Names of codes, texts, and the labels of a third of them."""
    texts, topics = zip(*comments(90, seed=6), strict=True)
    return sorted(PARTS), list(texts), [None if i % 3 else t for i, t in enumerate(topics)]


def test_labels_in_another_order_or_process_give_the_very_same(comments: Comments) -> None:
    names, texts, labels = given(comments)
    here = CodebookCoder(Codebook.from_names(names)).fit(texts, labels).predict_proba(texts)
    order = np.random.default_rng(7).permutation(len(texts)).tolist()
    turned = CodebookCoder(Codebook.from_names(names))
    turned.fit([texts[i] for i in order], [labels[i] for i in order])
    assert np.array_equal(turned.predict_proba(texts), here)
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps([names, texts, labels]),
        capture_output=True,
        text=True,
        check=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": "78"},
    )
    assert np.array_equal(np.array(json.loads(run.stdout)), here)


def test_labels_of_one_code_alone_teach_no_regression(comments: Comments) -> None:
    texts = [text for text, _ in comments(20, seed=6)]
    book = Codebook.from_names(["forecast"])
    coder = CodebookCoder(book).fit(texts, ["forecast", *[None] * 19])
    assert coder.predict(texts)[0] == "forecast"
