"""Moved and returned documents are not deleted: confsync looks once more before each deletion."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, each_git_format, writes

GUIDE = "ENG/guide.xhtml"
OTHER = "ENG/other.xhtml"


@pytest.fixture
def repo(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a committed clone with the guide and another page."""
    wiki.store.create_page("ENG", "Other", "<p>other</p>")
    desk = desk_at()
    desk.git("init", "-q")
    commit(desk)
    wiki.clear_requests()
    return desk


def commit(desk: Desk) -> None:
    desk.git("add", "-A")
    desk.git("commit", "-qm", "at work")


def current(wiki: Sandbox, page_id: str) -> bool:
    return bool(wiki.store.page(page_id).status == "current")


def moved(desk: Desk, place: str, change: Callable[[bytes], bytes] = bytes) -> None:
    """Move the guide to another place of the work tree, and give it other bytes."""
    raw = desk.path(GUIDE).read_bytes()
    desk.path(GUIDE).unlink()
    desk.path(place).parent.mkdir(parents=True, exist_ok=True)
    desk.path(place).write_bytes(change(raw))


def utf16(raw: bytes) -> bytes:
    return raw.decode().encode("utf-16")


# -- moved, and unreadable there -------------------------------------------------------------------

PLACES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "UTF-16": ("ENG/handbook.xhtml", utf16),
    "UTF-16 below another page": ("ENG/other/guide.xhtml", utf16),
    "UTF-16 outside": ("old/guide.xhtml", utf16),
    "empty": ("ENG/handbook.xhtml", lambda _: b""),
    "empty outside": ("old/guide.xhtml", lambda _: b""),
    "cut off": ("ENG/handbook.xhtml", lambda raw: raw[:30]),
    "encrypted": ("ENG/handbook.xhtml", lambda raw: b"\0GITCRYPT\0" + raw[::-1]),
    "a hidden directory": (".old/guide.xhtml", bytes),
    "a hidden directory of the space": ("ENG/.old/guide.xhtml", bytes),
    "a hidden name": ("ENG/.guide.xhtml", bytes),
    "among attachments": ("ENG/other.attachments/guide.xhtml", bytes),
    "capitals": ("ENG/GUIDE-2.XHTML", bytes),
    "broken": ("ENG/handbook.xhtml", lambda raw: raw.replace(b"title:", b"title")),
    "another suffix": ("ENG/guide.html", bytes),
    "a second suffix": ("ENG/other/guide.xhtml.orig", bytes),
    "a backup's name": ("ENG/guide.xhtml~", bytes),
    "packed": ("ENG/guide.xhtml.gz", gzip.compress),
    "another suffix, and cut off": ("old/guide.txt", lambda raw: raw[:120]),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_document_that_cannot_be_read_where_it_was_moved_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str, place: str
) -> None:
    path, change = PLACES[place]
    moved(repo, path, change)
    if place == "broken":  # is known by its id already
        assert "deleted" not in repo.json("push", "--delete", exit=None).outcomes.values()
        assert current(wiki, guide)
        return
    for arguments in (["--dry-run"], []):
        run = repo("push", "--delete", *arguments, exit=None)
        assert run.exit in (1, 4)
        assert path in run.out
        assert current(wiki, guide)
    assert not [method for method, _ in writes(wiki) if method == "DELETE"]
    assert f"'confsync push --delete {guide}@1' deletes the page anyway" in run.err
    repo("push", "--delete", f"{guide}@1", exit=None)
    assert not current(wiki, guide)


def test_one_that_was_moved_and_committed_unreadable_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    moved(repo, "ENG/handbook.xhtml", lambda _: b"")
    commit(repo)
    repo("push", "--delete", "--since", "HEAD~1", exit=None)
    assert current(wiki, guide)
    repo.path("ENG/handbook.xhtml").unlink()
    repo("push", "--delete", "--since", "HEAD~1")
    assert not current(wiki, guide)


def test_one_that_git_sees_under_another_name_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.git("mv", GUIDE, "ENG/handbook.txt")
    run = repo("push", "--delete", exit=1)
    assert "its document stands at ENG/handbook.txt now" in run.out
    assert current(wiki, guide)
    repo.git("rm", "-qf", "ENG/handbook.txt")
    repo("push", "--delete")
    assert not current(wiki, guide)


