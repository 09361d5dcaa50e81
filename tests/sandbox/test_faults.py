from __future__ import annotations

import time

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, SpaceRow, Store

from .conftest import Api, title_of


def test_an_update_loses_its_message(sandbox: Sandbox, api: Api, page: PageRow) -> None:
    sandbox.faults.drop_message = True
    assert api.put(page, message="why").json()["version"]["message"] == ""
    assert api.page(page.id)["version"]["message"] == ""


def test_a_creation_loses_its_message(
    sandbox: Sandbox, api: Api, space: SpaceRow, store: Store
) -> None:
    sandbox.faults.drop_message_on_create = True
    given = {"spaceId": space.id, "title": "New", "version": {"message": "why"}}
    found = api("POST", "/api/v2/pages", json=given).json()
    assert found["version"]["message"] == ""
    assert api.put(store.page(found["id"]), message="why").json()["version"]["message"] == "why"


def test_a_lost_response_is_a_dropped_connection_after_the_fact(
    sandbox: Sandbox, api: Api, page: PageRow, store: Store
) -> None:
    sandbox.faults.lose_response = lambda method, path: method == "PUT"
    with pytest.raises(requests.ConnectionError):
        api.put(page, value="<p>landed</p>")
    assert store.page(page.id).body == "<p>landed</p>"
    assert [(r.method, r.status) for r in sandbox.requests] == [("PUT", 200)]
    assert api.page(page.id)["version"]["number"] == 2
    sandbox.faults.lose_response = None
    assert api.put(store.page(page.id)).status_code == 200


