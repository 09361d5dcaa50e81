"""With attachments, the snapshot and the index say what a status says that reads every file."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from confsync.commands.pages.status.status import status
from confsync.document import document
from confsync.document.attachments import names
from confsync.mirror import attachment_files, entry, scan, snapshot, walk
from confsync.mirror.config_file import load
from confsync.mirror.mirror import Mirror
from confsync.mirror.state.base_cache import STATE
from confsync.model.stamp import Attached, Stamp, digest

BODY = '<p>one</p><ac:image><ri:attachment ri:filename="shown.png" /></ac:image>'
FILES = "ENG/page-1.attachments"
LONG_AGO = 1_600_000_000_000_000_000


def attached(data: bytes, version: int = 1) -> Attached:
    return Attached("a.png", version, names.digest_of(hashlib.sha256(data)), "a.png")


def write(root: Path, number: int, *files: Attached, version: int = 1, extra: str = "") -> None:
    title = f"Page {number}"
    stamp = Stamp(str(100 + number), version, digest(title, BODY), attachments=files)
    raw = document.render(title, BODY, stamp)
    if extra:
        raw = raw.replace(b"confluence:\n", f"{extra}\nconfluence:\n".encode(), 1)
    (root / f"ENG/page-{number}.xhtml").write_bytes(raw)


def put(root: Path, name: str, data: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three clean pages; the second has an attachment. They are in the snapshot."""
    root = tmp_path / "mirror"
    (root / "ENG").mkdir(parents=True)
    (root / STATE).mkdir()
    put(
        root,
        ".confsync.yaml",
        b"url: https://a.example/wiki\nspaces:\n  - key: ENG\nattachments: true\n",
    )
    put(root, f"{FILES}/a.png", b"picture")
    for number in range(3):
        write(root, number, *([attached(b"picture")] if number == 1 else []))
    time.sleep(0.02)  # a tick of the file system: what was changed just now is not trusted
    assert told(root) == {}
    assert snapshot.clean(root) == 3
    return root


def told(root: Path) -> dict[str, str]:
    found = status(Mirror(root, load(root)), None)
    assert not found.errors
    states = {page.path: f"{page.outcome.value} {page.error}".strip() for page in found.pages}
    return states | dict.fromkeys(found.notes, "note")


def told_anew(root: Path) -> dict[str, str]:
    """Return the output of a status that knows nothing."""
    copy = root.with_name("copy")
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(STATE))
    try:
        return told(copy)
    finally:
        shutil.rmtree(copy)


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, capture_output=True, check=True)


def commit(root: Path) -> None:
    if not (root / ".git").exists():
        git(root, "init", "-q", "--template=", "-b", "main")
        put(root, ".gitignore", f"{STATE}\n".encode())
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the documents and files that are read."""
    found: list[str] = []
    digest_of, read = attachment_files.digest_of, entry.read

    def noted(path: Path, name: str) -> tuple[str, int]:
        found.append(name)
        return digest_of(path, name)

    def noted_entry(root: Path, name: str) -> entry.Entry:
        found.append(name)
        return read(root, name)

    monkeypatch.setattr(attachment_files, "digest_of", noted)
    for module in (entry, scan):
        monkeypatch.setattr(module, "read", noted_entry)
    return found


def test_nothing_is_read_again(root: Path, hashed: list[str]) -> None:
    assert snapshot.clean(root) == 3
    assert told(root) == {}
    assert hashed == []


def test_only_an_edited_document_and_its_own_files_are_read(root: Path, hashed: list[str]) -> None:
    put(root, "ENG/page-0.attachments/shown.png", b"new")
    path = root / "ENG/page-2.xhtml"
    path.write_bytes(path.read_bytes().replace(b"one", b"two"))
    told(root)
    assert set(hashed) == {"ENG/page-0.attachments/shown.png", "ENG/page-2.xhtml"}


def replaced_by_a_link(root: Path) -> None:
    (root / FILES).rename(root / "elsewhere")
    (root / FILES).symlink_to("../elsewhere")


def linked(root: Path) -> None:
    (root / FILES / "a.png").unlink()
    (root / FILES / "a.png").symlink_to("../page-0.xhtml")


def listed(root: Path) -> None:
    write(root, 2, extra="attachments: [more.txt]")
    put(root, "ENG/page-2.attachments/more.txt", b"more")


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited, of the same size": lambda root: put(root, f"{FILES}/a.png", b"PICTURE"),
    "edited to a pointer": lambda root: put(
        root,
        f"{FILES}/a.png",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 7\n",
    ),
    "removed": lambda root: (root / FILES / "a.png").unlink(),
    "removed with its directory": lambda root: shutil.rmtree(root / FILES),
    "renamed": lambda root: (root / FILES / "a.png").rename(root / FILES / "b.png"),
    "a new file that the page shows": lambda root: put(root, f"{FILES}/shown.png", b"new"),
    "a new file that no page shows": lambda root: put(root, f"{FILES}/other.png", b"new"),
    "a first file that the page shows": lambda root: put(
        root, "ENG/page-0.attachments/shown.png", b"new"
    ),
    "a file that the front matter lists": listed,
    "a file with an impossible name": lambda root: put(root, f"{FILES}/A.png", b"new"),
    "files without a document": lambda root: put(root, "ENG/none.attachments/a.png", b"new"),
    "a file that became a link": linked,
    "a directory that became a link": replaced_by_a_link,
    "a hidden file": lambda root: put(root, f"{FILES}/.DS_Store", b"new"),
    "a directory inside": lambda root: put(root, f"{FILES}/more/x.png", b"new"),
    "a document's name": lambda root: put(root, f"{FILES}/x.xhtml", b"new"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_noticed(root: Path, change: str) -> None:
    CHANGES[change](root)
    expected = told_anew(root)
    for _ in range(3):
        clean = snapshot.clean(root)
        assert clean is None or (expected == {} and clean == 3)
        assert told(root) == expected
        time.sleep(0.02)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_is_taken_back_is_clean_again(root: Path, change: str) -> None:
    kept = root.with_name("kept")
    shutil.copytree(root, kept, ignore=shutil.ignore_patterns(STATE))
    CHANGES[change](root)
    told(root)
    shutil.rmtree(root / "ENG")
    shutil.copytree(kept / "ENG", root / "ENG")
    time.sleep(0.02)
    for _ in range(2):
        assert told(root) == {}
    assert snapshot.clean(root) == 3


def test_a_file_that_was_changed_in_the_tick_of_the_look_is_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its times and its size stay as they are: git calls that racy."""
    path, lstat = root / FILES / "a.png", os.lstat

    def frozen(name: str | Path) -> object:
        found = lstat(name)
        at = LONG_AGO if str(name) == str(path) else LONG_AGO - 1
        return SimpleNamespace(
            st_size=found.st_size,
            st_mtime_ns=at,
            st_ctime_ns=at,
            st_ino=found.st_ino,
            st_mode=found.st_mode,
        )

    for name in ("index", snapshot.NAME):
        (root / STATE / name).unlink()
    monkeypatch.setattr(walk, "_STALE", True)
    monkeypatch.setattr(os, "lstat", frozen)
    monkeypatch.setattr("confsync.mirror.index.Index.moment", lambda self: LONG_AGO)
    assert told(root) == {}
    path.write_bytes(b"PICTURE")
    assert told(root) == {"ENG/page-1.xhtml": "modified attachments: a.png"}