@pytest.mark.parametrize("committed", [False, True])
def test_one_that_was_moved_to_where_a_sparse_checkout_does_not_look_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str, committed: bool
) -> None:
    repo.path("ENG/other").mkdir()
    repo.git("mv", GUIDE, "ENG/other/guide.xhtml")
    if committed:
        commit(repo)
    repo.git("sparse-checkout", "set", "--no-cone", "/*", "!/ENG/other/")
    assert not repo.path("ENG/other/guide.xhtml").exists()
    run = repo("push", "--delete", *(["--since", "HEAD~1"] if committed else []), exit=1)
    assert "git has its document at ENG/other/guide.xhtml, which this sparse checkout" in run.out
    assert current(wiki, guide)
    assert "'git sparse-checkout disable' brings it back" in run.err
    repo.git("sparse-checkout", "disable")
    repo("push", "--delete", *(["--since", "HEAD~1"] if committed else []), exit=None)
    assert current(wiki, guide)


def test_one_that_was_moved_out_of_the_mirror_but_not_of_the_repository_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path("docs").mkdir()
    names = ("ENG", ".confsync.yaml", ".gitattributes", ".confsync.removed")
    repo.git("mv", *names, "docs")
    repo.path(".confsync").rename(repo.path("docs/.confsync"))
    commit(repo)
    repo.root = repo.path("docs")
    repo.path(GUIDE).rename(repo.root.parent / "kept.xhtml")
    run = repo("push", "--delete", exit=1)
    assert "stands at ../kept.xhtml now" in run.out
    assert current(wiki, guide)


def test_a_link_to_where_it_was_moved_stops_the_deletion(
    wiki: Sandbox, repo: Desk, guide: str, tmp_path: Path
) -> None:
    repo.path(GUIDE).rename(tmp_path / "guide.xhtml")
    repo.path("ENG/linked.xhtml").symlink_to(tmp_path / "guide.xhtml")
    repo("push", "--delete", exit=None)
    assert current(wiki, guide)