def test_a_truncated_answer_is_no_json(sandbox: Sandbox, api: Api, page: PageRow) -> None:
    whole = len(api("GET", f"/api/v2/pages/{page.id}").content)
    sandbox.faults.truncate = lambda method, path: path.endswith(page.id)
    url = f"{sandbox.url}/api/v2/pages/{page.id}"
    answer = api.session.get(url, timeout=10)
    assert (answer.status_code, len(answer.content)) == (200, whole // 2)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_refusal_does_nothing(sandbox: Sandbox, api: Api, page: PageRow, store: Store) -> None:
    sandbox.faults.refuse = lambda method, path: 503 if method == "PUT" else None
    answer = api.put(page, value="<p>no</p>")
    assert (answer.status_code, title_of(answer)) == (503, "Service Unavailable")
    assert store.page(page.id) == page
    assert api.page(page.id)["version"]["number"] == 1


def test_a_rate_limit_says_when_to_come_back(sandbox: Sandbox, api: Api, page: PageRow) -> None:
    sandbox.faults.refuse = lambda method, path: 429
    sandbox.faults.retry_after = 7
    answer = api("GET", f"/api/v2/pages/{page.id}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_refusals_read_like_the_real_ones(sandbox: Sandbox, api: Api, page: PageRow) -> None:
    statuses = iter([404, 409, 401, 403, 500])
    sandbox.faults.refuse = lambda method, path: next(statuses)
    path = f"/api/v2/pages/{page.id}"
    assert title_of(api("GET", path)) == f"Cannot find a page with id [{page.id}]"
    race = api.put(page)
    assert race.json()["errors"][0]["status"] == "409"
    assert "OptimisticLockException" in title_of(race)
    scope = {"code": 401, "message": "Unauthorized; scope does not match"}
    assert api("GET", path).json() == scope
    forbidden = api("GET", "/rest/api/user/current")
    assert forbidden.json()["message"] == "Current user not permitted to use Confluence"
    assert api("GET", "/rest/api/user/current").json()["statusCode"] == 500


def test_another_write_lands_at_a_precise_moment(
    sandbox: Sandbox, api: Api, page: PageRow, store: Store
) -> None:
    def edit(method: str, path: str) -> None:
        if method == "PUT":
            store.edit(page.id, "<p>Ana was faster</p>")

    sandbox.faults.before = edit
    assert api.put(page, value="<p>mine</p>").status_code == 409
    assert store.page(page.id).body == "<p>Ana was faster</p>"


def test_stale_reads_by_count(
    sandbox: Sandbox, api: Api, page: PageRow, store: Store, space: SpaceRow
) -> None:
    sandbox.faults.stale_reads_count = 3
    assert api.page(page.id)["version"]["number"] == 1
    assert api.put(page, value="<p>two</p>").status_code == 200
    assert api.page(page.id)["body"]["storage"]["value"] == "<p>one</p>"
    listed = api.walk(f"/api/v2/spaces/{space.id}/pages")
    assert [one["version"]["number"] for one in listed] == [1, 1]
    versions = api.get(f"/api/v2/pages/{page.id}/versions")["results"]
    assert [one["number"] for one in versions] == [1]
    assert api.page(page.id)["body"]["storage"]["value"] == "<p>two</p>"
    store.edit(page.id, "<p>three</p>")
    assert api.page(page.id)["version"]["number"] == 2
    assert api.put(page, number=3).status_code == 409  # writes are never stale
    sandbox.faults.stale_reads_count = 0
    assert api.page(page.id)["version"]["number"] == 3


def test_a_created_page_is_not_there_yet(
    sandbox: Sandbox, api: Api, space: SpaceRow, store: Store
) -> None:
    sandbox.faults.stale_reads_count = 1
    found = api("POST", "/api/v2/pages", json={"spaceId": space.id, "title": "New"}).json()
    assert api("GET", f"/api/v2/pages/{found['id']}").status_code == 404
    assert api("GET", f"/api/v2/pages/{found['id']}").status_code == 200


def test_stale_reads_by_time(sandbox: Sandbox, api: Api, page: PageRow, store: Store) -> None:
    now = store.database.monotonic() + 60
    store.database.monotonic = lambda: now
    sandbox.faults.stale_reads = 30
    store.edit(page.id, "<p>two</p>")
    now += 10
    store.edit(page.id, "<p>three</p>")
    assert api.page(page.id)["version"]["number"] == 1
    now += 25
    assert api.page(page.id)["version"]["number"] == 2
    now += 10
    assert api.page(page.id)["version"]["number"] == 3


def test_latency(store: Store, page: PageRow) -> None:
    with Sandbox(store=store, latency=0.1) as slow:
        started = time.perf_counter()
        requests.get(slow.url, timeout=10)
        assert time.perf_counter() - started >= 0.1


@pytest.mark.parametrize(
    ("order", "up", "down"),
    [
        ("", [9, 10, 11, 12], [12, 11, 10, 9]),
        ("id", [9, 10, 11, 12], [9, 10, 11, 12]),
        ("title", [10, 12, 9, 11], [10, 12, 9, 11]),
        ("text", [10, 11, 12, 9], [9, 12, 11, 10]),
        ("answers", [10, 12, 9, 11], [12, 10, 11, 9]),
    ],
)
def test_a_listing_comes_in_another_order(
    sandbox: Sandbox, api: Api, space: SpaceRow, order: str, up: list[int], down: list[int]
) -> None:
    sandbox.faults.order = order  # type: ignore[assignment]
    store = sandbox.store
    with store.batch():
        store.database.new_id(999_998)
        made = [store.create_post("ENG", title, "") for title in ("C", "A", "D", "B")]
    numbers = {row.id: number for row, number in zip(made, (9, 10, 11, 12), strict=True)}
    path = f"/api/v2/spaces/{space.id}/blogposts"
    for sort, wanted in (("id", up), ("-id", down)):
        found = api.walk(path, sort=sort, limit=2)
        assert [numbers[row["id"]] for row in found] == wanted


def test_an_order_and_a_cursor_are_refused(sandbox: Sandbox, api: Api, space: SpaceRow) -> None:
    path = f"/api/v2/spaces/{space.id}/pages"
    sandbox.store.create_page("ENG", "Page", "")
    sandbox.faults.lose_cursor = "-id"
    assert len(api.walk(path, sort="id", limit=1)) == 2
    following = api.get(path, sort="-id", limit=1)["_links"]["next"].removeprefix("/wiki")
    assert api("GET", following).status_code == 400
    sandbox.faults.order = "refused"
    assert api("GET", path, params={"sort": "id"}).status_code == 400
    assert len(api.walk(path, limit=1)) == 2
