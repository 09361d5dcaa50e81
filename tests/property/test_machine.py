"""Nothing is ever lost: the state machine, and the histories that once broke a promise."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from confsync import reading
from tests.property.machine import Team


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAUSES", ())


def test_whatever_a_team_does_nothing_is_lost() -> None:
    run_state_machine_as_test(Team, settings=settings(stateful_step_count=15))
