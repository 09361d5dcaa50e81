"""Watches, labels of files, and the trash of a space, on the flavours that have them."""

from __future__ import annotations

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api
from .dc_api import Dc


def test_watches_begin_and_end_and_are_listed(api: Api, store: Store, page: PageRow) -> None:
    for what in (f"content/{page.id}", "space/ENG", "label/ops"):
        path = f"/rest/api/user/watch/{what}"
        assert api.get(path) == {"watching": False}
        assert api("POST", path, headers={"X-Atlassian-Token": "no-check"}).status_code == 204
        assert api.get(path) == {"watching": True}
    ana = store.add_user("Ana")
    assert api.get("/rest/api/user/watch/label/ops", accountId=ana.account_id)["watching"] is False
    store.watch("content", page.id, "Ana")
    path = f"/rest/api/content/{page.id}/notification"
    who = [one["watcher"]["displayName"] for one in api.get(f"{path}/child-created")["results"]]
    assert who == ["Me", "Ana"]
    for where in (f"{path}/created", "/rest/api/space/ENG/watch"):
        (found,) = api.get(where)["results"]
        assert (found["spaceKey"], found["watcher"]["displayName"]) == ("ENG", "Me")
    assert api("DELETE", f"/rest/api/user/watch/content/{page.id}").status_code == 204
    assert store.watchers("content", page.id) == ("Ana",)


def test_watches_of_a_data_center(dc: Dc, server: Sandbox, guide: PageRow) -> None:
    path = f"/rest/api/user/watch/content/{guide.id}"
    assert dc("POST", path).json()["watcher"]["displayName"] == "Me"
    assert dc("POST", "/rest/api/user/watch/space/ENG").json()["space"]["key"] == "ENG"
    for where in (f"/rest/api/content/{guide.id}/watchers", "/rest/api/space/ENG/watchers"):
        assert [one["displayName"] for one in dc.get(where)["results"]] == ["Me"]
    assert dc("DELETE", path).status_code == 204
    assert dc.get(path) == {"watching": False}
    assert dc("GET", "/rest/api/user/watch/content/1").status_code == 404


@pytest.mark.parametrize("flavor", ["cloud", "datacenter"])
def test_files_and_comments_are_watched_too(flavor: str) -> None:
    """sphinxcontrib-confluencebuilder ends its watch of each file that it sends."""
    with Sandbox(flavor=flavor) as site:
        site.store.create_space("ENG", "Engineering", "Home")
        page = site.store.create_page("ENG", "Guide", "<p>x</p>")
        file = site.store.attach(page.id, "a.txt", b"data")
        said = site.store.add_comment(page.id, "<p>hm</p>")
        for content_id in (file.id, said.id):
            url, who = (
                f"{site.url}/rest/api/user/watch/content/{content_id}",
                (site.user, site.token),
            )
            assert requests.post(url, auth=who, timeout=10).status_code in (200, 204)
            assert requests.get(url, auth=who, timeout=10).json() == {"watching": True}
            assert requests.delete(url, auth=who, timeout=10).status_code == 204
        site.store.restrict(page.id)
        url = f"{site.url}/rest/api/user/watch/content/{file.id}"
        assert requests.post(url, auth=(site.user, site.token), timeout=10).status_code == 404


def test_a_file_has_labels_of_its_own(api: Api, store: Store, page: PageRow) -> None:
    file = store.attach(page.id, "a.txt", b"data")
    path = f"/rest/api/content/{file.id}/label"
    given = [{"prefix": "global", "name": "ops"}]
    assert [one["name"] for one in api("POST", path, json=given).json()["results"]] == ["ops"]
    assert store.labels(page.id) == ()
    (label,) = api.get(f"/api/v2/attachments/{file.id}/labels")["results"]
    (found,) = api.get(f"/api/v2/labels/{label['id']}/attachments")["results"]
    assert found["id"] == file.id
    store.add_labels(page.id, ["ops"])
    listed = api.get("/rest/api/label", name="ops")["associatedContents"]["results"]
    assert [one["contentType"] for one in listed] == ["page", "attachment"]
    only = api.get("/rest/api/label", name="ops", type="attachment")["associatedContents"]
    assert [one["title"] for one in only["results"]] == ["a.txt"]
    store.read_only_page(page.id)
    assert api("DELETE", f"{path}/ops").status_code == 403
    store.read_only_page(page.id, on=False)
    assert api("DELETE", f"{path}/ops").status_code == 204
    assert api.get(f"/api/v2/attachments/{file.id}/labels")["results"] == []
    assert api("GET", "/rest/api/label?name=nothing").status_code == 404


