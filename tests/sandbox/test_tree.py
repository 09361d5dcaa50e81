"""Moves, titles, descendants, tasks, copies, the archive, groups, and files of a whole site."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, Sandbox, SpaceRow, Store
from confsync.sandbox.store.actions.rights import NONE

from .conftest import Api
from .dc_api import Dc

TASKS = (
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    '<ac:task-body>Ask <ac:link><ri:user ri:account-id="712020:x" /></ac:link>'
    '<time datetime="2026-03-07" /></ac:task-body></ac:task>'
    "<ac:task><ac:task-id>2</ac:task-id><ac:task-status>complete</ac:task-status>"
    "<ac:task-body>Done</ac:task-body></ac:task></ac:task-list>"
)


@pytest.fixture
def three(store: Store, page: PageRow) -> list[PageRow]:
    """Three pages below Guide."""
    return [store.create_page("ENG", title, "<p>x</p>", page.id) for title in ("A", "B", "C")]


def order(store: Store, page: PageRow) -> list[str]:
    rows = [row for row in store.pages("ENG") if row.parent_id == page.id]
    return [row.title for row in sorted(rows, key=lambda row: row.position)]


def test_a_page_is_moved_among_its_siblings(
    api: Api, store: Store, page: PageRow, three: list[PageRow]
) -> None:
    a, b, c = (row.id for row in three)

    def move(one: str, position: str, target: str) -> int:
        return api("PUT", f"/rest/api/content/{one}/move/{position}/{target}").status_code

    assert move(c, "before", a) == 200
    assert order(store, page) == ["C", "A", "B"]
    assert move(c, "after", a) == 200
    assert order(store, page) == ["A", "C", "B"]
    assert move(a, "append", b) == 200
    assert (order(store, page), store.page(a).parent_id) == (["C", "B"], b)
    assert move(b, "append", a) == 400
    assert move(b, "append", "7") == 404
    assert store.page(a).version == 1


def test_pages_in_the_order_of_their_titles_have_no_numbers(
    api: Api, store: Store, page: PageRow
) -> None:
    ids = {name: store.create_page("ENG", name, "<p>x</p>", page.id).id for name in ("C", "b", "A")}
    path = f"/api/v2/pages/{page.id}/direct-children"

    def numbers() -> list[tuple[str, int | None]]:
        found = api.walk(path, limit=2)
        assert [api.get(f"/api/v2/pages/{one['id']}")["position"] for one in found] == [
            one["childPosition"] for one in found
        ]
        return [(one["title"], one["childPosition"]) for one in found]

    assert numbers() == [("C", 1), ("b", 2), ("A", 3)]
    store.sort_children(page.id)
    assert numbers() == [("A", None), ("b", None), ("C", None)]
    store.create_page("ENG", "D", "<p>x</p>", page.id)
    assert numbers() == [("A", None), ("b", None), ("C", None), ("D", None)]
    move = f"/rest/api/content/{ids['C']}/move/after/{ids['A']}"
    assert api("PUT", move).status_code == 200
    assert numbers() == [("A", 1), ("C", 2), ("b", 3), ("D", 4)]


def test_a_page_gets_another_title(api: Api, page: PageRow) -> None:
    answer = api("PUT", f"/api/v2/pages/{page.id}/title", json={"status": "current", "title": "X"})
    assert (answer.json()["title"], answer.json()["version"]["number"]) == ("X", 2)
    answer = api("PUT", f"/api/v2/pages/{page.id}/title", json={"status": "draft", "title": "X"})
    assert answer.status_code == 400


def test_descendants_end_silently_at_their_depth(
    api: Api, store: Store, page: PageRow, three: list[PageRow]
) -> None:
    store.create_page("ENG", "Deep", "", store.create_page("ENG", "D", "", three[0].id).id)
    path = f"/api/v2/pages/{page.id}/descendants"
    assert [row["title"] for row in api.walk(path, limit=2)] == ["A", "B", "C", "D"]
    assert [row["title"] for row in api.get(path, depth=1)["results"]] == ["A", "B", "C"]
    assert api.walk(path, depth=10)[-1]["depth"] == 3
    assert api("GET", path, params={"depth": 11}).status_code == 400
    folder = store.create_folder("ENG", "F", page.id)
    store.create_page("ENG", "In", "", folder.id)
    found = api.get(f"/api/v2/folders/{folder.id}/descendants")["results"]
    assert [row["title"] for row in found] == ["In"]
    above = api.get(f"/api/v2/folders/{folder.id}/ancestors")["results"]
    assert above[-1] == {"id": page.id, "type": "page"}


def test_tasks_are_listed_and_completed(api: Api, store: Store, page: PageRow) -> None:
    store.edit(page.id, TASKS)
    first, second = api.walk("/api/v2/tasks", limit=1)
    assert (first["localId"], first["status"], first["pageId"]) == ("1", "incomplete", page.id)
    assert (first["assignedTo"], first["dueAt"][:10]) == ("712020:x", "2026-03-07")
    assert api.get("/api/v2/tasks", status="complete")["results"] == [second]
    one = f"/api/v2/tasks/{first['id']}"
    assert api("PUT", one, json={"status": "complete"}).json()["status"] == "complete"
    assert api.get(one, **{"body-format": "storage"})["status"] == "complete"
    assert store.page(page.id).body == TASKS.replace("incomplete", "complete")
    assert api("PUT", one, json={"status": "late"}).status_code == 400
    assert api("GET", "/api/v2/tasks/7").status_code == 404


def test_pages_are_archived_by_a_job(api: Api, store: Store, three: list[PageRow]) -> None:
    pages = [{"id": int(row.id)} for row in three[:2]]
    answer = api("POST", "/rest/api/content/archive", json={"pages": pages})
    assert answer.status_code == 202
    job = api.get(answer.json()["links"]["status"])
    assert (job["percentageComplete"], job["successful"]) == (100, True)
    assert len(api.get("/rest/api/longtask")["results"]) == 1
    assert [store.page(row.id).status for row in three] == ["archived", "archived", "current"]
    again = api("POST", "/rest/api/content/archive", json={"pages": [*pages, {"id": 7}]})
    assert again.status_code in (400, 404)
    assert api("GET", "/rest/api/longtask/7").status_code == 404


def test_a_job_that_takes_a_while_archives_at_its_end(
    api: Api, sandbox: Sandbox, store: Store, page: PageRow, three: list[PageRow]
) -> None:
    sandbox.faults.task_requests = 2
    body = {"pages": [{"id": int(page.id)}]}
    status = api("POST", "/rest/api/content/archive", json=body).json()["links"]["status"]
    other = {"pages": [{"id": int(three[0].id)}]}
    assert "already running" in api("POST", "/rest/api/content/archive", json=other).text
    job = api.get(status)
    assert (job["finished"], job["successful"], store.page(page.id).status) == (
        False,
        False,
        "current",
    )
    assert api.get(status)["finished"]
    assert store.page(page.id).status == "archived"


def test_a_job_that_fails_archives_nothing(
    api: Api, sandbox: Sandbox, store: Store, page: PageRow
) -> None:
    sandbox.faults.task_fails = True
    body = {"pages": [{"id": int(page.id)}]}
    status = api("POST", "/rest/api/content/archive", json=body).json()["links"]["status"]
    job = api.get(status)
    assert (job["finished"], job["successful"], bool(job["messages"])) == (True, False, True)
    assert store.page(page.id).status == "current"


@pytest.mark.parametrize("given", ["text", True, 1.5, None])
def test_pages_to_archive_are_named_by_numbers(api: Api, page: PageRow, given: object) -> None:
    one = {"id": page.id if given == "text" else given}
    answer = api("POST", "/rest/api/content/archive", json={"pages": [one]})
    assert answer.status_code == 400


@pytest.mark.parametrize("requests", [0, 2])
def test_a_job_of_a_limited_user_is_one_job(
    api: Api, sandbox: Sandbox, store: Store, page: PageRow, requests: int
) -> None:
    store.create_space("OPS", "Operations")
    store.set_right("Me", "OPS", NONE)
    sandbox.faults.task_requests = requests
    body = {"pages": [{"id": int(page.id)}]}
    answer = api("POST", "/rest/api/content/archive", json=body)
    assert answer.status_code == 202
    assert [job.id for job in store.jobs.values()] == [answer.json()["id"]]
    for _ in range(requests + 1):
        api.get(answer.json()["links"]["status"])
    assert store.page(page.id).status == "archived"


def test_a_page_is_copied(api: Api, store: Store, page: PageRow, three: list[PageRow]) -> None:
    store.attach(page.id, "a.txt", b"data")
    given = {"destination": {"type": "parent_page", "value": three[0].id}, "pageTitle": "Copy"}
    wanted = {**given, "copyAttachments": True}
    made = api("POST", f"/rest/api/content/{page.id}/copy", json=wanted).json()
    assert made["body"]["storage"]["value"] == "<p>one</p>"
    copied = store.page(made["id"])
    assert (copied.title, copied.parent_id) == ("Copy", three[0].id)
    assert [row.title for row in store.attachments(copied.id)] == ["a.txt"]
    assert api("POST", f"/rest/api/content/{page.id}/copy", json=given).status_code == 400


def test_files_are_listed_for_the_whole_site(api: Api, store: Store, page: PageRow) -> None:
    row = store.attach(page.id, "a.txt", b"data")
    store.replace_attachment(row.id, b"more", comment="why")
    store.add_labels(page.id, ["ops"])
    assert [one["id"] for one in api.walk("/api/v2/attachments")] == [row.id]
    assert api.get("/api/v2/attachments", filename="b.txt")["results"] == []
    path = f"/api/v2/attachments/{row.id}"
    numbers = [(one["number"], one["message"]) for one in api.get(f"{path}/versions")["results"]]
    assert numbers == [(2, "why"), (1, "")]
    assert api.get(f"{path}/versions/1")["nextVersion"] == 2
    assert api("GET", f"{path}/versions/3").status_code == 404
    assert api.get(f"{path}/labels")["results"] == []
    assert api.get(f"{path}/operations")["operations"][0]["targetType"] == "attachment"


def test_ids_become_types(api: Api, store: Store, page: PageRow) -> None:
    file, said = store.attach(page.id, "a.txt", b"data"), store.add_comment(page.id, "<p>x</p>")
    sent = {"contentIds": [page.id, file.id, said.id, "7"]}
    found = api("POST", "/api/v2/content/convert-ids-to-types", json=sent).json()["results"]
    assert list(found.values()) == ["page", "attachment", "footer-comment"]


def test_a_space_tells_its_permissions(api: Api, store: Store, space: SpaceRow) -> None:
    found: list[Any] = api.walk(f"/api/v2/spaces/{space.id}/permissions")
    assert {one["operation"]["key"] for one in found} == {"read", "create", "delete"}
    allowed = api.get(f"/api/v2/spaces/{space.id}/operations")["operations"]
    assert {"operation": "create", "targetType": "page"} in allowed
    store.read_only_space("ENG")
    allowed = api.get(f"/api/v2/spaces/{space.id}/operations")["operations"]
    assert allowed == [{"operation": "read", "targetType": "space"}]


def test_users_have_groups(api: Api, store: Store) -> None:
    store.add_user("Bo")
    admins, users = api.get("/rest/api/group")["results"]
    members = api.get(f"/rest/api/group/{users['id']}/membersByGroupId")["results"]
    assert [one["displayName"] for one in members] == ["Me", "Bo"]
    who = members[1]["accountId"]
    assert api.get("/rest/api/user", accountId=who)["displayName"] == "Bo"
    found = api.get("/rest/api/user/memberof", accountId=who)["results"]
    assert [one["name"] for one in found] == ["confluence-users"]
    assert api.get("/rest/api/group/by-id", id=admins["id"])["name"] == admins["name"]
    assert api("GET", "/rest/api/user?accountId=7").status_code == 404
    assert api.get("/rest/api/user/anonymous")["type"] == "anonymous"


def test_data_center_has_groups_too(dc: Dc, server: Sandbox) -> None:
    names = [one["name"] for one in dc.get("/rest/api/group")["results"]]
    assert names == ["confluence-administrators", "confluence-users"]
    (me,) = dc.get("/rest/api/group/confluence-users/member")["results"]
    assert me["username"] == "me"
    assert len(dc.get("/rest/api/user/memberof", username="me")["results"]) == 2


@pytest.mark.parametrize("kind", ["folders", "whiteboards", "databases", "embeds"])
def test_content_without_a_body_is_made_and_removed(
    api: Api, store: Store, space: SpaceRow, kind: str
) -> None:
    given = {"spaceId": space.id, "title": "Place"}
    made = api("POST", f"/api/v2/{kind}", json=given).json()
    assert (made["type"], made["parentId"]) == (kind.removesuffix("s"), space.homepage_id)
    path = f"/api/v2/{kind}/{made['id']}"
    below = store.create_page("ENG", "Below", "<p>x</p>", made["id"])
    assert [one["id"] for one in api.walk(f"{path}/direct-children")] == [below.id]
    assert [one["id"] for one in api.walk(f"{path}/descendants")] == [below.id]
    assert [one["id"] for one in api.walk(f"{path}/ancestors")] == [space.homepage_id]
    allowed = [one["operation"] for one in api.get(f"{path}/operations")["operations"]]
    assert allowed == ["read", "update", "delete"]
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404
    assert store.page(below.id).parent_id == space.homepage_id


def test_a_version_is_restored_and_another_deleted(api: Api, store: Store, page: PageRow) -> None:
    store.edit(page.id, "<p>two</p>", "Other title")
    path = f"/rest/api/content/{page.id}/version"
    params = {"versionNumber": 1, "message": "back", "restoreTitle": True}
    answer = api("POST", path, json={"operationKey": "restore", "params": params}).json()
    assert (answer["number"], answer["message"]) == (3, "back")
    row = store.page(page.id)
    assert (row.title, row.body) == (page.title, page.body)
    assert api("DELETE", f"{path}/2").status_code == 204
    assert [one.number for one in store.versions(page.id)] == [1, 2]
    assert api("DELETE", f"{path}/2").status_code == 400  # the current one


def test_a_tree_goes_to_the_trash_as_a_whole(api: Api, store: Store, page: PageRow) -> None:
    below = store.create_page("ENG", "Below", "<p>x</p>", page.id)
    folder = store.create_folder("ENG", "Things", below.id)
    deeper = store.create_page("ENG", "Deeper", "<p>x</p>", folder.id)
    assert api("DELETE", f"/rest/api/content/{page.id}/pageTree").status_code == 202
    assert {store.page(one.id).status for one in (page, below, deeper)} == {"trashed"}


def test_what_is_left_of_v1_is_there_behind_the_gateway(
    sandbox: Sandbox, api: Api, store: Store, page: PageRow
) -> None:
    below = store.create_page("ENG", "Below", "<p>x</p>", page.id)
    url = f"{sandbox.gateway_url}/rest/api/content/{page.id}/descendant"
    found = api.session.get(url, params={"expand": "page"}, timeout=10).json()
    assert [one["id"] for one in found["page"]["results"]] == [below.id]


def test_a_tree_is_copied_with_its_parts(api: Api, store: Store, page: PageRow) -> None:
    below = store.create_page("ENG", "Guide below", "<p>two</p>", page.id, labels=["ops"])
    store.attach(below.id, "a.txt", b"data")
    store.add_property(below.id, "k", 1, "Me")
    store.restrict_to(below.id, "update", "user", ["Me"])
    parts = ("Attachments", "Labels", "Properties", "Permissions")
    given = {
        "destinationPageId": page.id,
        "titleOptions": {"search": "Guide", "replace": "Copy", "prefix": "My "},
        **{f"copy{part}": True for part in parts},
    }
    path = f"/rest/api/content/{page.id}/pagehierarchy/copy"
    job = api("POST", path, json=given)
    assert job.status_code == 202
    assert api.get(f"/rest/api/longtask/{job.json()['id']}")["successful"]
    rows = {row.title: row for row in store.pages("ENG")}
    top, copied = rows["My Copy"], rows["My Copy below"]
    assert (top.parent_id, copied.parent_id) == (page.id, top.id)
    assert (copied.body, copied.labels) == ("<p>two</p>", ("ops",))
    assert [row.title for row in store.attachments(copied.id)] == ["a.txt"]
    assert [row.key for row in store.properties(copied.id)] == ["k"]
    assert store.allowed(copied.id, "update", "user") == ("Me",)


def test_a_copy_of_a_tree_fails_as_a_whole(api: Api, store: Store, page: PageRow) -> None:
    store.create_page("ENG", "Below", "<p>x</p>", page.id)
    store.create_page("ENG", "My Below", "<p>x</p>")
    before = store.pages("ENG")
    given = {"destinationPageId": page.id, "titleOptions": {"prefix": "My "}}
    job = api("POST", f"/rest/api/content/{page.id}/pagehierarchy/copy", json=given).json()
    assert not api.get(f"/rest/api/longtask/{job['id']}")["successful"]
    assert store.pages("ENG") == before


def test_a_copy_without_descendants_is_one_page(api: Api, store: Store, page: PageRow) -> None:
    store.create_page("ENG", "Below", "<p>x</p>", page.id)
    home = store.space("ENG").homepage_id
    given = {
        "destinationPageId": home,
        "titleOptions": {"prefix": "My "},
        "copyDescendants": False,
    }
    api("POST", f"/rest/api/content/{page.id}/pagehierarchy/copy", json=given)
    assert [row.title for row in store.pages("ENG")] == ["Home", "Guide", "Below", "My Guide"]
