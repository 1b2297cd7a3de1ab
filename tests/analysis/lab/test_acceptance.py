"""The quick form of the acceptance table: every promise is kept on simulated companies."""

from __future__ import annotations

from pathlib import Path

from analysis.lab.acceptance import acceptance


def test_every_bar_is_met() -> None:
    seen: list[tuple[str, float]] = []
    checks = acceptance(quick=True, progress=lambda name, share: seen.append((name, share)))
    assert [check for check in checks if not check.passed] == []
    table = Path(__file__).parents[3].joinpath("docs", "measurement.md").read_text("utf-8")
    for check in checks:
        stem = check.name.split(",")[0].split("(")[0].split(" in ")[0]
        assert stem in table, f"docs/measurement.md does not report: {check.name}"
    assert [share for _, share in seen] == sorted(share for _, share in seen)
