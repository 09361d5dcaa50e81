"""Users with rights of their own: each operation sees and changes only what its user may."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from confsync.sandbox import Sandbox, Store
from confsync.sandbox.store.actions.rights import EDIT, NONE, READ
from confsync.sandbox.store.rows import user_key

from .sent import sent
from .test_operations import CLAIMED, DOCUMENTS, Operation
from .world import World, path_of, world

# Changes of nothing that stands in a space
NEUTRAL = (
    "POST /content/convert-ids-to-types",
    "POST /users-bulk",
    "POST /rest/api/content/{id}/permission/check",
    "POST /rest/api/contentbody/convert/{to}",
    "POST /rest/api/contentbody/convert/async/{to}",
    "POST /rest/api/contentbody/convert/async/bulk/tasks",
    "DELETE /rest/api/user/watch/content/{contentId}",
    "DELETE /rest/api/user/watch/label/{labelName}",
    "DELETE /rest/api/user/watch/space/{spaceKey}",
)
# Changes of the user's own: a reader may watch what a reader sees, and everybody a label
WATCH = (
    "POST /rest/api/user/watch/content/{contentId}",
    "POST /rest/api/user/watch/space/{spaceKey}",
    "POST /rest/api/user/watch/label/{labelName}",
)
# These requests name another user only
LOCK_OUT = (
    "PUT /rest/api/content/{id}/restriction",
    "POST /rest/api/content/{id}/restriction",
    "DELETE /rest/api/content/{id}/restriction/byOperation/{operationKey}/byGroupId/{groupId}",
)
NEW_SPACE = ("POST /spaces", "POST /rest/api/space")
WRITES = [one for one in CLAIMED if one.method != "GET"]
NUMBERS = itertools.count()
LOGINS = {"cloud": "ana@example.com", "datacenter": "ana"}


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[str, Sandbox]]:
    with Sandbox() as cloud, Sandbox(flavor="datacenter") as datacenter:
        for one in (cloud, datacenter):
            one.store.create_space("ENG", "Engineering", "Home")
            one.add_login("ana", "secret")
        yield {"cloud": cloud, "datacenter": datacenter}


def name_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def changes(store: Store) -> object:
    """Return the number of changes so far, without those that were undone."""
    return store.database.one("SELECT max(id) FROM undo")


class Attempt:
    """A request of a user, what the answer said, and whether it changed anything."""

    def __init__(self, site: Sandbox, operation: Operation, level: str) -> None:
        self.made: World = world(site.store, next(NUMBERS))
        path, prefix = path_of(operation, self.made), DOCUMENTS[operation.document]
        url = f"{site.url}{prefix.removeprefix('/wiki')}{path}"
        given: dict[str, Any] = sent(operation, self.made)
        site.store.set_right("ana", "*", level)
        before = changes(site.store)
        auth = (LOGINS[site.flavor], "secret")
        self.answer = requests.request(
            operation.method, url, auth=auth, timeout=30, allow_redirects=False, **given
        )
        self.changed = changes(site.store) != before


@pytest.mark.parametrize("operation", CLAIMED, ids=str)
def test_what_is_hidden_is_in_no_answer_and_stays(
    sites: dict[str, Sandbox], operation: Operation
) -> None:
    tried = Attempt(sites[operation.document.partition("-")[0]], operation, NONE)
    made = tried.made
    assert tried.answer.status_code != 500
    if tried.answer.status_code < 400 and name_of(operation) not in NEW_SPACE:
        secrets = (made.page.id, made.other.id, made.post.id, made.page.title, made.space.id)
        for secret in (*secrets, made.ids["folders"], made.ids["comments"], made.ids["tasks"]):
            assert secret not in tried.answer.text
    assert tried.changed == (name_of(operation) in (*NEW_SPACE, WATCH[-1]))


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_a_reader_changes_nothing(sites: dict[str, Sandbox], operation: Operation) -> None:
    tried = Attempt(sites[operation.document.partition("-")[0]], operation, READ)
    if name_of(operation) in (*NEW_SPACE, *WATCH):
        assert tried.changed
    elif name_of(operation) in NEUTRAL:
        assert (tried.answer.status_code < 400, tried.changed) == (True, False)
    else:
        assert tried.answer.status_code in (403, 404), tried.answer.text
        assert not tried.changed


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_an_editor_changes_all_but_the_own_access(
    sites: dict[str, Sandbox], operation: Operation
) -> None:
    tried = Attempt(sites[operation.document.partition("-")[0]], operation, EDIT)
    if name_of(operation) in LOCK_OUT:
        assert "You cannot revoke your own access" in tried.answer.json()["message"]
        assert not tried.changed
    else:
        assert tried.answer.status_code < 400, tried.answer.text
        assert tried.changed == (name_of(operation) not in NEUTRAL)


def pages(site: Sandbox, login: str, token: str) -> list[str]:
    path = "/api/v2/pages" if site.flavor == "cloud" else "/rest/api/content"
    answer = requests.get(f"{site.url}{path}", auth=(login, token), timeout=30)
    return [one["title"] for one in answer.json()["results"]]


@pytest.fixture(params=["cloud", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(flavor=request.param) as running:
        for key in ("ENG", "OPS"):
            running.store.create_space(key, key, f"Home of {key}")
        running.add_login("ana", "secret")
        yield running


def test_each_space_has_a_right_of_its_own(site: Sandbox) -> None:
    site.store.set_right("ana", "*", NONE)
    site.store.set_right("ana", "ops", READ)
    assert pages(site, LOGINS[site.flavor], "secret") == ["Home of OPS"]
    assert pages(site, site.user, site.token) == ["Home of ENG", "Home of OPS"]
    site.store.set_right("ana", "ENG", EDIT)
    assert len(pages(site, LOGINS[site.flavor], "secret")) == 2


def test_your_own_rights_can_be_limited_too(site: Sandbox) -> None:
    site.store.set_right("Me", "ENG", NONE)
    assert pages(site, site.user, site.token) == ["Home of OPS"]
    assert len(pages(site, LOGINS[site.flavor], "secret")) == 2


def test_a_restricted_page_is_hidden_with_all_below_it(site: Sandbox) -> None:
    top = site.store.create_page("ENG", "Top", "<p>x</p>").id
    site.store.create_page("ENG", "Below", "<p>x</p>", top)
    site.store.restrict_to(top, READ, "user", ["Me"])
    homes = ["Home of ENG", "Home of OPS"]
    assert pages(site, LOGINS[site.flavor], "secret") == homes
    assert pages(site, site.user, site.token) == [*homes, "Top", "Below"]
    site.store.restrict_to(top, READ, "user", ["Me", "ana"])
    assert len(pages(site, LOGINS[site.flavor], "secret")) == 4


def test_a_page_that_only_others_may_update_is_kept(site: Sandbox) -> None:
    page = site.store.create_page("ENG", "Top", "<p>x</p>")
    site.store.restrict_to(page.id, "update", "user", ["Me"])
    path = "/api/v2/pages" if site.flavor == "cloud" else "/rest/api/content"
    url = f"{site.url}{path}/{page.id}"
    answers = [
        requests.delete(url, auth=auth, timeout=30).status_code
        for auth in ((LOGINS[site.flavor], "secret"), (site.user, site.token))
    ]
    assert answers == [404 if site.flavor == "cloud" else 403, 204]


def test_a_search_of_one_user_is_not_the_answer_to_another(site: Sandbox) -> None:
    site.store.set_right("ana", "ENG", NONE)
    auths = ((LOGINS[site.flavor], "secret"), (site.user, site.token))
    search = f"{site.url}/rest/api/content/search?cql=type=page"
    sizes = [
        requests.get(search, auth=auth, timeout=30).json()["totalSize"] for auth in (*auths, *auths)
    ]
    assert sizes == [1, 2, 1, 2]


def test_the_rights_are_kept_in_the_file(tmp_path: Any) -> None:
    data = tmp_path / "confluence.sqlite"
    for _ in range(2):
        with Sandbox(data=data) as running:
            if not running.store.spaces():
                running.store.create_space("ENG", "ENG", "Home")
                running.add_login("ana", "secret")
                running.store.set_right("ana", "ENG", NONE)
            assert pages(running, "ana@example.com", "secret") == []


def test_a_wrong_password_is_refused_as_ever(site: Sandbox) -> None:
    path = "/api/v2/pages" if site.flavor == "cloud" else "/rest/api/content"
    auth = (LOGINS[site.flavor], "wrong")
    answer = requests.get(f"{site.url}{path}", auth=auth, timeout=30)
    assert answer.status_code == (404 if site.flavor == "cloud" else 401)


def test_a_data_center_grants_and_revokes() -> None:
    with Sandbox(flavor="datacenter") as site:
        site.store.create_space("ENG", "ENG", "Home")
        site.add_login("ana", "secret")
        path = f"{site.url}/rest/api/space/ENG/permissions"
        mine, hers = (site.user, site.token), ("ana", "secret")
        one = f"{path}/user/{user_key('ana')}"

        def change(what: str, key: str, kind: str, auth: tuple[str, str] = mine) -> int:
            given = [{"operationKey": key, "targetType": kind}]
            answer = requests.put(f"{one}/{what}", json=given, auth=auth, timeout=30)
            return answer.status_code

        def allowed() -> list[tuple[str, str]]:
            rows = requests.get(one, auth=mine, timeout=30).json()
            found = [row["operation"] for row in rows]
            return [(row["operationKey"], row["targetType"]) for row in found]

        assert change("revoke", "create", "page") == 204
        assert allowed() == [("read", "space")]
        assert change("grant", "create", "page", hers) == 403
        assert change("revoke", "read", "space") == 204
        assert allowed() == []
        assert requests.get(path, auth=hers, timeout=30).status_code == 404
        assert change("grant", "read", "space") == 204
        assert pages(site, *hers) == ["Home"]
        assert change("grant", "delete", "blogpost") == 204
        assert len(allowed()) == 5
        assert change("grant", "export", "space") == 400
