"""Every table, for Alembic and the tests: importing this file registers all models."""

from surveys.database import Base
from surveys.models import agreements, audit, ballots, people, pulses, releases, themes, threads

metadata = Base.metadata
__all__ = [
    "agreements",
    "audit",
    "ballots",
    "metadata",
    "people",
    "pulses",
    "releases",
    "themes",
    "threads",
]
