"""What the engine remembers of a pair from month to month, and with which eyes it reads."""

import logging
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.themes import Codebook, ThemeModel
from analysis.themes.embedders import make_embedder
from analysis.themes.embedding import Embedder
from analysis.themes.storage import StateError
from surveys.models.people import Team
from surveys.models.themes import ThemeMemory

log = logging.getLogger(__name__)
#: beside the engine's own state: how often its memory had to begin anew
GENERATION = "generation"

Pair = tuple[int, int]


def remembered(session: Session, pair: Pair, embedder: Embedder) -> tuple[ThemeModel, int]:
    """The model of a pair and its generation: memories of another embedder begin anew."""
    memory = session.get(ThemeMemory, pair)
    state = dict(memory.state) if memory else {}
    generation = int(state.pop(GENERATION, 0))
    if memory is not None:
        try:
            return ThemeModel.from_state(state, embedder=embedder), generation
        except StateError as error:
            log.warning("themes of teams %s and %s begin anew: %s", *pair, error)
            generation += 1
    # Who is written about is known from the seam; as a word it would only draw together all
    # comments that happen to name the other team.
    names = session.scalars(select(Team.name).where(Team.id.in_(pair))).all()
    return ThemeModel(codebook(), embedder, ignore=names), generation


@cache
def codebook() -> Codebook:
    """The product's own codebook."""
    return Codebook.default()


@cache
def embedder_of(name: str) -> Embedder:
    """The embedder of a setting, loaded once; raises EmbedderNotInstalledError."""
    return make_embedder(name)
