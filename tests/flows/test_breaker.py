"""Attacks: each of these once moved, lost, doubled or stopped something."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.mirror import folder_files
from confsync.mirror.mirror import Mirror
from confsync.remote.client import Client
from confsync.remote.cloud.cloud import Cloud
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
def test_a_parent_that_appears_another_way_does_not_move_what_stood_at_the_top(
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
    assert "clean: 3 pages" in desk("status").out
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


@pytest.mark.parametrize("wiki", ["datacenter"], indirect=True)
def test_bulk_answers_that_stay_behind_lose_no_edit_and_hide_no_write(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [wiki.store.create_page("ENG", f"Page {n}", f"<p>{n}</p>").id for n in range(3)]
    paths = [f"ENG/page-{n}.xhtml" for n in range(3)]
    desk = desk_at()
    for n, path in enumerate(paths):
        desk.edit(path, f"<p>{n}</p>", f"<p>mine {n}</p>")
    first: dict[str, Any] = {}
    get = Client.get

    def behind(self: Client, path: str, params: Any = None, **more: Any) -> dict[str, Any]:
        """Answer of each page by ids what was answered the first time."""
        answer = get(self, path, params, **more)
        if params and "ids" in params:
            answer["results"] = [first.setdefault(row["id"], row) for row in answer["results"]]
        return answer

    monkeypatch.setattr(Client, "get", behind)
    desk("push", "--dry-run")
    assert set(first) == set(ids)
    wiki.store.edit(ids[0], "<p>theirs</p>", author="Ana")
    run = desk.json("push", exit=1)
    assert run.outcomes == dict(zip(paths, ["rejected", "updated", "updated"], strict=True))
    assert [wiki.store.page(i).body for i in ids] == [
        "<p>theirs</p>",
        "<p>mine 1</p>",
        "<p>mine 2</p>",
    ]
    assert ["version: 2" in desk.text(path) for path in paths] == [False, True, True]


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
        assert "git cannot read this repository" in run.err
    assert not desk.path(GUIDE).exists()


def test_ids_cannot_be_written_in_two_ways(wiki: Sandbox, desk: Desk, guide: str) -> None:
    double = desk.text(GUIDE).replace(f'"{guide}"', f'"0{guide}"')
    desk.path("ENG/double.xhtml").write_text(double)
    run = desk("push", exit=4)
    assert "is not a valid id" in run.err
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


@pytest.mark.parametrize("killed", [False, True])
def test_folders_that_swap_their_names_move_no_page(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("folders are Cloud's")
    a, b = (wiki.store.create_folder("ENG", title) for title in "AB")
    for title, folder in (("X", a), ("Y", b)):
        wiki.store.create_page("ENG", title, "<p>x</p>", parent=folder.id)
    before = parents(wiki)
    desk = desk_at()
    found = Cloud.folder
    swapped = {a.id: "B", b.id: "A"}
    with monkeypatch.context() as patched:
        patched.setattr(Cloud, "folder", lambda s, i: found(s, i)._replace(title=swapped[i]))
        if killed:
            with patched.context() as dying:
                dying.setattr(folder_files, "write_folder", _interrupt)
                desk("pull", exit=130)
            desk("push")
            assert moved_by_put(wiki) == []
        desk("pull")
        assert desk.path("ENG/a/y.xhtml").exists()
        assert desk.path("ENG/b/x.xhtml").exists()
        assert desk.path("ENG/a/.folder.yaml").exists()
        assert desk.path("ENG/b/.folder.yaml").exists()
        edit_everything(desk)
        desk("push")
    assert parents(wiki) == before
    assert moved_by_put(wiki) == []


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", range(8))
def test_a_local_move_outlives_a_pull_that_is_killed_at_any_step(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    wiki.store.create_page("ENG", "C", "<p>c</p>", parent=b.id)
    x = wiki.store.create_page("ENG", "X", "<p>x</p>")
    desk = desk_at()
    desk.path("ENG/x.xhtml").rename(desk.path("ENG/b/x.xhtml"))
    wiki.store.edit(b.id, title="Bee", author="Ana")
    rename, done = os.rename, []

    def killed(old: object, new: object) -> None:
        if len(done) == step:
            raise KeyboardInterrupt
        done.append(new)
        rename(old, new)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rename", killed)
    desk("pull", exit=130 if step < 6 else 0)
    monkeypatch.setattr(os, "rename", rename)
    desk("pull")
    assert desk.path("ENG/bee/x.xhtml").exists()
    desk("push")
    assert wiki.store.page(x.id).parent_id == b.id
    assert len(moved_by_put(wiki)) == (1 if wiki.flavor == "cloud" else 0)


def test_something_in_the_way_stops_one_page_and_is_named(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    a = wiki.store.create_page("ENG", "A", "<p>a</p>")
    b = wiki.store.create_page("ENG", "B", "<p>b</p>")
    c = wiki.store.create_page("ENG", "C", "<p>c</p>")
    desk = desk_at()
    desk.path("ENG/a").write_text("mine")
    wiki.store.edit(b.id, parent=a.id, author="Ana")
    wiki.store.edit(c.id, "<p>changed</p>", author="Ana")
    run = desk.json("pull", exit=4)
    assert run.outcomes == {"ENG/a/b.xhtml": "failed", "ENG/c.xhtml": "pulled"}
    assert "ENG/a" in run.data["pages"][0]["error"]
    assert desk.path("ENG/a").read_text() == "mine"
    desk.path("ENG/a").unlink()
    desk("pull")
    assert desk.path("ENG/a/b.xhtml").exists()
    desk("push")
    assert moved_by_put(wiki) == []


def test_a_page_whose_history_cannot_be_read_stops_no_other(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>other</p>").id
    desk("pull")
    for text in ("one", "two", "three"):
        wiki.store.edit(guide, f"<p>{text}</p>", author="Ana")
    desk.edit(GUIDE, "8080", "8081")
    desk.edit("ENG/other.xhtml", "<p>other", "<p>mine")
    histories = ("/version", "/versions")
    wiki.faults.refuse = lambda method, path: 500 if path.endswith(histories) else None
    run = desk.json("push", exit=3)
    assert run.outcomes == {GUIDE: "failed", "ENG/other.xhtml": "updated"}
    wiki.store.edit(other, "<p>theirs</p>", author="Ana")
    run = desk.json("pull", exit=3)
    assert run.outcomes == {GUIDE: "failed", "ENG/other.xhtml": "pulled"}


def test_a_space_that_is_gone_stops_no_other(wiki: Sandbox, desk: Desk, guide: str) -> None:
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("- key: ENG", "- key: GONE\n- key: ENG"))
    wiki.store.edit(guide, "<p>theirs</p>", author="Ana")
    run = desk.json("pull", exit=4)
    assert run.outcomes == {GUIDE: "pulled"}
    assert "there is no space 'GONE'" in run.data["errors"][0]["message"]
    desk.edit(GUIDE, "theirs", "mine")
    assert desk.json("push").outcomes == {GUIDE: "updated"}


@pytest.mark.parametrize("moment", ["the check before a write", "settling"])
def test_what_was_sent_is_never_called_not_tried(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    from confsync.push import send

    for n in range(6):
        wiki.store.create_page("ENG", f"Page {n}", f"<p>text {n}</p>")
    desk = desk_at()
    for n in range(6):
        desk.edit(f"ENG/page-{n}.xhtml", "text", "mine")
    with monkeypatch.context() as patched:
        if moment == "settling":
            patched.setattr(Mirror, "check", _interrupt)
            run = desk.json("push", exit=130)
        else:
            puts: list[str] = []

            def down_after_three(method: str, path: str) -> int | None:
                puts.extend([path] if method == "PUT" else [])
                return 503 if len(puts) >= 3 and method == "GET" else None

            patched.setattr(send, "CHECK_LASTS", -1.0)
            wiki.faults.refuse = down_after_three
            run = desk.json("push", "--jobs", "1", exit=3)
            wiki.faults.refuse = None
    landed = {p.title for p in wiki.store.pages("ENG") if p.version == 2}
    told = {page["title"]: page["outcome"] for page in run.data["pages"]}
    assert {title for title, outcome in told.items() if outcome == "updated"} == landed
    assert len(landed) == (6 if moment == "settling" else 3)
    desk("push")
    assert {p.version for p in wiki.store.pages("ENG") if p.title.startswith("Page")} == {2}
    assert desk("status").out.startswith("clean")


def test_a_push_that_would_turn_over_a_space_is_asked_about(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"Page {n}", "<p>x</p>").id for n in range(14)]
    desk = desk_at()
    home, other = desk.path("ENG/index.xhtml"), desk.path("ENG/page-0.xhtml")
    home.rename(desk.path("swap"))
    other.rename(home)
    desk.path("swap").rename(other)
    run = desk("push", exit=1)
    assert f"ENG/index.xhtml is page {ids[0]}" in run.err
    assert writes(wiki) == []
    other.rename(desk.path("swap"))
    home.rename(other)
    desk.path("swap").rename(home)
    desk.path("ENG/page-0").mkdir()
    for n in range(1, 13):
        desk.path(f"ENG/page-{n}.xhtml").rename(desk.path(f"ENG/page-0/page-{n}.xhtml"))
    run = desk("push", exit=1)
    assert "this push would move 12 of the 15 pages" in run.err
    assert writes(wiki) == []
    desk("push", "--allow-mass-move")
    assert wiki.store.page(ids[5]).parent_id == ids[0]


@pytest.mark.parametrize("kept", ["nonsense", '["a"]', '{"user": null}', '{"token": 1}'])
def test_rubbish_in_the_keyring_is_nothing_in_the_keyring(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    from types import ModuleType

    fake = ModuleType("keyring")
    fake.get_password = lambda *_: kept  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.delenv("CONFSYNC_TOKEN")
    run = desk("pull", exit=5)
    assert "credentials" in run.err
    assert desk.json("logout").data["command"] == "logout"
