"""A conflict, from first sight to last: what each command says, and what it leaves behind.

The manual tells it on its page about the decision table, and `tests/manual` types that. Here it
is played in a real git repository, with `git mergetool` and without.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync import failpoints
from confsync.mirror.git import index as gitindex
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, writes

GUIDE = "ENG/guide.xhtml"
BODY = "<h1>Ports</h1><p>The first port is 8080.</p><p>The second is 9090.</p>"
HERS = BODY.replace("8080", "8082").replace("9090", "9091")
WITH_GIT = (
    f"hint: 'git mergetool {GUIDE}' opens the three sides; "
    f"or edit {GUIDE}, then 'git add {GUIDE}'; "
    f"then 'confsync check {GUIDE}' and 'confsync push {GUIDE}'; "
    f"'confsync pull --abort {GUIDE}' takes the merge back\n"
)
LATER = (
    f"hint: 'confsync check {GUIDE}' shows the markers; edit the file and delete them, "
    f"then 'confsync push {GUIDE}'\n"
)
WITHOUT = f"{LATER.strip()}; 'confsync pull --abort {GUIDE}' takes the merge back\n"
NEXT = (
    f"hint: 'confsync diff --remote {GUIDE}' shows them; "
    f"'confsync pull --merge {GUIDE}' brings them in.\n"
)
MARKERS = """<<<<<<< local, based on v1
<p>The first port is 8081.</p>
=======
<p>The first port is 8082.</p>
>>>>>>> server v2, Ana Lima
"""
posix = pytest.mark.skipif(os.name == "nt", reason="the tool is a shell script")


@pytest.fixture
def team(wiki: Sandbox, desk: Desk, guide: str) -> Desk:
    """Return a repository where the guide was edited, and Ana edited it in the browser."""
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, HERS, author="Ana Lima", message="new ports", raw=True)
    return desk


def tool(desk: Desk, script: str) -> None:
    """Make a shell script git's merge tool."""
    desk.git("config", "merge.tool", "mine")
    desk.git("config", "mergetool.mine.cmd", script)
    desk.git("config", "mergetool.mine.trustExitCode", "true")
    desk.git("config", "mergetool.keepBackup", "false")


def test_from_first_sight_to_the_conflict(wiki: Sandbox, team: Desk) -> None:
    desk = team
    assert desk("status").out == (
        f" M modified    {GUIDE}   v1\nand 1 page clean\n"
        "hint: 'confsync push' sends what you changed\n"
        f"hint: 'confsync pull --theirs {GUIDE}' discards an edit\n"
    )
    told = 'local is based on v1, the server has v2 (Ana Lima, just now: "new ports")'
    seen = desk("status", "--remote")
    assert seen.out == f" ! diverged    {GUIDE}   {told}\nand 1 page clean\n"
    assert seen.err == NEXT
    for verb in ("push", "pull"):
        refused = desk(verb, exit=1)
        assert refused.out == f" ! [rejected]  {GUIDE}   {told}\n{verb}: 1 rejected\n"
        assert refused.err == (
            "error: 1 page was rejected because the server has changes that you do not have.\n"
            + NEXT
        )
    theirs = desk("diff", "--remote", GUIDE).out
    assert "-<p>The first port is 8080.</p>" in theirs
    assert "+<p>The first port is 8082.</p>" in theirs
    merged = desk("pull", "--merge", GUIDE, exit=1)
    assert merged.out == (
        f" ! conflicted  {GUIDE}   both sides changed the same place; "
        "resolve the markers, then push\npull: 1 conflicted\n"
    )
    assert merged.err == (
        "error: 1 page has conflict markers now, with both texts between them.\n" + WITH_GIT
    )
    assert MARKERS in desk.text(GUIDE)
    assert desk.git("status", "--short") == f"UU {GUIDE}\n"
    assert desk("status").out == (
        f" ! conflicted  {GUIDE}   line 10: conflict marker\nand 1 page clean\n"
    )
    assert desk("status").err == LATER
    assert f"{GUIDE}:10:1: error: conflict marker" in desk("check", exit=1).out
    refused = desk("push", exit=1)
    assert "line 10: conflict marker" in refused.out
    assert f"hint: 'confsync check {GUIDE}' shows where; correct it" in refused.err
    assert writes(wiki) == []


