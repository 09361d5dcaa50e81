"""The scan: every document read once; a bad one is an entry with an error and stops no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from confsync.document.document import render
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan, scan
from confsync.mirror.state import regular
from confsync.model.config import SpaceConfig
from confsync.model.page import Folder
from confsync.model.stamp import Stamp, digest

ENG = SpaceConfig("ENG", "docs/ENG")
OPS = SpaceConfig("OPS", "OPS")
posix = pytest.mark.skipif(os.name == "nt", reason="links and modes as POSIX has them")


def put(root: Path, name: str, page_id: str, parent: str | None = None) -> bytes:
    raw = render(f"P{page_id}", "<p/>", Stamp(page_id, 1, digest(f"P{page_id}", "<p/>"), parent))
    put_raw(root, name, raw)
    return raw


def put_raw(root: Path, name: str, raw: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def scan_one(root: Path) -> tuple[SpaceScan, dict[str, Entry]]:
    (found,) = scan(root, [ENG])
    return found, {entry.path: entry for entry in found.entries}


def problem(entry: Entry) -> str:
    assert entry.document is None
    assert entry.error is not None
    assert entry.error.path == entry.path
    return entry.error.problem


def test_a_space_whose_directory_is_not_there_is_empty(tmp_path: Path) -> None:
    found, entries = scan_one(tmp_path)
    assert (entries, found.folders, found.tree.home) == ({}, {}, None)


def test_documents_are_read_with_their_bytes_and_their_places(tmp_path: Path) -> None:
    home = put(tmp_path, "docs/ENG/index.xhtml", "1")
    put(tmp_path, "docs/ENG/guide.xhtml", "2", "1")
    put(tmp_path, "docs/ENG/guide/ports.xhtml", "3", "2")
    put_raw(tmp_path, "docs/ENG/guide/draft.xhtml", b"---\ntitle: New\n---\n")
    found, entries = scan_one(tmp_path)
    assert entries["docs/ENG/index.xhtml"].raw == home
    assert found.tree.home == "1"
    assert found.tree.ids == {"1", "2", "3"}
    assert {found.inner(path): found.wanted(entry) for path, entry in entries.items()} == {
        "index.xhtml": None,
        "guide.xhtml": "1",
        "guide/ports.xhtml": "2",
        "guide/draft.xhtml": "2",
    }
    assert found.outer(found.inner("docs/ENG/guide/ports.xhtml")) == "docs/ENG/guide/ports.xhtml"


def test_what_is_no_document_is_passed_over(tmp_path: Path) -> None:
    for name in ("a.txt", ".a.xhtml", ".hidden/a.xhtml", "a.xhtml~", "a.xhtml.orig", "A.XHTML"):
        put(tmp_path, f"docs/ENG/{name}", "1")
    put(tmp_path, "docs/outside.xhtml", "2")
    assert scan_one(tmp_path)[1] == {}


def test_a_bad_document_is_an_error_with_its_path_and_the_others_are_read(tmp_path: Path) -> None:
    put_raw(tmp_path, "docs/ENG/a.xhtml", b"<p>no front matter</p>")
    put_raw(tmp_path, "docs/ENG/b.xhtml", b"---\ntitle: T\n---\n\xff")
    put_raw(tmp_path, "docs/ENG/empty.xhtml", b"")
    put(tmp_path, "docs/ENG/good.xhtml", "1")
    _, entries = scan_one(tmp_path)
    assert "no front matter" in problem(entries["docs/ENG/a.xhtml"])
    assert "not UTF-8" in problem(entries["docs/ENG/b.xhtml"])
    assert "no front matter" in problem(entries["docs/ENG/empty.xhtml"])
    assert entries["docs/ENG/good.xhtml"].page_id == "1"


def test_the_id_of_a_broken_document_is_told_from_its_text(tmp_path: Path) -> None:
    raw = put(tmp_path, "docs/ENG/a.xhtml", "98310").replace(b"title: P98310", b"title: [")
    for name, ends in (("lf", b"\n"), ("crlf", b"\r\n")):
        put_raw(tmp_path, f"docs/ENG/{name}.xhtml", raw.replace(b"\n", ends))
    _, entries = scan_one(tmp_path)
    for name in ("lf", "crlf"):
        entry = entries[f"docs/ENG/{name}.xhtml"]
        assert (entry.document, entry.page_id, entry.claimed_id) == (None, None, "98310")


def test_below_a_broken_document_everybody_wants_the_parent_of_its_stamp(tmp_path: Path) -> None:
    put(tmp_path, "docs/ENG/index.xhtml", "1")
    put_raw(tmp_path, "docs/ENG/guide.xhtml", b"broken")
    put(tmp_path, "docs/ENG/guide/ports.xhtml", "3", "2")
    found, entries = scan_one(tmp_path)
    assert found.wanted(entries["docs/ENG/guide/ports.xhtml"]) == "2"


def test_with_a_broken_home_page_no_page_is_moved(tmp_path: Path) -> None:
    put_raw(tmp_path, "docs/ENG/index.xhtml", b"broken")
    put(tmp_path, "docs/ENG/guide.xhtml", "2", "1")
    put(tmp_path, "docs/ENG/root-level.xhtml", "3", None)
    found, entries = scan_one(tmp_path)
    assert found.wanted(entries["docs/ENG/guide.xhtml"]) == "1"
    assert found.wanted(entries["docs/ENG/root-level.xhtml"]) is None


def test_one_id_in_two_files_is_an_error_naming_both_also_across_spaces(tmp_path: Path) -> None:
    put(tmp_path, "docs/ENG/a.xhtml", "7")
    put(tmp_path, "docs/ENG/copy.xhtml", "7")
    put(tmp_path, "OPS/b.xhtml", "7")
    put(tmp_path, "OPS/good.xhtml", "8")
    entries = {entry.path: entry for found in scan(tmp_path, [ENG, OPS]) for entry in found.entries}
    names = ["docs/ENG/a.xhtml", "docs/ENG/copy.xhtml", "OPS/b.xhtml"]
    for name in names:
        message = problem(entries[name])
        assert "same page id 7" in message
        assert all(other in message for other in names if other != name)
        assert entries[name].claimed_id == "7"
    assert entries["OPS/good.xhtml"].document is not None


def test_two_documents_without_a_stamp_are_no_duplicates(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put_raw(tmp_path, f"docs/ENG/{name}.xhtml", b"---\ntitle: Same\n---\n")
    assert all(entry.document for entry in scan_one(tmp_path)[1].values())


@posix
def test_a_link_is_an_error_and_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/a.xhtml", "7")
    (tmp_path / "docs/ENG").mkdir(parents=True)
    (tmp_path / "docs/ENG/link.xhtml").symlink_to(tmp_path / "elsewhere/a.xhtml")
    (tmp_path / "docs/ENG/dangling.xhtml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "docs/ENG/directory").symlink_to(tmp_path / "elsewhere")
    _, entries = scan_one(tmp_path)
    assert sorted(entries) == ["docs/ENG/dangling.xhtml", "docs/ENG/link.xhtml"]
    for entry in entries.values():
        assert "not a regular file" in problem(entry)
        assert entry.raw == b""


@posix
def test_a_pipe_is_an_error_and_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "docs/ENG").mkdir(parents=True)
    os.mkfifo(tmp_path / "docs/ENG/pipe.xhtml")
    assert "not a regular file" in problem(scan_one(tmp_path)[1]["docs/ENG/pipe.xhtml"])


def test_a_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "docs/ENG/a.xhtml", "7")

    def refuse(path: str, limit: int) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(regular, "read", refuse)
    assert "Permission denied" in problem(scan_one(tmp_path)[1]["docs/ENG/a.xhtml"])


def test_a_directory_with_a_documents_name_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "docs/ENG/x.xhtml").mkdir(parents=True)
    put(tmp_path, "docs/ENG/x.xhtml/a.xhtml", "7", "5")
    found, entries = scan_one(tmp_path)
    assert list(entries) == ["docs/ENG/x.xhtml/a.xhtml"]
    assert found.wanted(entries["docs/ENG/x.xhtml/a.xhtml"]) == "5"


# -- folders ---------------------------------------------------------------------------------------


def test_a_folder_is_the_parent_of_what_stands_in_its_directory(tmp_path: Path) -> None:
    put_raw(tmp_path, "docs/ENG/ops/.folder.yaml", b'id: "30"\ntitle: Ops\n')
    put(tmp_path, "docs/ENG/ops/a.xhtml", "7", "5")
    found, entries = scan_one(tmp_path)
    assert found.folders == {"ops": Folder("30", "Ops", None)}
    assert found.wanted(entries["docs/ENG/ops/a.xhtml"]) == "30"


def test_a_page_that_gets_a_folders_name_does_not_take_its_children(tmp_path: Path) -> None:
    put_raw(tmp_path, "docs/ENG/ops/.folder.yaml", b'id: "30"\ntitle: Ops\n')
    put(tmp_path, "docs/ENG/ops/a.xhtml", "7", "30")
    put(tmp_path, "docs/ENG/ops.xhtml", "8", "1")
    put(tmp_path, "docs/ENG/top.xhtml", "9", "8")
    put(tmp_path, "docs/ENG/index.xhtml", "1")
    found, entries = scan_one(tmp_path)
    assert found.wanted(entries["docs/ENG/ops/a.xhtml"]) == "30"
    # Page 8 may still have children, so standing at the top is a move.
    assert found.wanted(entries["docs/ENG/top.xhtml"]) == "1"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"x",
        b"[1]",
        b"id: x\n",
        b"title: T\n",
        b"id: [1]\n",
        b"\xff",
        b"a: [",
        pytest.param(b"id: 1\nx: " + b"[" * 99_999 + b"]" * 99_999, id="deep"),
    ],
)
def test_the_directory_of_a_broken_folder_file_belongs_to_no_folder(
    tmp_path: Path, text: bytes
) -> None:
    put_raw(tmp_path, "docs/ENG/ops/.folder.yaml", text)
    put(tmp_path, "docs/ENG/ops/a.xhtml", "7", "5")
    found, entries = scan_one(tmp_path)
    assert found.folders == {}
    assert found.wanted(entries["docs/ENG/ops/a.xhtml"]) == "5"
