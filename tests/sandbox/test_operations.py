"""Each operation that the sandbox claims is asked for, by its name, and held against its document.

The table is confsync/sandbox/operations.tsv; the manual's page is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.exceptions import HTTPException

from confsync.cli.manual.reference.sandbox_page import CLIENTS
from confsync.sandbox import Sandbox
from confsync.sandbox.app import application
from confsync.sandbox.operations import OPERATIONS, Operation

from .conftest import Spec
from .sent import sent
from .world import path_of, world

DOCUMENTS = {"cloud-v2": "/wiki/api/v2", "cloud-v1": "/wiki", "datacenter": ""}
CLAIMED = [one for one in OPERATIONS if one.known != "no"]
NO_ANSWER = ("POST /rest/api/content/{id}/property/{key}",)  # the document names none
NONSENSE = (None, 1, [], {}, "x", "\ud800", [None])


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Sandbox]]:
    with Sandbox() as cloud, Sandbox(flavor="datacenter") as datacenter:
        for one in (cloud, datacenter):
            one.store.create_space("ENG", "Engineering", "Home")
        yield {"cloud": cloud, "datacenter": datacenter}


@pytest.mark.parametrize("operation", CLAIMED, ids=str)
def test_operation(
    sites: dict[str, Sandbox],
    specs: dict[str, Spec],
    dc_specs: tuple[Spec | None, Spec | None],
    operation: Operation,
) -> None:
    site = sites[operation.document.partition("-")[0]]
    made = world(site.store, CLAIMED.index(operation))
    path, prefix = path_of(operation, made), DOCUMENTS[operation.document]
    answer = requests.request(
        operation.method,
        f"{site.url}{prefix.removeprefix('/wiki')}{path}",
        auth=(site.user, site.token),
        timeout=30,
        allow_redirects=False,
        **sent(operation, made),
    )
    assert answer.status_code < 400, answer.text
    every = {"cloud-v2": specs.get("/wiki"), "cloud-v1": specs.get("/wiki/rest")}
    spec = every.get(operation.document, dc_specs[0])
    silent = f"{operation.method} {operation.path}" in NO_ANSWER
    if spec is not None and answer.status_code != 302 and not silent:
        found = answer.json() if "json" in answer.headers.get("Content-Type", "") else None
        spec.check(operation.method, f"{prefix}{path}", answer.status_code, found)


def test_the_table_has_each_operation_of_the_documents_once(
    specs: dict[str, Spec], dc_specs: tuple[Spec | None, Spec | None]
) -> None:
    if not specs or dc_specs[0] is None:
        pytest.skip("CONFSYNC_SPECS does not say where the specifications are")
    every = {"cloud-v2": specs["/wiki"], "cloud-v1": specs["/wiki/rest"], "datacenter": dc_specs[0]}
    wanted = {
        (name, method.upper(), path.removeprefix("/wiki"))
        for name, spec in every.items()
        for path, methods in spec.document["paths"].items()
        for method in methods
        if method in ("get", "put", "post", "delete")
    }
    found = [(one.document, one.method, one.path) for one in OPERATIONS]
    assert (set(found), len(found)) == (wanted, len(wanted))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_table_says_no_where_there_is_no_route(document: str) -> None:
    flavor, context = ("cloud", "/wiki") if document != "datacenter" else ("datacenter", "")
    urls = application(flavor, context).url_map.bind("localhost")
    for one in OPERATIONS:
        if one.document == document and one.known != "no":
            path = one.path.replace("{position}", "before").replace("{type}", "page")
            path = re.sub(r"\{[^}]+\}", "7", path)
            try:
                endpoint, _ = urls.match(DOCUMENTS[document] + path, method=one.method)
            except HTTPException:
                pytest.fail(f"no route for {one}")
            assert not endpoint.rpartition(".")[2].startswith("missing"), one


def junk(given: Any) -> Iterator[Any]:
    """Bodies in which one part is nonsense, or all of it."""
    yield from NONSENSE
    if isinstance(given, dict):
        for name, value in given.items():
            yield from ({**given, name: wrong} for wrong in junk(value))
    elif isinstance(given, list) and given:
        yield from ([wrong] for wrong in junk(given[0]))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nonsense_in_a_body_is_no_error_of_the_server(
    sites: dict[str, Sandbox], document: str
) -> None:
    site = sites[document.partition("-")[0]]
    failed = []
    with requests.Session() as session:
        session.auth = (site.user, site.token)
        for number, operation in enumerate(CLAIMED, 1000 * len(document)):
            if operation.document != document or operation.method == "GET":
                continue
            made = world(site.store, number)
            path, given = path_of(operation, made), sent(operation, made)
            url = f"{site.url}{DOCUMENTS[document].removeprefix('/wiki')}{path}"
            for wrong in junk(given["json"]) if "json" in given else ():
                answer = session.request(operation.method, url, json=wrong, timeout=30)
                failed += [(str(operation), wrong)] if answer.status_code >= 500 else []
    assert failed == []


def test_the_page_names_the_clients_that_are_tried() -> None:
    peers = Path(__file__).parents[1] / "peers"
    text = "".join(one.read_text(encoding="utf-8") for one in sorted(peers.glob("test_*.py")))
    for name, _ in CLIENTS:
        assert re.search(rf'"{re.escape(re.split(r"[ ,]", name)[0])}[ "@<]', text), name
