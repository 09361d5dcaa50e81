"""Row 2d, typed: what git gives back is an edit (revert, old checkout, merge of an older side)."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def reverted(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """A desk whose last push, v2, was reverted in git: text and stamp are those of v1."""
    committed(desk, "pulled")
    pushed(desk, "8080", "8081")
    desk.git("revert", "--no-edit", "HEAD")
    wiki.clear_requests()
    return desk


def committed(desk: Desk, message: str) -> None:
    """Commit everything, in a repository of the mirror's own."""
    if not desk.path(".git").exists():
        desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-qm", message)


def pushed(desk: Desk, old: str, new: str, name: str = GUIDE) -> None:
    """Edit a document and push it, with a commit of what the server stored."""
    desk.edit(name, old, new)
    desk("push", name, "--commit", "-m", f"{new} for {old}")


def test_a_revert_is_an_edit_in_every_command(wiki: Sandbox, reverted: Desk, guide: str) -> None:
    before = reverted.text(GUIDE)
    assert "version: 1" in before and "8080" in before
    run = reverted("status")
    print(run.out, run.err)
    assert " ! restored    ENG/guide.xhtml   git has v2" in run.out
    run = reverted("status", "--remote")
    print(run.out, run.err)
    run = reverted("push", exit=1)
    print(run.out, run.err)
    run = reverted("push", "--since", "HEAD~1", exit=1)
    run = reverted("pull", exit=1)
    print(run.out, run.err)
    assert reverted.text(GUIDE) == before
    assert writes(wiki) == []
    run = reverted.json("push", exit=1)
    (page,) = run.data["pages"]
    assert (page["decision"], page["outcome"]) == ("restored", "rejected")
    run = reverted("pull", "--ours", GUIDE, "--at", "2")
    print(run.out, run.err)
    assert "8080" in reverted.text(GUIDE)
    run = reverted("push")
    assert "8080" in wiki.store.page(guide).body
    assert wiki.store.page(guide).version == 3
    assert reverted("status", "--remote").out.startswith("clean")
