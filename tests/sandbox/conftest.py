from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, SpaceRow, Store

from .dc_api import Dc
from .specs import Spec, load_dc, load_dc_requests, load_v1, load_v2


def rows_read(monkeypatch: pytest.MonkeyPatch, store: Store) -> list[tuple[str, int]]:
    """Return a list that gets each query of a store from now on, and how many rows it gave."""
    found: list[tuple[str, int]] = []
    ask = store.database.all

    def noted(sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        rows = ask(sql, values)
        found.append((sql, len(rows)))
        return rows

    monkeypatch.setattr(store.database, "all", noted)
    return found


class Api:
    """A client that knows nothing but HTTP; each answer of the APIs is held against the specs."""

    def __init__(self, sandbox: Sandbox, specs: dict[str, Spec]) -> None:
        self.base = sandbox.url
        self.session = requests.Session()
        self.session.auth = (sandbox.user, sandbox.token)
        self.specs = specs

    def __call__(self, method: str, path: str, **given: Any) -> requests.Response:
        answer = self.session.request(method, self.base + path, timeout=10, **given)
        where = f"/wiki{path}".partition("?")[0]
        spec = self.specs.get(where.partition("/api")[0])
        if spec is not None and answer.status_code not in (401, 429) and self.held(where, answer):
            found = answer.json() if answer.content else None
            spec.check(method, where, answer.status_code, found)
            if given.get("json") is not None and answer.ok:
                spec.check_request(method, where, given["json"])
        return answer

    def held(self, where: str, answer: requests.Response) -> bool:
        return where.startswith("/wiki/api/") or answer.ok

    def get(self, path: str, **params: Any) -> Any:
        answer = self("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, page_id: str, **params: Any) -> Any:
        return self.get(f"/api/v2/pages/{page_id}", **{"body-format": "storage", **params})

    def put(self, page: PageRow, **changed: Any) -> requests.Response:
        """Update `page` with the next version number; `changed` replaces fields of the request."""
        number = changed.pop("number", page.version + 1)
        value = changed.pop("value", page.body)
        given = {
            "id": page.id,
            "status": "current",
            "title": page.title,
            "body": {"representation": "storage", "value": value},
            "version": {"number": number, "message": changed.pop("message", "")},
            **changed,
        }
        return self("PUT", f"/api/v2/pages/{page.id}", json=given)

    def walk(self, path: str, **params: Any) -> list[Any]:
        """All results of a listing, following `_links.next`."""
        answer = self.get(path, **params)
        found = list(answer["results"])
        while "next" in answer["_links"]:
            following = answer["_links"]["next"]
            assert following.startswith("/wiki/api/v2/")
            answer = self.get(following.removeprefix("/wiki"))
            found += answer["results"]
        return found


def title_of(answer: requests.Response) -> str:
    """Return the title of a v2 error."""
    return str(answer.json()["errors"][0]["title"])


@pytest.fixture(scope="session")
def specs() -> dict[str, Spec]:
    """Return the specifications by what stands before `/api`; none without CONFSYNC_SPECS."""
    directory = os.environ.get("CONFSYNC_SPECS")
    if not directory:
        return {}
    return {"/wiki": load_v2(Path(directory)), "/wiki/rest": load_v1(Path(directory))}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def store(sandbox: Sandbox) -> Store:
    return sandbox.store


@pytest.fixture
def space(store: Store) -> SpaceRow:
    return store.create_space("ENG", "Engineering", "Home")


@pytest.fixture
def page(store: Store, space: SpaceRow) -> PageRow:
    return store.create_page("ENG", "Guide", "<p>one</p>", message="first")


@pytest.fixture
def api(sandbox: Sandbox, specs: dict[str, Spec]) -> Iterator[Api]:
    client = Api(sandbox, specs)
    yield client
    client.session.close()


@pytest.fixture
def server() -> Iterator[Sandbox]:
    """Yield a Data Center with a space ENG."""
    with Sandbox(flavor="datacenter") as running:
        running.store.create_space("ENG", "Engineering", "Home")
        yield running


@pytest.fixture(scope="session")
def dc_specs() -> tuple[Spec | None, Spec | None]:
    """Return Data Center's document for answers, and for requests; none without CONFSYNC_SPECS."""
    directory = os.environ.get("CONFSYNC_SPECS")
    if not directory:
        return None, None
    return load_dc(Path(directory)), load_dc_requests(Path(directory))


@pytest.fixture
def dc(server: Sandbox, dc_specs: tuple[Spec | None, Spec | None]) -> Iterator[Dc]:
    client = Dc(server, *dc_specs)
    yield client
    client.session.close()


@pytest.fixture
def guide(server: Sandbox) -> PageRow:
    """Return a page of the Data Center, as its store has it."""
    return server.store.create_page("ENG", "Guide", "<p>one</p>", message="first")
