"""`ThemeModel`: the estimator that the rest of the product calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.themes import memory, storage, views
from analysis.themes.codebook import Codebook
from analysis.themes.corrections import Correction, CorrectionError, Kind
from analysis.themes.discovery import discover
from analysis.themes.embedding import Embedder, WordLlamaEmbedder
from analysis.themes.features import Features
from analysis.themes.joining import twins_of
from analysis.themes.month import Month, has_words, read_month, row_of
from analysis.themes.theme import Change, Fate, Memory, Theme, Why

FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]
IntArray = NDArray[np.int64]
Before = tuple[list[Memory], IntArray, NDArray[np.bool_], list[str | None]]
Progress = Callable[[str, int, int], None]

MIN_TEXTS = 5
TOO_FEW = "Too few to group"


class NotFittedError(RuntimeError):
    """The model was asked about texts before `fit` (or after loading, before `update`)."""


class ThemeModel:
    """Finds themes, keeps their identity over months, says why.

    Parameters: codebook: the frame (None: none, themes only); embedder: the shipped one by
    default; random_state: seed; min_size: distinct texts below which no theme is made of its
    own; progress: called with (stage, done, total); ignore: words that say nothing about a theme,
    such as the teams' names.

    Learned: labels_ (n,) position in themes_ of each text's primary theme, −1 for a text without
    words; memberships_ (n, themes) in [0, 1], rows sum to 1 (0 without words); themes_, largest
    first; changes_ since the last month; causes_ (n,) code per text, None without a codebook;
    tones_ (n,) in [−1, 1] or None.
    """

    def __init__(
        self,
        codebook: Codebook | None = None,
        embedder: Embedder | None = None,
        random_state: int = 0,
        min_size: int = 5,
        progress: Progress | None = None,
        ignore: Sequence[str] = (),
    ) -> None:
        self.codebook = codebook
        self.embedder: Embedder = embedder or WordLlamaEmbedder()
        self.random_state = random_state
        self.min_size = min_size
        self.progress = progress
        self.ignore = tuple(ignore)
        self.labels_: IntArray = np.zeros(0, dtype=np.int64)
        self.memberships_: Floats = np.zeros((0, 0))
        self.themes_: list[Theme] = []
        self.changes_: list[Change] = []
        self.causes_: list[str | None] = []
        self.tones_: list[float | None] = []
        self.features_: Features | None = None
        self.memories_: list[Memory] = []
        self.next_id_ = 1
        self.corrections_: list[Correction] = []
        self._month: Month | None = None
        self._undone: list[Before] = []  # what was before each correction of this month

    def fit(self, texts: Sequence[str]) -> ThemeModel:
        """Learn the themes of a first month; forgets what was learned before.

        Any strings are fine. Fewer than five with words give one theme with `too_few`.
        """
        self.memories_, self.next_id_, self.features_ = [], 1, None
        self.corrections_ = []
        return self.update(texts)

    def fit_predict(self, texts: Sequence[str]) -> IntArray:
        """`fit`, then `labels_`."""
        return self.fit(texts).labels_

    def update(self, texts: Sequence[str]) -> ThemeModel:
        """Learn the next month: all learned attributes then speak of `texts`.

        Known themes keep their ids; `changes_` says what became of each.
        """
        recoded = [
            (c.text, c.code)
            for c in self.corrections_
            if c.kind is Kind.RECODE and c.text and c.code
        ]
        self._tell("reading", 0)
        few = sum(map(has_words, texts)) < MIN_TEXTS
        known = self.features_
        month, features = read_month(
            texts, known, self.codebook, self.embedder, recoded, self.ignore
        )
        self._month = month
        self._undone = []
        self.causes_, self.tones_ = month.causes(), month.tones()
        if few:
            self._say_too_few(month)
            return self
        self.features_ = features
        self._tell("grouping", 1)
        fresh = discover(
            month.framed_rows(self.codebook),
            self.random_state,
            self.min_size,
            twins_of(month.quiet),
        )
        self._tell("following", 2)
        plan = memory.follow(month, fresh, self.memories_, self.next_id_, self.min_size)
        self.memories_, self.next_id_, self.changes_ = plan.memories, plan.next_id, plan.changes
        self._publish()
        self._tell("done", 3)
        return self

    def explain(self, index: int) -> Why:
        """Why text `index` (of the last `fit` or `update`) is in its theme.

        Raises NotFittedError before them, IndexError out of range.
        """
        month = self._seen()
        if not 0 <= index < len(month.texts):
            raise IndexError(f"There is no text {index}; {len(month.texts)} were given.")
        return views.explain(month, self.themes_, self.labels_, index)

    def rows_of(self, indices: Sequence[int]) -> FloatArray:
        """Vectors (k, d) of texts of the last `fit` or `update`, zero for one without words."""
        month = self._seen()
        out = np.zeros((len(indices), month.rows.shape[1]), dtype=np.float32)
        for row, index in enumerate(indices):
            if month.place[index] >= 0:
                out[row] = month.rows[month.place[index]]
        return out

    def correct(self, correction: Correction) -> ThemeModel:
        """Carry out a correction now, and keep to it in the months to come.

        All but a split can also be made between two months, after `from_state`. Raises
        CorrectionError when the theme is unknown or something needed is missing.
        """
        before = self._remembered()
        if correction.kind is not Kind.RECODE:
            row = None
            if correction.kind is Kind.MOVE and correction.text and self.features_ is not None:
                row = row_of(correction.text, self.features_, self.ignore)
            self.next_id_ = memory.apply(
                correction, self.memories_, self._month, self.next_id_, self.random_state, row
            )
        elif not correction.text or not correction.code:
            raise CorrectionError("To recode, name the text and the code.")
        elif self.codebook is None or correction.code not in self.codebook.code_names:
            raise CorrectionError(f"“{correction.code}” is not a code of the codebook.")
        self.corrections_.append(correction)
        self._undone.append(before)
        if correction.kind is Kind.RECODE and self._month is not None:
            self.causes_ = [
                correction.code if t == correction.text else c
                for t, c in zip(self._month.texts, self.causes_, strict=True)
            ]
        elif self._month is not None and not (self.themes_ and self.themes_[0].too_few):
            self._publish()
        return self

    def undo(self) -> Correction:
        """Take back the last correction made since the last `fit` or `update`, and return it.

        An id that it gave away is not given again. Raises CorrectionError when there is none.
        """
        if not self._undone:
            raise CorrectionError("There is no correction of this month to take back.")
        self.memories_, ids, moved, self.causes_ = self._undone.pop()
        if self._month is not None:
            self._month.ids, self._month.moved = ids, moved
            if not (self.themes_ and self.themes_[0].too_few):
                self._publish()
        return self.corrections_.pop()

    def state(self) -> dict[str, Any]:
        """What must be kept for the next month, JSON-able; no comment's text is in it but those
        that HR recoded.
        """
        return storage.state_of(self)

    @classmethod
    def from_state(
        cls,
        state: dict[str, Any],
        codebook: Codebook | None = None,
        embedder: Embedder | None = None,
    ) -> ThemeModel:
        """A model ready for `update`. The state's codebook is used when none is given.

        Raises StateError for a state of an unknown version or another embedder.
        """
        made: ThemeModel = storage.model_from(cls, state, codebook, embedder)
        return made

    def save(self, path: str | Path) -> None:
        """Write a folder of open files: model.json and arrays.npz (see `storage`)."""
        storage.save(self, Path(path))

    @classmethod
    def load(cls, path: str | Path, embedder: Embedder | None = None) -> ThemeModel:
        """Read what `save` wrote, assignments of its last month included.

        Raises StateError with a sentence when something is missing or not ours.
        """
        loaded: ThemeModel = storage.load(cls, Path(path), embedder)
        return loaded

    def _remembered(self) -> Before:
        """Copies of all that a correction may change."""
        none = np.zeros(0, dtype=np.int64)
        ids = none if self._month is None else self._month.ids.copy()
        moved = none.astype(bool) if self._month is None else self._month.moved.copy()
        return deepcopy(self.memories_), ids, moved, list(self.causes_)

    def _publish(self) -> None:
        month = self._seen()
        phrases = views.name_themes(month, self.memories_, self._known_features())
        self.themes_ = views.theme_views(month, self.memories_, phrases, self.changes_, self.tones_)
        position = {t.id: j for j, t in enumerate(self.themes_)}
        self.labels_ = np.array(
            [-1 if p < 0 else position[int(month.ids[p])] for p in month.place], dtype=np.int64
        )
        self.memberships_ = views.memberships(month, self.memories_, self.themes_)

    def _say_too_few(self, month: Month) -> None:
        spoken = np.flatnonzero(month.place >= 0)
        self.changes_ = []
        self.themes_ = []
        self.labels_ = np.where(month.place >= 0, 0, -1).astype(np.int64)
        self.memberships_ = np.zeros((len(month.texts), 1 if len(spoken) else 0))
        if len(spoken):
            self.memberships_[spoken, 0] = 1.0
            shown = tuple(int(i) for i in spoken)
            self.themes_ = [Theme(0, TOO_FEW, (), len(spoken), shown, fate=Fate.SAME, too_few=True)]

    def _known_features(self) -> Features:
        if self.features_ is None:
            raise NotFittedError("Call fit with texts first.")
        return self.features_

    def _seen(self) -> Month:
        if self._month is None:
            raise NotFittedError("Call fit or update with texts first.")
        return self._month

    def _tell(self, stage: str, done: int) -> None:
        if self.progress is not None:
            self.progress(stage, done, 3)
