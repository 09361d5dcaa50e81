"""Data Center's v1: labels, properties, attachments, people, and what the server says of itself."""

from __future__ import annotations

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox

from .dc_api import Dc

NO_CHECK = {"X-Atlassian-Token": "no-check"}


@pytest.fixture
def path(guide: PageRow) -> str:
    return f"/rest/api/content/{guide.id}"


def test_labels(server: Sandbox, dc: Dc, guide: PageRow, path: str) -> None:
    given = [{"prefix": "global", "name": "Ops"}, {"prefix": "global", "name": "a"}]
    answer = dc("POST", f"{path}/label", json=given)
    assert [one["name"] for one in answer.json()["results"]] == ["a", "ops"]
    assert [one["name"] for one in dc.walk(f"{path}/label", limit=1)] == ["a", "ops"]
    assert dc("DELETE", f"{path}/label?name=ops").status_code == 204
    assert dc("DELETE", f"{path}/label/a").status_code == 204
    assert dc("DELETE", f"{path}/label/a").status_code == 404
    assert dc("POST", f"{path}/label", json=[{"prefix": "global"}]).status_code == 400
    row = server.store.page(guide.id)
    assert (row.labels, row.version) == ((), 1)


def test_properties(dc: Dc, path: str) -> None:
    made = dc("POST", f"{path}/property", json={"key": "k", "value": {"a": [1]}})
    assert (made.status_code, made.json()["version"]["number"]) == (200, 1)
    assert dc("POST", f"{path}/property", json={"key": "k", "value": 2}).status_code == 400
    one = f"{path}/property/k"
    assert dc.get(one)["value"] == {"a": [1]}
    assert dc("PUT", one, json={"value": 2, "version": {"number": 1}}).status_code == 409
    assert dc("PUT", one, json={"value": 2, "version": {"number": 2}}).json()["value"] == 2
    new = dc("PUT", f"{path}/property/l", json={"value": 3, "version": {"number": 1}})
    assert new.json()["version"]["number"] == 1
    assert [one["key"] for one in dc.get(f"{path}/property")["results"]] == ["k", "l"]
    assert dc("DELETE", one).status_code == 204
    assert dc("GET", one).status_code == 404


def test_attachments(server: Sandbox, dc: Dc, guide: PageRow, path: str) -> None:
    url = f"{path}/child/attachment"
    name, data = "Ü & b.txt", b"\x00one"
    sent = {"file": (name, data, "text/plain"), "comment": (None, "ä", "text/plain; charset=utf-8")}
    assert dc("POST", url, files=sent).status_code == 403
    answer = dc("POST", url, files=sent, headers=NO_CHECK)
    (made,) = answer.json()["results"]
    assert (made["title"], made["metadata"]["comment"]) == (name, "ä")
    assert made["extensions"] == {"mediaType": "text/plain", "comment": "ä", "fileSize": 4}
    again = dc("POST", url, files=sent, headers=NO_CHECK)
    text = "Cannot add a new attachment with same file name as an existing attachment: " + name
    assert (again.status_code, again.json()["message"]) == (400, text)
    more = dc("POST", f"{url}/{made['id']}/data", files={"file": (name, b"two!")}, headers=NO_CHECK)
    assert (more.json()["id"], more.json()["version"]["number"]) == (made["id"], 2)
    (listed,) = dc.get(url, expand="version,container", filename=name)["results"]
    assert listed["version"]["number"] == 2
    assert listed["container"]["id"] == guide.id
    link = listed["_links"]["download"]
    assert dc("GET", link).content == b"two!"
    assert dc("GET", link.replace("version=2", "version=1")).content == data
    server.store.edit(guide.id, "<p>new</p>")
    assert len(dc.get(url)["results"]) == 1
    assert dc.get(f"/rest/api/content/{made['id']}")["type"] == "attachment"
    assert dc("DELETE", f"/rest/api/content/{made['id']}").status_code == 204
    assert dc.get(url)["results"] == []
    assert dc("GET", link).status_code == 404


def test_a_download_redirects_to_no_login_page(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    server.store.attach(guide.id, "a.txt", b"one")
    url = f"{server.url}/download/attachments/{guide.id}/a.txt"
    answer = requests.get(url, timeout=10)
    assert "Log In" in answer.text
    assert answer.history[0].status_code == 302
    assert requests.get(url, auth=("me", "wrong"), timeout=10).status_code == 401


def test_people(server: Sandbox, dc: Dc, guide: PageRow) -> None:
    me = dc.get("/rest/api/user/current")
    assert (me["username"], me["displayName"], me["type"]) == ("me", "Me", "known")
    assert dc.get("/rest/api/user", key=me["userKey"])["username"] == "me"
    assert dc.get("/rest/api/user", username="ana")["displayName"] == "Ana"
    assert dc("GET", "/rest/api/user?username=nobody").status_code == 404
    assert dc("GET", "/rest/api/user").status_code == 400
    watch = f"/rest/api/user/watch/content/{guide.id}"
    assert dc("DELETE", watch).status_code == 204
    assert dc.get(watch) == {"watching": False}


def test_spaces(server: Sandbox, dc: Dc) -> None:
    server.store.create_space("OPS", "Operations")
    assert [one["key"] for one in dc.walk("/rest/api/space", limit=1)] == ["ENG", "OPS"]
    (found,) = dc.get("/rest/api/space", spaceKey="ops", expand="homepage")["results"]
    assert found["homepage"]["title"] == "Operations"
    found = dc.get("/rest/api/space/ENG")
    assert isinstance(found["id"], int)
    home = server.store.space("ENG").homepage_id
    assert found["_expandable"]["homepage"] == f"/rest/api/content/{home}"


def test_no_page_has_restrictions(dc: Dc, path: str) -> None:
    found = dc.get(f"{path}/restriction/byOperation")
    for operation in ("read", "update"):
        assert found[operation]["restrictions"]["user"]["results"] == []


def test_what_the_server_is(server: Sandbox, dc: Dc) -> None:
    assert dc.get("/rest/api/server-information")["version"] == "9.3.1"
    assert dc.get("/rest/api/accessmode") == "READ_WRITE"
    status = requests.get(f"{server.url}/status", timeout=10)
    assert status.json() == {"state": "RUNNING"}
    manifest = f"{server.url}/rest/applinks/1.0/manifest"
    assert "<version>9.3.1</version>" in requests.get(manifest, timeout=10).text
    json = requests.get(manifest, headers={"Accept": "application/json"}, timeout=10).json()
    assert (json["typeId"], json["version"]) == ("confluence", "9.3.1")


def test_what_the_sandbox_lacks(dc: Dc) -> None:
    answer = dc("GET", "/rest/api/no/such/thing")
    assert (answer.status_code, answer.json()["statusCode"]) == (404, 404)


def test_a_slash_at_the_end_changes_nothing(dc: Dc, guide: PageRow) -> None:
    for path in (f"/rest/api/content/{guide.id}", "/rest/api/user/current", "/rest/api/space/ENG"):
        assert dc.session.get(f"{dc.base}{path}/", timeout=10).json() == dc.get(path), path