@each_git_format
def test_git_says_whose_document_an_unreadable_one_was(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    """So that only that page stays, and the others are deleted."""
    repo.git("mv", GUIDE, "ENG/handbook.xhtml")
    repo.edit("ENG/handbook.xhtml", f'  id: "{guide}"\n', "")
    repo.git("add", "-A")
    repo.git("rm", "-q", OTHER)
    outcomes = repo.json("push", "--delete", exit=None).outcomes
    assert outcomes[OTHER] == "deleted"
    assert outcomes[GUIDE] == "rejected"
    assert current(wiki, guide)


# -- what is no trace of a document ----------------------------------------------------------------


@pytest.mark.parametrize("change", [utf16, lambda _: b""], ids=["UTF-16", "empty"])
def test_another_document_that_is_broken_in_its_place_stops_no_deletion(
    wiki: Sandbox, repo: Desk, guide: str, change: Callable[[bytes], bytes]
) -> None:
    repo.path(OTHER).write_bytes(change(repo.path(OTHER).read_bytes()))
    repo.path(GUIDE).unlink()
    assert repo.json("push", "--delete", exit=4).outcomes[GUIDE] == "deleted"
    assert not current(wiki, guide)


def test_other_files_and_other_repositories_stop_no_deletion(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.git("worktree", "add", "-q", "--detach", "trees/feature")
    repo.path("book").mkdir()
    repo.path("book/chapter.xhtml").write_text(f"<?xml version='1.0'?><html>{guide}</html>")
    repo.path(".confsync/trash/ENG").mkdir(parents=True)
    repo.path(".confsync/trash/ENG/guide.xhtml").write_bytes(repo.path(GUIDE).read_bytes())
    repo.path(GUIDE).unlink()
    repo("push", "--delete")
    assert not current(wiki, guide)


def test_one_that_was_moved_into_another_repository_or_through_a_link_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str, tmp_path: Path
) -> None:
    repo.git("init", "-q", "sub")
    (tmp_path / "away").mkdir()
    repo.path("linked").symlink_to(tmp_path / "away")
    whole = repo.path(GUIDE).read_bytes()
    for place in ("sub/deep/guide.xhtml", "linked/guide.xhtml"):
        moved(repo, place)
        run = repo("push", "--delete", exit=1)
        assert f"stands at {place} now" in run.out
        assert current(wiki, guide)
        repo.path(place).unlink()
        repo.path(GUIDE).write_bytes(whole)
    repo.path(GUIDE).unlink()
    repo("push", "--delete")
    assert not current(wiki, guide)


def test_one_that_an_unfinished_merge_has_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    start = repo.git("rev-parse", "HEAD").strip()
    repo.edit(GUIDE, "8080", "8081")
    commit(repo)
    mine = repo.git("rev-parse", "HEAD").strip()
    repo.git("checkout", "-q", "--detach", start)
    repo.edit(GUIDE, "8080", "8082")
    commit(repo)
    with pytest.raises(AssertionError, match="Automatic merge failed"):
        repo.git("-c", "merge.confsync.driver=false", "merge", mine)
    repo.path(GUIDE).unlink()
    run = repo("push", "--delete", exit=1)
    assert f"its document is in a merge that is not finished, at {GUIDE}" in run.out
    assert current(wiki, guide)
    repo.git("rm", "-q", GUIDE)
    repo("push", "--delete", exit=None)


def test_a_place_that_cannot_be_looked_at_is_not_empty(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    repo("pull")
    commit(repo)
    repo.path("ENG/guide").rename(repo.root.parent / "elsewhere")
    repo.path("ENG/guide").symlink_to("guide")
    repo("push", "--delete", exit=None)
    assert current(wiki, child)


@pytest.mark.parametrize("closed", ["drafts", "ENG/.private"])
def test_a_directory_that_cannot_be_listed_stops_the_deletion(
    wiki: Sandbox, repo: Desk, guide: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moved document may stand in the directory that cannot be listed."""
    scandir = os.scandir

    def forbidding(path: str | int = ".") -> object:
        if str(path).endswith(closed):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    moved(repo, f"{closed}/guide.xhtml")
    monkeypatch.setattr(os, "scandir", forbidding)
    run = repo("push", "--delete", exit=None)
    assert f"{closed} cannot be read and may be the page's document" in run.out
    assert current(wiki, guide)
    monkeypatch.setattr(os, "scandir", scandir)
    repo.path(f"{closed}/guide.xhtml").unlink()
    repo("push", "--delete")
    assert not current(wiki, guide)


# -- while the run is under way --------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", [GUIDE, "ENG/handbook.xhtml", ".old/guide.xhtml"], ids=["git checkout", "mv", "away"]
)
def test_a_document_that_comes_back_while_the_run_is_under_way_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str, place: str
) -> None:
    raw = repo.path(GUIDE).read_bytes()
    repo.path(GUIDE).unlink()

    def back(method: str, target: str) -> int | None:
        if method == "GET" and guide in target:
            repo.path(place).parent.mkdir(exist_ok=True)
            repo.path(place).write_bytes(raw)
        return None

    wiki.faults.refuse = back
    run = repo("push", "--delete", exit=1)
    assert "[rejected]  ENG/guide.xhtml" in run.out
    assert current(wiki, guide)
    assert writes(wiki) == []


def test_a_half_written_document_that_comes_back_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str
) -> None:
    repo.path(GUIDE).unlink()

    def back(method: str, target: str) -> int | None:
        if method == "GET" and guide in target:
            repo.path("ENG/handbook.xhtml").write_bytes(b"")
        return None

    wiki.faults.refuse = back
    run = repo("push", "--delete", exit=1)
    assert "ENG/handbook.xhtml cannot be read and may be the page's document" in run.out
    assert current(wiki, guide)


@pytest.mark.parametrize("standing", [True, False])
def test_a_named_page_whose_document_is_edited_meanwhile_is_not_deleted(
    wiki: Sandbox, repo: Desk, guide: str, standing: bool
) -> None:
    raw = repo.path(GUIDE).read_bytes()
    if not standing:
        repo.path(GUIDE).unlink()

    def edit(method: str, target: str) -> int | None:
        if method == "GET" and guide in target:
            repo.path(GUIDE).write_bytes(raw.replace(b"8080", b"8081"))
        return None

    wiki.faults.refuse = edit
    repo("push", "--delete", guide, exit=1)
    assert current(wiki, guide)
    assert "8081" in repo.text(GUIDE)


# -- attachments -----------------------------------------------------------------------------------

FILES = "ENG/guide.attachments"
IMAGE = '<ac:image><ri:attachment ri:filename="{}" /></ac:image>'


@pytest.fixture
def attached(wiki: Sandbox, guide: str, repo: Desk) -> Desk:
    """Return the same, with attachments: the guide has a diagram."""
    wiki.store.attach(guide, "diagram.png", b"first", author="Ana")
    config = repo.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    repo("pull")
    commit(repo)
    wiki.clear_requests()
    return repo


def names(wiki: Sandbox, page_id: str) -> set[str]:
    return {row.title for row in wiki.store.attachments(page_id)}


@pytest.mark.parametrize("place", ["assets/diagram.png", ".old/d.png", f"{FILES}/plan.png"])
def test_an_attachment_whose_file_was_moved_is_not_deleted(
    wiki: Sandbox, attached: Desk, guide: str, place: str
) -> None:
    attached.path(place).parent.mkdir(exist_ok=True)
    attached.path(f"{FILES}/diagram.png").rename(attached.path(place))
    run = attached("push", "--delete", exit=1)
    assert f"its file is at {place} now" in run.out
    assert names(wiki, guide) == {"diagram.png"}
    attached.path(place).unlink()
    attached("push", "--delete")
    assert names(wiki, guide) == set()


def test_an_attachment_with_a_new_name_is_deleted_after_the_new_one_is_there(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.git("mv", f"{FILES}/diagram.png", f"{FILES}/plan.png")
    attached.edit(GUIDE, "</h1>\n", f"</h1>\n<p>{IMAGE.format('plan.png')}</p>\n")
    attached("push", "--delete")
    assert names(wiki, guide) == {"plan.png"}


def test_an_attachment_that_was_moved_to_another_page_is_deleted_once_it_is_there(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    other = str(attached.text(OTHER).partition('id: "')[2].partition('"')[0])
    attached.path("ENG/other.attachments").mkdir()
    attached.git("mv", f"{FILES}/diagram.png", "ENG/other.attachments/diagram.png")
    attached.edit(OTHER, "<p>other</p>", f"<p>other</p><p>{IMAGE.format('diagram.png')}</p>")
    attached("push", "--delete", exit=1)
    assert names(wiki, guide) == {"diagram.png"} == names(wiki, other)
    attached("push", "--delete")
    assert names(wiki, guide) == set()
    assert names(wiki, other) == {"diagram.png"}


def test_an_attachment_that_was_moved_out_of_a_sparse_checkout_is_not_deleted(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    place = "ENG/other.attachments/diagram.png"
    attached.git("sparse-checkout", "set", "--no-cone", "/*", "!/ENG/other.attachments/")
    attached.path(place).parent.mkdir()
    attached.git("mv", "--sparse", f"{FILES}/diagram.png", place)
    attached.git("sparse-checkout", "reapply")
    assert not attached.path(place).exists()
    run = attached("push", "--delete", exit=1)
    assert f"git has its file at {place}, which this sparse checkout leaves out" in run.out
    assert names(wiki, guide) == {"diagram.png"}
    attached.git("rm", "-q", "--cached", "--sparse", place)
    attached("push", "--delete")
    assert names(wiki, guide) == set()


def test_a_copy_that_git_knows_stops_no_deletion_of_an_attachment(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    attached.path("assets").mkdir()
    attached.path("assets/diagram.png").write_bytes(b"first")
    commit(attached)
    attached.path(f"{FILES}/diagram.png").unlink()
    attached("push", "--delete")
    assert names(wiki, guide) == set()


def test_an_attachment_that_comes_back_while_the_run_is_under_way_is_not_deleted(
    wiki: Sandbox, attached: Desk, guide: str
) -> None:
    path = attached.path(f"{FILES}/diagram.png")
    path.unlink()

    def back(method: str, target: str) -> int | None:
        if method == "GET" and "attachment" in target:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"first")
        return None

    wiki.faults.refuse = back
    run = attached("push", "--delete", exit=1)
    assert "diagram.png is here again" in run.out
    assert names(wiki, guide) == {"diagram.png"}
