"""Answers recorded from real servers, served through `responses`, where the corpus is present."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import responses

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NotVisibleError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    WriteRefusedError,
)
from confsync.model.page import ParentKind, Space
from confsync.remote import Credentials, client, open_remote
from confsync.remote.client import Client

CLOUD = "https://acme.atlassian.net/wiki"
SERVER = "https://wiki.acme.com/confluence"
KINDS: dict[int, tuple[type[APIAccessError], ...]] = {
    400: (WriteRefusedError,),
    401: (CredentialsError,),
    403: (CredentialsError, PermissionDeniedError),
    404: (CredentialsError, NotVisibleError, ServerError),
    409: (ServerError,),
    410: (ServerError,),
    413: (WriteRefusedError,),
    429: (RateLimitError,),
    500: (ServerError,),
    501: (ServerError,),
}


@pytest.fixture
def recorded(corpus: Path) -> Path:
    return corpus.parent / "responses"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8-sig"))


def test_every_recorded_error_becomes_the_right_error(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.Pace, "pause", lambda *_: None)
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    rows = read(recorded / "errors.json")
    assert len(rows) > 30
    for row in rows:
        with responses.RequestsMock() as served:
            body = row["body"]
            text = body if isinstance(body, str) else json.dumps(body) if body else ""
            headers = {k: v for k, v in row.get("headers", {}).items() if k != "Content-Type"}
            served.put(f"{CLOUD}/api/x", body=text, status=row["status"], headers=headers)
            with pytest.raises(APIAccessError) as caught:
                Client(CLOUD, Credentials("t", "me")).put("api/x", {})
        assert isinstance(caught.value, KINDS[row["status"]]), row
        assert caught.value.status == row["status"]
        assert "Exception:" not in caught.value.message, row


@responses.activate
def test_recorded_cloud_pages_are_read(recorded: Path) -> None:
    remote = open_remote(CLOUD, Credentials("t", "me"))
    pages = sorted(recorded.glob("cloud/*/page.v2.json"))
    assert len(pages) > 10
    for path in pages:
        row = read(path)
        # They were recorded in another body format; confsync asks for storage.
        row["body"] = {"storage": {"representation": "storage", "value": "<p>é</p>"}}
        responses.get(f"{CLOUD}/api/v2/pages/{row['id']}", json=row)
        page = remote.page(row["id"])
        assert (page.info.id, page.info.title) == (row["id"], row["title"])
        assert page.info.version.number == row["version"]["number"]
        assert page.info.version.author == row["version"]["authorId"]
        assert page.info.parent == row["parentId"]
        assert page.info.parent_kind in (ParentKind.PAGE, ParentKind.FOLDER, ParentKind.NONE)
        assert page.info.space == row["spaceId"]
        assert page.body == "<p>é</p>"


@responses.activate
def test_a_recorded_cloud_listing_is_read(recorded: Path) -> None:
    (path,) = recorded.glob("doctoolchain/*apiV2__space.json")
    listing = read(path)
    listing["_links"] = {}
    responses.get(f"{CLOUD}/api/v2/spaces/1/pages", json=listing)
    remote = open_remote(CLOUD, Credentials("t", "me"))
    infos = list(remote.listing(Space("1", "ENG", "", None)))
    assert [info.title for info in infos] == [row["title"] for row in listing["results"]]


@responses.activate
def test_recorded_server_pages_are_read(recorded: Path) -> None:
    remote = open_remote(SERVER, Credentials("t"), flavor="datacenter")
    read_pages = 0
    for path in [*recorded.glob("server-*/*.json"), *recorded.glob("cloud/*/page.v1.json")]:
        row = read(path)
        if not isinstance(row, dict) or "version" not in row or row.get("type") != "page":
            continue
        row.setdefault("body", {}).setdefault("storage", {"value": "<p>é</p>"})
        responses.get(f"{SERVER}/rest/api/content/{row['id']}", json=row)
        page = remote.page(str(row["id"]))
        assert page.info.title == row["title"]
        assert page.info.version.number == row["version"]["number"]
        ancestors = row.get("ancestors") or []
        assert page.info.parent == (str(ancestors[-1]["id"]) if ancestors else None)
        assert page.body == row["body"]["storage"]["value"]
        read_pages += 1
    assert read_pages >= 3
