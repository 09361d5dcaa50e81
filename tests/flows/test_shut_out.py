"""A page that a colleague's restriction hides from this user: nothing of its document is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, writes

PLANS = "ENG/plans.xhtml"
BELOW = "ENG/plans/budget.xhtml"
OTHER = "ENG/other.xhtml"
OWNER = "Me"


@pytest.fixture(params=["cloud", "datacenter"])
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield a space with a page, a page below it and another page."""
    with Sandbox(flavor=request.param) as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Home")
        plans = sandbox.store.create_page("ENG", "Plans", "<p>plans</p>")
        sandbox.store.create_page("ENG", "Budget", "<p>budget</p>", plans.id)
        sandbox.store.create_page("ENG", "Other", "<p>other</p>")
        sandbox.add_login("ana", "secret")
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return ana's mirror in git, cloned before anything was hidden. All commands are hers."""
    desk = desk_at(clone="ENG")
    (ana,) = [one for one in wiki.store.users() if one.name == "ana"]
    monkeypatch.setenv("CONFSYNC_USER", wiki.login_of(ana))
    monkeypatch.setenv("CONFSYNC_TOKEN", "secret")
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-q", "-m", "A mirror")
    return desk


def id_of(wiki: Sandbox, title: str) -> str:
    (found,) = [row.id for row in wiki.store.pages("ENG") if row.title == title]
    return found


def restrict(wiki: Sandbox, operation: str, *others: str, title: str = "Plans") -> str:
    """Let only the owner and others read or update a page, and return the page's id."""
    page = id_of(wiki, title)
    wiki.store.restrict_to(page, operation, "user", [OWNER, *others])
    return page


def state(wiki: Sandbox) -> list[tuple[str, str, str, int, str]]:
    """Return all that a write would change: each page's place, title, version and text."""
    rows = wiki.store.pages("ENG")
    found = (wiki.store.page(row.id) for row in rows)
    return [(one.id, str(one.parent_id), one.title, one.version, one.body) for one in found]


def refused(desk: Desk, *options: str, paths: tuple[str, ...], why: str = "not visible") -> None:
    """Push, and assert that each of the paths is refused, and why."""
    told = {page["path"]: page for page in desk.json("push", *options, exit=1).data["pages"]}
    for path in paths:
        assert told[path]["outcome"] == "rejected"
        assert why in told[path]["error"]


@pytest.mark.parametrize("way", [(), ("--refresh",), ("--commit",), ("ENG/plans.xhtml",)])
def test_a_pull_keeps_the_document_and_all_below_it(
    wiki: Sandbox, desk: Desk, way: tuple[str, ...]
) -> None:
    before = desk.path(PLANS).read_bytes(), desk.path(BELOW).read_bytes()
    restrict(wiki, "read")
    found = desk.json("pull", *way).outcomes
    assert found[PLANS] == "kept"
    assert found.get(BELOW, "kept") == "kept"
    assert (desk.path(PLANS).read_bytes(), desk.path(BELOW).read_bytes()) == before
    assert not desk.git("status", "--porcelain", "--", "ENG")
    assert "removed" not in desk("log", "--local").out


def test_an_edit_waits_and_is_sent_once_the_page_is_visible_again(
    wiki: Sandbox, desk: Desk
) -> None:
    plans = restrict(wiki, "read")
    before = state(wiki)
    desk.edit(PLANS, "<p>plans</p>", "<p>mine</p>")
    desk("pull")
    assert desk.json("push", exit=1).outcomes[PLANS] == "rejected"
    assert state(wiki) == before
    assert "<p>mine</p>" in desk.text(PLANS)
    restrict(wiki, "read", "ana")
    desk("push")
    assert wiki.store.page(plans).body == "<p>mine</p>"