@each_git_format
@posix
def test_git_mergetool_opens_the_three_sides_and_the_rest_follows(
    wiki: Sandbox, team: Desk, guide: str, tmp_path: Path
) -> None:
    desk = team
    desk("pull", "--merge", GUIDE, exit=1)
    stamps = {
        "base": desk.git("show", f"HEAD:{GUIDE}").partition("<h1>")[0],
        "remote": desk.text(GUIDE).partition("<h1>")[0],
    }
    sides = tmp_path / "sides"
    sides.mkdir()
    tool(
        desk,
        f'cp "$BASE" {sides}/base; cp "$LOCAL" {sides}/local; cp "$REMOTE" {sides}/remote; '
        'sed "s/8082/8081/" "$REMOTE" > "$MERGED"',
    )
    desk.git("mergetool", "--no-prompt", GUIDE)
    for name, ports in (("base", "80809090"), ("local", "80819090"), ("remote", "80829091")):
        text = (sides / name).read_text()
        # No side says that it has more of the server's versions than its text has.
        assert text.startswith(stamps.get(name, stamps["base"])), name
        assert f"first port is {ports[:4]}" in text
        assert f"second is {ports[4:]}" in text
    assert desk.git("status", "--short") == f"M  {GUIDE}\n"
    assert desk("check").out == "check: nothing found in 2 documents\n"
    assert desk("diff", "--stat").out.splitlines()[0] == f" {GUIDE} | 2 +-"
    desk("push", GUIDE, "-m", "Both")
    assert wiki.store.page(guide).body == HERS.replace("8082", "8081")
    assert [row["author"] for row in desk.json("log", GUIDE).data["history"]] == [
        "Me",
        "Ana Lima",
        "Ana",
    ]
    desk.git("commit", "-q", "-a", "-m", "both")
    assert desk.git("status", "--short") == ""
    assert desk("status", "--remote").out == "clean: 2 pages\n"


def test_an_editor_does_as_well_as_a_tool(wiki: Sandbox, team: Desk, guide: str) -> None:
    desk = team
    desk("pull", "--merge", GUIDE, exit=1)
    desk.edit(GUIDE, MARKERS, "<p>The first port is 8081.</p>\n")
    desk("push", GUIDE)
    assert wiki.store.page(guide).body == HERS.replace("8082", "8081")
    desk.git("add", GUIDE)
    desk.git("commit", "-q", "-m", "both")
    assert desk.git("status", "--short") == ""


