"""The snapshot says what a status that reads says, and with any doubt it says nothing."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confsync.cli import main
from confsync.commands.pages.status.status import status
from confsync.mirror import snapshot, walk
from confsync.mirror.config_file import load
from confsync.mirror.git import head as githead
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import disk
from confsync.mirror.state.base_cache import STATE
from tests.unit.mirror.test_index import edit, make, write

CONFIG = ".confsync.yaml"
# In nanoseconds; nothing is changed that late.
LATER = 4_000_000_000_000_000_000


@pytest.fixture(params=["mirror", "repository/docs"])
def root(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Three clean pages, at the top or inside of what will be a repository, in the snapshot."""
    made = make(tmp_path / request.param).root
    time.sleep(0.02)  # a tick of the file system: what was changed just now is not trusted
    told(made)
    assert snapshot.clean(made) == 3
    return made


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each time that git was asked for all names, what it said."""
    found: list[object] = []
    asked = githead.documents_of_head

    def noted(*given: object) -> object:
        found.append(asked(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(githead, "documents_of_head", noted)
    return found


def told(root: Path) -> dict[str, str]:
    """Return the output of a status that reads each document."""
    found = status(Mirror(root, load(root)), None)
    return {page.path: page.outcome.value for page in found.pages}


def git(root: Path, *words: str) -> str:
    run = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def commit(root: Path) -> None:
    """Commit everything, in a repository that begins above the mirror, where there is room."""
    top = root.parent if root.name == "docs" else root
    if not (top / ".git").exists():
        git(top, "init", "-q", "--template=", "-b", "main")
        (top / ".gitignore").write_text(f"{STATE}\n")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "x")


def test_what_is_not_as_it_was_is_for_others_to_tell(root: Path) -> None:
    edit(root / "ENG/page-1.xhtml")
    assert snapshot.clean(root) is None
    (root / "ENG/page-1.xhtml").unlink()
    assert snapshot.clean(root) is None


def _cut(said: bytes) -> bytes:
    return said[:-40]


def _longer(said: bytes) -> bytes:
    return said + b"\0"


def _emptied(said: bytes) -> bytes:
    """As a file system may leave it that lost its power."""
    return said[:200] + bytes(len(said) - 200)


def _another_name(said: bytes) -> bytes:
    return said.replace(b"page-1", b"page-9")


def _another_form(said: bytes) -> bytes:
    return re.sub(rb"snapshot \d+", b"snapshot 1", said, count=1)


def _another_version(said: bytes) -> bytes:
    return re.sub(rb"confsync [^ ]+", b"confsync 99", said, count=1)


def _other_directories(said: bytes) -> bytes:
    """No document is missing of these: there is nothing in the second one yet."""
    return said.replace(b"\nENG\n", b"\nENG\0OPS\n")


@pytest.mark.parametrize(
    "harm",
    [
        *(_cut, _longer, _emptied, _another_name, _another_form, _another_version),
        *(_other_directories, lambda said: b"", lambda said: b"DIRC" + said),
    ],
)
def test_a_snapshot_with_anything_wrong_is_none(root: Path, harm: Callable[[bytes], bytes]) -> None:
    path = root / STATE / snapshot.NAME
    before = path.read_bytes()
    path.write_bytes(harm(before))
    assert path.read_bytes() != before
    assert snapshot.clean(root) is None
    assert told(root) == {}
    assert snapshot.clean(root) == 3


def test_a_configuration_that_was_changed_is_read(root: Path) -> None:
    path = root / CONFIG
    path.write_text(f"{path.read_text()}  - key: OPS\n")
    assert snapshot.clean(root) is None
    other = write(root, 7)
    (root / "OPS").mkdir()
    other.rename(root / "OPS/page-7.xhtml")
    time.sleep(0.02)
    assert told(root) == {}
    assert snapshot.clean(root) == 4
    (root / "OPS/page-7.xhtml").unlink()
    assert snapshot.clean(root) is None


def test_a_configuration_that_became_wrong_is_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / CONFIG
    before = path.read_text()
    path.write_text(before.replace("key:", "kee:"))
    assert main(["-C", str(root), "status"]) == 4
    assert f"{CONFIG}:3: unknown key 'kee'" in capsys.readouterr().err
    path.unlink()
    assert snapshot.clean(root) is None
    path.write_text(before)
    assert snapshot.clean(root) == 3


def test_no_snapshot_is_kept_for_a_configuration_that_no_scan_used(root: Path) -> None:
    """The file was saved after a status had read it and before that status ended."""
    (root / STATE / snapshot.NAME).unlink()
    mirror = Mirror(root, load(root))
    path = root / CONFIG
    before = path.read_text()
    for other in (f"{before}  - key: OPS\n", f"{before}labels: true\n", "spaces: 7\n", "\n"):
        path.write_text(other)
        status(mirror, None)
        assert snapshot.clean(root) is None
    path.write_text(f"# the same in other words\n{before}")
    status(mirror, None)
    assert snapshot.clean(root) == 3


def keys_of(root: Path) -> dict[str, disk.Key]:
    """Return the documents as they are now, as if they had just been read."""
    found = walk.keys(walk.look(str(root), ["ENG"]))
    return {name: key for name, key in found.items() if walk.is_document(name)}


def test_what_was_changed_since_it_was_read_is_not_noted(root: Path) -> None:
    path = root / "ENG/page-1.xhtml"
    read = keys_of(root)
    edit(path)
    snapshot.Snapshot(root).note(load(root), read, LATER)
    assert snapshot.clean(root) is None
    snapshot.Snapshot(root).note(load(root), keys_of(root), LATER)
    assert snapshot.clean(root) == 3


def test_a_document_that_came_since_is_not_noted(root: Path) -> None:
    read = keys_of(root)
    write(root, 7)
    snapshot.Snapshot(root).note(load(root), read, LATER)
    assert snapshot.clean(root) is None


def test_what_was_changed_in_the_moment_of_the_look_is_not_noted(root: Path) -> None:
    """Its next change, in the same tick, could leave everything that is noted as it is."""
    (root / STATE / snapshot.NAME).unlink()
    began = max(max(key[1], key[2]) for key in keys_of(root).values())
    snapshot.Snapshot(root).note(load(root), keys_of(root), began)
    assert snapshot.clean(root) is None
    snapshot.Snapshot(root).note(load(root), keys_of(root), began + 1)
    assert snapshot.clean(root) == 3


def test_a_document_that_only_git_has_is_told(root: Path, whole: list[object]) -> None:
    """Every file is as it was, and what HEAD is now has one more, such as on another branch."""
    commit(root)
    assert snapshot.clean(root) == 3
    extra = write(root, 7)
    git(root, "checkout", "-q", "-b", "other")
    commit(root)
    git(root, "checkout", "-q", "main")
    assert not extra.exists()
    assert snapshot.clean(root) == 3
    for _ in range(2):
        git(root, "symbolic-ref", "HEAD", "refs/heads/other")
        assert snapshot.clean(root) is None
        assert told(root) == {"ENG/page-7.xhtml": "deleted"}
        git(root, "symbolic-ref", "HEAD", "refs/heads/main")
        assert snapshot.clean(root) == 3
    assert any(whole)


def test_a_document_that_was_deleted_after_the_commit_is_told(root: Path) -> None:
    commit(root)
    assert snapshot.clean(root) == 3
    (root / "ENG/page-1.xhtml").unlink()
    for _ in range(2):
        assert snapshot.clean(root) is None
        assert told(root) == {"ENG/page-1.xhtml": "deleted"}
    commit(root)
    assert told(root) == {}
    assert snapshot.clean(root) == 2


def test_git_is_asked_for_all_names_once_for_each_commit(root: Path, whole: list[object]) -> None:
    commit(root)
    for _ in range(3):
        assert snapshot.clean(root) == 3
    assert len(whole) == 1
    (root / "beside.txt").write_text("no document's directory is changed by this")
    commit(root)
    assert snapshot.clean(root) == 3
    assert len(whole) == 1
    (root / "ENG/.notes").write_text("this is in one")
    commit(root)
    for _ in range(3):
        assert snapshot.clean(root) == 3
    assert len(whole) == 2


def test_with_other_documents_gits_word_holds_no_more(root: Path, whole: list[object]) -> None:
    """A status whose documents are others has not compared them with what git has."""
    commit(root)
    assert snapshot.clean(root) == 3
    (root / "ENG/page-1.xhtml").unlink()
    snapshot.Snapshot(root).note(load(root), keys_of(root), LATER)
    assert snapshot.clean(root) is None
    assert len(whole) >= 2


def test_what_came_back_while_git_answered_is_not_taken_for_what_was_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen without it and noted as all that git has, its next deletion were never told."""
    path = root / "ENG/page-1.xhtml"
    commit(root)
    raw = path.read_bytes()
    path.unlink()
    snapshot.Snapshot(root).note(load(root), keys_of(root), LATER)
    trees = githead.trees_of_head

    def meanwhile(*given: object) -> object:
        answer = trees(*given)  # type: ignore[arg-type]

        def answered() -> object:
            path.write_bytes(raw)
            return answer()

        return answered

    with monkeypatch.context() as patched:
        patched.setattr(githead, "trees_of_head", meanwhile)
        assert snapshot.clean(root) is None
    path.unlink()
    assert snapshot.clean(root) is None
    assert told(root) == {"ENG/page-1.xhtml": "deleted"}


