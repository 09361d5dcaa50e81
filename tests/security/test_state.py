"""A repository that brings its own `.confsync`: no link there is followed, nothing believed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.state import mark
from confsync.mirror.state.audit import AuditLog
from confsync.model.event import Event
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
posix = pytest.mark.skipif(os.name == "nt", reason="links need a right there")


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def work(wiki: Sandbox, desk: Desk, guide: str) -> None:
    """Run commands that write to every file of the state directory."""
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    for arguments in (
        *(("status",), ("pull",), ("log", guide), ("status", "--remote"), ("diff", "--remote")),
        *(("pull", "--theirs", GUIDE), ("push",), ("push", "--delete"), ("pull",), ("status",)),
    ):
        desk(*arguments, exit=None)


FILES = (
    *("audit.jsonl", "audit.1.jsonl", "index", "index.new", "snapshot", "people.json", "removed"),
    *("lock", "holder", "mark", ".gitignore"),
)


@posix
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
@pytest.mark.parametrize("name", FILES)
def test_no_link_to_a_file_is_written_through(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path, name: str
) -> None:
    """The start file of a shell is the classic target: an audit trail is appended to."""
    victim = tmp_path / "bashrc"
    victim.write_text("export A=1\n")
    desk.path(".confsync").mkdir(exist_ok=True)
    desk.path(f".confsync/{name}").unlink(missing_ok=True)
    desk.path(f".confsync/{name}").symlink_to(victim)
    desk.edit(GUIDE, "8080", "8081")
    work(wiki, desk, guide)
    assert victim.read_text() == "export A=1\n"
    if name == "lock":
        told = desk("pull", exit=4).err
        assert ".confsync/lock: cannot be written: is a link" in told


@posix
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
@pytest.mark.parametrize("name", ["", "bases", "trash", "trash/ENG", "downloads"])
def test_no_link_to_a_directory_is_written_through(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "elsewhere"
    link = desk.path(".confsync") / name if name else desk.path(".confsync")
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists():
        link.rename(target)
    else:
        target.mkdir()
    link.symlink_to(target)
    before = contents(target)
    desk.edit(GUIDE, "8080", "8081")
    work(wiki, desk, guide)
    assert contents(target) == before
    assert sorted(target.rglob("*")) == sorted(
        {target / n for n in before}
        | {(target / n).parents[i] for n in before for i in range(len(Path(n).parts) - 1)}
    )


@posix
@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
@pytest.mark.parametrize("link", ["downloads", "trash"])
def test_no_attachment_goes_through_a_link(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], tmp_path: Path, link: str
) -> None:
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    file = wiki.store.attach(guide, "a.bin", b"first")
    desk("pull", exit=None)
    shutil.rmtree(desk.path(f".confsync/{link}"), ignore_errors=True)
    (tmp_path / "elsewhere").mkdir()
    desk.path(f".confsync/{link}").symlink_to(tmp_path / "elsewhere")
    wiki.store.replace_attachment(file.id, b"second")
    desk("pull", exit=None)
    desk.path("ENG/guide.attachments").mkdir(exist_ok=True)
    desk.path("ENG/guide.attachments/a.bin").write_bytes(b"mine")
    desk("pull", "--theirs", GUIDE, exit=None)
    assert list((tmp_path / "elsewhere").iterdir()) == []


# -- what git brings ------------------------------------------------------------------------------


@pytest.fixture
def stolen(wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path) -> Path:
    """Return a mirror whose state directory is committed, whole: it has seen everything."""
    wiki.store.edit(guide, "<p>hers 8080</p>", author="Ana")
    desk("pull")
    for name in ("status", "pull", "status"):
        desk(name)
    desk("log", guide)
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    desk("pull")
    desk.path(".confsync/.gitignore").unlink()
    desk.git("init", "-q")
    desk.git("add", "--force", ".")
    desk.git("commit", "-q", "-m", "with everything")
    return desk.root


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_nothing_that_git_brings_is_believed(
    wiki: Sandbox, stolen: Path, desk: Desk, guide: str, tmp_path: Path
) -> None:
    desk.git("clone", "-q", str(stolen), str(tmp_path / "victim"))
    victim = Desk(tmp_path / "victim", desk._capsys)
    tracked = [line for line in victim.git("ls-files").split("\n") if ".confsync/" in line]
    assert {Path(line).name for line in tracked} >= {"audit.jsonl", "index", "snapshot", "mark"}
    assert mark.known(victim.path(".confsync")) == ""
    assert victim("log", "--local").out == "the log is empty\n"
    assert desk("log", "--local").out.startswith("2")
    assert victim("check").exit == 0
    assert victim("status").out == "clean: 2 pages\n"
    own = mark.known(victim.path(".confsync"))
    assert own and own not in "".join(tracked)


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_committed_snapshot_hides_no_page_of_the_server(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], tmp_path: Path
) -> None:
    """Of a mirror without documents all that a snapshot says can be known beforehand."""
    desk = desk_at(clone=None)
    desk("init", "--url", wiki.url, "--space", "ENG")
    desk.path("ENG").mkdir()
    from confsync.mirror.snapshot import Snapshot
    from confsync.pull import no_change

    noted = {}
    monkey = pytest.MonkeyPatch()
    digest = no_change.Unchanged._digest

    def remembered(self: no_change.Unchanged, listings: object) -> str:
        noted["pulled"] = digest(self, listings)  # type: ignore[arg-type]
        return noted["pulled"]

    monkey.setattr(no_change.Unchanged, "_digest", remembered)
    other = desk_at("other")
    other("pull")
    monkey.undo()
    desk.path(".confsync").mkdir(exist_ok=True)
    found = Snapshot(desk.root)
    found._directories, found._trees = ["ENG"], b""
    seen = found._look(["ENG"], files=False)
    from confsync.mirror import snapshot

    found._seen = snapshot._noted(["ENG"], seen or [])
    found.pulled = noted["pulled"]
    found._save()
    assert Snapshot(desk.root).pulled
    shutil.copytree(desk.root, tmp_path / "victim")
    victim = Desk(tmp_path / "victim", desk._capsys)
    assert Snapshot(victim.root).pulled == ""
    assert "created" in victim("pull").out


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_committed_note_of_removals_keeps_no_deletion_back(
    wiki: Sandbox, stolen: Path, desk: Desk, guide: str
) -> None:
    desk.path(GUIDE).unlink()
    for text in (f"{guide}\n", f"{'0' * 32}\n{guide}\n"):
        desk.path(".confsync/removed").write_text(text)
        assert "deleted" in desk("status").out


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_committed_name_of_a_person_is_not_shown(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.edit(guide, "<p>x</p>", author="Ana")
    assert "Ana" in desk("log", guide).out
    known = json.loads(desk.text(".confsync/people.json"))
    forged = {account: ["Eve", day] for account, (_, day) in known["names"].items()}
    for text in (forged, {"mark": "0" * 32, "names": forged}, {"names": forged}):
        desk.path(".confsync/people.json").write_text(json.dumps(text))
        assert "Eve" not in desk("log", guide).out


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_half_a_download_that_git_brings_is_no_part_of_an_attachment(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], tmp_path: Path
) -> None:
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    wiki.store.attach(guide, "a.bin", b"the true bytes")
    victim = Desk(tmp_path / "victim", desk._capsys)
    shutil.copytree(desk.root, victim.root)
    from confsync.mirror import attachment_files as files

    names = []
    downloading = files.disk.growing
    monkey = pytest.MonkeyPatch()
    monkey.setattr(files.disk, "growing", lambda path: (names.append(path), downloading(path))[1])
    desk("pull")
    monkey.undo()
    (victim.path(".confsync/downloads")).mkdir(parents=True, exist_ok=True)
    for path in names:
        (victim.path(".confsync/downloads") / path.name).write_bytes(b"the evil")
    victim("pull")
    assert victim.path("ENG/guide.attachments/a.bin").read_bytes() == b"the true bytes"


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_base_that_git_brings_is_not_even_a_name(
    wiki: Sandbox, stolen: Path, desk: Desk, guide: str, tmp_path: Path
) -> None:
    desk.git("clone", "-q", str(stolen), str(tmp_path / "victim"))
    from confsync.mirror.state.base_cache import BaseStore

    theirs = BaseStore(stolen / ".confsync/bases")
    mine = BaseStore(tmp_path / "victim/.confsync/bases")
    assert theirs.versions(guide)
    assert mine.versions(guide) == []
    assert mine.titles("", 10) == []


# -- the mark -------------------------------------------------------------------------------------


def test_a_mark_stays_and_is_that_of_one_place_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    assert mark.known(one) == ""
    word = mark.made(one)
    assert (mark.made(one), mark.known(one)) == (word, word)
    shutil.copytree(one, other)
    assert mark.known(other) == ""
    assert mark.made(other) != word
    assert mark.known(one) == word


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes()),  # as git does
        lambda path: os.utime(path),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff" * 500),
        lambda path: path.write_bytes(b"x 1 2 3\n"),
    ],
)
def test_a_mark_that_confsync_did_not_write_is_ignored(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    word = mark.made(tmp_path)
    change(tmp_path / mark.NAME)
    assert mark.known(tmp_path) == ""
    assert mark.made(tmp_path) != word


def test_a_line_of_the_trail_without_the_mark_is_passed_over(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.add(Event("updated", "7", GUIDE, 1, 2, None, None, "me"))
    path = tmp_path / "audit.jsonl"
    (row,) = [json.loads(line) for line in path.read_text().splitlines()]
    forged = [
        {**row, "user": "eve", "mark": "0" * 32},
        {key: value for key, value in row.items() if key != "mark"},
        {**row, "what": {"a": []}},
        {**row, "more": 1},
    ]
    with path.open("a") as file:
        file.writelines(f"{json.dumps(one)}\n" for one in forged)
        file.write("[" * 100_000 + "\n")
    assert [event.user for event in log.read()] == ["me"]
