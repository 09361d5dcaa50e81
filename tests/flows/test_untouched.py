"""A push leaves everything of a page as it is that no document holds."""

from __future__ import annotations

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

GUIDE = "ENG/guide.xhtml"


def kept(wiki: Sandbox, page: str) -> tuple[object, ...]:
    """Everything of a page that is not its text."""
    store = wiki.store
    allowed = [
        store.allowed(page, operation, kind)
        for operation in ("read", "update")
        for kind in ("user", "group")
    ]
    markers = store.page(page).body.count("<ac:inline-comment-marker")
    return (store.properties(page), allowed, markers, list(store.width_resets))


def test_properties_width_comments_and_restrictions_outlive_every_kind_of_push(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    store = wiki.store
    store.add_property(guide, "content-appearance-published", "full-width", "Ana")
    store.add_property(guide, "app.example", {"deep": [1, 2]}, "Ana")
    store.allow_only(guide, "update", users=["Me", "Ana"])
    store.comment(guide, "The first port")
    desk("pull", "--refresh")
    before = kept(wiki, guide)
    desk.edit(GUIDE, "8080.", "8081.")
    desk("push")
    desk.edit(GUIDE, "title: Guide", "title: Manual")
    desk("push")
    desk("pull")
    desk("new", "ENG/above.xhtml", "--title", "Above")
    desk.path("ENG/above").mkdir(exist_ok=True)
    desk.path("ENG/manual.xhtml").rename(desk.path("ENG/above/manual.xhtml"))
    desk("push")
    assert store.page(guide).version == 4
    assert kept(wiki, guide) == before


def test_a_page_moved_below_itself_is_refused_with_the_reason(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    child = wiki.store.create_page("ENG", "Child", "<p>c</p>", parent=guide).id
    desk("pull")
    desk.path("ENG/guide/child").mkdir()
    desk.path(GUIDE).rename(desk.path("ENG/guide/child/guide.xhtml"))
    desk("push", exit=1)
    assert wiki.store.page(guide).version == wiki.store.page(child).version == 1