def test_trouble_with_git_is_no_reason_to_call_anything_clean(root: Path) -> None:
    commit(root)
    assert snapshot.clean(root) == 3
    top = root.parent if root.name == "docs" else root
    (top / ".git/HEAD").write_text("ref: refs/heads/nothing-yet\n")
    assert snapshot.clean(root) == 3  # as before the first commit, when nothing can be deleted
    (top / ".git/config").write_text("[core\n")
    assert main(["-C", str(root), "status"]) == 4


def test_what_is_told_is_the_same_with_a_snapshot_and_without(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "ENG")
    above = ("-C", "..")
    ways = [(), ("--json",), ("-q",), ("-v",), ("--exit-code",), ("--color", "always"), above]
    kept = (root / STATE / snapshot.NAME).read_bytes()
    for way in (*ways, ("-C", str(root / "ENG/")), ("--json", *above)):
        assert snapshot.clean(root) == 3
        with_snapshot = main(["status", *way]), capsys.readouterr()
        (root / STATE / snapshot.NAME).unlink()
        without = main(["status", *way]), capsys.readouterr()
        assert with_snapshot == without
        assert with_snapshot[0] == 0 and (with_snapshot[1].out or "-q" in way)
        (root / STATE / snapshot.NAME).write_bytes(kept)


