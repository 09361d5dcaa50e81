"""Content properties: each write names the version that it rests on, on every server."""

from __future__ import annotations

import json

import pytest

from confsync.document.settings.names import OWNER
from confsync.errors import APIAccessError, NotVisibleError, VersionConflictError
from confsync.model.page import NewVersion, PropertyInfo
from confsync.remote import Remote
from confsync.sandbox.store.rows import account_id
from tests.contract.conftest import Server

WIDTH = "content-appearance-published"
VALUES = ["full-width", "", 7, 1.5, True, None, [1, "two"], {"a": {"b": [None]}, "é 🚀": "\u2028"}]


def one(remote: Remote, page_id: str, key: str) -> PropertyInfo:
    (found,) = remote.properties(page_id, [key])
    return found


@pytest.mark.parametrize("posts", [False, True])
def test_each_value_comes_back_as_it_was_written(server: Server, posts: bool) -> None:
    store = server.wiki.store
    page_id = store.create_post("ENG", "News", "<p>x</p>").id if posts else server.page()
    remote = server.remote.posts if posts else server.remote
    remote.space("ENG")
    for number, value in enumerate(VALUES):
        made = remote.put_property(page_id, f"k{number}", json.dumps(value), base=None)
        assert (made.version.number, json.loads(made.value)) == (1, value)
        again = one(remote, page_id, f"k{number}")
        assert again == made
    assert len(remote.properties(page_id, [f"k{n}" for n in range(3)])) == 3
    assert remote.properties(page_id, ["other"]) == ()


def test_a_change_is_compared_with_its_base(server: Server) -> None:
    page_id = server.page()
    first = server.remote.put_property(page_id, WIDTH, '"one"', base=None)
    second = server.remote.put_property(page_id, WIDTH, '"two"', base=first)
    assert second.version.number == 2
    with pytest.raises(VersionConflictError):
        server.remote.put_property(page_id, WIDTH, '"three"', base=first)
    assert one(server.remote, page_id, WIDTH) == second
    assert server.remote.page(page_id).info.version.number == 1


def test_an_owner_goes_with_the_next_version(server: Server) -> None:
    page_id = server.page(author="Ana")
    if not server.cloud:
        assert "owner" in server.remote.missing_settings
        assert server.remote.properties(page_id, [OWNER]) == ()
        return
    ben = account_id("Ben")
    server.wiki.store.add_user("Ben")
    before = one(server.remote, page_id, OWNER)
    assert (before.version.number, json.loads(before.value)) == (0, account_id("Ana"))
    new = NewVersion("Guide", "<p>text</p>", "", owner=ben)
    assert server.remote.put(page_id, new, base=1).version.number == 2
    assert json.loads(one(server.remote, page_id, OWNER).value) == ben
    (listed,) = (i for i in server.remote.listing(server.remote.space("ENG")) if i.id == page_id)
    assert listed.owner == server.remote.page(page_id).info.owner == ben
    with pytest.raises(VersionConflictError):
        server.remote.put(page_id, new._replace(owner=account_id("Ana")), base=1)
    assert server.wiki.store.page(page_id).owner == "Ben"


def test_a_second_property_of_a_key_is_refused(server: Server) -> None:
    page_id = server.page()
    server.remote.put_property(page_id, "k/e y", '"one"', base=None)
    with pytest.raises(APIAccessError):
        server.remote.put_property(page_id, "k/e y", '"two"', base=None)
    assert one(server.remote, page_id, "k/e y").value == '"one"'


def test_a_removed_property_is_gone(server: Server) -> None:
    page_id = server.page()
    made = server.remote.put_property(page_id, WIDTH, '"one"', base=None)
    server.remote.remove_property(page_id, made)
    assert server.remote.properties(page_id, [WIDTH]) == ()
    with pytest.raises(NotVisibleError):
        server.remote.remove_property(page_id, made)


def test_more_properties_than_an_answer_holds_are_all_read(server: Server) -> None:
    page_id = server.page()
    for number in range(260):
        server.wiki.store.add_property(page_id, f"k-{number}", number, "Ana")
    keys = {f"k-{number}" for number in range(260)}
    assert {info.key for info in server.remote.properties(page_id, keys)} == keys


def test_hints_are_what_the_pages_say(server: Server) -> None:
    space = server.remote.space("ENG")
    ids = [server.page(f"P {n}") for n in range(210)]
    for page_id in ids[::2]:
        server.wiki.store.add_property(page_id, WIDTH, "full-width", "Ana")
        server.wiki.store.add_property(page_id, "other", 1, "Ana")
    server.wiki.clear_requests()
    hints = server.remote.property_hints(space, [WIDTH, "team"])
    good = [request for request in server.wiki.requests if request.status == 200]
    assert len(good) == 2  # 200 rows an answer; an old Data Center has no scan
    assert hints is not None
    for page_id in ids:
        told = [(i.key, i.version.number, i.value) for i in hints[page_id]]
        own = server.remote.properties(page_id, [WIDTH, "team"])
        assert told == [(i.key, i.version.number, i.value) for i in own]
    for key in ("a.b", "a_b", "a b", ""):
        assert server.remote.property_hints(space, [key]) is None
