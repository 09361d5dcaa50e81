"""Branches are merged in clones of several kinds: with a history, or linked."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from confsync.document import document
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, quiet

GUIDE = "ENG/guide.xhtml"
BRANCH = "confluence/ENG"
MACRO = '<ac:structured-macro ac:name="toc"/>'


@pytest.fixture
def pushed(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone with its history, an edit that was pushed and committed, and a colleague's.

    The server stores the macro with an id. The cache and the audit trail are gone, as in another
    clone.
    """
    desk = desk_at("new", clone=None)
    desk("clone", "--history", f"{wiki.url}/spaces/ENG", ".")
    desk.edit(GUIDE, "<p>The first port is 8080.</p>", MACRO)
    desk.git("commit", "-qam", "A table of contents")
    desk("push", "--commit")
    stored = wiki.store.page(guide).body
    assert MACRO not in stored and "ac:macro-id" in stored
    wiki.store.edit(guide, stored.replace("9090", "9091"), author="Ana", raw=True)
    shutil.rmtree(desk.path(".confsync"))
    return desk


@pytest.mark.parametrize("words", [("rebase", "-q"), ("merge", "-q", "--no-edit")])
def test_nothing_conflicts_after_a_push_and_a_history(
    wiki: Sandbox, guide: str, pushed: Desk, words: tuple[str, ...]
) -> None:
    pushed("history")
    pushed.git(*words, BRANCH)
    assert pushed.git("status", "--porcelain") == ""
    found = document.parse(pushed.text(GUIDE).encode(), GUIDE)
    page = wiki.store.page(guide)
    assert found.body == page.body
    assert found.stamp and found.stamp.version == page.version == 3
    assert pushed("status", "--remote").out.startswith("clean")


def test_what_a_colleague_recorded_counts_too(
    wiki: Sandbox, guide: str, pushed: Desk, desk_at: Callable[..., Desk]
) -> None:
    """A clone of the colleague's repository has the branch below `origin` alone."""
    pushed("history")
    theirs = desk_at("theirs", clone=None)
    theirs.git("clone", "-q", str(pushed.root), ".")
    theirs("init", "--git")
    theirs.git("rebase", "-q", f"origin/{BRANCH}")
    found = document.parse(theirs.text(GUIDE).encode(), GUIDE)
    assert found.body == wiki.store.page(guide).body


def test_without_the_driver_the_rebase_conflicts(pushed: Desk) -> None:
    pushed("history")
    pushed.git("config", "--unset", "merge.confsync.driver")
    with pytest.raises(AssertionError, match="could not apply"):
        pushed.git("rebase", "-q", BRANCH)


def test_a_mirror_below_the_top_of_a_linked_work_tree(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk, other = desk_at("repository", clone=None), desk_at("linked", clone=None)
    desk.git("init", "-q", "--template=", "-b", "main")
    desk("clone", f"{wiki.url}/spaces/ENG", "docs")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "A mirror")
    desk.git("worktree", "add", "-q", "-b", "other", str(other.root))
    for port, text in (("8081", "8080"), ("8082", "8081")):
        desk.edit(f"docs/{GUIDE}", text, port)
        desk("-C", "docs", "push", "--commit")
        if port == "8081":
            other("-C", "docs", "pull", "--commit")
    other.edit(f"docs/{GUIDE}", "9090", "9091")
    other.git("commit", "-qam", "Second port")
    other.git("merge", "-q", "--no-edit", "main")
    found = document.parse(other.text(f"docs/{GUIDE}").encode(), GUIDE)
    assert found.stamp and found.stamp.version == 3
    assert found.body == wiki.store.page(guide).body.replace("9090", "9091")


def test_labels_and_attachments_of_a_mirror_stay_in_a_merge_with_the_history(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    """The documents of the history have none, and no stamp of them."""
    wiki.store.add_labels(guide, ["old"])
    wiki.store.attach(guide, "a.txt", b"hello")
    picture = '<ac:image><ri:attachment ri:filename="a.txt" /></ac:image>'
    wiki.store.edit(guide, wiki.store.page(guide).body + picture, raw=True)
    desk = desk_at()
    config = desk.text(".confsync.yaml")
    desk.path(".confsync.yaml").write_text(f"{config}labels: true\nattachments: true\n")
    desk("pull")
    desk.git("init", "-q")
    desk("init", "--git")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "begin")
    before = desk.files()
    desk("history")
    desk.git("merge", "-q", "--no-edit", "--allow-unrelated-histories", BRANCH)
    assert desk.files() == before
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("9090", "9091"), raw=True)
    desk("history")
    desk.git("merge", "-q", "--no-edit", BRANCH)
    found = document.parse(desk.text(GUIDE).encode(), GUIDE)
    assert found.stamp and found.labels == found.stamp.labels == ("old",)
    assert [one.name for one in found.stamp.attachments] == ["a.txt"]
    assert "9091" in found.body and found.stamp.version == 3
    assert desk("status", "--remote").out.startswith("clean")
    quiet(wiki, desk)
