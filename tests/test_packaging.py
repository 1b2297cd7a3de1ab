"""The wheel holds all that is needed: pages, static files, migrations, data of the rooms."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TRY = """
from pathlib import Path
import app, surveys
from surveys.migrating import upgrade
from surveys.settings import Settings
assert Path(surveys.__file__).is_relative_to(Path.cwd()), surveys.__file__
made = app.create_app(Settings.read(Path("instance")))
upgrade(made.extensions["tribometer"].engine)
client = made.test_client()
assert client.get("/sign-in").status_code == 200
assert client.get("/static/css/tokens.css").status_code == 200
from analysis.themes import Codebook
from surveys.reading.playbook import playbook
from surveys.running.instruments import DEFAULT
from surveys.lab.demo.remarks import FILE
assert Codebook.default().codes and playbook() and DEFAULT.exists() and FILE.exists()
print("works")
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--wheel-dir", str(folder), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "files")
    return folder / "files"


def test_the_product_runs_from_the_wheel_alone(unpacked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRY], cwd=unpacked, env={"PYTHONPATH": str(unpacked)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "works", done.stderr


def test_the_wheel_leaves_tests_and_instances_at_home(unpacked: Path) -> None:
    top = {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")}
    assert top <= {
        "app.py", "surveys", "analysis", "templates", "static", "translations", "migrations",
        "instance", "__pycache__",
    }  # fmt: skip
    assert "tests" not in top
