"""The command line: what a user does wrong ends with one sentence, and nothing half-done."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveys.commands import cli
from surveys.errors import UserError
from tests.postgres import free_port


def tribometer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    program = str(Path(sys.executable).with_name("tribometer"))
    return subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def refused(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    assert done.returncode == status, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("command", [["link", "a@b.c"], ["backup", "copy.zip"]])
def test_somebody_who_may_not_read_the_folder_is_told_so(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an administrator would be who forgets that the service has a user of its own."""
    folder = tmp_path / "instance"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "tribometer.db").touch()
    monkeypatch.setattr("surveys.operating.commands.access", lambda *_given: False)
    done = CliRunner().invoke(cli, [*command, "--instance", str(folder)])
    assert isinstance(done.exception, UserError)
    assert "sudo -u tribometer" in done.exception.sentence


def test_help_lists_every_command() -> None:
    done = tribometer("--help")
    for name in ("demo", "serve", "themes", "simulate", "bench", "attack"):
        assert name in done.stdout


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_in_use_is_said_before_anything_is_done(command: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = tribometer(command, "--instance", tmp_path / "new", "--port", port)
    assert f"Port {port} is in use" in refused(done, 2)
    assert not (tmp_path / "new").exists()


def test_a_port_that_is_no_number_is_said(tmp_path: Path) -> None:
    said = refused(tribometer("serve", "--instance", tmp_path / "new", "--port", "eighty"), 2)
    assert "is a number from 1 to 65535" in said


def test_an_instance_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    where = tmp_path / "file" / "instance"
    said = refused(tribometer("serve", "--instance", where, "--port", free_port()), 2)
    assert "cannot be written to" in said
    assert "--instance" in said


def test_the_demo_does_not_overwrite_a_folder_that_is_no_demo(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    said = refused(tribometer("demo", "--instance", tmp_path, "--port", free_port()), 2)
    assert "holds something that is no demo" in said
    assert (tmp_path / "thesis.txt").exists()


def test_themes_of_a_missing_file_or_column_is_said(tmp_path: Path) -> None:
    assert "no file" in refused(tribometer("themes", tmp_path / "no.csv", "--text", "x"))
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    said = refused(tribometer("themes", tmp_path / "c.csv", "--text", "x"))
    assert "“a”, “b”" in said


def test_themes_writes_a_report_and_the_assignments(tmp_path: Path) -> None:
    lines = ["text,team"]
    lines += [f"They told us too late about order {i},A" for i in range(12)]
    lines += [f"Our targets do not fit theirs in case {i},B" for i in range(12)]
    (tmp_path / "c.csv").write_text("\n".join(lines))
    out = tmp_path / "report.html"
    done = tribometer(
        "themes", tmp_path / "c.csv", "--text", "text", "--team", "team", "--out", out
    )
    assert done.returncode == 0, done.stderr
    assert "24 comments were read" in done.stdout
    assert out.read_text().startswith("<!doctype html>")
    assert len(list(tmp_path.glob("*.csv"))) == 2
