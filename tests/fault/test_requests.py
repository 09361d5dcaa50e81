"""After a fault of any request, the next runs reach the end of an undisturbed run."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import asdict
from typing import Any

import pytest

from confsync.sandbox import Faults
from tests.fault import plays
from tests.fault.conftest import Play, differences
from tests.profiles import some

PLAYS = (plays.PULL, plays.PUSH, plays.DELETE, plays.MERGE, plays.FILES_PULL, plays.FILES_PUSH)
PLAYS = (*PLAYS, plays.ARCHIVE, plays.COMMENTS_PULL, plays.COMMENT_FILES)
ATTEMPTS = 4


def strike(faults: Faults, kind: str, number: int) -> None:
    """Let one request, counted from 1, meet with something."""
    seen = 0

    def count(method: str, path: str) -> None:
        nonlocal seen
        seen += 1

    def now(method: str, path: str) -> bool:
        return seen == number

    faults.before = count
    match kind:
        case "lost answer":
            faults.lose_response = now
        case "no more answers":
            faults.lose_response = lambda method, path: seen >= number
        case "truncated":
            faults.truncate = now
        case "timeout":
            faults.slow = lambda method, path: 0.8 if seen == number else 0.0
        case "login page":
            faults.html = lambda method, path: 200 if seen == number else None
        case status:
            faults.refuse = lambda method, path: int(status) if seen == number else None


@pytest.mark.parametrize(
    "kind", ["lost answer", "truncated", "login page", "429", "503", "500", "409"]
)
@pytest.mark.parametrize("play", PLAYS, ids=str)
def test_one_bad_answer_costs_a_run_at_most(
    stage: Callable[..., Any], play: Play, kind: str
) -> None:
    bad_answer(stage, play, kind, every=1)


@pytest.mark.parametrize("play", (plays.PULL, plays.PUSH), ids=str)
def test_a_timeout_costs_a_run_at_most(stage: Callable[..., Any], play: Play) -> None:
    bad_answer(stage, play, "timeout", every=3)


@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
def test_one_lost_answer_doubles_no_minor_edit(stage: Callable[..., Any], flavor: str) -> None:
    bad_answer(stage, plays.MINOR, "lost answer", every=1, flavor=flavor)


@pytest.mark.parametrize("kind", ["lost answer", "500", "501"])
def test_one_bad_answer_of_a_data_center_costs_a_run_at_most(
    stage: Callable[..., Any], kind: str
) -> None:
    bad_answer(stage, plays.PUSH, kind, every=1, flavor="datacenter")


@pytest.mark.parametrize(
    ("play", "kind"),
    [(plays.APPLY, "lost answer"), (plays.APPLY_WHOLE, "no more answers")],
    ids=str,
)
def test_a_write_of_a_plan_that_is_not_answered_costs_a_run_at_most(
    stage: Callable[..., Any], play: Play, kind: str
) -> None:
    bad_answer(stage, play, kind, every=0)


def bad_answer(
    stage: Callable[..., Any], play: Play, kind: str, *, every: int, flavor: str = "cloud"
) -> None:
    """Strike every so-many-th request, or the writes alone. No write is left out by chance."""
    with stage(play, flavor) as scene:
        assert scene.run(*play.arguments).exit == play.exit
        end = scene.end()
        requests = list(scene.sandbox.requests)
    # From each of these states the next runs came to the end.
    begun: set[Hashable] = set()
    writes = [n for n, request in enumerate(requests, 1) if request.method != "GET"]
    among = range(1, len(requests) + 1, every) if every else writes
    for number in sorted({*some(among), *(n for n in writes if n in among)}):
        with stage(play, flavor) as scene:
            strike(scene.sandbox.faults, kind, number)
            first = scene.run(*play.arguments)
            where = f"{kind} at request {number} of {len(requests)}\n{first.out}{first.err}"
            assert first.exit in (play.exit, 1, 3, 5), where
            for name, value in asdict(Faults()).items():
                setattr(scene.sandbox.faults, name, value)
            left = scene.state()
            if left in begun:
                continue
            for _ in range(ATTEMPTS):
                after = scene.run(*play.arguments)
                if after.exit in (play.exit, play.again):
                    break
            assert after.exit in (play.exit, play.again), f"{where}{after.out}{after.err}"
            assert not differences(scene.end(), end), where
            begun.add(left)
