"""Every remote does the same, with each kind of server."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    ServerError,
    SpaceNotFoundError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.model.page import NewVersion, Other, Page, Restrictions, Status, Task
from confsync.remote import Credentials, open_remote, v1_rows
from confsync.remote.cloud import v2_rows
from confsync.sandbox import ROOT, Sandbox
from tests.contract.conftest import Server

on_cloud = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)


def put(server: Server, page: str, *, base: int | None = None, **changes: Any) -> int:
    now = server.wiki.store.page(page)
    new = NewVersion(now.title, "<p>mine</p>", "m")._replace(**changes)
    return server.remote.put(page, new, base=now.version if base is None else base).version.number


def test_the_flavor_is_found_out(server: Server, wiki: Sandbox) -> None:
    assert server.remote.flavor == wiki.flavor


def test_whoami(server: Server) -> None:
    assert server.remote.whoami().name == "Me"


def test_a_space_has_its_home(server: Server) -> None:
    space = server.remote.space("ENG")
    assert space.key == "ENG"
    assert space.home == server.wiki.store.space("ENG").homepage_id


def test_a_space_that_is_not_there(server: Server) -> None:
    with pytest.raises(SpaceNotFoundError, match="'NOPE'"):
        server.remote.space("NOPE")


def test_the_listing_has_every_page_once_with_parent_and_version(server: Server) -> None:
    rooted = server.page("Rooted", parent=ROOT)
    child = server.page("Child", parent=rooted)
    for n in range(420):
        server.page(f"Page {n}")
    server.wiki.store.edit(child, "<p>two</p>", author="Ana", message="said")
    infos = list(server.remote.listing(server.remote.space("ENG")))
    assert len(infos) == len({info.id for info in infos}) == 423
    by_title = {info.title: info for info in infos}
    assert by_title["Rooted"].parent is None
    assert by_title["Child"].parent == rooted
    assert by_title["Child"].version.number == 2
    assert by_title["Child"].version.message == "said"
    assert by_title["Page 7"].parent == server.wiki.store.space("ENG").homepage_id
    assert {info.space for info in infos} == {server.remote.space("ENG").id}


def test_the_listing_has_archived_pages_where_it_is_asked_to(server: Server) -> None:
    kept, archived = server.page("Kept"), server.page("Put away")
    server.wiki.store.archive(archived)
    space = server.remote.space("ENG")
    found = {i.id: i.status for i in server.remote.listing(space, labels=True, archived=True)}
    assert found == {space.home: Status.CURRENT, kept: Status.CURRENT, archived: Status.ARCHIVED}
    assert server.remote.page(archived).info.status is Status.ARCHIVED


def test_what_is_neither_page_nor_folder_is_told_where_there_is_such_a_thing(
    server: Server,
) -> None:
    server.page("Page")
    server.wiki.store.create_folder("ENG", "Folder")
    board = server.wiki.store.create_whiteboard("ENG", "Board").id
    found = server.remote.others(server.remote.space("ENG"))
    cloud = server.wiki.flavor == "cloud"
    assert found == ((Other(board, "whiteboard", "Board"),) if cloud else ())


def test_a_listing_survives_short_pages(server: Server) -> None:
    for n in range(30):
        server.page(f"Page {n}")
    server.wiki.faults.short_pages = True
    assert len(list(server.remote.listing(server.remote.space("ENG")))) == 31


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("labels", [False, True])
def test_contents_are_the_listing_and_the_bodies_at_once(
    server: Server, short: bool, archived: bool, labels: bool
) -> None:
    with server.wiki.store.batch():
        ids = [
            server.page(f"Page {n}", f"<p>{n}</p>", raw=True, labels=["even"] if n % 2 else [])
            for n in range(300)
        ]
    put_away = server.page("Put away", "<p>away</p>")
    server.wiki.store.archive(put_away)
    gone = server.page("Gone")
    server.wiki.store.trash(gone)
    server.wiki.faults.short_pages = short
    space = server.remote.space("ENG")
    wanted = {i.id: i for i in server.remote.listing(space, labels=labels, archived=archived)}
    answers = list(server.remote.contents(space, labels=labels, archived=archived))
    assert all(len(answer) <= 250 for answer in answers)
    found = [pair for answer in answers for pair in answer]
    assert {info.id: info for info, _ in found} == wanted
    assert len(found) == len(wanted) >= 301
    pages = {page.info.id: page for _, page in found if page is not None}
    assert {i: pages[i].body for i in ids} == {i: f"<p>{n}</p>" for n, i in enumerate(ids)}
    assert all(page is None or page.info.id == info.id for info, page in found)
    assert (put_away in pages) == archived
    assert gone not in pages


@pytest.mark.parametrize("count", [1, 3, 120])
def test_bodies_come_in_bulk_exactly_as_they_are(server: Server, count: int) -> None:
    body = "<p>é &nbsp;\u00a0 \u2028 <![CDATA[x]]]]><![CDATA[>]]> 日本</p>\n\n<p>{n}</p>\n"
    ids = [server.page(f"Page {n}", body.replace("{n}", str(n)), raw=True) for n in range(count)]
    space = server.remote.space("ENG")
    list(server.remote.listing(space))
    found = server.remote.pages(space, [*ids, "999999999"])
    assert {i: found[i].body for i in found} == {
        i: body.replace("{n}", str(n)) for n, i in enumerate(ids)
    }


@pytest.mark.parametrize("count", [1, 3, 120, 600])
def test_bodies_come_answer_by_answer_and_each_once(server: Server, count: int) -> None:
    with server.wiki.store.batch():
        ids = [server.page(f"Page {n}", f"<p>{n}</p>", raw=True) for n in range(count)]
    space = server.remote.space("ENG")
    list(server.remote.listing(space))
    answers = list(server.remote.bodies(space, [*ids, "999999999"]))
    assert all(len(answer) <= 250 for answer in answers)
    found = [(page.info.id, page.body) for answer in answers for page in answer]
    assert sorted(found) == sorted((i, f"<p>{n}</p>") for n, i in enumerate(ids))


def test_pages_that_cannot_be_seen_are_not_in_the_answer(server: Server) -> None:
    seen, hidden, trashed = server.page("A"), server.page("B"), server.page("C")
    server.wiki.store.restrict(hidden)
    server.wiki.store.trash(trashed)
    space = server.remote.space("ENG")
    assert set(server.remote.pages(space, [seen, hidden, trashed])) == {seen}
    with pytest.raises(NotVisibleError):
        server.remote.page(hidden)
    with pytest.raises(NotVisibleError):
        server.remote.page("999999999")
    assert server.remote.page(trashed).info.status is Status.TRASHED


def test_an_old_version_and_what_came_after_it(server: Server) -> None:
    page = server.page(body="<p>one</p>")
    server.wiki.store.edit(page, "<p>two</p>", author="Ana", message="second")
    server.wiki.store.edit(page, "<p>three</p>", title="Handbook", author="Ana", message="third")
    assert server.remote.old_page(page, 1).body == "<p>one</p>"
    assert server.remote.old_page(page, 1).info.title == "Guide"
    assert server.remote.old_page(page, 1).info.version.number == 1
    assert server.remote.old_page(page, 3).body == "<p>three</p>"
    with pytest.raises(NotVisibleError):
        server.remote.old_page(page, 9)
    later = server.remote.versions_after(page, 1)
    assert [(v.number, v.message) for v in later] == [(3, "third"), (2, "second")]
    people = server.remote.people([later[0].author])
    assert people[later[0].author].name == "Ana"


def test_a_write_makes_the_next_version(server: Server) -> None:
    page = server.page()
    assert put(server, page, title="Handbook", message="why") == 2
    now = server.wiki.store.page(page)
    assert (now.title, now.body, now.message) == ("Handbook", "<p>mine</p>", "why")


@pytest.mark.parametrize("base", [1, 2, 4, 9])
def test_a_write_over_another_version_than_the_current_is_a_conflict(
    server: Server, base: int
) -> None:
    page = server.page()
    server.wiki.store.edit(page, "<p>two</p>", author="Ana")
    server.wiki.store.edit(page, "<p>three</p>", author="Ana")
    with pytest.raises(VersionConflictError) as caught:
        put(server, page, base=base)
    assert caught.value.current_version == 3
    assert str(caught.value) == (f"Version conflict updating page {page} (version {base} is stale)")
    assert server.wiki.store.page(page).body == "<p>three</p>"


def test_a_write_may_move_and_moves_only_when_it_says_so(server: Server) -> None:
    parent, page = server.page("Parent"), server.page("Page")
    before = server.wiki.store.page(page).parent_id
    put(server, page)
    assert server.wiki.store.page(page).parent_id == before
    put(server, page, parent=parent)
    assert server.wiki.store.page(page).parent_id == parent
    with pytest.raises(WriteRefusedError):
        put(server, parent, parent=page)


def test_a_write_sends_no_more_fields_than_it_must(server: Server) -> None:
    page = server.page()
    put(server, page)
    sent = json.loads(next(r.body for r in server.wiki.requests if r.method == "PUT"))
    allowed = {"id", "status", "title", "body", "version"} | (set() if server.cloud else {"type"})
    assert set(sent) == allowed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "Engineering"}, "already exists"),
        ({"title": "ENGINEERING"}, "already exists"),
        ({"title": "x" * 256}, "255"),
        ({"body": "<p>open"}, "Error parsing xhtml"),
    ],
)
def test_what_the_server_does_not_take_is_said_in_its_words(
    server: Server, changes: dict[str, object], said: str
) -> None:
    page = server.page()
    with pytest.raises(WriteRefusedError, match=said) as caught:
        put(server, page, **changes)
    assert "Exception" not in str(caught.value)
    assert server.wiki.store.page(page).version == 1


@pytest.mark.parametrize("status", [409, 500, 501, 502, 503, 504])
def test_a_write_is_never_tried_twice(server: Server, status: int) -> None:
    page = server.page()
    server.wiki.faults.refuse = lambda method, path: status if method == "PUT" else None
    with pytest.raises(ServerError) as caught:
        put(server, page)
    assert caught.value.status == status
    assert [r.method for r in server.wiki.requests].count("PUT") == 1


def test_a_write_whose_answer_is_lost_is_sent_once(server: Server) -> None:
    page = server.page()
    server.wiki.faults.lose_response = lambda method, path: method == "PUT"
    with pytest.raises(NetworkError):
        put(server, page)
    assert server.wiki.store.page(page).version == 2
    assert [r.method for r in server.wiki.requests].count("PUT") == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_tried_again(server: Server, status: int) -> None:
    page = server.page()
    failed: list[str] = []

    def twice(method: str, path: str) -> int | None:
        failed.append(path)
        return status if len(failed) < 3 else None

    server.wiki.faults.refuse = twice
    assert server.remote.page(page).body == "<p>text</p>"


@pytest.mark.parametrize("fault", ["lose_response", "truncate"])
def test_a_read_that_breaks_off_is_tried_again(server: Server, fault: str) -> None:
    page = server.page()
    broken: list[str] = []

    def twice(method: str, path: str) -> bool:
        broken.append(path)
        return len(broken) < 3

    setattr(server.wiki.faults, fault, twice)
    assert server.remote.page(page).body == "<p>text</p>"


def test_a_server_that_stays_down_is_a_server_error(server: Server) -> None:
    server.wiki.faults.refuse = lambda method, path: 503
    with pytest.raises(ServerError):
        server.remote.space("ENG")


@pytest.mark.parametrize("token", ["wrong", ""])
def test_wrong_credentials_are_told_from_missing_pages(wiki: Sandbox, token: str) -> None:
    credentials = Credentials(token, wiki.user) if token else None
    remote = open_remote(wiki.url, credentials, flavor=wiki.flavor)
    try:
        with pytest.raises(CredentialsError):
            remote.whoami()
        with pytest.raises(APIAccessError) as caught:
            remote.space("ENG")
        assert wiki.flavor == "datacenter" or isinstance(caught.value, CredentialsError)
    finally:
        remote.close()


def test_a_bearer_token_is_accepted(wiki: Sandbox) -> None:
    remote = open_remote(wiki.url, Credentials(wiki.token), flavor=wiki.flavor)
    try:
        assert remote.whoami().name == "Me"
    finally:
        remote.close()


def test_many_threads_may_read_and_write_at_once(server: Server) -> None:
    ids = [server.page(f"Page {n}") for n in range(24)]

    def rewrite(page_id: str) -> Page:
        put(server, page_id, body=f"<p>{page_id}</p>")
        return server.remote.page(page_id)

    done = list(server.remote.workers.each(rewrite, ids))
    assert [page.body for page in done] == [f"<p>{i}</p>" for i in ids]


def test_labels_and_space_keys(server: Server) -> None:
    page = server.page(labels=("b", "a"))
    assert server.remote.labels(page) == ("a", "b")
    assert server.remote.space_key(server.remote.page(page).info.space) == "ENG"


def test_a_page_is_created_below_another_or_at_the_root(server: Server) -> None:
    space = server.remote.space("ENG")
    parent = server.page("Parent")
    made = server.remote.create(space, title="New", body="<p>x</p>", message="why", parent=parent)
    assert (made.version.number, made.title) == (1, "New")
    now = server.wiki.store.page(made.id)
    assert (now.parent_id, now.body, now.message) == (parent, "<p>x</p>", "why")
    root = server.remote.create(space, title="Root", body="<p>x</p>", message="", parent=None)
    assert server.wiki.store.page(root.id).parent_id is None


def test_a_title_finds_its_page_in_whatever_case(server: Server) -> None:
    space = server.remote.space("ENG")
    page = server.page("Ports & more")
    (found,) = server.remote.titled(space, "PORTS & MORE")
    assert found.id == page
    assert server.remote.titled(space, "Ports") == ()
    server.wiki.store.archive(page)
    (archived,) = server.remote.titled(space, "Ports & more")
    assert archived.status is Status.ARCHIVED
    with pytest.raises(WriteRefusedError, match="already exists"):
        server.remote.create(
            space, title="ports & MORE", body="<p />", message="", parent=space.home
        )


def test_a_page_goes_into_the_trash_and_comes_back(server: Server) -> None:
    page_id = server.page()
    server.remote.delete(page_id)
    assert server.remote.page(page_id).info.status is Status.TRASHED
    with pytest.raises(NotVisibleError):
        server.remote.delete(page_id)
    before = server.remote.page(page_id)
    made = server.remote.put(
        page_id, NewVersion("Guide", before.body, ""), base=before.info.version.number
    )
    assert made.version.number == before.info.version.number + 1
    now = server.remote.page(page_id)
    assert (now.info.status, now.body) == (Status.CURRENT, before.body)


def test_a_page_is_archived_by_a_task_where_the_server_archives_pages(server: Server) -> None:
    page_id, other = server.page(), server.page("Other")
    assert server.remote.archives == server.cloud
    assert not server.remote.posts.archives
    if not server.cloud:
        for remote in (server.remote, server.remote.posts):
            with pytest.raises(WriteRefusedError, match="cannot archive"):
                remote.archive(page_id)
            with pytest.raises(NotVisibleError):
                remote.task("7")
        assert server.wiki.requests == []
        return
    server.wiki.faults.task_requests = 2
    task_id = server.remote.archive(page_id)
    with pytest.raises(WriteRefusedError, match="already running"):
        server.remote.archive(other)
    assert server.remote.task(task_id) == Task(finished=False)
    assert server.remote.page(page_id).info.status is Status.ARCHIVED
    assert server.remote.task(task_id) == Task(finished=True, successful=True)
    with pytest.raises(WriteRefusedError):
        server.remote.archive(page_id)
    assert server.remote.page(other).info.status is Status.CURRENT
    with pytest.raises(NotVisibleError):
        server.remote.task("7")


@on_cloud
def test_a_task_that_fails_says_why(server: Server) -> None:
    server.wiki.faults.task_fails = True
    page_id = server.page()
    task = server.remote.task(server.remote.archive(page_id))
    assert task == Task(finished=True, successful=False, message="The job failed.")
    assert server.remote.page(page_id).info.status is Status.CURRENT


@on_cloud
def test_a_page_is_asked_to_be_archived_once(server: Server) -> None:
    page_id = server.page()
    server.wiki.faults.lose_response = lambda method, path: method == "POST"
    with pytest.raises(NetworkError):
        server.remote.archive(page_id)
    server.wiki.faults.lose_response = None
    assert [r.method for r in server.wiki.requests] == ["POST"]
    assert server.remote.page(page_id).info.status is Status.ARCHIVED


@on_cloud
def test_a_page_without_the_permission_is_not_archived(server: Server) -> None:
    page_id = server.page()
    server.wiki.store.read_only_page(page_id)
    with pytest.raises(PermissionDeniedError, match="not allowed"):
        server.remote.archive(page_id)
    server.wiki.store.restrict(page_id)
    with pytest.raises((NotVisibleError, WriteRefusedError)):
        server.remote.archive(page_id)


def test_the_trash_has_what_was_put_there_and_nothing_else(server: Server) -> None:
    remote, store = server.remote, server.wiki.store
    ids = [server.page(f"Page {number}") for number in range(3)]
    post = store.create_post("ENG", "News", "<p>news</p>").id
    space = remote.space("ENG")
    assert list(remote.trash(space)) == []
    for one in (ids[0], ids[2], post):
        store.trash(one)
    found = {info.id: (info.title, info.status) for info in remote.trash(space)}
    assert found == {i: (store.page(i).title, Status.TRASHED) for i in (ids[0], ids[2])}
    assert [info.id for info in remote.posts.trash(space)] == [post]


def test_children_are_those_directly_below(server: Server) -> None:
    parent = server.page("Parent")
    assert server.remote.children(parent) == ()
    wanted = {server.page(f"Child {n}", parent=parent) for n in range(260)}
    server.page("Grandchild", parent=min(wanted))
    if server.cloud:
        wanted.add(server.wiki.store.create_folder("ENG", "Folder", parent=parent).id)
    assert set(server.remote.children(parent)) == wanted


def test_labels_are_added_and_removed_and_twice_does_no_harm(server: Server) -> None:
    page_id = server.page()
    for _ in range(2):
        server.remote.add_labels(page_id, ["b", "a/c"])
        assert server.remote.labels(page_id) == ("a/c", "b")
    for _ in range(2):
        server.remote.remove_label(page_id, "a/c")
        assert server.remote.labels(page_id) == ("b",)


def test_a_listing_has_labels_when_asked(server: Server) -> None:
    ids = [server.page(f"P {n}", labels=["even"] if n % 2 == 0 else []) for n in range(300)]
    many = server.page("Many", labels=[f"label-{n}" for n in range(260)])
    space = server.remote.space("ENG")
    listed = {info.id: info.labels for info in server.remote.listing(space, labels=True)}
    assert [listed[i] for i in ids] == [("even",) if n % 2 == 0 else () for n in range(300)]
    assert len(listed[many] or ()) == 260
    assert {info.labels for info in server.remote.listing(space)} == {None}


def test_restrictions_name_people_and_groups(server: Server) -> None:
    page_id = server.page()
    assert server.remote.restrictions(page_id) == Restrictions()
    server.wiki.store.allow_only(page_id, "update", users=["Ana"], groups=["ops"])
    server.wiki.store.allow_only(page_id, "read", users=["Ben"])
    assert server.remote.restrictions(page_id) == Restrictions(("Ben",), ("Ana", "group ops"))


# -- attachments -----------------------------------------------------------------------------------


class Held:
    """A sink in memory."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    @property
    def size(self) -> int:
        return len(self.data)

    def restart(self) -> None:
        self.data = b""

    def write(self, piece: bytes) -> None:
        self.data += piece


