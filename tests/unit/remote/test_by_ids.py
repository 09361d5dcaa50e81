"""Pages by ids: whatever a server answers, the pages are those that it answers one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    WriteRefusedError,
)
from confsync.model.page import Page, Space
from confsync.remote.client import Client
from confsync.remote.datacenter import by_ids
from confsync.remote.datacenter.datacenter import DataCenter
from confsync.workers import Workers

ENG = Space("ENG", "ENG", "Engineering", None)
IDS = [str(number) for number in range(101, 107)]
Answer = dict[str, Any]
Answering = Callable[[list[str]], Answer]


def row(page_id: str, text: str = "true", **changes: Any) -> Answer:
    stored = {"body": {"storage": {"value": f"<p>{text} {page_id}</p>"}}}
    found = {
        "id": page_id,
        "type": "page",
        "status": "current",
        "title": f"Page {page_id}",
        "space": {"key": "ENG"},
        "version": {"number": 2},
        "history": {"createdDate": "2026-03-07T09:30:00.000Z"},
        "ancestors": [{"id": "7"}],
    }
    return {**found, **stored, **changes}


def listing(*found: object, **links: str) -> Answer:
    return {"results": list(found), "size": len(found), "_links": links}


def right(page_ids: list[str]) -> Answer:
    return listing(*map(row, page_ids))


def wrong(page_id: str, **changes: Any) -> Answer:
    return row(page_id, "wrong", **changes)


class FakeClient:
    """A server that answers each page alone as it is, and many pages as `answers` say in turn.

    The last one of `answers` answers all further requests.
    """

    who = "me@example.com"

    def __init__(self, *answers: Answering, gone: str = "", kind: str = "page") -> None:
        self.bulk: list[list[str]] = []
        self.alone: list[str] = []
        self.limits: list[int] = []
        self._answers = list(answers)
        self._gone = gone
        self._kind = kind

    def get(self, path: str, params: Mapping[str, Any], *, limit: int = 0) -> Answer:
        if path != by_ids.PATH:
            page_id = path.rpartition("/")[2]
            self.alone.append(page_id)
            if page_id == self._gone:
                raise NotVisibleError(f"no content {page_id}", status=404)
            return row(page_id, type=self._kind)
        page_ids = params["ids"].split(",")
        assert params["type"] == self._kind
        self.bulk.append(page_ids)
        self.limits.append(params["limit"])
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer(page_ids)


def remote_of(server: FakeClient, workers: Workers | None = None) -> DataCenter:
    return DataCenter(cast(Client, server), workers or Workers())


def bodies(pages: Mapping[str, Page]) -> dict[str, str]:
    return {page_id: page.body for page_id, page in pages.items()}


def truth(page_ids: list[str]) -> dict[str, str]:
    return {page_id: f"<p>true {page_id}</p>" for page_id in page_ids}


def failing(error: APIAccessError) -> Answering:
    def fail(page_ids: list[str]) -> Answer:
        raise error

    return fail


WITHOUT_BODY: Answer = {"body": {}}
NOT_BELIEVED: dict[str, Answering] = {
    "another page besides": lambda ids: listing(*map(wrong, [*ids, "999"])),
    "another page instead": lambda ids: listing(*map(wrong, [*ids[1:], "999"])),
    "an ordinary listing": lambda ids: listing(*map(wrong, ["7", "8"]), next="/x"),
    "a page twice": lambda ids: listing(*map(wrong, [*ids, ids[0]])),
    "a row that is no row": lambda ids: listing(*map(wrong, ids), "x"),
    "a row without an id": lambda ids: listing(*map(wrong, ids), {"title": "x"}),
}
NOT_HONOURED: dict[str, Answering] = {
    **NOT_BELIEVED,
    "no bodies": lambda ids: listing(*(row(page_id, **WITHOUT_BODY) for page_id in ids)),
}
FAILURES: dict[str, Answering] = {
    "nothing": lambda ids: listing(),
    "no listing": lambda ids: {"message": "hello"},
    "400": failing(WriteRefusedError("ids?", status=400)),
    "403": failing(PermissionDeniedError("no", status=403)),
    "404": failing(NotVisibleError("no such thing", status=404)),
    "500": failing(ServerError("oh", status=500)),
    "501": failing(ServerError("not implemented", status=501)),
    "503": failing(ServerError("later", status=503)),
}
FIRST = {**NOT_HONOURED, **FAILURES}


@pytest.mark.parametrize("answer", FIRST.values(), ids=FIRST)
def test_after_a_first_answer_that_is_not_honest_no_ids_are_asked_for_again(
    answer: Answering,
) -> None:
    server = FakeClient(answer, right)
    remote = remote_of(server)
    for kind in (remote, remote, remote.posts):
        if kind is remote.posts:
            server._kind = "blogpost"
        assert bodies(kind.pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS], 3 * IDS)


@pytest.mark.parametrize("answer", NOT_HONOURED.values(), ids=NOT_HONOURED)
def test_a_later_answer_is_held_against_what_was_asked_too(answer: Answering) -> None:
    server = FakeClient(right, answer, right)
    remote = remote_of(server)
    for _ in range(3):
        assert bodies(remote.pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS, IDS], 2 * IDS)


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_a_later_answer_that_fails_costs_its_own_pages_alone(answer: Answering) -> None:
    server = FakeClient(right, answer, right)
    remote = remote_of(server)
    for _ in range(3):
        assert bodies(remote.pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS] * 3, IDS)


@pytest.mark.parametrize(
    "error",
    [
        CredentialsError("who?", status=401),
        NetworkError("no answer"),
        RateLimitError("slower"),
    ],
)
def test_what_ends_the_run_says_nothing_about_the_parameter(error: APIAccessError) -> None:
    server = FakeClient(failing(error), right)
    remote = remote_of(server)
    with pytest.raises(type(error)):
        remote.pages(ENG, IDS)
    assert bodies(remote.pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS, IDS], [])


UNCERTAIN: dict[str, Answer] = {
    "no body": WITHOUT_BODY,
    "another kind": {"type": "blogpost"},
    "no kind": {"type": None},
    "trashed": {"status": "trashed"},
    "archived": {"status": "archived"},
    "a draft": {"status": "draft"},
    "no status": {"status": None},
    "no space": {"space": {}},
    "no ancestors": {"ancestors": None},
    "no version": {"version": {}},
    "an odd version": {"version": {"number": [2]}},
    "no title": {"title": ""},
}


@pytest.mark.parametrize("changes", UNCERTAIN.values(), ids=UNCERTAIN)
@pytest.mark.parametrize("which", [0, 3])
def test_a_row_that_is_not_certain_is_read_alone(changes: Answer, which: int) -> None:
    def answer(page_ids: list[str]) -> Answer:
        odd = IDS[which]
        return listing(*(wrong(i, **changes) if i == odd else row(i) for i in page_ids))

    server = FakeClient(answer)
    assert bodies(remote_of(server).pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS], [IDS[which]])


def test_a_post_needs_no_ancestors() -> None:
    def answer(page_ids: list[str]) -> Answer:
        return listing(*(row(i, type="blogpost", ancestors=None) for i in page_ids))

    server = FakeClient(answer, kind="blogpost")
    found = remote_of(server).posts.pages(ENG, IDS)
    assert {page.info.posted for page in found.values()} == {"2026-03-07"}
    assert (bodies(found), server.alone) == (truth(IDS), [])


def test_what_the_answer_lacks_is_read_alone_and_may_be_gone() -> None:
    gone, hidden = IDS[1], IDS[4]
    server = FakeClient(lambda ids: right([i for i in ids if i not in (gone, hidden)]), gone=gone)
    found = remote_of(server).pages(ENG, IDS)
    assert bodies(found) == truth([i for i in IDS if i != gone])
    assert (server.bulk, server.alone) == ([IDS], [gone, hidden])


def test_a_page_of_another_space_says_so() -> None:
    elsewhere = {"space": {"key": "OPS"}}
    server = FakeClient(lambda ids: listing(row(ids[0], **elsewhere), *map(row, ids[1:])))
    found = remote_of(server).pages(ENG, IDS)
    assert [found[i].info.space for i in IDS] == ["OPS"] + ["ENG"] * (len(IDS) - 1)


def test_ids_may_be_numbers() -> None:
    server = FakeClient(lambda ids: listing(*(row(i, id=int(i)) for i in ids)))
    assert bodies(remote_of(server).pages(ENG, IDS)) == truth(IDS)
    assert server.alone == []


def test_a_cut_answer_is_followed_by_a_question_for_the_rest() -> None:
    server = FakeClient(lambda ids: listing(*map(row, ids[:2]), next="/rest/api/content?start=2"))
    assert bodies(remote_of(server).pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS, IDS[2:], IDS[4:]], [])


def test_the_rest_of_a_cut_answer_is_held_against_what_was_asked_too() -> None:
    server = FakeClient(
        lambda ids: listing(*map(row, ids[:2]), next="/x"),
        lambda ids: listing(*map(wrong, IDS[:2]), next="/x"),
    )
    assert bodies(remote_of(server).pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS, IDS[2:]], IDS[2:])


def test_what_is_cut_without_a_word_is_read_alone() -> None:
    server = FakeClient(lambda ids: right(ids[:2]))
    assert bodies(remote_of(server).pages(ENG, IDS)) == truth(IDS)
    assert (server.bulk, server.alone) == ([IDS], IDS[2:])


def test_a_single_page_is_read_alone() -> None:
    server = FakeClient(right)
    assert bodies(remote_of(server).pages(ENG, IDS[:1])) == truth(IDS[:1])
    assert (server.bulk, server.alone) == ([], IDS[:1])


def test_a_request_has_at_most_fifty_ids_and_a_limit_of_as_many() -> None:
    server = FakeClient(right)
    many = [str(number) for number in range(1000, 1121)]
    assert bodies(remote_of(server).pages(ENG, many)) == truth(many)
    assert server.limits == [len(ids) for ids in server.bulk] == [50, 50, 21]


def test_an_answer_that_stays_behind_is_not_believed_a_third_time() -> None:
    """A caller that knows a later version asks again. An index may lag for a minute."""

    def behind(page_ids: list[str]) -> Answer:
        return listing(*(wrong(i, version={"number": 1}) for i in page_ids))

    server = FakeClient(behind)
    remote = remote_of(server)
    for _ in range(by_ids.BELIEVED):
        found = remote.pages(ENG, IDS)
        assert {page.info.version.number for page in found.values()} == {1}
    found = remote.pages(ENG, IDS)
    assert bodies(found) == truth(IDS)
    assert {page.info.version.number for page in found.values()} == {2}


def test_until_the_first_answer_no_other_thread_asks() -> None:
    second = threading.Event()

    def ignoring(page_ids: list[str]) -> Answer:
        if len(server.bulk) > 1:
            second.set()
        second.wait(0.2)
        return listing(*map(wrong, ["7", "8"]))

    server = FakeClient(ignoring)
    many = [str(number) for number in range(1000, 1200)]
    assert bodies(remote_of(server, Workers(4)).pages(ENG, many)) == truth(many)
    assert len(server.bulk) == 1
