"""Every table, for Alembic and the tests: importing this file registers all models."""

from surveys.database import Base
from surveys.models import (
    access,
    agreements,
    audit,
    ballots,
    goals,
    hard_data,
    people,
    pulses,
    releases,
    themes,
    threads,
    webhooks,
)

metadata = Base.metadata
__all__ = [
    "access",
    "agreements",
    "audit",
    "ballots",
    "goals",
    "hard_data",
    "metadata",
    "people",
    "pulses",
    "releases",
    "themes",
    "threads",
    "webhooks",
]
