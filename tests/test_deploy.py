"""What `deploy/` says is what the product has: commands, options, settings, no log of answers."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from surveys.commands import WHERE, cli
from surveys.settings import PREFIX, SETTINGS

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def commands() -> list[list[str]]:
    """Every call of the product in units and Compose file, as words."""
    calls = [
        re.search(r"ExecStart=\S+/tribometer (.+)", unit.read_text()).group(1).split()  # type: ignore[union-attr]
        for unit in UNITS
    ]
    compose = (DEPLOY / "compose.yaml").read_text()
    quoted = re.findall(r"command: \[(.+)\]", compose)
    return calls + [re.findall(r'"([^"]+)"', words) for words in quoted]


@pytest.mark.parametrize("call", commands(), ids=" ".join)
def test_every_call_is_one_that_the_product_knows(call: list[str]) -> None:
    assert call[0] in WHERE
    command = cli.get_command(click.Context(cli), call[0])
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in call if word.startswith("--")} <= known
    assert CliRunner().invoke(cli, [call[0], "--help"]).exit_code == 0


def test_every_setting_is_one_that_the_product_knows() -> None:
    for path in DEPLOY.iterdir():
        named = re.findall(rf"{PREFIX}([A-Z_]+)", path.read_text())
        assert {name.lower() for name in named} <= set(SETTINGS), path.name


def test_the_web_server_in_front_logs_no_answer() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    answering = re.search(r"location /s \{(.*?)\n    \}", text, re.S)
    assert answering
    assert "access_log off;" in answering.group(1)
    assert "error_log /dev/null" in answering.group(1)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_such_that_systemd_takes(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("the units (systemd-analyze is not on this machine)")
    # The program is not where the unit says, on the machine of the tests.
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", unit.read_text()))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert unit.name not in done.stderr, done.stderr


def test_alarms_ring_when_something_is_wrong_and_only_then(tmp_path: Path) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("the alarms of Prometheus (install it: apt-get install prometheus)")
    for file in (DEPLOY / "prometheus-rules.yml", Path(__file__).with_name("alerts.yml")):
        shutil.copy(file, tmp_path)
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts.yml"], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rules = set(re.findall(r"alert: (\w+)", (DEPLOY / "prometheus-rules.yml").read_text()))
    tried = re.findall(r"alertname: (\w+)", (tmp_path / "alerts.yml").read_text())
    assert set(tried) == rules
    assert min(tried.count(rule) for rule in rules) >= 2, "once without a fault, once with one"
