"""Many files at once: each entirely old or entirely new, and one that fails stops no other."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from confsync.document import document
from confsync.errors import ChangedMeanwhileError, FileError
from confsync.mirror.bulk_write import Writing, replace_all
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import disk
from confsync.model.config import Config, SpaceConfig
from confsync.model.stamp import Stamp, digest
from confsync.workers import Workers

WORKERS = [Workers(1, hands=1), Workers(1), Workers(8)]


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    root = tmp_path / "mirror"
    (root / "ENG").mkdir(parents=True)
    return Mirror(root, Config("https://a.example", (SpaceConfig("ENG", "ENG"),)))


def files(mirror: Mirror) -> dict[str, bytes]:
    """Every file, temporary ones too."""
    return {
        path.relative_to(mirror.root).as_posix(): path.read_bytes()
        for path in mirror.root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("workers", WORKERS)
def test_each_is_written_and_one_that_fails_stops_no_other(
    mirror: Mirror, workers: Workers
) -> None:
    (mirror.root / "ENG/old.xhtml").write_bytes(b"old")
    (mirror.root / "ENG/edited.xhtml").write_bytes(b"edited")
    (mirror.root / "ENG/file").write_bytes(b"")
    body = "<p>a</p>"
    base = (Stamp("7", 1, digest("A", body)), "A", body)
    told = replace_all(
        mirror,
        [
            Writing("ENG/a/b/new.xhtml", b"new", None, base),
            Writing("ENG/old.xhtml", b"newer", b"old"),
            Writing("ENG/edited.xhtml", b"lost", b"old"),
            Writing("../outside.xhtml", b"out", None),
            Writing("ENG/file/c.xhtml", b"below a file", None),
            Writing("ENG/last.xhtml", b"last", None),
        ],
        workers,
    )
    assert [type(error) for error in told] == [
        *(type(None), type(None), ChangedMeanwhileError, FileError, FileError, type(None))
    ]
    assert mirror.bases.get(base[0]) == ("A", body)
    found = {name: raw for name, raw in files(mirror).items() if name.startswith("ENG/")}
    assert found == {
        "ENG/a/b/new.xhtml": b"new",
        "ENG/old.xhtml": b"newer",
        "ENG/edited.xhtml": b"edited",
        "ENG/file": b"",
        "ENG/last.xhtml": b"last",
    }
    assert mirror.written == {"ENG/a/b/new.xhtml", "ENG/old.xhtml", "ENG/last.xhtml"}


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        *(("a.xhtml", True), (".hidden", True), ("a b", True), ("", False), (".", False)),
        *(("..", False), ("a/b", False), ("/a", False), ("a\\..\\b", os.name != "nt")),
    ],
)
def test_what_is_a_name_and_leads_nowhere(text: str, is_name: bool) -> None:
    assert disk.is_name(text) is is_name


@pytest.mark.skipif(os.name == "nt", reason="links as POSIX has them")
@pytest.mark.parametrize(
    "name", ["ENG/..", "ENG/", "ENG/.", "ENG/link/a", "ENG/link/../a", "ENG/l"]
)
def test_no_name_leads_out_of_a_directory_that_was_looked_at(mirror: Mirror, name: str) -> None:
    (mirror.root / "ENG/link").symlink_to(mirror.root.parent)
    (mirror.root / "ENG/l").symlink_to(mirror.root.parent / "outside")
    writes = [Writing("ENG/good.xhtml", b"good", None), Writing(name, b"out", None)]
    told = replace_all(mirror, writes, Workers(8))
    assert told[0] is None
    assert isinstance(told[1], FileError | ChangedMeanwhileError)
    assert files(mirror).keys() - {".confsync/.gitignore"} == {"ENG/good.xhtml"}
    assert [path.name for path in mirror.root.parent.iterdir()] == ["mirror"]


@pytest.mark.parametrize("workers", WORKERS)
def test_every_text_is_durable_before_the_first_has_its_name(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        fsync(handle)
        done.append("directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")

    def noted_replace(source: str, target: Path) -> None:
        assert Path(source).read_bytes() == target.name.encode()
        done.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    names = [f"{number}.xhtml" for number in range(20)]
    assert replace_all(mirror, (Writing(f"ENG/{n}", n.encode(), None) for n in names), workers) == [
        None
    ] * len(names)
    assert done == ["file"] * 20 + ["replace"] * 20 + ["directory"] * (os.name != "nt")


@pytest.mark.parametrize("workers", WORKERS)
def test_an_edit_while_the_others_are_written_is_seen(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    for number in range(3):
        (mirror.root / f"ENG/{number}.xhtml").write_bytes(b"old")
    replace = os.replace

    def edit(source: str, target: Path) -> None:
        replace(source, target)
        (mirror.root / "ENG/2.xhtml").write_bytes(b"edited")

    monkeypatch.setattr(os, "replace", edit)
    told = replace_all(
        mirror, [Writing(f"ENG/{n}.xhtml", b"new", b"old") for n in range(3)], workers
    )
    assert [type(error) for error in told] == [type(None), type(None), ChangedMeanwhileError]
    assert files(mirror) == {
        "ENG/0.xhtml": b"new",
        "ENG/1.xhtml": b"new",
        "ENG/2.xhtml": b"edited",
    }


@pytest.mark.parametrize("workers", WORKERS)
def test_what_is_interrupted_leaves_old_files_and_new_ones_and_nothing_else(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, workers: Workers
) -> None:
    check = Mirror.check

    def interrupted(self: Mirror, name: str, path: Path, expected: bytes | None) -> None:
        if name == "ENG/2.xhtml":
            raise KeyboardInterrupt
        check(self, name, path, expected)

    monkeypatch.setattr(Mirror, "check", interrupted)
    writes = [Writing(f"ENG/{number}.xhtml", b"new", None) for number in range(5)]
    with pytest.raises(KeyboardInterrupt):
        replace_all(mirror, writes, workers)
    assert files(mirror) == {"ENG/0.xhtml": b"new", "ENG/1.xhtml": b"new"}


STAMP = Stamp("7", 1, digest("A", "<p>a</p>"))
OUTLINE = document.outline("A", STAMP, None)
CLEAN = Writing("ENG/a.xhtml", b"as if it were rendered", None, None, OUTLINE)


@pytest.mark.usefixtures("a_tick_later")
@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
@pytest.mark.parametrize("workers", WORKERS)
def test_what_says_what_its_stamp_says_is_known_once_it_is_written(
    mirror: Mirror, workers: Workers
) -> None:
    other = Writing("ENG/b.xhtml", b"of another program", None)
    assert replace_all(mirror, [CLEAN, other], workers) == [None, None]
    key = disk.key(mirror.root / "ENG/a.xhtml")
    assert mirror.fresh == {"ENG/a.xhtml": (key, OUTLINE)}


@pytest.mark.usefixtures("a_tick_later")
@pytest.mark.skipif(os.name == "nt", reason="no time of change there")
def test_what_is_edited_at_once_is_not_taken_for_what_was_written(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an editor that saves as we do: a whole new file in the place of the one that was there."""
    replace = os.replace

    def edit(source: str, target: Path) -> None:
        replace(source, target)
        saved = target.with_suffix(".saved")
        saved.write_bytes(target.read_bytes().upper())
        time.sleep(0.03)
        replace(saved, target)

    monkeypatch.setattr(os, "replace", edit)
    assert replace_all(mirror, [CLEAN], Workers(1)) == [None]
    assert mirror.fresh == {}


def test_what_was_written_in_the_tick_of_its_name_is_read_again(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit of the same size in the same tick would leave no sign: git calls that racy."""

    def same_tick(path: Path | str) -> disk.Key:
        found = os.lstat(path)
        return found.st_size, 5, 5, found.st_ino

    monkeypatch.setattr(disk, "key", same_tick)
    assert replace_all(mirror, [CLEAN], Workers(1)) == [None]
    assert mirror.fresh == {}
