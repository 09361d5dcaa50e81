"""Every command is killed before each of its steps, run again, and ends where it would have."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from tests.fault import plays
from tests.fault.conftest import Play, differences
from tests.profiles import some

MINE = "ENG/mine.xhtml"
CASES = [
    *[(play, "cloud") for play in (*plays.EVERY, *plays.BULK)],
    *[(play, "datacenter") for play in (plays.PULL, plays.PUSH, plays.DELETE, plays.FILES_PUSH)],
    (plays.BLOG_PUSH, "datacenter"),
]


@pytest.mark.parametrize(("play", "flavor"), CASES, ids=str)
def test_killed_before_any_step_a_second_run_ends_where_the_first_would_have(
    stage: Callable[..., Any], play: Play, flavor: str
) -> None:
    with stage(play, flavor) as scene:
        ended = scene.run(*play.arguments)
        assert ended.exit == play.exit, ended.out + ended.err
        end, writes = scene.end(), scene.writes()
        done = {scene.state()}
        again = scene.run(*play.arguments)
        assert again.exit == play.again, again.out + again.err
        assert not differences(scene.end(), end)
        assert scene.writes() == writes
    count = len(ended.steps)
    assert count > 5
    # From a state in `begun` a run came to the end, and from one in `done` it changed nothing.
    begun: set[Hashable] = set()
    for step in some(range(1, count + 1)):
        with stage(play, flavor) as scene:
            killed = scene.run(*play.arguments, die_at=step)
            assert killed.killed, f"step {step} of {count}"
            left = scene.state()
            if left in begun:  # such as after a read: the rest is what it was there
                continue
            where = f"killed before step {step}: {ended.steps[step - 1]}"
            after = scene.run(*play.arguments)
            assert after.exit in (play.exit, play.again), f"{where}\n{after.out}{after.err}"
            assert not differences(scene.end(), end), where
            begun.add(left)
            settled, writes = scene.state(), scene.writes()
            if settled in done:
                continue
            scene.run(*play.arguments)
            assert not differences(scene.end(), end), where
            assert scene.writes() == writes, where
            done.add(settled)


def test_what_a_plan_does_not_hold_is_not_sent(stage: Callable[..., Any]) -> None:
    with stage(plays.APPLY) as scene:
        assert scene.run(*plays.APPLY.arguments).exit == 0
        pages = scene.sandbox.store.pages("ENG", ("current", "trashed"))
        changed = {row.title for row in pages if row.version > 1 or row.status == "trashed"}
        assert changed == {"Mine", "Clash", "Gone"}
        assert "Newer" not in {row.title for row in pages}


def test_each_file_is_the_old_one_or_the_new_one(stage: Callable[..., Any]) -> None:
    play = plays.REPLACE
    with stage(play) as scene:
        old = scene.files()
        steps = scene.run(*play.arguments).steps
        new = scene.files()
    assert len(old.items() - new.items()) > 5
    for step in some(range(1, len(steps) + 1)):
        with stage(play) as scene:
            assert scene.run(*play.arguments, die_at=step).killed
            left = {name: data for name, data in scene.files().items() if name in old}
            assert left.items() <= old.items() | new.items(), steps[step - 1]
            assert left.keys() == old.keys(), steps[step - 1]


def test_a_task_goes_on_after_the_push_that_began_it_was_killed(stage: Callable[..., Any]) -> None:
    play = replace(plays.ARCHIVE, name="slowly", local=lambda root: (root / MINE).unlink())
    with stage(play) as scene:
        scene.sandbox.faults.task_requests = 2
        whole = scene.run(*play.arguments)
        assert whole.exit == 0, whole.out + whole.err
        end = scene.end()
    begin = whole.steps.index("POST rest/api/content/archive")
    asked = [one for one in whole.steps if one.startswith("GET rest/api/longtask/")]
    assert len(asked) == 3
    for step in range(begin + 1, len(whole.steps) + 1):
        where = f"killed before step {step}: {whole.steps[step - 1]}"
        with stage(play) as scene:
            scene.sandbox.faults.task_requests = 2
            assert scene.run(*play.arguments, die_at=step).killed, where
            after = scene.run(*play.arguments)
            if after.exit:  # the task goes on, and the server refuses another one
                assert after.exit == 1, where + after.out + after.err
                after = scene.run(*play.arguments)
            assert after.exit == 0, where + after.out + after.err
            assert not differences(scene.end(), end), where
            sent = [one for one in scene.sandbox.requests if one.status == HTTPStatus.ACCEPTED]
            assert len(sent) == 1, where


def test_a_clone_that_was_killed_can_be_gone_on_with(
    stage: Callable[..., Any], tmp_path: Any
) -> None:
    play = Play("clone", (), labels=False)
    with stage(play) as scene:
        url = f"{scene.sandbox.url}/spaces/ENG"
        whole = scene.run("clone", url, "whole", where=tmp_path)
        count = len(whole.steps)
        scene.root = tmp_path / "whole"
        files = scene.files()
        for step in some(range(1, count + 1)):
            name = f"clone-{step}"
            assert scene.run("clone", url, name, where=tmp_path, die_at=step).killed
            root = tmp_path / name
            after = scene.run("clone", url, name, where=tmp_path)
            assert after.exit == 0, f"{whole.steps[step - 1]}\n{after.err}"
            scene.root = root
            assert scene.files() == files, whole.steps[step - 1]


@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
def test_a_restoration_that_was_killed_is_finished_by_the_next(
    stage: Callable[..., Any], flavor: str
) -> None:
    play = Play("restore", (), lambda store, ids: store.trash(ids["Gone"]))
    with stage(play, flavor) as scene:
        (gone,) = scene.sandbox.store.pages("ENG", ("trashed",))
        whole = scene.run("restore", gone.id)
        assert whole.exit == 0, whole.out + whole.err
        assert scene.run("pull").exit == 0
        end = scene.end()
    assert len(whole.steps) > 2
    for step, what in some(enumerate(whole.steps, 1)):
        where = f"killed before step {step}: {what}"
        with stage(play, flavor) as scene:
            assert scene.run("restore", gone.id, die_at=step).killed, where
            landed = scene.sandbox.store.page(gone.id).status == "current"
            after = scene.run("restore", gone.id)
            assert after.exit in ((0, 1) if landed else (0,)), where + after.out + after.err
            assert scene.run("pull").exit == 0, where
            assert not differences(scene.end(), end), where
