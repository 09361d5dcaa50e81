"""The past of a page, on every server: its versions with title and body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from confsync.errors import NotVisibleError
from confsync.model.page import PastVersion, Space, Version, is_later
from tests.contract.conftest import Server


def edited(server: Server, count: int = 4) -> str:
    """Return a page of so many versions; the third has another title."""
    page = server.page("Guide", "<p>1</p>", message="first")
    for number in range(2, count + 1):
        title = "Guide" if number < 3 else "Guide, new"
        server.wiki.store.edit(page, f"<p>{number}</p>", title=title, message=f"edit {number}")
    server.wiki.clear_requests()
    return page


def told(found: list[PastVersion]) -> list[tuple[int, str, str, str]]:
    return [(one.version.number, one.title, one.body, one.version.message) for one in found]


WHOLE = [
    (4, "Guide, new", "<p>4</p>", "edit 4"),
    (3, "Guide, new", "<p>3</p>", "edit 3"),
    (2, "Guide", "<p>2</p>", "edit 2"),
    (1, "Guide", "<p>1</p>", "first"),
]


def test_a_history_has_every_version_with_title_and_body(server: Server) -> None:
    page = edited(server)
    found = list(server.remote.history(page))
    assert told(found) == WHOLE
    assert len({one.author.id for one in found}) == 1 and found[0].author.id
    assert len(server.wiki.requests) == (1 if server.cloud else 4)


def test_a_history_ends_at_what_is_known(server: Server) -> None:
    page = edited(server)
    known = list(server.remote.history(page))[2].version
    assert told(list(server.remote.history(page, known))) == WHOLE[:2]
    newest = server.remote.page(page).info.version
    assert list(server.remote.history(page, newest)) == []


def test_a_deleted_old_version_renumbers_and_is_not_taken_for_a_new_one(server: Server) -> None:
    page = edited(server)
    known = server.remote.page(page).info.version
    server.wiki.store.delete_version(page, 2)
    assert server.remote.page(page).info.version.number == 3
    assert list(server.remote.history(page, known)) == []
    server.wiki.store.edit(page, "<p>5</p>", message="edit 5")
    assert told(list(server.remote.history(page, known))) == [
        (4, "Guide, new", "<p>5</p>", "edit 5")
    ]


def test_the_author_of_a_version_is_an_id_and_not_a_name(server: Server) -> None:
    page = server.page("Guide", "<p>1</p>", author="Ana Lima")
    (found,) = server.remote.history(page)
    assert "Ana" not in found.author.id
    if server.cloud:
        assert server.remote.people([found.author.id])[found.author.id].name == "Ana Lima"
    else:
        assert found.author.name == "Ana Lima"


def test_a_page_that_cannot_be_seen_has_no_history(server: Server) -> None:
    with pytest.raises(NotVisibleError):
        list(server.remote.history("987654"))


def test_the_newest_versions_come_in_as_few_requests_as_the_server_allows(server: Server) -> None:
    pages = [server.page(f"Page {n}", f"<p>{n}</p>") for n in range(7)]
    space = server.remote.space("ENG")
    server.wiki.clear_requests()
    found: dict[str, PastVersion] = {}
    for some in server.remote.newest(space, [*pages, "987654"]):
        found |= some
    assert {i: one.body for i, one in found.items()} == {
        page: f"<p>{n}</p>" for n, page in enumerate(pages)
    }
    assert all(one.author.id for one in found.values())
    if server.cloud:
        assert len(server.wiki.requests) == 1


def test_blog_posts_have_a_history_too(server: Server) -> None:
    post = server.wiki.store.create_post("ENG", "News", "<p>1</p>").id
    server.wiki.store.edit(post, "<p>2</p>", message="more")
    found = list(server.remote.posts.history(post))
    assert [(one.version.number, one.body) for one in found] == [(2, "<p>2</p>"), (1, "<p>1</p>")]


def test_the_id_of_a_page_finds_no_blog_post_and_the_reverse(server: Server) -> None:
    page = edited(server)
    post = server.wiki.store.create_post("ENG", "News", "<p>1</p>").id
    space = server.remote.space("ENG")
    for remote, other in ((server.remote, post), (server.remote.posts, page)):
        with pytest.raises(NotVisibleError):
            list(remote.history(other))
        found: dict[str, PastVersion] = {}
        for some in remote.newest(space, [other]):
            found |= some
        assert found == {}


@pytest.mark.parametrize("fault", ["lose_response", "truncate", "503", "429"])
def test_a_bad_answer_at_any_request_changes_nothing(server: Server, fault: str) -> None:
    page = edited(server)
    list(server.remote.history(page))
    count = len(server.wiki.requests)
    for bad in range(1, count + 1):
        strike(server, fault, bad)
        assert told(list(server.remote.history(page))) == WHOLE, (fault, bad)


def strike(server: Server, fault: str, bad: int) -> None:
    seen: list[str] = []

    def now(method: str, path: str) -> bool:
        seen.append(path)
        return len(seen) == bad

    faults: Any = server.wiki.faults
    if fault.isdecimal():
        faults.refuse = lambda method, path: int(fault) if now(method, path) else None
    else:
        setattr(faults, fault, now)


def test_versions_without_bodies_in_the_answer_are_read_one_by_one(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = edited(server)
    without_bodies(server, monkeypatch)
    server.wiki.clear_requests()
    assert told(list(server.remote.history(page))) == WHOLE
    assert len(server.wiki.requests) == (5 if server.cloud else 4)


def without_bodies(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Cloud's listing of versions have no bodies, whatever was asked."""
    client = getattr(server.remote, "_client")  # noqa: B009
    get: Callable[..., Any] = client.get

    def bare(path: str, params: Any = None, **more: Any) -> Any:
        answer = get(path, params, **more)
        for row in answer.get("results", ()):
            row.get("page", {}).pop("body", None)
        return answer

    monkeypatch.setattr(client, "get", bare)


def test_answers_that_are_too_large_become_smaller(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = edited(server, 12)
    monkeypatch.setattr("confsync.remote.cloud.versions.ONE_ANSWER", 2048)
    found = list(server.remote.history(page))
    assert [one.version.number for one in found] == list(range(12, 0, -1))
    if server.cloud:
        assert "limit=50" in server.wiki.requests[0].query
        assert "limit=5" in server.wiki.requests[-1].query


@pytest.mark.parametrize(
    ("version", "other", "later"),
    [
        (Version(1), None, True),
        (Version(3), Version(2), True),
        (Version(2), Version(2), False),
        (Version(2, created_at="2026-01-01T00:00:00.001Z"), Version(2), False),
        (
            Version(2, created_at="2026-01-01T00:00:00.001Z"),
            Version(3, created_at="2026-01-01T00:00:00.000Z"),
            True,
        ),
        (
            Version(2, created_at="2026-01-01T00:00:00.000Z"),
            Version(3, created_at="2026-01-01T00:00:00.000Z"),
            False,
        ),
    ],
)
def test_what_is_later_goes_by_number_and_time(
    version: Version, other: Version | None, later: bool
) -> None:
    assert is_later(version, other) is later


def test_the_newest_versions_of_no_pages_need_no_request(server: Server) -> None:
    space = Space("1", "ENG", "Engineering", None)
    assert list(server.remote.newest(space, [])) == []
    assert not server.wiki.requests
