"""Needs of other people's clients besides the operations of Atlassian's documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox

from .conftest import Api

NO_CHECK = {"X-Atlassian-Token": "no-check"}


@pytest.fixture(params=["cloud", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(flavor=request.param) as running:
        running.store.create_space("ENG", "Engineering", "Home")
        yield running


@pytest.fixture
def pages(site: Sandbox) -> list[PageRow]:
    """Two pages, and one below the first."""
    one, two = (site.store.create_page("ENG", title, "<p>x</p>") for title in ("One", "Two"))
    return [one, two, site.store.create_page("ENG", "Below", "<p>x</p>", one.id)]


def move(site: Sandbox, headers: dict[str, str] = NO_CHECK, **given: str) -> requests.Response:
    where, who = f"{site.url}/pages/movepage.action", (site.user, site.token)
    return requests.post(where, params=given, headers=headers, auth=who, timeout=10)


def test_the_action_of_browsers_moves_a_page(site: Sandbox, pages: list[PageRow]) -> None:
    one, two, below = pages
    assert move(site, pageId=below.id, targetId=two.id, position="append").status_code == 200
    assert site.store.page(below.id).parent_id == two.id
    given = {"spaceKey": "ENG", "targetTitle": "One", "position": "above"}
    assert move(site, pageId=two.id, **given).status_code == 200
    assert site.store.page(two.id).position < site.store.page(one.id).position
    assert move(site, pageId=two.id, position="topLevel").json()["page"]["title"] == "Two"
    assert site.store.page(two.id).parent_id is None


def test_an_impossible_move_changes_nothing(site: Sandbox, pages: list[PageRow]) -> None:
    one, two, below = pages
    assert move(site, pageId=one.id, targetId=below.id, position="append").status_code == 400
    assert move(site, pageId=one.id, targetId=two.id, position="inside").status_code == 400
    assert move(site, pageId=one.id, targetTitle="No", spaceKey="ENG").status_code == 404
    assert move(site, {}, pageId=below.id, targetId=two.id).status_code == 403
    site.store.read_only_page(below.id)
    assert move(site, pageId=below.id, targetId=two.id).status_code == 403
    where = f"{site.url}/pages/movepage.action?pageId={below.id}&targetId={two.id}"
    assert requests.post(where, headers=NO_CHECK, timeout=10).status_code == 401
    assert site.store.page(below.id).parent_id == one.id


def searched(site: Sandbox, path: str, **params: str) -> Any:
    """Return the answer of a search."""
    where, who = f"{site.url}/rest/api/{path}", (site.user, site.token)
    return requests.get(where, params=params, auth=who, timeout=10).json()


@pytest.mark.parametrize("path", ["content/search", "search"])
def test_a_search_for_no_results_tells_how_many_there_are(
    site: Sandbox, pages: list[PageRow], path: str
) -> None:
    found = searched(site, path, cql="type=page and space=ENG", limit="0")
    assert (found["results"], found["size"], found["totalSize"]) == ([], 0, 4)
    assert "next" not in found["_links"]


def test_a_found_page_says_where_its_space_is(site: Sandbox, pages: list[PageRow]) -> None:
    found = searched(site, "search", cql="title = One", expand="content.version")
    (content,) = [one["content"] for one in found["results"]]
    assert content["version"]["number"] == 1
    assert content["_expandable"]["space"] == "/rest/api/space/ENG"
    assert "version" not in content["_expandable"]


def test_a_client_may_have_the_sandbox_for_its_proxy(sandbox: Sandbox, page: PageRow) -> None:
    """Clients that know a Cloud by its name reach it so."""
    proxy = f"http://{urlsplit(sandbox.url).netloc}"
    file = sandbox.store.attach(page.id, "a.txt", b"data")
    with requests.Session() as session:
        session.trust_env = False
        session.auth, session.proxies = (sandbox.user, sandbox.token), {"http": proxy}
        url = "http://acme.atlassian.net/wiki"
        found = session.get(f"{url}/api/v2/pages/{page.id}", timeout=10).json()
        assert (found["title"], found["_links"]["base"]) == ("Guide", url)
        where = f"{url}/rest/api/content/{page.id}/child/attachment/{file.id}/download"
        moved = session.get(where, timeout=10, allow_redirects=False)
        assert moved.headers["Location"].startswith("http://media.acme.atlassian.net/")
        assert session.get(where, timeout=10).content == b"data"


@pytest.mark.parametrize("path", ["/api/v2/spaces", "//http://acme.atlassian.net/wiki/api/v2"])
def test_no_web_page_reaches_the_sandbox_by_a_name_of_its_own(api: Api, path: str) -> None:
    answer = api.session.get(api.base + path, headers={"Host": "evil.example:80"}, timeout=10)
    assert answer.status_code == 421


def test_a_file_says_where_its_page_and_its_space_are(site: Sandbox, pages: list[PageRow]) -> None:
    file = site.store.attach(pages[0].id, "a.txt", b"data")
    found = requests.get(
        f"{site.url}/rest/api/content/{pages[0].id}/child/attachment",
        auth=(site.user, site.token),
        timeout=10,
    ).json()["results"][0]
    assert found["_expandable"]["container"] == f"/rest/api/content/{pages[0].id}"
    assert found["_expandable"]["space"] == "/rest/api/space/ENG"
    if site.flavor == "cloud":
        v2 = requests.get(
            f"{site.url}/api/v2/attachments/{file.id}", auth=(site.user, site.token), timeout=10
        ).json()
        assert found["extensions"]["fileId"] == v2["fileId"]
        assert len(v2["fileId"]) == 36
