"""Groups with members of their own, and restrictions that name a group."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from confsync.sandbox import Sandbox

LOGINS = {"cloud": "ana@example.com", "datacenter": "ana"}


@pytest.fixture(params=["cloud", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(flavor=request.param) as running:
        running.store.create_space("ENG", "ENG", "Home")
        running.add_login("ana", "secret")
        yield running


def asked(site: Sandbox, path: str) -> requests.Response:
    auth = (LOGINS[site.flavor], "secret")
    return requests.get(f"{site.url}{path}", auth=auth, timeout=30)


def titles(site: Sandbox) -> list[str]:
    path = "/api/v2/pages" if site.flavor == "cloud" else "/rest/api/content"
    return [one["title"] for one in asked(site, path).json()["results"]]


def test_a_member_of_a_group_sees_what_the_group_may_read(site: Sandbox) -> None:
    page = site.store.create_page("ENG", "Plans", "<p>x</p>")
    site.store.create_page("ENG", "Below", "<p>x</p>", page.id)
    site.store.add_group("board")
    site.store.restrict_to(page.id, "read", "group", ["board"])
    assert titles(site) == ["Home"]
    site.store.add_group("board", ["ana"])
    assert titles(site) == ["Home", "Plans", "Below"]
    site.store.remove_member("board", "ana")
    assert titles(site) == ["Home"]


def test_a_member_of_a_group_changes_what_the_group_may_update(site: Sandbox) -> None:
    page = site.store.create_page("ENG", "Plans", "<p>x</p>")
    site.store.add_group("board")
    site.store.restrict_to(page.id, "update", "group", ["board"])
    path = "/api/v2/pages" if site.flavor == "cloud" else "/rest/api/content"
    url, auth = f"{site.url}{path}/{page.id}", (LOGINS[site.flavor], "secret")
    refused = requests.delete(url, auth=auth, timeout=30).status_code
    assert refused == (404 if site.flavor == "cloud" else 403)
    site.store.add_group("board", ["ana"])
    assert requests.delete(url, auth=auth, timeout=30).status_code == 204


def test_the_groups_of_a_user_are_told(site: Sandbox) -> None:
    site.store.add_group("board", ["ana"])
    site.store.add_group("others", ["Me"])
    (ana,) = [user for user in site.store.users() if user.name == "ana"]
    cloud = site.flavor == "cloud"
    query = f"accountId={ana.account_id}" if cloud else "username=ana"
    found = asked(site, f"/rest/api/user/memberof?{query}").json()["results"]
    names = ["board", "confluence-administrators", "confluence-users"]
    assert [one["name"] for one in found] == names
    assert all(("id" in one) == cloud for one in found)


def test_a_listing_tells_the_restrictions_of_its_pages(site: Sandbox) -> None:
    page = site.store.create_page("ENG", "Plans", "<p>x</p>")
    site.store.restrict_to(page.id, "update", "user", ["ana"])
    more = "restrictions.read.restrictions.user,restrictions.update.restrictions.user"
    found = asked(site, f"/rest/api/content?spaceKey=ENG&expand={more}").json()["results"]
    told = [one["restrictions"]["update"]["restrictions"]["user"]["size"] for one in found]
    assert told == [0, 1]
