"""The restrictions of pages as a setting, on every server."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from confsync.document.settings.names import RESTRICTIONS
from confsync.errors import APIAccessError
from confsync.model.page import PropertyInfo
from confsync.sandbox.store.rows import account_id, username
from tests.contract.conftest import Server

KEYS = (RESTRICTIONS,)
WIDTH = "content-appearance-published"
Value = Mapping[str, list[str]]


def user(server: Server, name: str) -> str:
    server.wiki.store.add_user(name)
    return f"user:{account_id(name) if server.cloud else username(name)}"


def has(server: Server, page_id: str) -> Value:
    """Return the restrictions of a page as confsync reads them."""
    infos = server.remote.properties(page_id, KEYS)
    assert all((info.key, info.version.number) == (RESTRICTIONS, 0) for info in infos)
    return json.loads(infos[0].value) if infos else {}


def change(server: Server, page_id: str, value: Value) -> None:
    infos = server.remote.properties(page_id, KEYS)
    base = infos[0] if infos else None
    if value:
        server.remote.put_property(page_id, RESTRICTIONS, json.dumps(value), base=base)
    elif base:
        server.remote.remove_property(page_id, base)


@pytest.mark.parametrize("posts", [False, True])
def test_they_come_and_go_as_they_are_written(server: Server, posts: bool) -> None:
    store = server.wiki.store
    store.add_group("board", ["Me"])
    page_id = store.create_post("ENG", "News", "<p>x</p>").id if posts else server.page()
    me, ana, bo = (user(server, name) for name in ("Me", "Ana", "Bo"))
    for value in (
        {"read": sorted([me, ana])},
        {"read": sorted(["group:board", bo]), "update": [me]},
        {"read": [bo, "group:board"], "update": [me, ana]},
        {"update": ["group:board"]},
        {},
    ):
        wanted = {one: sorted(names) for one, names in value.items()}
        change(server, page_id, wanted)
        assert has(server, page_id) == wanted
        shown = server.remote.restrictions(page_id)
        assert (len(shown.read), len(shown.update)) == tuple(
            len(value.get(one, [])) for one in ("read", "update")
        )
    assert store.page(page_id).version == 1


def test_a_name_that_the_server_does_not_know_changes_nothing(server: Server) -> None:
    page_id, me, bo = server.page(), user(server, "Me"), user(server, "Bo")
    before = {"read": sorted([me, bo])}
    change(server, page_id, before)
    for name in ("user:unknown", "group:no such group"):
        with pytest.raises(APIAccessError):
            change(server, page_id, {"read": sorted([me, name])})
        assert has(server, page_id) == before


def test_only_names_that_change_are_sent(server: Server) -> None:
    page_id, me, ana = server.page(), user(server, "Me"), user(server, "Ana")
    change(server, page_id, {"read": [me], "update": [me]})
    server.wiki.clear_requests()
    change(server, page_id, {"read": [me], "update": sorted([me, ana])})
    sent = [one for one in server.wiki.requests if one.method == "PUT"]
    assert len(sent) == 1
    if server.cloud:
        assert sent[0].path.endswith("/restriction/byOperation/update/user")
    else:
        assert [one["operation"] for one in json.loads(sent[0].body)] == ["update"]


def test_my_names_are_those_of_the_server(server: Server) -> None:
    server.wiki.store.add_group("board", ["Me", "Ana"])
    server.wiki.store.add_group("others", ["Ana"])
    many = [f"group-{number:03}" for number in range(210)]
    for name in many:
        server.wiki.store.add_group(name, ["Me"])
    groups = ["board", "confluence-administrators", "confluence-users", *many]
    expected = {user(server, "Me"), *(f"group:{name}" for name in groups)}
    assert server.remote.my_names() == expected


def test_no_name_means_no_value(server: Server) -> None:
    assert server.remote.properties(server.page(), KEYS) == ()


def test_hints_are_what_the_restrictions_say(server: Server) -> None:
    space = server.remote.space("ENG")
    me = user(server, "Me")
    ids = [server.page(f"P {n}") for n in range(210)]
    for page_id in ids[::2]:
        server.wiki.store.restrict_to(page_id, "update", "user", ["Me"])
        server.wiki.store.add_property(page_id, WIDTH, "full-width", "Ana")
    server.wiki.clear_requests()
    hints = server.remote.property_hints(space, KEYS)
    good = [request for request in server.wiki.requests if request.status == 200]
    assert len(good) == 2  # 200 rows an answer
    assert hints is not None
    both = server.remote.property_hints(space, (*KEYS, WIDTH))
    assert both is not None
    for number, page_id in enumerate(ids):
        told = [(info.key, info.value) for info in hints[page_id]]
        expected = [(RESTRICTIONS, json.dumps({"update": [me]}, separators=(",", ":")))]
        assert told == (expected if number % 2 == 0 else [])
        assert len(both[page_id]) == (2 if number % 2 == 0 else 0)


def test_a_list_that_may_be_cut_is_no_value(server: Server) -> None:
    page_id = server.page()
    server.wiki.store.restrict_to(page_id, "read", "user", [f"U {n}" for n in range(200)])
    with pytest.raises(APIAccessError, match="does not name everyone"):
        server.remote.properties(page_id, KEYS)
    hints = server.remote.property_hints(server.remote.space("ENG"), KEYS)
    assert hints is not None
    assert page_id not in hints


def test_a_property_and_restrictions_are_told_together(server: Server) -> None:
    page_id, me = server.page(), user(server, "Me")
    server.remote.put_property(page_id, WIDTH, '"full-width"', base=None)
    change(server, page_id, {"read": [me]})
    found: dict[str, PropertyInfo] = {
        info.key: info for info in server.remote.properties(page_id, (WIDTH, RESTRICTIONS))
    }
    assert set(found) == {WIDTH, RESTRICTIONS}
