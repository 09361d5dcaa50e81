"""How long hypothesis searches: `quick` on every run, `night` with --hypothesis-profile=night.

HYPOTHESIS_PROFILE=night does the same. No deadline for one example: a laptop that stalls has not
found a bug.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile("quick", max_examples=100, deadline=None, suppress_health_check=_CALM)
settings.register_profile("night", max_examples=20_000, deadline=None, suppress_health_check=_CALM)


def load() -> None:
    """Use the profile that the environment names; hypothesis' own option goes before it."""
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
