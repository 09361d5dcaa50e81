"""What an adversary found: each of these once moved, lost, doubled or stopped something."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror import Mirror
from confsync.remote.cloud import Cloud
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes
from tests.flows.test_tree import edit_everything, moved_by_put, parents

GUIDE = "ENG/guide.xhtml"


def test_a_folder_that_is_out_of_sight_for_a_moment_moves_no_page(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    folder = wiki.store.create_folder("ENG", "Folder")
    wiki.store.create_page("ENG", "Inside", "<p>x</p>", parent=folder.id)
    before = parents(wiki)
    desk = desk_at()
    files = set(desk.files())
    with monkeypatch.context() as patched:
        patched.setattr(Cloud, "folder", lambda *_: None)
        desk("pull")
    assert set(desk.files()) == files
    desk("pull")
    assert set(desk.files()) == files
    edit_everything(desk)
    desk("push")
    assert parents(wiki) == before
    assert moved_by_put(wiki) == []


@pytest.mark.parametrize("way", ["git checkout", "broken for a while"])
def test_a_parent_that_turns_up_another_way_does_not_move_what_stood_at_the_top(
    wiki: Sandbox, desk_at: Callable[..., Desk], way: str
) -> None:
    parent = wiki.store.create_page("ENG", "Parent", "<p>p</p>")
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=parent.id)
    if way == "git checkout":
        desk = desk_at()
        desk.git("init", "-q")
        desk.git("add", "-A")
        desk.git("commit", "-qm", "mirror")
        wiki.store.restrict(parent.id)
        desk("pull", "--prune")
        assert "place: top" in desk.text("ENG/child.xhtml")
        wiki.store.unrestrict(parent.id)
        desk.git("checkout", "--", "ENG/parent.xhtml")
    else:
        wiki.store.restrict(parent.id)
        desk = desk_at()
        whole = desk.text("ENG/child.xhtml")
        desk.path("ENG/child.xhtml").write_text(whole.replace("title:", "title"))
        wiki.store.unrestrict(parent.id)
        desk("pull", exit=4)
        desk.path("ENG/child.xhtml").write_text(whole)
    assert desk.path("ENG/parent.xhtml").exists()
    assert desk("status").out.startswith("clean")
    edit_everything(desk)
    desk("push")
    assert wiki.store.page(child.id).parent_id == parent.id
    assert moved_by_put(wiki) == []
    desk("pull")
    assert "place: top" not in desk.text("ENG/parent/child.xhtml")


def test_a_colleagues_move_back_is_not_undone_after_a_lost_answer(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    home = wiki.store.space("ENG").homepage_id
    desk = desk_at()
    desk.path("ENG/a").mkdir()
    desk.path("ENG/b.xhtml").rename(desk.path("ENG/a/b.xhtml"))
    desk.edit("ENG/a/b.xhtml", "<p>b</p>", "<p>mine</p>")
    cut: list[str] = []

    def lose_everything_from_the_put_on(method: str, path: str) -> bool:
        cut.extend([path] if method == "PUT" else [])
        return bool(cut)

    wiki.faults.lose_response = lose_everything_from_the_put_on
    desk("push", exit=3)
    wiki.faults.lose_response = None
    assert wiki.store.page(b.id).parent_id == a.id
    wiki.store.edit(b.id, parent=home, author="Ana")
    wiki.clear_requests()
    desk("push")
    desk("push")
    assert writes(wiki) == []
    desk("pull")
    assert desk.path("ENG/b.xhtml").exists()
    desk("push")
    assert wiki.store.page(b.id).parent_id == home
    assert writes(wiki) == []


def test_a_pull_that_is_killed_while_it_moves_forgets_no_local_move(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    x = wiki.store.create_page("ENG", "X", "<p>x</p>")
    desk = desk_at()
    desk.path("ENG/b").mkdir()
    desk.path("ENG/x.xhtml").rename(desk.path("ENG/b/x.xhtml"))
    wiki.store.edit(b.id, title="Bee", author="Ana")
    rename, done = os.rename, []

    def killed(old: object, new: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(new)
        rename(old, new)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rename", killed)
    desk("pull", exit=130)
    monkeypatch.setattr(os, "rename", rename)
    run = desk.json("status")
    assert [page["outcome"] for page in run.data["pages"] if page["id"] == x.id] == ["moved"]
    desk("pull")
    assert desk.path("ENG/bee/x.xhtml").exists()
    assert desk.json("status").outcomes == {"ENG/bee/x.xhtml": "moved"}
    desk("push")
    assert wiki.store.page(x.id).parent_id == b.id


def test_a_page_that_changes_between_two_mirrored_spaces_is_not_doubled(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.create_space("OPS", "Operations", "Operations")
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("- key: ENG", "- key: OPS\n- key: ENG"))
    desk("pull")
    wiki.store.move_to_space(guide, "OPS")
    run = desk.json("pull")
    assert run.outcomes == {GUIDE: "kept"}
    assert "move it to that space's directory" in run.data["pages"][0]["error"]
    assert not desk.path("OPS/guide.xhtml").exists()
    desk("pull")
    desk.path(GUIDE).rename(desk.path("OPS/guide.xhtml"))
    desk("pull")
    desk.edit("OPS/guide.xhtml", "8080", "8081")
    desk("push")
    assert "8081" in wiki.store.page(guide).body


def test_a_move_on_both_sides_says_so_and_can_be_resolved(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    c = wiki.store.create_page("ENG", "C", "<p>c</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    desk = desk_at()
    desk.path("ENG/c").mkdir()
    desk.path("ENG/b.xhtml").rename(desk.path("ENG/c/b.xhtml"))
    wiki.store.edit(b.id, parent=a.id, author="Ana")
    run = desk("push", exit=1)
    assert "the page was moved here and, to another place, on the server" in run.out
    assert "'confsync pull --ours ENG/c/b.xhtml --at 2'" in run.err
    desk("pull", "--ours", "ENG/c/b.xhtml", "--at", "2")
    desk("push")
    assert wiki.store.page(b.id).parent_id == c.id


@pytest.mark.parametrize("status", [403, 500])
def test_one_page_that_cannot_be_read_stops_no_other(
    wiki: Sandbox, desk: Desk, guide: str, status: int
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk("pull")
    wiki.store.restrict(guide)
    wiki.store.edit(other, "<p>changed</p>", author="Ana")
    wiki.faults.refuse = lambda method, path: status if path.endswith(f"/{guide}") else None
    run = desk.json("pull", exit=None)
    assert run.outcomes["ENG/other.xhtml"] == "pulled"
    assert run.outcomes[GUIDE] in ("kept", "failed")


def test_a_token_that_may_not_read_names_merges_all_the_same(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.store.edit(guide, wiki.store.page(guide).body.replace("Ports", "Doors"), author="Ana")
    desk.edit(GUIDE, "9090", "9091")
    wiki.faults.refuse = lambda method, path: 401 if path.endswith("users-bulk") else None
    desk("pull", "--merge")
    assert "Doors" in desk.text(GUIDE)
    assert "9091" in desk.text(GUIDE)


def test_a_page_about_git_is_pushed_without_a_cache_too(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    body = "<p>text</p><pre>\n&lt;\n=======\n</pre>"
    page = wiki.store.create_page("ENG", "Git", body, raw=True).id
    desk = desk_at()
    desk.edit("ENG/git.xhtml", "text", "words")
    shutil.rmtree(desk.path(".confsync"))
    desk("push")
    assert wiki.store.page(page).body == body.replace("text", "words")


def test_a_server_that_lags_far_behind_is_told_and_not_a_conflict(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    wiki.faults.stale_reads_count = 1000
    wiki.faults.drop_message = True
    desk.edit(GUIDE, "8080", "8081")
    desk("push", exit=3)
    run = desk("push", exit=3)
    assert "does not show it yet" in run.out
    wiki.faults.stale_reads_count = 0
    desk("push")
    assert wiki.store.page(guide).version == 2
    assert desk("status").out.startswith("clean")


def test_git_that_distrusts_the_repository_is_told_and_nothing_comes_back(
    wiki: Sandbox, desk: Desk
) -> None:
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "mirror")
    desk.path(GUIDE).unlink()
    for tree in desk.path(".git/objects").glob("??/*"):
        tree.chmod(0o644)
        tree.write_bytes(b"rubbish")
    for command in ("status", "pull"):
        run = desk(command, exit=4)
        assert "git has trouble with this repository" in run.err
    assert not desk.path(GUIDE).exists()


def test_ids_cannot_be_written_in_two_ways(wiki: Sandbox, desk: Desk, guide: str) -> None:
    twin = desk.text(GUIDE).replace(f'"{guide}"', f'"0{guide}"')
    desk.path("ENG/twin.xhtml").write_text(twin)
    run = desk("push", exit=4)
    assert "is not a id that confsync writes" in run.err
    assert writes(wiki) == []


def test_the_cache_is_never_seen_by_git(wiki: Sandbox, desk: Desk) -> None:
    shutil.rmtree(desk.path(".confsync"))
    desk.edit(GUIDE, "8080", "8081")
    desk("diff")
    desk.git("init", "-q")
    desk.git("add", "-A")
    assert ".confsync/" not in desk.git("ls-files")


def test_a_pull_that_would_empty_or_turn_over_a_mirror_is_asked_about(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"Page {n}", "<p>x</p>").id for n in range(30)]
    desk = desk_at()
    files = desk.files()
    for page in ids[:11]:
        wiki.store.trash(page)
    run = desk("pull", exit=1)
    assert "this pull would remove 11 and move 0 of the 31 pages" in run.err
    assert "--allow-mass-delete" in run.err
    assert desk.files() == files
    assert desk.json("pull", "--dry-run", exit=1).data["summary"] == {"deleted": 11}
    desk("pull", "--allow-mass-delete")
    assert len(desk.files()) == len(files) - 11


def test_theirs_needs_pages_by_name(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk("pull", "--theirs", ".", exit=2)
    desk("pull", "--theirs", exit=2)
    assert "8081" in desk.text(GUIDE)


@pytest.mark.parametrize(
    "url", ["https://me:S3CRET@h/foo", "ftp://me:S3CRET@h/spaces/X", "htps://me:S3CRET@h/spaces/X"]
)
def test_a_password_in_a_url_is_not_repeated(desk: Desk, url: str) -> None:
    run = desk("clone", url, exit=2)
    assert "S3CRET" not in run.err
    run = desk("init", "elsewhere", "--url", url, "--space", "X", exit=2)
    assert "S3CRET" not in run.err


def test_a_clone_of_a_page_that_is_not_there_says_so(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at(clone=None)
    desk("clone", f"{wiki.url}/spaces/ENG/pages/999999999/x", exit=1)
    assert list(desk.root.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_output_that_is_full_is_told(wiki: Sandbox, desk: Desk, more: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "confsync", "status", *more],
            cwd=desk.root,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode == 4
    assert done.stderr == "error: the output cannot be written: No space left on device\n"


def test_hints_work_where_they_are_typed(
    wiki: Sandbox, desk: Desk, guide: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from confsync.cli import main

    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    capsys.readouterr()
    assert main(["-C", str(desk.root), "push"]) == 1
    assert f"'confsync -C {desk.root} diff --remote ENG/guide.xhtml'" in capsys.readouterr().err


def test_the_mirror_has_one_way_to_write() -> None:
    assert not [name for name in vars(Mirror) if name.startswith("force")]