def opened(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def test_a_listing_has_every_attachment_of_a_page(server: Server) -> None:
    page_id = server.page()
    assert server.remote.attachments(page_id) == ()
    for n in range(260):
        server.wiki.store.attach(page_id, f"{n}.txt", b"x" * n)
    (first,) = server.wiki.store.attachments(page_id, "7.txt")
    server.wiki.store.replace_attachment(first.id, b"newer", "Ben", "said")
    found = {info.name: info for info in server.remote.attachments(page_id)}
    assert len(found) == 260
    assert (found["7.txt"].version.number, found["7.txt"].size) == (2, 5)
    assert found["7.txt"].version.message == "said"
    assert (found["9.txt"].version.number, found["9.txt"].size) == (1, 9)


def test_a_hint_has_the_attachments_of_a_whole_space(server: Server) -> None:
    """In as few requests as the server allows: 200 rows each."""
    ids = [server.page(f"Page {n}") for n in range(205)]
    for page_id in ids[:-1]:
        server.wiki.store.attach(page_id, "a.txt", b"x" * 7)
    server.wiki.store.attach(ids[0], "b.txt", b"y")
    server.wiki.store.create_space("OPS", "Operations", "Operations")
    other = server.wiki.store.create_page("OPS", "Other", "<p>x</p>").id
    server.wiki.store.attach(other, "c.txt", b"z")
    space = server.remote.space("ENG")
    server.wiki.clear_requests()
    hints = server.remote.attachment_hints(space)
    # A Data Center before 7.18 has no scan.
    assert len([one for one in server.wiki.requests if one.status == 200]) == 2
    assert hints is not None
    for page_id in ids:
        assert set(hints.of(page_id) or ()) == set(server.remote.attachments(page_id))
    assert other not in hints.known


def test_a_hint_has_the_labels_of_a_whole_space_on_cloud(server: Server) -> None:
    ids = [server.page(f"Page {n}", labels=["all", f"n{n}"]) for n in range(205)]
    space = server.remote.space("ENG")
    server.wiki.clear_requests()
    hints = server.remote.label_hints(space)
    if not server.cloud:  # there the listing itself has them
        assert hints is None
        assert not server.wiki.requests
        return
    assert len(server.wiki.requests) == 2
    assert hints is not None
    assert {i: hints[i] for i in ids} == {i: server.remote.labels(i) for i in ids}


@pytest.mark.parametrize("name", ["a b.txt", "x/y.txt", "Köln 50%.txt", "q?a=b&c#d.txt", "é"])
def test_an_attachment_is_uploaded_replaced_and_downloaded(server: Server, name: str) -> None:
    page_id = server.page()
    made = server.remote.upload(page_id, name, opened(b"one"), comment="ä [confsync 0123]")
    assert (made.name, made.version.number, made.size) == (name, 1, 3)
    new = server.remote.upload(page_id, name, opened(b"two, longer"), comment="b", replaces=made)
    assert (new.name, new.version.number, new.size) == (name, 2, 11)
    (listed,) = server.remote.attachments(page_id)
    assert (listed.id, listed.version.message) == (made.id, "b")
    held = Held()
    server.remote.download(page_id, listed, held)
    assert held.data == b"two, longer"


def test_a_download_goes_on_behind_what_is_there(server: Server) -> None:
    page_id = server.page()
    server.wiki.store.attach(page_id, "a.bin", b"0123456789")
    (info,) = server.remote.attachments(page_id)
    held = Held(b"0123")
    server.remote.download(page_id, info, held)
    assert held.data == b"0123456789"


def test_a_name_that_is_taken_is_not_attached_over(server: Server) -> None:
    page_id = server.page()
    server.wiki.store.attach(page_id, "a.txt", b"hers")
    with pytest.raises(WriteRefusedError, match="same file name"):
        server.remote.upload(page_id, "a.txt", opened(b"mine"), comment="")
    (row,) = server.wiki.store.attachments(page_id)
    assert server.wiki.store.attachment_data(row.id) == b"hers"


def test_an_upload_is_never_tried_twice(server: Server) -> None:
    page_id = server.page()
    server.wiki.faults.lose_response = lambda method, path: method == "POST"
    with pytest.raises(NetworkError):
        server.remote.upload(page_id, "a.txt", opened(b"once"), comment="")
    (row,) = server.wiki.store.attachments(page_id)
    assert row.version == 1
    assert [r.method for r in server.wiki.requests].count("POST") == 1


def test_an_attachment_is_deleted(server: Server) -> None:
    page_id = server.page()
    server.wiki.store.attach(page_id, "a.txt", b"one")
    (info,) = server.remote.attachments(page_id)
    server.remote.delete_attachment(page_id, info.id)
    assert server.remote.attachments(page_id) == ()
    with pytest.raises(NotVisibleError):
        server.remote.delete_attachment(page_id, info.id)


@pytest.mark.parametrize("minor", [True, False])
def test_a_version_says_whether_it_is_a_minor_edit(server: Server, minor: bool) -> None:
    page = server.page()
    put(server, page, minor=minor)
    put(server, page)
    assert [one.minor for one in server.wiki.store.versions(page)] == [False, minor, False]
    assert server.remote.old_page(page, 2).info.version.minor is minor
    assert server.remote.page(page).info.version.minor is False
    versions = server.remote.versions_after(page, 1)
    assert [(one.number, one.minor) for one in versions] == [(3, False), (2, minor)]


def test_a_server_may_ignore_that_a_version_is_minor(server: Server) -> None:
    page = server.page()
    server.wiki.faults.ignore_minor = True
    put(server, page, minor=True)
    (found,) = server.remote.pages(server.remote.space("ENG"), [page]).values()
    assert found.info.version.minor is not server.cloud


@pytest.mark.parametrize("value", [None, "true", 1, {}])
def test_a_version_may_not_say_whether_it_is_minor(value: object) -> None:
    row = {"number": 2, "minorEdit": value}
    assert v1_rows.version(row).minor is v2_rows.version(row).minor is None