def test_a_file_that_only_head_has_was_deleted(root: Path) -> None:
    commit(root)
    assert told(root) == {}
    assert snapshot.clean(root) == 3  # after a commit of the same files, too
    git(root, "rm", "-q", "--cached", f"{FILES}/a.png")
    git(root, "commit", "-qm", "without")
    (root / FILES / "a.png").unlink()
    time.sleep(0.02)
    assert told(root) == {}  # a missing file that git does not know: a pull brings it
    assert told(root) == {}
    git(root, "reset", "-q", "--soft", "HEAD~")
    assert snapshot.clean(root) is None
    assert told(root) == told_anew(root) == {"ENG/page-1.xhtml": "modified attachments: a.png"}


def test_a_file_that_git_put_back_is_noticed(root: Path) -> None:
    commit(root)
    assert snapshot.clean(root) == 3
    put(root, f"{FILES}/a.png", b"PICTURE")
    write(root, 1, attached(b"PICTURE", 2))
    commit(root)
    time.sleep(0.02)
    assert told(root) == {}
    assert snapshot.clean(root) == 3
    git(root, "revert", "--no-edit", "HEAD")
    time.sleep(0.02)
    for _ in range(3):
        assert snapshot.clean(root) is None
        assert "restored" in told(root)["ENG/page-1.xhtml"]


def test_a_newer_stamp_that_only_a_later_commit_has_is_noticed(root: Path, tmp_path: Path) -> None:
    """Every file here stays as it is, and HEAD has the same trees with another history."""
    commit(root)
    assert snapshot.clean(root) == 3
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(root), str(other))
    put(other, f"{FILES}/a.png", b"PICTURE")
    write(other, 1, attached(b"PICTURE", 2))
    git(other, "commit", "-qam", "newer")
    git(other, "revert", "--no-edit", "HEAD")
    git(root, "fetch", "-q", str(other), "HEAD")
    git(root, "update-ref", "refs/heads/main", "FETCH_HEAD")
    for _ in range(3):
        assert snapshot.clean(root) is None
        assert told(root) == {"ENG/page-1.xhtml": "restored attachments: git has v2 of a.png"}


def test_documents_outside_of_every_space_are_looked_at_with_their_files(root: Path) -> None:
    put(root, "OTHER/page.xhtml", (root / "ENG/page-1.xhtml").read_bytes())
    (root / "ENG/page-1.xhtml").unlink()
    shutil.move(root / FILES, root / "OTHER/page.attachments")
    told(root)
    time.sleep(0.02)
    for _ in range(2):
        assert told(root) == told_anew(root)
    put(root, "OTHER/page.attachments/a.png", b"PICTURE")
    assert told(root) == told_anew(root)
    assert snapshot.clean(root) is None
