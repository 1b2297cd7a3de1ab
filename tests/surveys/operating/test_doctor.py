"""The doctor finds each fault that it looks for; the audit command finds what was changed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from surveys import clock, heartbeat
from surveys.access import audit
from surveys.commands import cli
from surveys.database import write_session
from surveys.models.audit import AuditEntry, OutboxMessage
from surveys.models.enums import WaveState
from surveys.models.pulses import Pulse, Wave
from surveys.operating import worker
from surveys.operating.doctor import examine
from surveys.operating.finding import FAULT, Finding
from surveys.sending import outbox
from surveys.web import Installation
from tests.factories import account, closed, company, during, opened


def faults(installed: Installation) -> set[str]:
    return {found.about for found in examine(installed.settings) if found.state == FAULT}


def says(installed: Installation, about: str) -> Finding:
    """The one finding about something."""
    (found,) = [one for one in examine(installed.settings) if one.about == about]
    return found


def run(installed: Installation, *arguments: str) -> Result:
    place = ["--instance", str(installed.settings.instance)]
    given = {"TRIBOMETER_DATABASE": installed.settings.database}
    return CliRunner().invoke(cli, [*arguments, *place], env=given)


@pytest.fixture
def well(either: Installation) -> Installation:
    company(either)
    account(either, "hr@example.org", "hr")
    return either


def test_a_sound_installation_has_no_fault(well: Installation) -> None:
    wave = opened(well)
    with during(wave):  # which is not the hour that the database server has
        heartbeat.beat(well.jobs, "one")
        outbox.deliver_due(well.sessions, well.settings)
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
    with write_session(installed.sessions) as session:
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
        wave = session.query(Wave).filter(Wave.state == WaveState.OPEN).first()
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
    with write_session(installed.sessions) as session:
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


def test_audit_show_prints_the_newest_entries_in_order(installed: Installation) -> None:
    with write_session(installed.sessions) as session:
        for number in range(3):
            audit.record(session, "hr@example.org", f"did {number}", name="a\x1b[2Jb", team=number)
    lines = run(installed, "audit", "show", "--last", "2").output.splitlines()
    assert [line.split("  ")[1:] for line in lines] == [
        ["hr@example.org", "did 1", "(name: a?[2Jb, team: 1)"],
        ["hr@example.org", "did 2", "(name: a?[2Jb, team: 2)"],
    ]
    told = [
        json.loads(line) for line in run(installed, "audit", "show", "--json").output.splitlines()
    ]
    assert [one["detail"]["team"] for one in told] == [0, 1, 2]
    assert told[0]["detail"]["name"] == "a\x1b[2Jb"


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_audit_log_that_is_away_is_said_plainly(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIBOMETER_DATABASE", "postgresql://nobody@127.0.0.1:9/none")
    done = CliRunner().invoke(cli, ["audit", command, "--instance", str(tmp_path)])
    assert done.exit_code != 0
    assert "cannot be used" in str(done.exception)


def test_audit_verify_prints_the_head_and_finds_a_rewritten_log(installed: Installation) -> None:
    account(installed, "hr@example.org", "hr")
    with write_session(installed.sessions) as session:
        audit.record(session, "hr@example.org", "did something")
    first = run(installed, "audit", "verify")
    assert "1 entries" in first.output
    head = first.output.split("Head: ")[1].strip()
    assert run(installed, "audit", "verify", "--head", head).exit_code == 0
    with write_session(installed.sessions) as session:
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


def test_a_worker_that_is_silent_is_a_fault_once_the_survey_runs(either: Installation) -> None:
    account(either, "hr@example.org", "hr")
    assert says(either, "worker").state == "advice"
    company(either)
    assert says(either, "worker").state == FAULT
    now = clock.now()
    heartbeat.beat(either.jobs, "one")
    assert says(either, "worker").state == "ok"
    with clock.at(now + timedelta(minutes=14)):
        assert says(either, "worker").state == "ok"
    with clock.at(now + timedelta(minutes=16)):
        assert says(either, "worker").state == FAULT
        assert "tribometer worker" in says(either, "worker").says
    with clock.at(now + timedelta(days=2)):
        heartbeat.beat(either.jobs, "two")
        assert list(heartbeat.workers(either.jobs)) == ["two"]  # the other is forgotten


def test_mails_that_wait_too_long_are_a_fault_and_reminders_are_not_told(
    well: Installation,
) -> None:
    """A reminder waits for everybody who has not answered."""
    now = clock.now()
    with write_session(well.sessions) as session:
        session.execute(delete(OutboxMessage))
        for kind in ("release", "reminder", "chat_reminder"):
            session.add(OutboxMessage(once=kind, kind=kind, state="waiting", due_at=now))
    assert says(well, "outbox").says == "1 unsent, none failed."
    with write_session(well.sessions) as session:
        # Tried six times, and the last time just now: so it came four hours ago.
        pause = outbox.pause_after(6)
        session.execute(update(OutboxMessage).values(attempts=6, due_at=now + pause))
    assert "none failed" in says(well, "outbox").says
    with clock.at(now + timedelta(hours=5)):
        found = says(well, "outbox")
    assert found.state == FAULT
    assert "has waited for" in found.says


def test_what_ran_last_is_told(well: Installation, tmp_path: Path) -> None:
    assert says(well, "backup").state == "advice"
    done = run(well, "backup", str(tmp_path / "b.zip"))
    assert done.exit_code == 0, done.output
    assert says(well, "backup").state == "ok"
    worker.advance(well.sessions, well.engine, well.settings, well.jobs)
    assert says(well, "forgetting").state == "ok"
    with clock.at(clock.now() + timedelta(days=9)):
        assert says(well, "forgetting").state == FAULT
        assert says(well, "backup").state == "advice"
    heartbeat.note_run(well.jobs, heartbeat.FORGETTING, 1.0, well=False)
    heartbeat.note_run(well.jobs, heartbeat.PUBLISHING, 1.0, well=False)
    assert {"forgetting", "publishing"} <= faults(well)


def test_a_time_zone_that_is_not_known_and_a_clock_that_is_behind(well: Installation) -> None:
    wave = opened(well)
    closed(well, wave)
    with clock.at(wave.opens_at - timedelta(days=9)):
        assert "clock" in faults(well)
    with write_session(well.sessions) as session:
        session.execute(update(Pulse).values(time_zone="Atlantis/Capital"))
    assert "tzdata" in says(well, "time zones").says


def test_a_queue_that_is_away_and_a_full_disk_are_faults(
    well: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = replace(well.settings, queue="redis://127.0.0.1:9/0")
    found = {one.about: one for one in examine(away)}
    assert found["queue"].state == FAULT
    assert "nothing listens there" in found["queue"].says
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1024))
    assert "disk" in faults(well)


def test_a_database_of_a_newer_version_is_said_to_be_one(well: Installation) -> None:
    with well.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in says(well, "database").says
