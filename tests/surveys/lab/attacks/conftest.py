"""The app of an empty installation of each kind, for the attacks."""

import pytest
from flask import Flask

from surveys.web import Installation
from tests.conftest import APPS


@pytest.fixture
def ground(either: Installation) -> Flask:
    """An empty installation, once on SQLite and once on PostgreSQL."""
    return APPS[id(either)]
