"""A directory inside a space that is a link: said by every command, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, writes

BELOW = "ENG/top/below.xhtml"


@pytest.fixture
def desk(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], tmp_path: Path) -> Desk:
    """Return a committed clone; what stands below a page was moved away, and a link leads there."""
    top = wiki.store.create_page("ENG", "Top", "<p>top</p>").id
    wiki.store.create_page("ENG", "Below", "<p>below</p>", parent=top)
    desk = desk_at()
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        desk.git(*arguments)
    desk("status")
    desk.path("ENG/top").rename(tmp_path / "elsewhere")
    desk.path("ENG/top").symlink_to(tmp_path / "elsewhere")
    wiki.clear_requests()
    return desk


def said(run: Run) -> str:
    return run.out + run.err


def titles(wiki: Sandbox) -> set[str]:
    return {page.title for page in wiki.store.pages("ENG", ("current",))}


def commit(desk: Desk) -> None:
    desk.git("add", "-A")
    desk.git("commit", "-qm", "a link")


@pytest.mark.parametrize("committed", [False, True])
def test_a_directory_that_is_a_link_is_told_by_each_command(
    wiki: Sandbox, desk: Desk, guide: str, tmp_path: Path, committed: bool
) -> None:
    desk.edit(BELOW, "<p>below", "<p>mine")
    if committed:
        commit(desk)
    wiki.store.edit(guide, "<p>hers</p>", author="Ana")
    pages = titles(wiki)
    for arguments in (("status",), ("check",), ("push",), ("push", "--delete"), ("pull",)):
        run = desk(*arguments, exit=1 if arguments == ("check",) else 4)
        assert "ENG/top" in said(run)
        assert f"is a link to {tmp_path / 'elsewhere'}, and confsync follows no links" in said(run)
        assert "cp -RL ENG/top ENG/top~ && rm ENG/top && mv ENG/top~ ENG/top" in said(run)
    assert "hers" in desk.text("ENG/guide.xhtml")
    assert (writes(wiki), titles(wiki)) == ([], pages)
    desk.follow(desk("push", exit=4), "cp -RL")
    desk("push")
    assert not desk.path("ENG/top").is_symlink()
    assert "nothing to do" in desk("pull").out
    (below,) = [page for page in wiki.store.pages("ENG") if page.title == "Below"]
    assert "mine" in below.body


def test_behind_a_link_that_leads_nowhere_nothing_was_deleted(
    wiki: Sandbox, desk: Desk, tmp_path: Path
) -> None:
    """Such as to a drive that is away."""
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    for arguments in (("status",), ("push", "--delete"), ("pull",)):
        run = desk(*arguments, exit=4)
        assert f"is a link to {tmp_path / 'elsewhere'}, which does not exist" in said(run)
    assert "Below" in titles(wiki)
    assert writes(wiki) == []


@pytest.mark.parametrize("what", ["pictures", "itself", "a file"])
def test_a_link_that_hides_no_document_is_no_trouble(
    wiki: Sandbox, desk: Desk, tmp_path: Path, what: str
) -> None:
    desk.path("ENG/top").unlink()
    (tmp_path / "elsewhere").rename(desk.path("ENG/top"))
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/a.png").write_bytes(b"a")
    target = {"pictures": "pictures", "itself": "mirror/ENG", "a file": "pictures/a.png"}[what]
    desk.path("ENG/shared").symlink_to(tmp_path / target)
    assert "clean" in desk("status").out
    desk("check")
    for command in ("pull", "push"):
        assert "nothing to do" in desk(command).out


def test_a_status_that_had_nothing_to_tell_sees_a_new_link(desk: Desk, tmp_path: Path) -> None:
    desk.path("ENG/top").unlink()
    (tmp_path / "elsewhere").rename(desk.path("ENG/top"))
    assert "clean" in desk("status").out
    (tmp_path / "other").mkdir()
    (tmp_path / "other/new.xhtml").write_text("---\ntitle: New\n---\n<p>new</p>\n")
    desk.path("ENG/other").symlink_to(tmp_path / "other")
    assert "ENG/other is a link" in desk("status", exit=4).err