def test_git_commit_alone_takes_no_markers(team: Desk) -> None:
    team("pull", "--merge", GUIDE, exit=1)
    done = subprocess.run(
        ["git", "commit", "-m", "oops"], cwd=team.root, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "unmerged files" in done.stderr


def test_markers_that_git_committed_stay_a_conflict_until_they_are_gone(
    wiki: Sandbox, team: Desk, guide: str
) -> None:
    desk = team
    desk("pull", "--merge", GUIDE, exit=1)
    desk.git("commit", "-q", "-a", "-m", "oops")
    assert desk.git("status", "--short") == ""
    text = desk.text(GUIDE)
    told = f" ! conflicted  {GUIDE}   line 10: conflict marker\n"
    for words in (("status",), ("status", "--remote"), ("pull",), ("pull", "--merge"), ("pull",)):
        run = desk(*words, exit=int(words[0] == "pull"))
        assert run.out.startswith(told), words
        assert run.err.endswith(LATER), words
        if words[-1] == "--merge":
            wiki.store.edit(guide, HERS.replace("8082", "8083"), author="Ana", raw=True)
    assert desk.text(GUIDE) == text
    desk("push", exit=1)
    desk.edit(GUIDE, MARKERS, "<p>The first port is 8081.</p>\n")
    assert desk.json("status").outcomes == {GUIDE: "modified"}
    assert desk.json("pull", exit=1).outcomes == {GUIDE: "rejected"}


def test_a_side_that_a_tool_takes_whole_does_not_overwrite_the_server(
    wiki: Sandbox, team: Desk, guide: str
) -> None:
    desk = team
    mine = desk.text(GUIDE)
    desk("pull", "--merge", GUIDE, exit=1)
    desk.git("checkout", "--ours", GUIDE)
    assert desk.text(GUIDE) == mine
    assert desk.json("push", GUIDE, exit=1).outcomes == {GUIDE: "rejected"}
    assert wiki.store.page(guide).body == HERS


def test_what_is_staged_is_never_lost(team: Desk) -> None:
    """The index has a third text, neither HEAD's nor the file's: it stays as it is."""
    desk = team
    desk.git("add", GUIDE)
    desk.edit(GUIDE, "8081", "8083")
    staged = desk.git("ls-files", "--stage", GUIDE)
    run = desk("pull", "--merge", GUIDE, exit=1)
    assert desk.git("ls-files", "--stage", GUIDE) == staged
    assert run.err.endswith(WITHOUT)
    assert "8081" in desk.git("show", f":{GUIDE}")


@each_git_format
def test_what_is_staged_and_in_the_file_is_told_to_git(team: Desk) -> None:
    team.git("add", GUIDE)
    run = team("pull", "--merge", GUIDE, exit=1)
    assert run.err.endswith(WITH_GIT)
    assert "8081" in team.git("show", f":2:{GUIDE}")


@pytest.mark.parametrize("why", ["no repository", "not added", "no git", "index is locked"])
def test_where_git_cannot_be_told_the_markers_are_all_there_is(
    team: Desk, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = team
    match why:
        case "no repository":
            shutil.rmtree(desk.root / ".git")
        case "not added":
            desk.git("rm", "--cached", "-q", GUIDE)
        case "no git":
            monkeypatch.setattr(gitindex, "note_conflict", lambda *_: False)
        case _:
            (desk.root / ".git" / "index.lock").touch()
    run = desk("pull", "--merge", GUIDE, exit=1)
    assert run.err.endswith(WITHOUT)
    assert MARKERS in desk.text(GUIDE)


def test_killed_before_git_is_told_the_markers_are_there_and_stay(team: Desk) -> None:
    desk = team

    def kill(number: int, what: str) -> None:
        if what.startswith("note the conflict"):
            raise KeyboardInterrupt

    index = desk.git("ls-files", "--stage")
    with failpoints.watched(kill):
        desk("pull", "--merge", GUIDE, exit=130)
    text = desk.text(GUIDE)
    assert MARKERS in text
    assert desk.git("ls-files", "--stage") == index
    desk("pull", "--merge", GUIDE, exit=1)
    desk("push", exit=1)
    assert desk.text(GUIDE) == text


def test_only_the_file_in_conflict_is_touched_in_the_index(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>one</p><p>two</p><p>three</p>", raw=True).id
    desk = desk_at()
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    desk.path("notes.txt").write_text("mine")
    desk.git("add", "notes.txt")
    desk.edit(GUIDE, "8080", "8081")
    desk.edit("ENG/other.xhtml", "three", "drei")
    wiki.store.edit(guide, HERS, author="Ana", raw=True)
    wiki.store.edit(other, "<p>eins</p><p>two</p><p>three</p>", author="Ana", raw=True)
    run = desk.json("pull", "--merge", exit=1)
    assert run.outcomes == {GUIDE: "conflicted", "ENG/other.xhtml": "merged"}
    assert sorted(desk.git("status", "--short").splitlines()) == [
        " M ENG/other.xhtml",
        "A  notes.txt",
        f"UU {GUIDE}",
    ]


def test_a_merge_that_commits_commits_the_others_and_tells_git_afterwards(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>one</p>", raw=True).id
    desk = desk_at()
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    desk.edit(GUIDE, "8080", "8081")
    wiki.store.edit(guide, HERS, author="Ana", raw=True)
    wiki.store.edit(other, "<p>two</p>", author="Ana", raw=True)
    run = desk("pull", "--merge", "--commit", exit=1)
    assert "committed as" in run.out
    assert "<p>two</p>" in desk.git("show", "HEAD:ENG/other.xhtml")
    assert desk.git("status", "--short") == f"UU {GUIDE}\n"


@pytest.mark.parametrize("staged", [False, True])
def test_a_merge_with_conflicts_is_taken_back(wiki: Sandbox, team: Desk, staged: bool) -> None:
    desk = team
    if staged:
        desk.git("add", GUIDE)
    mine, state = desk.text(GUIDE), desk.git("status", "--short")
    desk("pull", "--merge", GUIDE, exit=1)
    merged = desk.text(GUIDE)
    wiki.clear_requests()
    assert "kept" in desk("pull", "--abort", "--dry-run", GUIDE).out
    assert desk.text(GUIDE) == merged
    run = desk("pull", "--abort", GUIDE)
    assert run.out == (
        f" . kept        {GUIDE}   the merge is taken back; "
        "a copy of the merged text is in .confsync/trash\npull: 1 kept\n"
    )
    assert wiki.requests == []
    assert desk.text(GUIDE) == mine
    assert desk.text(f".confsync/trash/{GUIDE}") == merged
    # What was staged is in the file; the index has HEAD's content again.
    assert desk.git("status", "--short") == f" M {GUIDE}\n" or state.startswith("M")
    assert desk.git("ls-files", "--unmerged") == ""
    assert desk.json("status", "--remote").outcomes == {GUIDE: "diverged"}
    assert desk.json("pull", "--merge", GUIDE, exit=1).outcomes == {GUIDE: "conflicted"}


def test_a_clean_merge_is_taken_back_until_it_is_pushed(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    for number in (8081, 8082):
        desk.edit(GUIDE, f"{number - 1}", f"{number}")
        mine = desk.text(GUIDE)
        hers = wiki.store.page(guide).body.replace("</h1>", "!</h1>")
        wiki.store.edit(guide, hers, author="Ana", raw=True)
        assert desk.json("pull", "--merge", GUIDE).outcomes == {GUIDE: "merged"}
        assert desk.json("pull", "--abort", "ENG").outcomes == {GUIDE: "kept"}
        assert desk.text(GUIDE) == mine
        desk("pull", "--merge", GUIDE)
        desk("push", GUIDE)
        run = desk("pull", "--abort", GUIDE, exit=1)
        assert "there is no merge to take back" in run.out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "--abort needs paths: the documents whose merge you take back"),
        (("--merge", GUIDE), "--merge, --abort, --theirs and --ours exclude each other"),
        (("ENG/none.xhtml",), "ENG/none.xhtml: no document there"),
    ],
)
def test_what_cannot_be_taken_back_is_told(team: Desk, words: tuple[str, ...], why: str) -> None:
    assert why in team("pull", "--abort", *words, exit=2).err


def test_a_kept_document_that_is_torn_takes_nothing_back(team: Desk) -> None:
    desk = team
    desk("pull", "--merge", GUIDE, exit=1)
    (kept,) = (path for path in desk.path(".confsync/merges").rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes()[:-20])
    text = desk.text(GUIDE)
    desk("pull", "--abort", GUIDE, exit=1)
    assert desk.text(GUIDE) == text