def test_an_edit_is_refused_if_the_text_changed_while_it_was_hidden(
    wiki: Sandbox, desk: Desk
) -> None:
    plans = restrict(wiki, "read")
    wiki.store.edit(plans, "<p>hers</p>", author=OWNER)
    desk.edit(PLANS, "<p>plans</p>", "<p>mine</p>")
    desk("push", exit=1)
    restrict(wiki, "read", "ana")
    assert desk.json("push", exit=1).outcomes[PLANS] == "rejected"
    assert wiki.store.page(plans).body == "<p>hers</p>"
    assert "<p>mine</p>" in desk.text(PLANS)


def test_a_deleted_document_deletes_no_hidden_page(wiki: Sandbox, desk: Desk) -> None:
    restrict(wiki, "read")
    before = state(wiki)
    desk.git("rm", "-q", PLANS, BELOW)
    refused(desk, "--delete", paths=(PLANS, BELOW))
    assert not writes(wiki)
    assert state(wiki) == before


def test_a_named_deletion_deletes_no_hidden_page(wiki: Sandbox, desk: Desk) -> None:
    plans = restrict(wiki, "read")
    before = state(wiki)
    named = (f"{id_of(wiki, 'Budget')}@1", f"{plans}@1")
    refused(desk, "--delete", *named, paths=(PLANS, BELOW))
    assert not writes(wiki)
    assert state(wiki) == before
    assert desk.path(PLANS).exists()


def test_no_page_is_moved_or_created_below_a_hidden_page(wiki: Sandbox, desk: Desk) -> None:
    restrict(wiki, "read")
    before = state(wiki)
    moved, created = "ENG/plans/other.xhtml", "ENG/plans/costs.xhtml"
    desk.path(OTHER).rename(desk.path(moved))
    desk("new", created, "--title", "Costs")
    refused(desk, paths=(moved, created), why="you may not change it, or it is gone")
    assert state(wiki) == before
    assert desk.path(moved).exists()
    assert desk.path(created).exists()


def test_a_page_that_is_hidden_with_others_stops_none_of_them(wiki: Sandbox, desk: Desk) -> None:
    restrict(wiki, "read")
    desk.edit(PLANS, "<p>plans</p>", "<p>mine</p>")
    desk.edit(OTHER, "<p>other</p>", "<p>mine too</p>")
    run = desk.json("push", exit=1)
    assert (run.outcomes[PLANS], run.outcomes[OTHER]) == ("rejected", "updated")
    assert wiki.store.page(id_of(wiki, "Plans")).body == "<p>plans</p>"


@pytest.mark.parametrize("what", ["edit", "rename", "delete"])
def test_a_page_that_this_user_may_not_update_stays(wiki: Sandbox, desk: Desk, what: str) -> None:
    page = restrict(wiki, "update", title="Budget")
    before = state(wiki)
    push = ["push"]
    if what == "edit":
        desk.edit(BELOW, "<p>budget</p>", "<p>mine</p>")
    elif what == "rename":
        desk.edit(BELOW, "title: Budget", "title: Costs")
    else:
        push += ["--delete", f"{page}@1"]
    desk(*push, exit=1 if wiki.flavor == "cloud" else 5)
    assert [status for _, status in writes(wiki)] == [404 if wiki.flavor == "cloud" else 403]
    assert state(wiki) == before
    kept = desk.text(BELOW)
    desk("pull")
    assert desk.text(BELOW) == kept


def test_a_prune_keeps_an_edit_and_all_is_back_when_the_page_is_visible_again(
    wiki: Sandbox, desk: Desk
) -> None:
    desk.edit(BELOW, "<p>budget</p>", "<p>mine</p>")
    restrict(wiki, "read")
    before = state(wiki)
    desk("pull", "--prune")
    assert not desk.path(PLANS).exists()
    assert "<p>mine</p>" in desk.text("ENG/budget.xhtml"), "it stands where its parent stood"
    desk("push", "--delete", exit=1)
    assert state(wiki) == before
    restrict(wiki, "read", "ana")
    desk("pull")
    assert desk.path(PLANS).exists()
    desk("push")
    assert wiki.store.page(id_of(wiki, "Budget")).body == "<p>mine</p>"