def test_a_directory_that_is_not_there_is_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(root / "nowhere"), "status"]) == 2
    assert "is not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("shape", ["flat", "deep", "two", "none", "file"])
def test_both_questions_to_git_name_the_same_trees(tmp_path: Path, shape: str) -> None:
    git(tmp_path, "init", "-q", "--template=")
    directories = {"deep": ["docs/wiki/ENG"], "two": ["Zwei Räume", "docs/A"]}.get(shape, ["ENG"])
    (tmp_path / "other").write_text("x")
    for directory in directories if shape not in ("none", "file") else ():
        below = tmp_path / directory / "a/b"
        below.mkdir(parents=True)
        (below / "c.xhtml").write_text("x")
        (below.parent / "ENG").mkdir()
        (below.parent / "ENG/d.xhtml").write_text("x")
        (below / "e.attachments").mkdir()
        (below / "e.attachments/f.xhtml").write_text("x")
        (below / "g.xhtml").mkdir()
        (below / "g.xhtml/h").write_text("x")
    if shape == "file":
        (tmp_path / "ENG").write_text("x")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    found = githead.documents_of_head(str(tmp_path), directories)
    assert found is not None
    ids, trees = found
    assert githead.trees_of_head(str(tmp_path), directories)() == trees
    assert trees.count(b"\0") == (0 if shape == "none" else len(directories))
    names = ("a/b/c.xhtml", "a/ENG/d.xhtml")
    expected = {f"{one}/{name}" for one in directories for name in names}
    assert ids.keys() == (expected if trees and shape != "file" else set())
    assert set(ids.values()) <= {git(tmp_path, "hash-object", "other")}


