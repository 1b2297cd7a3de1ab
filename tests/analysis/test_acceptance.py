"""The quick form of the acceptance table: every promise is kept on simulated companies."""

from __future__ import annotations

from analysis.acceptance import acceptance


def test_every_bar_is_met() -> None:
    seen: list[tuple[str, float]] = []
    checks = acceptance(quick=True, progress=lambda name, share: seen.append((name, share)))
    assert [check for check in checks if not check.passed] == []
    assert len(checks) == 22
    assert [share for _, share in seen] == sorted(share for _, share in seen)
