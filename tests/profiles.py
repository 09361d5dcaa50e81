"""Hypothesis profiles: `quick` on every run, `night` with --hypothesis-profile=night.

HYPOTHESIS_PROFILE=night does the same. No deadline for one example: a laptop that stalls has not
found a bug. `ci` is `quick` with more histories of the state machine, and the same examples for the
same code every time: a search by chance is for the other profiles, which no change waits for.

The profile also tells at which steps a command is killed, and which of its requests fail: with
`quick` at every third, beginning by chance, and with any other at each. `ablation` is for checks
that are taken out: `quick` with every step.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from hypothesis import HealthCheck, settings

_CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
Step = TypeVar("Step")
# `quick` takes each step that is so many after the one before.
_STRIDE = 3
# How many histories the state machine runs with each profile.
_HISTORIES = {"quick": 100, "ablation": 100, "ci": 500, "night": 20_000}

settings.register_profile("quick", max_examples=100, deadline=None, suppress_health_check=_CALM)
settings.register_profile("ablation", settings(settings.get_profile("quick")))
settings.register_profile("ci", settings(settings.get_profile("quick"), derandomize=True))
settings.register_profile("night", max_examples=20_000, deadline=None, suppress_health_check=_CALM)


def load() -> None:
    """Use the profile that the environment names; hypothesis' own option goes before it."""
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def register_part(histories: int) -> str:
    """Register a profile for one part of a long search; return its name."""
    settings.register_profile("part", settings(settings.get_profile("quick")))
    _HISTORIES["part"] = histories
    return "part"


def some(steps: Iterable[Step]) -> Iterator[Step]:
    """Return the steps at which something is killed or fails, as the current profile has them."""
    if settings.default is settings.get_profile("quick"):
        return islice(steps, random.randrange(_STRIDE), None, _STRIDE)
    return iter(steps)


def histories() -> int:
    """Return how many histories the state machine runs with the current profile."""
    for name, count in _HISTORIES.items():
        if settings.get_profile(name) is settings.default:
            return count
    return settings.default.max_examples
