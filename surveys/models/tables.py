"""Every table, for Alembic and the tests: importing this file registers all models."""

from surveys.database import Base
from surveys.models import (
    access,
    agreements,
    audit,
    ballots,
    people,
    pulses,
    releases,
    themes,
    threads,
)

metadata = Base.metadata
__all__ = [
    "access",
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
