"""Branches of documents merge in git, with the merge driver and without it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.pull.resolve.resolution import Way
from tests.flows.conftest import each_git_format
from tests.flows.git_merges import Branches, conflicts_in_stamp

Story = Callable[[Branches], object]


@pytest.fixture
def wiki(tmp_path: Path) -> Branches:
    return Branches(tmp_path / "mirror")


def both_pushed(wiki: Branches) -> None:
    """Ann pushed a paragraph. Ben pulled it, and pushed another one."""
    wiki.branch("ann")
    wiki.settle("one", "ONE")
    wiki.branch("ben", "main")
    wiki.pulled()
    wiki.settle("two", "TWO")
    wiki.git("checkout", "-q", "ann")
    wiki.edited("LAST", "end")
    wiki.asked("merge", "ben")


def of_different_pages(wiki: Branches) -> None:
    """Each pushes an own page. Ben pulls hers between, so both have it at different versions."""
    wiki.store.create_page("ENG", "Manual", "<p>manual</p>", author="Ana", raw=True)
    wiki.branch("ann")
    wiki.settle("one", "ONE")
    wiki.branch("ben", "main")
    wiki.pulled()
    manual = wiki.root / "ENG/manual.xhtml"
    manual.write_text(manual.read_text().replace("<p>manual", "<p>MANUAL"))
    wiki.push()
    wiki.commit()
    wiki.git("checkout", "-q", "ann")
    wiki.settle("two", "TWO")
    wiki.asked("merge", "ben")
    assert "MANUAL" in manual.read_text()


def rebased(wiki: Branches) -> None:
    """Rebase an edit and its push with `--commit` onto a branch that pulled it."""
    wiki.branch("feature")
    # The server gives the macro an id, so it stores another line.
    wiki.edited("<p>one</p>", '<ac:structured-macro ac:name="toc"/>')
    wiki.push()
    wiki.commit()
    wiki.branch("upstream", "main")
    wiki.pulled()
    wiki.settle("LAST", "end")
    wiki.asked("rebase", "upstream", "feature")


def merged_after_a_push(wiki: Branches) -> None:
    """Ann's branch has what she sent, and Ben's has what the server made of it."""
    wiki.branch("ann")
    wiki.edited("<p>one</p>", '<ac:structured-macro ac:name="toc"/>')
    wiki.branch("sent", "ann")
    wiki.push()
    wiki.commit()
    wiki.branch("ben", "main")
    wiki.pulled()
    wiki.settle("LAST", "end")
    wiki.git("checkout", "-q", "ann")
    wiki.asked("merge", "ben")


def reverted(wiki: Branches) -> None:
    """Ann takes back what was pushed. Ben edits and pushes another paragraph."""
    wiki.settle("one", "ONE")
    wiki.branch("ben")
    wiki.settle("LAST", "end")
    wiki.branch("ann", "main")
    wiki.git("revert", "--no-edit", "HEAD")
    wiki.asked("merge", "ben")


def reverted_there(wiki: Branches) -> None:
    """Do the same, merged in the other direction."""
    wiki.settle("one", "ONE")
    wiki.branch("ann")
    wiki.git("revert", "--no-edit", "HEAD")
    wiki.branch("ben", "main")
    wiki.settle("LAST", "end")
    wiki.asked("merge", "ann")


def stashed(wiki: Branches) -> None:
    """Stash a push that was not committed, and pop it after a pull."""
    wiki.edit("one", "ONE")
    wiki.push()
    wiki.edit("two", "TWO")
    wiki.git("stash")
    wiki.browser("LAST", "end")
    wiki.pulled()
    wiki.asked("stash", "pop")


def undone(wiki: Branches) -> None:
    """Revert an older push, and keep the newer one."""
    wiki.settle("one", "ONE")
    wiki.settle("LAST", "end")
    wiki.asked("revert", "--no-edit", "HEAD~1")


STORIES: dict[Story, str] = {
    both_pushed: "v3 FIRST ONE between TWO end",
    of_different_pages: "v3 FIRST ONE between TWO LAST",
    reverted: "v3 FIRST one between two end",
    reverted_there: "v3 FIRST one between two end",
    stashed: "v3 FIRST ONE between TWO end",
    undone: "v3 FIRST one between two end",
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_no_branch_conflicts_in_the_stamp(wiki: Branches, story: Story) -> None:
    story(wiki)
    assert wiki.unmerged == []
    assert wiki.told == STORIES[story]


# No commit has the version of the stash without an edit.
@pytest.mark.parametrize(
    "story", [s for s in STORIES if s is not stashed], ids=lambda story: story.__name__
)
def test_git_has_the_bases_if_the_cache_is_gone(wiki: Branches, story: Story) -> None:
    wiki.forgets = True
    story(wiki)
    assert wiki.unmerged == []
    assert wiki.told == STORIES[story]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_without_the_driver_each_story_conflicts_in_the_stamp(tmp_path: Path, story: Story) -> None:
    wiki = Branches(tmp_path / "mirror", driver=False)
    story(wiki)
    assert wiki.unmerged == [wiki.path]
    assert conflicts_in_stamp(wiki.text())


REWRITTEN = [rebased, merged_after_a_push]


@pytest.mark.parametrize("story", REWRITTEN, ids=lambda story: story.__name__)
def test_what_the_server_rewrote_is_no_conflict(wiki: Branches, story: Story) -> None:
    story(wiki)
    assert wiki.unmerged == []
    stored = wiki.store.page(wiki.guide)
    assert 'ac:macro-id="' in stored.body
    assert wiki.document.body == stored.body
    assert wiki.document.stamp and wiki.document.stamp.version == stored.version == 3
    assert wiki.status() == {}


@pytest.mark.parametrize("story", REWRITTEN, ids=lambda story: story.__name__)
def test_without_the_driver_what_the_server_rewrote_is_a_conflict(
    tmp_path: Path, story: Story
) -> None:
    wiki = Branches(tmp_path / "mirror", driver=False)
    story(wiki)
    assert wiki.unmerged == [wiki.path]


@each_git_format
def test_a_revert_that_was_merged_is_pushed(tmp_path: Path) -> None:
    wiki = Branches(tmp_path / "mirror")
    reverted(wiki)
    assert wiki.status() == {wiki.path: "modified"}
    assert [page.outcome.value for page in wiki.push().pages] == ["updated"]
    assert "<p>one</p>" in wiki.store.page(wiki.guide).body
    assert "<p>end</p>" in wiki.store.page(wiki.guide).body


def test_a_revert_of_an_edit_that_was_never_pushed_stays(wiki: Branches) -> None:
    wiki.edited("one", "ONE")
    wiki.branch("ann")
    wiki.git("revert", "--no-edit", "HEAD")
    wiki.edited("FIRST", "first")
    wiki.branch("ben", "main")
    wiki.settle("LAST", "end")
    wiki.asked("merge", "ann")
    assert wiki.unmerged == []
    assert wiki.told == "v2 first one between two end"


# -- changes that are picked onto another version --------------------------------------------------


def test_a_pull_that_is_picked_onto_an_older_version_brings_its_change_alone(
    wiki: Branches,
) -> None:
    wiki.branch("ben")
    wiki.browser("one", "ONE")
    wiki.pulled()
    wiki.browser("LAST", "end")
    wiki.pulled()
    wiki.branch("old", "main")
    wiki.edited("FIRST", "first")
    wiki.asked("cherry-pick", "ben")
    assert wiki.unmerged == []
    assert wiki.told == "v1 first one between two end"
    # The server is two versions ahead, so a push sends nothing.
    assert [page.outcome.value for page in wiki.push().pages] == ["rejected"]


def test_a_push_that_is_picked_brings_the_page_that_was_pushed(wiki: Branches) -> None:
    """The commit of a push changes the stamp alone. The edit is in a commit before."""
    wiki.branch("ben")
    wiki.edited("one", "ONE")
    wiki.push()
    wiki.commit()
    wiki.branch("ann", "main")
    wiki.edited("LAST", "end")
    wiki.asked("cherry-pick", "ben")
    assert wiki.unmerged == []
    assert wiki.told == "v2 FIRST ONE between two end"


def test_an_edit_that_a_checkout_takes_to_an_older_branch_keeps_the_older_stamp(
    wiki: Branches,
) -> None:
    """HEAD has the newer version during `git checkout --merge`, but the other branch has not."""
    wiki.branch("old")
    wiki.edited("FIRST", "first")
    wiki.git("checkout", "-q", "main")
    wiki.settle("one", "ONE")
    wiki.edit("LAST", "end")
    wiki.asked("checkout", "-q", "--merge", "old")
    assert wiki.told == "v1 first one between two end"


def test_a_pull_that_is_picked_onto_a_version_between_brings_the_page(wiki: Branches) -> None:
    wiki.branch("ben")
    wiki.browser("one", "ONE")
    wiki.pulled()
    wiki.branch("ann")
    wiki.edited("FIRST", "first")
    wiki.branch("far", "main")
    wiki.browser("two", "TWO")
    wiki.pulled()
    wiki.git("checkout", "-q", "ann")
    wiki.asked("cherry-pick", "far")
    assert wiki.unmerged == []
    assert wiki.told == "v3 first ONE between TWO LAST"


def test_branches_that_merged_each_other_merge_again(wiki: Branches) -> None:
    """At first git merges their two common ancestors, with the driver, too."""
    wiki.branch("ann")
    wiki.settle("one", "ONE")
    wiki.branch("ben", "main")
    wiki.pulled()
    wiki.edited("LAST", "end")
    wiki.git("tag", "ann-1", "ann")
    wiki.git("checkout", "-q", "ann")
    wiki.edited("FIRST", "first")
    wiki.asked("merge", "-m", "1", "ben")
    wiki.git("checkout", "-q", "ben")
    wiki.settle("two", "TWO")
    wiki.asked("merge", "-m", "2", "ann-1")
    wiki.asked("merge", "-m", "3", "ann")
    assert wiki.unmerged == []
    assert wiki.told == "v3 first ONE between TWO end"


# -- what cannot be decided ------------------------------------------------------------------------


def test_unrelated_histories_merge_over_the_page(wiki: Branches) -> None:
    wiki.settle("one", "ONE")
    wiki.edited("LAST", "end")
    wiki.git("checkout", "-q", "--orphan", "other")
    wiki.browser("two", "TWO")
    wiki.pull("ENG/guide.xhtml", way=Way.THEIRS)
    wiki.commit()
    wiki.asked("merge", "--allow-unrelated-histories", "main")
    assert wiki.unmerged == []
    assert wiki.told == "v3 FIRST ONE between TWO end"


def test_without_the_base_all_differences_are_one_conflict(wiki: Branches) -> None:
    """No commit has version 2 without an edit, and the cache is gone."""
    wiki.branch("ann")
    wiki.edit("one", "ONE")
    wiki.push()
    wiki.edited("FIRST", "first")
    wiki.branch("ben", "main")
    wiki.browser("two", "TWO")
    wiki.pulled()
    shutil.rmtree(wiki.root / ".confsync")
    done = wiki.asked("merge", "ann")
    assert done.returncode == 1
    assert wiki.unmerged == [wiki.path]
    told = "conflicted  ENG/guide.xhtml   the text that both branches began with is unknown"
    assert told in done.stderr
    text = wiki.text()
    assert text.count("<<<<<<< ours\n") == text.count(">>>>>>> theirs\n") == 1
    # Each side is there as a whole, with its own stamp.
    ours, theirs = text.split("<<<<<<< ours\n")[1].split("=======\n")
    assert "version: 3" in ours and "<p>two</p>" not in ours and "<p>TWO</p>" in ours
    assert "version: 2" in theirs and "<p>first</p>" in theirs


def test_the_same_paragraph_on_both_sides_is_a_conflict_with_one_stamp(wiki: Branches) -> None:
    wiki.branch("ann")
    wiki.edited("one", "ONE")
    wiki.branch("ben", "main")
    wiki.settle("one", "1")
    done = wiki.asked("merge", "ann")
    assert (done.returncode, wiki.unmerged) == (1, [wiki.path])
    assert "both branches changed the same lines" in done.stderr
    assert "\n<<<<<<< ours, v2\n<p>1</p>\n=======\n<p>ONE</p>\n>>>>>>> theirs, v1\n" in wiki.text()
    assert not conflicts_in_stamp(wiki.text())
    assert [page.outcome.value for page in wiki.push().pages] == ["rejected"]
