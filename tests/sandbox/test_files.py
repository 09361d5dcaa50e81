"""Attachments and properties on Cloud; files of older sandboxes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import requests

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api

NO_CHECK = {"X-Atlassian-Token": "no-check"}


def test_an_attachment_goes_up_by_v1_and_shows_in_v2(
    sandbox: Sandbox, api: Api, page: PageRow
) -> None:
    url = f"{sandbox.url}/rest/api/content/{page.id}/child/attachment"
    sent = {"file": ("a b.png", b"one", "image/png")}
    answer = api.session.post(url, files=sent, headers=NO_CHECK, timeout=10)
    (made,) = answer.json()["results"]
    assert "accountId" in made["version"]["by"]
    assert api.session.post(url, files=sent, headers=NO_CHECK, timeout=10).status_code == 400
    data = f"{url}/{made['id'].removeprefix('att')}/data"
    api.session.post(
        data, files={"file": ("a b.png", b"two", "image/png")}, headers=NO_CHECK, timeout=10
    )
    (listed,) = api.get(f"/api/v2/pages/{page.id}/attachments", filename="a b.png")["results"]
    assert (listed["fileSize"], listed["version"]["number"]) == (3, 2)
    assert api.get(f"/api/v2/attachments/{listed['id']}")["title"] == "a b.png"
    described = {"title": "c.png", "metadata": {"mediaType": "image/gif"}}
    api.session.put(f"{url}/{made['id']}", json=described, timeout=10)
    found = api.get(f"/api/v2/attachments/{listed['id']}")
    assert (found["title"], found["mediaType"]) == ("c.png", "image/gif")
    assert api("DELETE", f"/api/v2/attachments/{listed['id']}").status_code == 204
    assert api.get(f"/api/v2/pages/{page.id}/attachments")["results"] == []


def test_a_new_version_has_name_and_type_of_what_is_uploaded(
    sandbox: Sandbox, api: Api, page: PageRow, store: Store
) -> None:
    row, other = store.attach(page.id, "a.png", b"one"), store.attach(page.id, "b.png", b"one")
    url = f"{sandbox.url}/rest/api/content/{page.id}/child/attachment/{row.id}/data"
    sent = {"file": ('say "c".bin', b"two", "application/octet-stream")}
    assert api.session.post(url, files=sent, headers=NO_CHECK, timeout=10).status_code == 200
    now = store.attachment(row.id)
    assert (now.title, now.media_type) == ('say "c".bin', "application/octet-stream")
    taken = {"file": (other.title, b"three", "image/png")}
    assert api.session.post(url, files=taken, headers=NO_CHECK, timeout=10).status_code == 400
    assert store.attachment(row.id).version == 2


def test_a_download_goes_to_another_host_without_credentials(
    sandbox: Sandbox, api: Api, page: PageRow, store: Store
) -> None:
    row = store.attach(page.id, "a.txt", b"one")
    link = api.get(f"/api/v2/attachments/{row.id}")["downloadLink"]
    for path in (link, f"/rest/api/content/{page.id}/child/attachment/{row.id}/download"):
        answer = api.session.get(sandbox.url + path, timeout=10)
        assert answer.content == b"one"
        assert answer.url.startswith("http://localhost:")
    auth = (sandbox.user, sandbox.token)
    assert requests.get(answer.url, auth=auth, timeout=10).status_code == 400
    assert requests.get(answer.url.partition("?")[0], timeout=10).status_code == 403


def test_properties_of_pages_and_attachments(api: Api, page: PageRow, store: Store) -> None:
    row = store.attach(page.id, "a.txt", b"one")
    for where in (f"/api/v2/pages/{page.id}", f"/api/v2/attachments/{row.id}"):
        made = api("POST", f"{where}/properties", json={"key": "k", "value": {"a": 1}}).json()
        assert api.get(f"{where}/properties", key="k")["results"][0]["id"] == made["id"]
        one = f"{where}/properties/{made['id']}"
        stale = {"key": "k", "value": 2, "version": {"number": 1, "message": ""}}
        assert api("PUT", one, json=stale).status_code == 409
        stale["version"] = {"number": 2, "message": ""}
        assert api("PUT", one, json=stale).json()["value"] == 2
        assert api.get(one)["version"]["number"] == 2
        assert api("DELETE", one).status_code == 204
        assert api.get(f"{where}/properties")["results"] == []


def test_purging_takes_the_files_along(page: PageRow, store: Store) -> None:
    store.attach(page.id, "a.txt", b"one")
    store.add_property(page.id, "k", 1, "Ana")
    store.purge(page.id)
    assert store.attachments(page.id) == ()
    assert store.properties(page.id) == ()


def test_a_file_of_an_older_sandbox_gets_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "site.sqlite"
    with Store(path) as store:
        store.create_space("ENG")
    old = sqlite3.connect(path)
    for table, name in (("content", "read_only"), ("content", "minor"), ("spaces", "read_only")):
        old.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    old.commit()
    old.close()
    with Store(path) as store:
        page = store.create_page("ENG", "Page", "")
        store.read_only_page(page.id)
        assert store.page(page.id).read_only
        assert not store.space("ENG").read_only
