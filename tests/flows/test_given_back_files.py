"""A deletion of an attachment that git takes back: the file stays until a person decides."""

from __future__ import annotations

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"
FILE = "ENG/guide.attachments/a.txt"


@pytest.fixture
def page(wiki: Sandbox, desk: Desk, guide: str) -> str:
    """Return the id of a page with an attachment, in a committed mirror."""
    wiki.store.edit(guide, '<p><ac:image><ri:attachment ri:filename="a.txt" /></ac:image></p>')
    wiki.store.attach(guide, "a.txt", b"first")
    config = desk.text(".confsync.yaml")
    desk.path(".confsync.yaml").write_text(f"{config}attachments: true\n")
    desk("pull")
    desk.git("init", "-q")
    commit(desk)
    return guide


def commit(desk: Desk) -> None:
    desk.git("add", "-A")
    desk.git("commit", "-qm", "work")


def deleted_and_reverted(wiki: Sandbox, desk: Desk, page: str) -> None:
    desk.git("rm", "-q", FILE)
    desk("push", "--delete", "--commit")
    assert not wiki.store.attachments(page)
    desk.git("revert", "--no-edit", "HEAD")
    assert desk.text(FILE) == "first"


@pytest.mark.parametrize("way", ["--ours", "--theirs"])
def test_a_file_that_a_revert_of_its_deletion_gave_back_waits_for_a_person(
    wiki: Sandbox, desk: Desk, page: str, way: str
) -> None:
    deleted_and_reverted(wiki, desk, page)
    for _ in range(2):
        run = desk("pull", "--commit", exit=1)
        assert "a.txt: deleted on the server, but git gave the file back" in run.out
        assert desk.text(FILE) == "first"
    desk.follow(run, f"confsync pull {way}")
    desk("push")
    desk("pull")
    assert desk.path(FILE).exists() is (way == "--ours")
    attached = [wiki.store.attachment_data(one.id) for one in wiki.store.attachments(page)]
    assert attached == ([b"first"] if way == "--ours" else [])


def test_a_file_that_moved_away_and_back_with_its_document_was_not_deleted(
    wiki: Sandbox, desk: Desk, page: str
) -> None:
    for title in ("Handbook", "Guide"):
        wiki.store.edit(page, title=title)
        desk("pull")
        commit(desk)
    (attached,) = wiki.store.attachments(page)
    wiki.store.remove_attachment(attached.id)
    desk("pull")
    assert not desk.path(FILE).exists()


def test_a_file_that_git_never_deleted_goes_with_its_attachment(
    wiki: Sandbox, desk: Desk, page: str
) -> None:
    (attached,) = wiki.store.attachments(page)
    wiki.store.remove_attachment(attached.id)
    desk("pull")
    assert not desk.path(FILE).exists()