def test_a_mirror_that_is_reached_over_a_link_is_in_its_repository(tmp_path: Path) -> None:
    root = make(tmp_path / "repository/docs").root
    commit(root)
    link = tmp_path / "elsewhere/mirror"
    link.parent.mkdir()
    link.symlink_to(root, target_is_directory=True)
    (root / "ENG/page-1.xhtml").unlink()
    assert told(link) == {"ENG/page-1.xhtml": "deleted"}


def _tree(top: Path) -> None:
    """Everything that a walk may meet."""
    for name in (
        "a/b/c",
        "a/d.attachments",
        ".hidden/e",
        "blog/2026",
        "f.xhtml",
        "empty",
        "g/blog",
    ):
        (top / name).mkdir(parents=True)
    for directory in [top, *(path for path in top.rglob("*") if path.is_dir())]:
        for name in ("one.xhtml", ".two.xhtml", ".folder.yaml", "three.txt", "Vier.XHTML"):
            (directory / name).write_text(directory.name)
    (top / "empty/one.xhtml").unlink()
    (top / "a/link").symlink_to("b", target_is_directory=True)
    (top / "a/up").symlink_to("..", target_is_directory=True)
    (top / "a/to.xhtml").symlink_to("one.xhtml")
    (top / "a/tree.xhtml").symlink_to("b", target_is_directory=True)
    (top / "a/circle.xhtml").symlink_to("circle.xhtml")
    (top / "a/nothing.xhtml").symlink_to("nothing")


def _walked(directory: Path, but: Path | None) -> Iterator[tuple[str, list[str]]]:
    """Return the expected findings, by the standard library."""
    for parent, directories, files in os.walk(directory):
        directories[:] = sorted(
            name
            for name in directories
            if not name.startswith(".")
            and not name.endswith(".attachments")
            and Path(parent, name) != but
        )
        names = (n for n in files if n.endswith(".xhtml") and not n.startswith("."))
        yield parent, [*sorted(names), *(n for n in files if n == ".folder.yaml")]


@pytest.mark.parametrize(
    ("by_handle", "blog"), list(itertools.product((walk._BY_HANDLE, False), (True, False)))
)
def test_what_stands_is_found_as_the_standard_library_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_handle: bool, blog: bool
) -> None:
    monkeypatch.setattr(walk, "_BY_HANDLE", by_handle)
    _tree(tmp_path / "ENG")
    but = tmp_path / "ENG/blog" if blog else None
    found = [(at, sorted(names)) for at, names in walk.walk(tmp_path / "ENG", but=but)]
    expected = [(at, sorted(names)) for at, names in _walked(tmp_path / "ENG", but)]
    assert found == expected
    directories = ["ENG", "ENG/blog"] if blog else ["ENG"]
    seen = walk.keys(walk.look(str(tmp_path), directories))
    everywhere = list(_walked(tmp_path / "ENG", None))
    paths = {Path(at, name) for at, names in everywhere for name in names}
    assert {tmp_path / name: key for name, key in seen.items()} == {
        path: disk.key(path) for path in paths
    }


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_directory_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    _tree(tmp_path / "ENG")
    (tmp_path / "ENG/a").chmod(0)
    try:
        found = [at for at, _ in walk.walk(tmp_path / "ENG")]
    finally:
        (tmp_path / "ENG/a").chmod(0o755)
    assert str(tmp_path / "ENG/g") in found
    assert str(tmp_path / "ENG/a") not in found


def test_no_directory_stays_open(tmp_path: Path) -> None:
    """A look that ends with the first difference leaves no directory open."""
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs Linux to count")
    _tree(tmp_path / "ENG")
    before = len(list(Path("/proc/self/fd").iterdir()))
    looking = walk.look(str(tmp_path), ["ENG"])
    next(looking)
    del looking
    shutil.rmtree(tmp_path / "ENG/g")
    list(walk.look(str(tmp_path), ["ENG", "OPS"]))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
