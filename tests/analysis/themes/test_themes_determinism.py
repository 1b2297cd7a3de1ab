"""The same answer twice: another order, another process, from a stored state."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analysis.themes import Codebook, StateError, ThemeModel

Comments = Callable[..., list[tuple[str, str]]]
_ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = """
import json, sys
from analysis.themes import Codebook, ThemeModel
texts = json.load(sys.stdin)
model = ThemeModel(Codebook.default()).fit(texts)
print(json.dumps([model.labels_.tolist(), [t.name for t in model.themes_], model.causes_]))
"""


def test_order_of_input_does_not_matter(comments: Comments) -> None:
    texts = [text for text, _ in comments(160, seed=3)]
    order = np.random.default_rng(5).permutation(len(texts))
    one = ThemeModel(Codebook.default()).fit(texts)
    two = ThemeModel(Codebook.default()).fit([texts[i] for i in order])
    assert (two.labels_ == one.labels_[order]).all()
    assert np.allclose(two.memberships_, one.memberships_[order])
    assert [t.name for t in one.themes_] == [t.name for t in two.themes_]
    assert [one.causes_[i] for i in order] == two.causes_


def test_another_process_gives_the_same(comments: Comments) -> None:
    texts = [text for text, _ in comments(80, seed=4)]
    env = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=_ROOT,
        env=env,
    )
    here = ThemeModel(Codebook.default()).fit(texts)
    labels, names, causes = json.loads(run.stdout)
    assert labels == here.labels_.tolist()
    assert names == [t.name for t in here.themes_]
    assert causes == here.causes_


def test_state_goes_through_json_and_on(comments: Comments) -> None:
    texts = [text for text, _ in comments(160, seed=3)]
    later = [text for text, _ in comments(160, seed=9)]
    model = ThemeModel(Codebook.default()).fit(texts)
    again = ThemeModel.from_state(json.loads(json.dumps(model.state())))
    assert again.update(later).labels_.tolist() == model.update(later).labels_.tolist()
    assert [t.id for t in again.themes_] == [t.id for t in model.themes_]


def test_state_holds_no_comment(comments: Comments) -> None:
    texts = [text for text, _ in comments(100, seed=3)]
    stored = json.dumps(ThemeModel(Codebook.default()).fit(texts).state(), ensure_ascii=False)
    assert not [t for t in texts if t in stored]


def test_save_and_load(tmp_path: Path, comments: Comments) -> None:
    texts = [text for text, _ in comments(100, seed=3)]
    model = ThemeModel(Codebook.default()).fit(texts)
    model.save(tmp_path / "model")
    again = ThemeModel.load(tmp_path / "model")
    assert again.themes_ == model.themes_
    assert (again.labels_ == model.labels_).all()
    assert np.allclose(again.memberships_, model.memberships_)


def test_unreadable_states_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="no readable theme model"):
        ThemeModel.load(tmp_path)
    with pytest.raises(StateError, match="not a stored theme model"):
        ThemeModel.from_state({})
    state = ThemeModel().fit(["a b c"] * 6).state()
    with pytest.raises(StateError, match="version 99"):
        ThemeModel.from_state({**state, "version": 99})
    with pytest.raises(StateError, match="cannot be read"):
        ThemeModel.from_state({**state, "memories": [{}]})
