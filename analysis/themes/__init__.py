"""The theme engine: guided by a codebook first, discovering second, learning always.

model = ThemeModel(codebook=Codebook.default()).fit(texts)
model.themes_, model.labels_, model.memberships_, model.causes_, model.tones_
model.update(next_texts).changes_
"""

from analysis.themes.codebook import Code, Codebook, CodebookError
from analysis.themes.coding import CodebookCoder
from analysis.themes.corrections import Correction, CorrectionError, Kind
from analysis.themes.embedding import Embedder, EmbedderNotInstalledError, WordLlamaEmbedder
from analysis.themes.model import NotFittedError, ThemeModel
from analysis.themes.quotes import pick_quotes
from analysis.themes.storage import StateError
from analysis.themes.theme import Change, Fate, Theme, Why
from analysis.themes.tone import is_praise, tone, tones

__all__ = [
    "Change",
    "Code",
    "Codebook",
    "CodebookCoder",
    "CodebookError",
    "Correction",
    "CorrectionError",
    "Embedder",
    "EmbedderNotInstalledError",
    "Fate",
    "Kind",
    "NotFittedError",
    "StateError",
    "Theme",
    "ThemeModel",
    "Why",
    "WordLlamaEmbedder",
    "is_praise",
    "pick_quotes",
    "tone",
    "tones",
]
