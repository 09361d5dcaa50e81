"""The content states of pages, on every server."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.errors import APIAccessError, NotVisibleError
from confsync.remote.cloud.states import CloudStates, States
from confsync.sandbox.store.actions.content_states import SUGGESTED, ContentState
from tests.contract.conftest import Server

OWN = ContentState(77, "Bereit, 準備 ✓", "#8777d9")


def states_of(server: Server, *, posts: bool = False) -> States:
    found = server.remote.posts.states if posts else server.remote.states
    assert found is not None
    return found


def test_only_cloud_has_states(server: Server) -> None:
    assert (server.remote.states is not None) == server.cloud
    assert (server.remote.posts.states is not None) == server.cloud


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
@pytest.mark.parametrize("posts", [False, True])
@pytest.mark.parametrize("state", [*SUGGESTED, OWN])
def test_a_state_is_told_by_its_name(server: Server, state: ContentState, posts: bool) -> None:
    store = server.wiki.store
    page_id = store.create_post("ENG", "News", "<p>x</p>").id if posts else server.page()
    states = states_of(server, posts=posts)
    assert states.state(page_id) == ""
    store.put_state(page_id, state, "Ana")
    assert states.state(page_id) == state.name
    store.put_state(page_id, None, "Ana")
    assert states.state(page_id) == ""


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_state_changes_only_with_the_version(server: Server) -> None:
    page_id = server.page()
    for number, state in enumerate((SUGGESTED[0], SUGGESTED[1], None), 2):
        server.wiki.store.put_state(page_id, state, "Ana")
        assert server.remote.page(page_id).info.version.number == number
    server.wiki.store.put_state(page_id, OWN, "Ana")
    server.wiki.store.edit(page_id, "<p>newer</p>", author="Ana")
    assert states_of(server).state(page_id) == OWN.name


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_a_page_that_is_not_visible_says_so(server: Server) -> None:
    page_id = server.page()
    server.wiki.store.restrict(page_id)
    for hidden in (page_id, "99999999"):
        with pytest.raises(NotVisibleError):
            states_of(server).state(hidden)


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_it_is_one_request_that_changes_nothing(server: Server) -> None:
    page_id = server.page()
    server.wiki.clear_requests()
    states_of(server).state(page_id)
    (request,) = server.wiki.requests
    assert (request.method, request.path) == ("GET", f"/wiki/rest/api/content/{page_id}/state")


class Answering:
    """A client whose answer is given."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def get(self, path: str) -> dict[str, Any]:
        return self._answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"contentState": None, "lastUpdated": "2026-01-01T00:00:00.000Z"}, ""),
        ({"lastUpdated": "2026-01-01T00:00:00.000Z"}, ""),
        ({"contentState": None}, ""),
        ({"contentState": {"id": 0, "name": "Rough draft", "color": "#ffc400"}}, "Rough draft"),
    ],
)
def test_a_page_without_a_state_may_say_so_in_two_ways(answer: dict[str, Any], told: str) -> None:
    assert CloudStates(Answering(answer)).state("1") == told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer", [{}, {"message": "hello"}, {"contentState": {"id": 0}}, {"contentState": "Draft"}]
)
def test_an_answer_that_tells_no_state_is_not_taken_for_none(answer: dict[str, Any]) -> None:
    with pytest.raises(APIAccessError):
        CloudStates(Answering(answer)).state("1")  # type: ignore[arg-type]
