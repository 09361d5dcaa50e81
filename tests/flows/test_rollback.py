"""A server that was restored from a backup: what an older version replaces is in the trash."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


def restore_backup(wiki: Sandbox) -> None:
    """Every page and attachment is at its first version again, and its later ones never were."""
    write = wiki.store.database.execute
    with wiki.store.batch():
        write("DELETE FROM versions WHERE number > 1")
        write("DELETE FROM attachment_versions WHERE number > 1")
        write("UPDATE attachments SET version = 1")
        write(
            "UPDATE content SET version = 1, title = (SELECT v.title FROM versions v"
            " WHERE v.content_id = content.id AND v.number = 1) WHERE type = 'page'"
        )
        write("UPDATE content SET title_key = lower(title)")


def trash(desk: Desk) -> str:
    found = desk.path(".confsync/trash").rglob("*")
    return "".join(path.read_text() for path in found if path.is_file())


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone of thirty pages at v5."""
    for number in range(30):
        page = wiki.store.create_page("ENG", f"P {number}", f"<p>old {number}</p>")
        for version in range(4):
            wiki.store.edit(page.id, f"<p>new {number}, {version}</p>")
    return desk_at()


def test_a_server_that_went_back_waits_for_permission(wiki: Sandbox, desk: Desk) -> None:
    desk("pull")
    restore_backup(wiki)
    files = desk.files()
    for arguments in (("pull",), ("pull", "--refresh"), ("pull", "--theirs", "ENG"), ("pull",)):
        run = desk.json(*arguments, exit=1)
        (error,) = run.data["errors"]
        assert error["code"] == "mass-change"
        assert "replace 30 of the 31 pages by older versions" in error["message"]
        assert "--allow-mass-rollback" in error["hint"]
        assert desk.files() == files
    run = desk("pull", "--dry-run", exit=1)
    assert run.out.count("v5 -> v1") == 30
    assert "--allow-mass-rollback" in run.err
    desk("pull", "--allow-mass-delete", exit=1)
    assert desk.files() == files
    run = desk.json("pull", "--allow-mass-rollback")
    assert set(run.outcomes.values()) == {"pulled"}
    assert "<p>old 7</p>" in desk.text("ENG/p-7.xhtml")
    kept = trash(desk)
    assert all(f"<p>new {number}, 3</p>" in kept for number in range(30))
    assert desk("status", "--remote").out.startswith("clean")


@pytest.mark.parametrize("options", [(), ("--refresh",), ("--theirs", "ENG/p-3.xhtml")])
def test_what_an_older_version_replaces_is_in_the_trash(
    wiki: Sandbox, desk_at: Callable[..., Desk], options: tuple[str, ...]
) -> None:
    for number in range(5):
        page = wiki.store.create_page("ENG", f"P {number}", f"<p>old {number}</p>")
        wiki.store.edit(page.id, f"<p>new {number}</p>")
    desk = desk_at()
    desk("pull")
    restore_backup(wiki)
    run = desk("pull", *options)
    assert "v2 -> v1, a lower number; a copy of the file is in .confsync/trash" in run.out
    assert "<p>old 3</p>" in desk.text("ENG/p-3.xhtml")
    assert "<p>new 3</p>" in trash(desk)


def test_what_a_merge_with_an_older_version_replaces_is_in_the_trash(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    wiki.store.edit(guide, "<h1>Ports</h1><p>One.</p><p>Two.</p><p>Three.</p>")
    desk = desk_at()
    restore_backup(wiki)
    desk.edit(GUIDE, "Three.", "Three, mine.")
    before = desk.text(GUIDE)
    desk("pull", "--merge", GUIDE, exit=None)
    assert before in trash(desk)


def test_an_attachment_that_goes_back_is_in_the_trash(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    made = wiki.store.attach(guide, "a.txt", b"first", author="Ana")
    wiki.store.replace_attachment(made.id, b"second", "Ben")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    assert desk.text("ENG/guide.attachments/a.txt") == "second"
    restore_backup(wiki)
    desk("pull")
    assert desk.text("ENG/guide.attachments/a.txt") == "first"
    assert "second" in trash(desk)


def test_many_attachments_that_go_back_wait_for_permission(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    for number in range(11):
        made = wiki.store.attach(guide, f"{number}.txt", b"first", author="Ana")
        wiki.store.replace_attachment(made.id, b"second", "Ben")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text() + "attachments: true\n")
    desk("pull")
    restore_backup(wiki)
    files = desk.files()
    run = desk("pull", exit=1)
    assert "and 11 attachments by older versions" in run.err
    assert desk.files() == files
    desk("pull", "--allow-mass-rollback")
    assert desk.text("ENG/guide.attachments/7.txt") == "first"


def test_versions_that_are_renumbered_are_no_way_back(wiki: Sandbox, desk: Desk) -> None:
    """Deleting old versions, as a retention rule does, gives the same text a lower number."""
    for page in wiki.store.pages("ENG"):
        if page.version > 1:
            wiki.store.delete_version(page.id, 1)
    run = desk.json("pull")
    assert set(run.outcomes.values()) == {"restamped"}
    assert trash(desk) == ""
    assert json.loads(desk("pull", "--json").out)["pages"] == []