def test_a_data_center_labels_a_file(dc: Dc, server: Sandbox, guide: PageRow) -> None:
    file = server.store.attach(guide.id, "a.txt", b"data")
    path = f"/rest/api/content/{file.id}/label"
    dc("POST", path, json=[{"prefix": "global", "name": "ops"}])
    assert [one.name for one in server.store.labels(file.id)] == ["ops"]
    assert dc("DELETE", f"{path}/other").status_code == 404
    assert dc("DELETE", f"{path}/ops").status_code == 204
    assert server.store.labels(file.id) == ()


def test_the_trash_of_a_space_is_listed_and_emptied(dc: Dc, server: Sandbox) -> None:
    store = server.store
    pages = [store.create_page("ENG", f"Old {number}", "<p>x</p>") for number in range(3)]
    for page in pages:
        store.trash(page.id)
    first = dc.get("/rest/api/space/ENG/trash", limit=2)
    assert [one["title"] for one in first["results"]] == ["Old 0", "Old 1"]
    assert {one["status"] for one in first["results"]} == {"trashed"}
    more = dc.get("/rest/api/space/ENG/trash", cursor=first["nextCursor"])
    assert [one["title"] for one in more["results"]] == ["Old 2"]
    store.read_only_space("ENG")
    assert dc("DELETE", "/rest/api/space/ENG/trash").status_code == 403
    store.read_only_space("ENG", on=False)
    assert dc("DELETE", "/rest/api/space/ENG/trash").status_code == 204
    assert dc.get("/rest/api/space/ENG/trash")["results"] == []
    assert [page.title for page in store.pages("ENG")] == ["Home"]


def test_files_move_and_lose_old_versions(dc: Dc, server: Sandbox, guide: PageRow) -> None:
    store = server.store
    file = store.attach(guide.id, "a.txt", b"one")
    store.replace_attachment(file.id, b"two")
    path = f"/rest/api/content/{guide.id}/child/attachment/{file.id}"
    assert dc("DELETE", f"{path}/version/2").status_code == 400  # the current one
    assert dc("DELETE", f"{path}/version/7").status_code == 404
    assert dc("DELETE", f"{path}/version/1").status_code == 204
    assert [one.number for one in store.attachment_versions(file.id)] == [2]
    home = store.space("ENG").homepage_id
    store.attach(home, "b.txt", b"x")
    assert dc("POST", f"{path}/move?newContentId={home}&newName=b.txt").status_code == 400
    assert dc("POST", f"{path}/move?newContentId={home}&newName=c.txt").status_code == 204
    assert sorted(one.title for one in store.attachments(home)) == ["b.txt", "c.txt"]


@pytest.mark.parametrize("path", ["/user/list", "/label/labels"])
def test_lists_of_a_data_center(dc: Dc, server: Sandbox, guide: PageRow, path: str) -> None:
    server.store.add_labels(guide.id, ["ops"])
    assert len(dc.get(f"/rest/api{path}")["results"]) >= 1
    assert dc.get("/rest/api/label/labels", labelName="x")["results"] == []


def test_people_as_apps_ask_for_them(api: Api, store: Store, page: PageRow) -> None:
    ids = [store.add_user(name).account_id for name in ("Ana", "Bo")]
    found = api.get("/rest/api/user/bulk", accountId=ids)["results"]
    assert [one["displayName"] for one in found] == ["Ana", "Bo"]
    assert api.get("/rest/api/user/email", accountId=ids[0])["email"] == "ana@example.com"
    every = api("GET", "/rest/api/user/email/bulk", params={"accountId": ids}).json()
    assert [one["email"] for one in every] == ["ana@example.com", "bo@example.com"]
    assert api("GET", "/rest/api/user/email?accountId=no").status_code == 404
    assert api.get("/rest/api/settings/systemInfo")["siteTitle"] == "Confluence"
