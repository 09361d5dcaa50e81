"""Everything that safety needs is in the file and on the server.

`.confsync/` may vanish, and a clone of the git repository is as good as the mirror.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


def story(wiki: Sandbox, desk: Desk, guide: str) -> list[tuple[int, dict[str, str]]]:
    """Every kind of command, with what each ended with."""
    told = []

    def tell(*arguments: str) -> None:
        run = desk.json(*arguments, exit=None)
        told.append((run.exit, run.outcomes))

    desk.edit(GUIDE, "8080", "8081")
    tell("status")
    tell("push")
    wiki.store.edit(guide, "<h1>Ports</h1><p>8082</p><p>x</p><p>y</p><p>9090</p>", author="Ana")
    tell("status", "--remote")
    tell("pull")
    desk.edit(GUIDE, "8082", "8083")
    wiki.store.comment(guide, "9090")
    tell("push")
    tell("diff", "--remote", GUIDE)
    tell("pull", "--merge")
    tell("push")
    wiki.store.edit(guide, "<p>rewritten</p>", author="Ana")
    desk.edit(GUIDE, "8083", "8084")
    tell("pull")
    tell("pull", "--theirs", GUIDE)
    tell("status", "--remote")
    return told


def test_removing_the_state_between_any_two_commands_changes_no_result(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    def forget() -> None:
        shutil.rmtree(desk.root / ".confsync", ignore_errors=True)

    kept = story(wiki, desk, guide)
    wiki.store.edit(guide, "<h1>Ports</h1><p>8080</p>", author="Ana")
    desk("pull")
    desk.between = forget
    forget()
    forgotten = story(wiki, desk, guide)
    assert forgotten == kept
    assert [code for code, _ in kept] == [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]
    assert desk("status").out.startswith("clean")


def test_a_git_clone_of_the_mirror_has_the_same_status_and_pushes_as_well(
    wiki: Sandbox, desk: Desk, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "mirror with an edit")
    assert ".confsync/" not in desk.git("ls-files")
    other = desk_at("elsewhere", clone=None)
    other.root.rmdir()
    desk.git("clone", "-q", str(desk.root), str(other.root))
    assert other.json("status").outcomes == desk.json("status").outcomes == {GUIDE: "modified"}
    assert other.json("push").outcomes == {GUIDE: "updated"}
    assert "8081" in wiki.store.page(guide).body
    assert wiki.store.page(guide).version == 2
    # The mirror itself has the same text: its next push finds its own token and sends nothing.
    assert desk.json("push").outcomes == {GUIDE: "restamped"}
    assert wiki.store.page(guide).version == 2


def test_an_older_commit_is_behind_and_not_a_conflict(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "v1")
    wiki.store.edit(guide, "<p>two</p>", author="Ana")
    desk("pull")
    desk.git("checkout", "-q", "--", GUIDE)
    assert desk.json("status", "--remote").outcomes == {GUIDE: "behind"}
    assert desk.json("push").outcomes == {}
    assert desk.json("pull").outcomes == {GUIDE: "pulled"}


def test_a_checkout_with_other_line_ends_is_the_same_content(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    path = desk.path(GUIDE)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert desk("status").out == "clean: 2 pages\n"
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert "\r" not in wiki.store.page(guide).body
    assert "8081" in wiki.store.page(guide).body
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")


@pytest.mark.parametrize("name", ["bases", "trash", "lock"])
def test_rubbish_in_the_state_directory_changes_no_result(
    wiki: Sandbox, desk: Desk, guide: str, name: str
) -> None:
    shutil.rmtree(desk.path(f".confsync/{name}"), ignore_errors=True)
    for path in desk.path(".confsync").rglob("*"):
        if path.is_file() and path.name != ".gitignore":
            path.write_bytes(b"rubbish")
    desk.edit(GUIDE, "8080", "8081")
    assert "8081" in desk("diff").out
    desk("push")
    assert "8081" in wiki.store.page(guide).body
