"""The doctor finds each fault that it looks for; the audit command finds what was changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from surveys import clock
from surveys.access import audit
from surveys.commands import cli
from surveys.database import writing
from surveys.models.audit import AuditEntry, OutboxMessage
from surveys.models.pulses import Wave
from surveys.operating.doctor import FAULT, examine
from surveys.web import Installation
from tests.factories import account, closed, company, during, opened


def faults(installed: Installation) -> set[str]:
    return {found.about for found in examine(installed.settings) if found.state == FAULT}


def run(installed: Installation, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--instance", str(installed.settings.instance)])


@pytest.fixture
def well(either: Installation) -> Installation:
    company(either)
    account(either, "hr@example.org", "hr")
    return either


def test_a_sound_installation_has_no_fault(well: Installation) -> None:
    wave = opened(well)
    with during(wave):  # which is not the hour that the database server has
        assert faults(well) <= {"clock"}


def lose_key(installed: Installation) -> None:
    opened(installed)
    for path in installed.settings.keys.glob("wave-*"):
        path.unlink()


def keep_key(installed: Installation) -> None:
    wave = opened(installed)
    copies = {path: path.read_bytes() for path in installed.settings.keys.glob("wave-*")}
    closed(installed, wave)
    for path, content in copies.items():
        path.write_bytes(content)
        path.chmod(0o600)


def open_key_file(installed: Installation) -> None:
    (installed.settings.keys / "cookies.key").chmod(0o644)


def open_key_folder(installed: Installation) -> None:
    installed.settings.keys.chmod(0o755)


def change_log(installed: Installation) -> None:
    with writing(installed.sessions) as session:
        for _ in range(2):
            audit.record(session, "hr@example.org", "did something")
        session.execute(update(AuditEntry).values(actor="somebody else"))


@pytest.mark.parametrize(
    ("harm", "about"),
    [
        (lose_key, "keys"),
        (keep_key, "keys"),
        (open_key_file, "key files"),
        (open_key_folder, "key folder"),
        (change_log, "audit log"),
    ],
)
def test_each_fault_is_found(
    well: Installation, harm: Callable[[Installation], None], about: str
) -> None:
    (well.settings.keys / "cookies.key").touch(0o600)
    harm(well)
    moment = clock.now()
    with well.sessions() as session:
        wave = session.query(Wave).filter(Wave.state == "open").first()
        moment = wave.opens_at + timedelta(days=1) if wave else moment
    with clock.at(moment):
        assert about in faults(well)


def test_a_wave_that_nobody_closed_is_a_fault(well: Installation) -> None:
    wave = opened(well)
    with clock.at(wave.closes_at + timedelta(hours=1)):
        assert "calendar" in faults(well)


def test_a_dead_mail_server_is_a_fault_and_a_failed_mail_is_said(installed: Installation) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    with writing(installed.sessions) as session:
        session.add(OutboxMessage(once="x", kind="release", state="failed", due_at=clock.now()))
    done = CliRunner().invoke(
        cli,
        ["doctor", "--instance", str(installed.settings.instance)],
        env={"TRIBOMETER_OUTBOX": "smtp://127.0.0.1:9"},
    )
    assert done.exit_code == 1
    assert "does not answer" in done.output
    assert "1 failed" in done.output


def test_an_empty_folder_is_said_to_be_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("nothing")
    done = CliRunner().invoke(cli, ["doctor", "--instance", str(folder)])
    assert done.exit_code == 1
    assert "tribometer serve" in done.output
    assert "Traceback" not in done.output


def test_audit_verify_prints_the_head_and_finds_a_rewritten_log(installed: Installation) -> None:
    account(installed, "hr@example.org", "hr")
    with writing(installed.sessions) as session:
        audit.record(session, "hr@example.org", "did something")
    first = run(installed, "audit", "verify")
    assert "1 entries" in first.output
    head = first.output.split("Head: ")[1].strip()
    assert run(installed, "audit", "verify", "--head", head).exit_code == 0
    with writing(installed.sessions) as session:
        session.query(AuditEntry).delete()
        audit.record(session, "hr@example.org", "did something harmless")
    rewritten = run(installed, "audit", "verify", "--head", head)
    assert isinstance(rewritten.exception, Exception)
    assert "rewritten" in str(rewritten.exception)


def test_a_link_can_be_printed_for_somebody_locked_out(installed: Installation) -> None:
    account(installed, "hr@example.org", "hr")
    done = run(installed, "link", "HR@example.org", "--drop-second-factor")
    assert "/enter#" in done.output
    assert "No account" in str(run(installed, "link", "nobody@example.org").exception)
