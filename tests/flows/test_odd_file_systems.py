"""File systems that refuse something, links, and directories that take no file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.state import disk
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"
REFUSALS = [errno.EINVAL, errno.ENOTSUP, errno.EPERM, errno.ENOSYS]
posix = pytest.mark.skipif(os.name == "nt", reason="directories are made durable on POSIX")


def refuse(monkeypatch: pytest.MonkeyPatch, step: str, number: int) -> None:
    """Let the file system refuse one thing, always."""
    real = getattr(os, "open" if step == "open" else "fsync")

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    def open_(path: object, flags: int, *more: object, **named: object) -> int:
        if flags == os.O_RDONLY and not named and Path(os.fspath(path)).is_dir():  # type: ignore[call-overload]
            raise OSError(number, os.strerror(number))
        opened: int = real(path, flags, *more, **named)
        return opened

    def chmod(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, {"fsync": fsync, "open": open_, "chmod": chmod}[step])


@posix
@pytest.mark.parametrize("step", ["fsync", "chmod", "open"])
@pytest.mark.parametrize("number", REFUSALS, ids=errno.errorcode.get)
def test_a_file_system_that_refuses_something_gets_a_whole_mirror(
    wiki: Sandbox,
    guide: str,
    desk_at: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    number: int,
) -> None:
    wiki.store.attach(guide, "a.png", b"first")
    refuse(monkeypatch, step, number)
    desk = desk_at(copied=False)
    with desk.path(".confsync.yaml").open("a") as config:
        config.write("attachments: true\n")
    desk("pull")
    desk.edit(GUIDE, "8080", "8081")
    desk.path("ENG/guide.attachments/a.png").write_bytes(b"second")
    desk("push")
    wiki.store.edit(guide, title="Handbook", author="Ana")
    desk("pull")
    assert desk.path("ENG/handbook.xhtml").exists()
    wiki.store.trash(guide)
    desk("pull")
    assert not desk.path("ENG/handbook.xhtml").exists()
    wiki.clear_requests()
    assert "nothing to do" in desk("push").out
    assert desk("status").out.startswith("clean")
    assert writes(wiki) == []


@posix
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC], ids=errno.errorcode.get)
def test_a_disk_that_is_broken_or_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse(monkeypatch, "fsync", number)
    with pytest.raises(OSError, match=os.strerror(number)):
        disk.sync_directory(tmp_path)


def test_a_file_of_a_space_that_is_a_link_is_not_sent(
    wiki: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    desk.path("ENG").rename(tmp_path / "elsewhere")
    try:
        desk.path("ENG").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("links need a permission here")
    desk.edit(GUIDE, "8080", "8081")
    desk("new", "ENG/new.xhtml", "--title", "New", exit=None)
    for dry_run in (("--dry-run",), ()):
        run = desk.json("push", *dry_run, exit=4)
        assert run.outcomes[GUIDE] == "failed"
        assert "ENG is a link; confsync follows no links" in run.data["pages"][0]["error"]
    assert writes(wiki) == []


@pytest.mark.parametrize("what", ["edited", "new", "moved", "attached"])
def test_what_could_not_be_settled_is_not_sent_and_the_rest_is(
    wiki: Sandbox,
    guide: str,
    desk_at: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    """A directory takes no new file: read-only, or immutable, which no permission shows."""
    store = wiki.store
    store.create_page("ENG", "Below", "<p>below</p>", parent=guide)
    store.create_page("ENG", "Other", "<p>other</p>")
    desk = desk_at(copied=False)
    if what == "attached":
        with desk.path(".confsync.yaml").open("a") as config:
            config.write("attachments: true\n")
    desk.edit("ENG/other.xhtml", "other", "changed")
    match what:
        case "edited":
            desk.edit("ENG/guide/below.xhtml", "below", "changed")
        case "new":
            desk("new", "ENG/guide/new.xhtml", "--title", "New")
        case "moved":
            store.create_page("ENG", "Third", "<p>third</p>")
            desk("pull", exit=None)
            desk.path("ENG/third.xhtml").rename(desk.path("ENG/guide/third.xhtml"))
        case "attached":
            desk.edit("ENG/guide/below.xhtml", "below", '<ri:attachment ri:filename="a.png" />')
            desk.path("ENG/guide/below.attachments").mkdir()
            desk.path("ENG/guide/below.attachments/a.png").write_bytes(b"new")
    wiki.clear_requests()
    real = disk._new_file

    def immutable(directory: Path) -> tuple[int, str]:
        if Path(directory).name == "guide":
            raise PermissionError(errno.EPERM, "Operation not permitted")
        return real(directory)

    monkeypatch.setattr(disk, "_new_file", immutable)
    run = desk.json("push", exit=4)
    assert run.outcomes["ENG/other.xhtml"] == "updated"
    (failed,) = [page for page in run.data["pages"] if page["outcome"] == "failed"]
    assert failed["path"].startswith("ENG/guide/")
    assert "cannot be updated after a push, so it is not sent" in failed["error"]
    assert len(writes(wiki)) == 1
    monkeypatch.setattr(disk, "_new_file", real)
    desk("push")
    assert "nothing to do" in desk("push").out
