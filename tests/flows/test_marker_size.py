"""git's attribute `conflict-marker-size`: who writes conflict markers, and who knows them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.mirror.git import merge_driver
from confsync.model.outcome import Outcome
from confsync.pull.resolve.resolution import Way
from tests.flows.git_merges import Branches
from tests.flows.scene import GUIDE

SIZE = 15


@pytest.fixture
def branches(tmp_path: Path) -> Branches:
    """Two branches with edits of one line. Markers have another size."""
    found = Branches(tmp_path / "mirror")
    with (found.root / ".gitattributes").open("a") as file:
        file.write(f"*.xhtml conflict-marker-size={SIZE}\n")
    found.commit()
    found.branch("ann")
    found.edited("one", "ONE")
    found.branch("ben", "main")
    found.edited("one", "1")
    return found


def markers(found: Branches) -> list[str]:
    """Return the markers of a document, without their words."""
    firsts = (line.partition(" ")[0] for line in found.text().splitlines())
    return [first for first in firsts if first and not first.strip("<=>|")]


WANTED = ["<" * SIZE, "=" * SIZE, ">" * SIZE]


def test_the_driver_writes_markers_of_that_size(branches: Branches) -> None:
    assert branches.asked("merge", "ann").returncode == 1
    assert branches.unmerged == [GUIDE]
    assert markers(branches) == WANTED


def test_git_writes_them_where_the_program_is_gone(branches: Branches, tmp_path: Path) -> None:
    line = merge_driver.command_line((str(tmp_path / "gone"),))
    branches.git("config", "merge.confsync.driver", line)
    assert branches.asked("merge", "ann").returncode == 1
    assert branches.unmerged == [GUIDE]
    assert markers(branches) == WANTED


def test_the_driver_writes_them_between_documents_of_two_pages(branches: Branches) -> None:
    branches.git("checkout", "-q", "ann")
    branches.edited(f'id: "{branches.guide}"', 'id: "8"')
    branches.git("checkout", "-q", "ben")
    assert branches.asked("merge", "ann").returncode == 1
    assert markers(branches) == WANTED


def test_a_program_that_failed_after_its_markers_keeps_its_conflict(
    branches: Branches, tmp_path: Path
) -> None:
    program = tmp_path / "confsync"
    text = f"#!/bin/sh\n[ $6 = {SIZE} ] && echo '{'<' * SIZE} mine' > $3\nexit 1\n"
    program.write_text(text)
    program.chmod(0o755)
    line = merge_driver.command_line((str(program),))
    branches.git("config", "merge.confsync.driver", line)
    assert branches.asked("merge", "ann").returncode == 1
    assert branches.text() == f"{'<' * SIZE} mine\n"


@pytest.mark.parametrize("left", [None, *WANTED, f"==\n{'=' * 7}"])
def test_nothing_with_such_a_marker_is_sent(branches: Branches, left: str | None) -> None:
    """A marker that was left behind counts, and so does one from before the attribute."""
    branches.asked("merge", "ann")
    if left:
        branches.asked("checkout", "--ours", GUIDE)
        branches.edit("<p>1</p>", f"<p>1</p>\n{left}")
    branches.commit()
    sent = branches.store.page(branches.guide).version
    (page,) = branches.push().pages
    assert (page.outcome, page.error[-15:]) == (Outcome.REJECTED, "conflict marker")
    assert branches.status() == {GUIDE: "conflicted"}
    assert branches.store.page(branches.guide).version == sent


def test_a_conflict_in_a_document_with_an_attribute_of_its_own_is_not_sent(
    branches: Branches,
) -> None:
    attributes = branches.root / ".gitattributes"
    text = attributes.read_text().replace(f"*.xhtml conflict-marker-size={SIZE}", "")
    attributes.write_text(f"{text}{GUIDE} conflict-marker-size=9\n")
    assert branches.asked("merge", "ann").returncode == 1
    assert markers(branches) == ["<" * 9, "=" * 9, ">" * 9]
    branches.commit()
    (page,) = branches.push().pages
    assert (page.outcome, page.error[-15:]) == (Outcome.REJECTED, "conflict marker")


@pytest.mark.parametrize("line", ["=" * (SIZE - 1), "=" * (SIZE + 1), f" {'=' * SIZE}"])
def test_a_line_of_another_size_is_text(branches: Branches, line: str) -> None:
    branches.edit("<p>1</p>", f"<p>1</p>\n{line}")
    assert [page.outcome for page in branches.push().pages] == [Outcome.UPDATED]


def test_without_the_attribute_such_a_line_is_text(branches: Branches) -> None:
    branches.git("rm", "-q", ".gitattributes")
    branches.edit("<p>1</p>", f"<p>1</p>\n{'=' * SIZE}")
    assert [page.outcome for page in branches.push().pages] == [Outcome.UPDATED]


@pytest.mark.parametrize("value", ["0", "-3", "x", ""])
def test_a_value_that_is_no_size_counts_for_nothing(branches: Branches, value: str) -> None:
    attributes = branches.root / ".gitattributes"
    attributes.write_text(attributes.read_text().replace(str(SIZE), value))
    branches.asked("merge", "ann")
    assert markers(branches) == ["<" * 7, "=" * 7, ">" * 7]
    assert branches.status() == {GUIDE: "conflicted"}


def test_a_pull_that_merges_writes_markers_of_that_size(branches: Branches) -> None:
    branches.browser("one", "eins")
    branches.pull(GUIDE, way=Way.MERGE)
    assert markers(branches) == WANTED


def test_such_markers_in_the_front_matter_are_named(branches: Branches) -> None:
    branches.edit("title: Guide", f"{'<' * SIZE} HEAD\ntitle: A\n{'=' * SIZE}\ntitle: B")
    (problem,) = branches.push().errors
    assert problem.message.endswith(":2: conflict marker in the front matter")
