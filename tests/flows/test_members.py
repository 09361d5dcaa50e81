"""A user who may read and update pages only through a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, writes

GUIDE = "ENG/guide.xhtml"


@pytest.fixture
def hers(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """Return a clone of Cleo. Her group is the staff."""
    wiki.add_login("cleo", "cleo-token")
    wiki.store.add_group("staff", ["cleo"])
    (cleo,) = [user for user in wiki.store.users() if user.name == "cleo"]
    monkeypatch.setenv("CONFSYNC_USER", wiki.login_of(cleo))
    monkeypatch.setenv("CONFSYNC_TOKEN", "cleo-token")
    desk = desk_at()
    wiki.clear_requests()
    yield desk
    check_requests(wiki)


def hide(wiki: Sandbox, page_id: str) -> None:
    """Let Me alone read a page, and so all pages below it."""
    wiki.store.allow_only(page_id, "read", users=["Me"])


def test_a_page_that_a_group_may_update_is_pushed_by_its_members_alone(
    wiki: Sandbox, hers: Desk, guide: str
) -> None:
    wiki.store.allow_only(guide, "update", users=["Me"])
    hers.edit(GUIDE, "8080", "8081")
    text = hers.text(GUIDE)
    hers("push", exit=None)
    assert hers.text(GUIDE) == text
    assert wiki.store.page(guide).version == 1
    wiki.store.allow_only(guide, "update", groups=["staff"])
    assert hers.json("push").outcomes == {GUIDE: "updated"}
    assert wiki.store.page(guide).author == "cleo"


def test_restrictions_of_a_page_that_was_hidden_meanwhile_are_not_sent(
    wiki: Sandbox, hers: Desk, guide: str
) -> None:
    config = hers.path(".confsync.yaml")
    config.write_text(config.read_text() + "settings: [restrictions]\n")
    hers("pull")
    hers.edit(GUIDE, "\nconfluence:\n", "\nrestrictions: {update: [group:staff]}\nconfluence:\n")
    hide(wiki, guide)
    assert hers.json("push", exit=None).outcomes[GUIDE] in ("rejected", "failed")
    assert writes(wiki) == []
    wiki.store.allow_only(guide, "read", groups=["staff"])
    assert "the value here was changed" in hers("push", exit=1).out
    hers("pull", "--ours", GUIDE, "--at", "1")
    hers("push")
    assert wiki.store.allowed(guide, "update", "group") == ("staff",)
    assert wiki.store.allowed(guide, "read", "user") == ()


def test_a_restriction_through_a_group_of_hers_is_no_lock_out(
    wiki: Sandbox, hers: Desk, guide: str
) -> None:
    config = hers.path(".confsync.yaml")
    config.write_text(config.read_text() + "settings: [restrictions]\n")
    wiki.store.add_group("others")
    hers.edit(GUIDE, "\nconfluence:\n", "\nrestrictions: {read: [group:others]}\nconfluence:\n")
    assert "you could not read the page any more" in hers("push", exit=1).out
    hers.edit(GUIDE, "group:others", "group:others, group:staff")
    assert hers.json("push").outcomes == {GUIDE: "updated"}
    assert wiki.store.allowed(guide, "read", "group") == ("others", "staff")
