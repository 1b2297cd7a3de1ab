"""The program as it will be one release later, with one more migration."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from surveys import migrating
from surveys.web import Installation

NEXT = Path(__file__).with_name("next_release.py")


@pytest.fixture
def this_release() -> str:
    """Revision of the newest migration that there is."""
    return str(migrating.head_revision())


@pytest.fixture
def older(
    either: Installation, this_release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """An installation of this release, run by the program of the next one."""
    migrations = tmp_path / "next" / "migrations"
    shutil.copytree(migrating.ROOT / "migrations", migrations)
    text = NEXT.read_text(encoding="utf-8") % {"head": this_release}
    (migrations / "versions" / "next.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(migrating, "ROOT", migrations.parent)
    migrating._migrations.cache_clear()
    yield either
    migrating._migrations.cache_clear()
