"""Property tests here compute statistics: a busy machine must not fail them for being slow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("analysis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("analysis")
