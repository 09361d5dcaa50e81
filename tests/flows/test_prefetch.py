"""New pages change between the listing and the reading of their texts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.remote.cloud.cloud import Cloud
from confsync.remote.datacenter.datacenter import DataCenter
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes


@pytest.fixture
def meanwhile(
    wiki: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], object]], None]:
    """Return a function that does something once, right before texts are asked for."""
    remote = Cloud if wiki.flavor == "cloud" else DataCenter

    def do(act: Callable[[], object]) -> None:
        bodies = remote.bodies
        waiting = [act]

        def acting(self, space, page_ids):  # type: ignore[no-untyped-def]
            while waiting:
                waiting.pop()()
            return bodies(self, space, page_ids)

        monkeypatch.setattr(remote, "bodies", acting)

    return do


def test_a_page_that_is_moved_meanwhile_is_not_moved_back(
    wiki: Sandbox, desk: Desk, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    a, b = (wiki.store.create_page("ENG", title, "<p>x</p>") for title in "AB")
    page = wiki.store.create_page("ENG", "New", "<p>one</p>", parent=a.id)
    meanwhile(lambda: wiki.store.edit(page.id, "<p>two</p>", parent=b.id, author="Ana"))
    assert desk.json("pull").outcomes["ENG/a/new.xhtml"] == "created"
    assert "<p>two</p>" in desk.text("ENG/a/new.xhtml")
    wiki.clear_requests()
    desk("push")
    assert writes(wiki) == []
    assert desk.json("pull").outcomes == {"ENG/b/new.xhtml": "moved"}
    assert wiki.store.page(page.id).parent_id == b.id
    assert desk("status").out.startswith("clean")


def test_a_page_that_is_gone_meanwhile_is_told_and_stops_no_other(
    wiki: Sandbox, desk: Desk, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    wiki.store.create_page("ENG", "Other", "<p>two</p>")
    meanwhile(lambda: wiki.store.trash(page.id))
    run = desk.json("pull")
    assert run.outcomes == {"ENG/new.xhtml": "skipped", "ENG/other.xhtml": "created"}
    told = next(one for one in run.data["pages"] if one["outcome"] == "skipped")
    assert "it is trashed now" in told["error"]
    assert not desk.path("ENG/new.xhtml").exists()
    assert desk.json("pull").data["pages"] == []


def test_a_dry_run_reads_no_text(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.create_page("ENG", "New", "<p>one</p>")
    wiki.clear_requests()
    assert desk.json("pull", "--dry-run").outcomes == {"ENG/new.xhtml": "created"}
    assert not [r for r in wiki.requests if "body" in r.query]


def test_no_attachments_come_for_a_page_that_is_gone_meanwhile(
    wiki: Sandbox, desk: Desk, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    desk.path(".confsync.yaml").write_text(desk.text(".confsync.yaml") + "attachments: true\n")
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    wiki.store.attach(page.id, "a.txt", b"hello")
    before = desk.files()
    meanwhile(lambda: wiki.store.trash(page.id))
    assert desk.json("pull").outcomes == {"ENG/new.xhtml": "skipped"}
    assert desk.files() == before


def test_a_page_that_is_retitled_meanwhile_gets_its_name_with_the_next_pull(
    wiki: Sandbox, desk: Desk, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    page = wiki.store.create_page("ENG", "New", "<p>one</p>")
    meanwhile(lambda: wiki.store.edit(page.id, title="Newer", author="Ana"))
    assert desk.json("pull").outcomes == {"ENG/new.xhtml": "created"}
    assert "title: Newer\n" in desk.text("ENG/new.xhtml")
    assert desk.json("pull").outcomes == {"ENG/newer.xhtml": "renamed"}
    assert "name: outdated" not in desk.text("ENG/newer.xhtml")
    assert desk.json("pull").data["pages"] == []
    assert desk("status").out.startswith("clean")
