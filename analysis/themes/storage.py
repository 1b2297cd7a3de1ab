"""Models in open form: JSON for what is said, npz (no pickle) for arrays, a version on both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analysis.themes.codebook import Codebook
from analysis.themes.corrections import Correction
from analysis.themes.embedding import Embedder
from analysis.themes.features import Features
from analysis.themes.theme import Fate, Memory, Theme

VERSION = 1
_MODEL, _ARRAYS = "model.json", "arrays.npz"


# A model is `Any` here: `model` imports this file, and a type taken back would close a circle.


class StateError(ValueError):
    """A stored model that cannot be read; the sentence says why."""


def state_of(model: Any) -> dict[str, Any]:
    """JSON-able state of a model; see `ThemeModel.state`."""
    return {
        "format": "tribometer-themes",
        "version": VERSION,
        "random_state": model.random_state,
        "min_size": model.min_size,
        "ignore": list(model.ignore),
        "next_id": model.next_id_,
        "codebook": model.codebook.to_dict() if model.codebook else None,
        "features": model.features_.state() if model.features_ else None,
        "memories": [m.to_dict() for m in model.memories_],
        "corrections": [c.to_dict() for c in model.corrections_],
    }


def model_from(
    cls: Callable[..., Any],
    state: dict[str, Any],
    codebook: Codebook | None,
    embedder: Embedder | None,
) -> Any:
    """A model from `state_of`; raises StateError."""
    if state.get("format") != "tribometer-themes":
        raise StateError("This is not a stored theme model.")
    if state.get("version") != VERSION:
        raise StateError(
            f"This theme model has version {state.get('version')}, known is {VERSION}; fit anew."
        )
    try:
        stored = Codebook.from_dict(state["codebook"]) if state["codebook"] else None
        model = cls(codebook or stored, embedder, state["random_state"], state["min_size"])
        model.ignore = tuple(state["ignore"])
        if state["features"]:
            model.features_ = Features.from_state(state["features"], model.embedder)
        model.memories_ = [Memory.from_dict(m) for m in state["memories"]]
        model.corrections_ = [Correction.from_dict(c) for c in state["corrections"]]
        model.next_id_ = int(state["next_id"])
    except (KeyError, TypeError, ValueError) as error:
        raise StateError(
            f"The stored theme model cannot be read: {str(error).rstrip('.')}."
        ) from error
    return model


def save(model: Any, folder: Path) -> None:
    """Write model.json (state and themes) and arrays.npz (labels, memberships) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {**state_of(model), "themes": [_theme_dict(t) for t in model.themes_]}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / _MODEL).write_text(text + "\n", encoding="utf-8")
    np.savez_compressed(folder / _ARRAYS, labels=model.labels_, memberships=model.memberships_)


def load(cls: Callable[..., Any], folder: Path, embedder: Embedder | None) -> Any:
    """Read what `save` wrote; raises StateError."""
    try:
        content = json.loads((folder / _MODEL).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            labels, memberships = arrays["labels"], arrays["memberships"]
    except (OSError, ValueError, KeyError) as error:
        raise StateError(f"There is no readable theme model in {folder}.") from error
    model = model_from(cls, content, None, embedder)
    model.labels_, model.memberships_ = labels.astype(np.int64), memberships
    model.themes_ = [_theme_from(t) for t in content["themes"]]
    return model


def _theme_dict(theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "name": theme.name,
        "phrases": list(theme.phrases),
        "size": theme.size,
        "representatives": list(theme.representatives),
        "cause": theme.cause,
        "tone": theme.tone,
        "fate": theme.fate.value,
        "pinned": theme.pinned,
        "dismissed": theme.dismissed,
        "too_few": theme.too_few,
    }


def _theme_from(data: dict[str, Any]) -> Theme:
    return Theme(
        **{
            **data,
            "phrases": tuple(data["phrases"]),
            "representatives": tuple(data["representatives"]),
            "fate": Fate(data["fate"]),
        }
    )
