"""Restrictions in front matter: compared by their value, never lifted unseen, and no lock-out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from confsync.remote import client
from confsync.sandbox import Sandbox
from confsync.sandbox.store.rows import account_id, username
from tests.conformance import check_requests
from tests.flows.conftest import Desk, quiet, writes

GUIDE = "ENG/guide.xhtml"


def name_of(wiki: Sandbox, name: str) -> str:
    """Return a user as front matter names the user."""
    return f"user:{account_id(name) if wiki.flavor == 'cloud' else username(name)}"


def has(wiki: Sandbox, page_id: str) -> dict[str, list[str]]:
    """Return the names of users and groups that the server has."""
    store = wiki.store
    found = {
        one: [name for kind in ("user", "group") for name in store.allowed(page_id, one, kind)]
        for one in ("read", "update")
    }
    return {one: names for one, names in found.items() if names}


@pytest.fixture
def wiki(request: pytest.FixtureRequest, wiki: Sandbox) -> Iterator[Sandbox]:
    """Yield the wiki with Ana, Bo and a board that Me is in."""
    for name in ("Ana", "Bo"):
        wiki.store.add_user(name)
    wiki.store.add_group("board", ["Me", "Ana"])
    yield wiki
    check_requests(wiki)


@pytest.fixture
def closed(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that manages restrictions. Only Me and Ana may update the guide."""
    wiki.store.allow_only(guide, "update", users=["Me", "Ana"])
    desk = desk_at()
    desk.choose("restrictions")
    desk("pull")
    wiki.clear_requests()
    return desk


def write(desk: Desk, value: object) -> None:
    """Give the guide other restrictions in its document."""
    lines = [one for one in desk.text(GUIDE).split("\n") if not one.startswith("restrictions:")]
    lines.insert(2, f"restrictions: {json.dumps(value)}")
    desk.path(GUIDE).write_text("\n".join(lines))


def test_restrictions_are_written_when_they_are_asked_for(
    wiki: Sandbox, closed: Desk, guide: str
) -> None:
    names = ", ".join(f'"{name}"' for name in sorted(name_of(wiki, one) for one in ("Me", "Ana")))
    text = closed.text(GUIDE)
    assert f"\nrestrictions: {{update: [{names}]}}\n" in text
    assert '\n  properties:\n    "@restrictions": {version: 0, digest: ' in text
    assert "restrictions" not in closed.text("ENG/index.xhtml")
    assert "nothing to do" in closed("pull").out
    assert "clean: 2 pages" in closed("status", "--remote").out
    quiet(wiki, closed)


@pytest.mark.parametrize(
    "value",
    [
        {"read": ["Me"], "update": ["Me"]},
        {"read": ["Me", "Bo", "group:board"]},
        {"update": ["group:board", "Bo"]},
        {"update": ["Me", "Ana", "Bo"]},
        None,
        {},
    ],
)
def test_edited_restrictions_are_pushed_and_stay(
    wiki: Sandbox, closed: Desk, guide: str, value: dict[str, list[str]] | None
) -> None:
    given = value and {
        one: [name if ":" in name else name_of(wiki, name) for name in names]
        for one, names in value.items()
    }
    write(closed, given)
    assert closed.json("push", "--dry-run").outcomes == {GUIDE: "updated"}
    assert writes(wiki) == []
    assert closed.json("push").outcomes == {GUIDE: "updated"}
    wanted = {
        one: sorted(name.removeprefix("group:") for name in names)
        for one, names in (value or {}).items()
    }
    assert {one: sorted(names) for one, names in has(wiki, guide).items()} == wanted
    assert wiki.store.page(guide).version == 1
    quiet(wiki, closed)


def test_the_order_of_names_and_an_empty_list_are_no_change(wiki: Sandbox, closed: Desk) -> None:
    names = sorted((name_of(wiki, one) for one in ("Me", "Ana")), reverse=True)
    write(closed, {"read": [], "update": names})
    assert "clean: 2 pages" in closed("status", "--remote").out
    assert "nothing to do" in closed("push").out


def test_what_a_colleague_restricts_comes_with_a_pull(
    wiki: Sandbox, closed: Desk, guide: str
) -> None:
    wiki.store.allow_only(guide, "read", users=["Me"], groups=["board"])
    assert closed.json("pull").outcomes == {GUIDE: "refreshed"}
    assert "group:board" in closed.text(GUIDE)
    for operation in ("read", "update"):
        for kind in ("user", "group"):
            wiki.store.restrict_to(guide, operation, kind, ())
    closed("pull")
    assert "\nrestrictions: null\n" in closed.text(GUIDE)
    quiet(wiki, closed)


def test_a_read_restriction_that_the_base_does_not_know_is_not_lifted(
    wiki: Sandbox, closed: Desk, guide: str
) -> None:
    wiki.store.allow_only(guide, "read", users=["Me"])
    write(closed, None)
    closed.edit(GUIDE, "8080", "8081")
    before = wiki.store.page(guide)
    run = closed("push", exit=1)
    assert "restrictions: the value here was changed, the server has 'read " in run.out
    assert has(wiki, guide)["read"] == ["Me"]
    assert wiki.store.page(guide) == before
    assert writes(wiki) == []
    closed("pull", "--theirs", GUIDE)
    assert "read: " in closed.text(GUIDE)
    quiet(wiki, closed)


@pytest.mark.parametrize("value", [{"read": ["Ana"]}, {"update": ["Bo"]}, {"update": ["Ana"]}])
def test_a_push_locks_its_own_user_not_out(
    wiki: Sandbox, closed: Desk, guide: str, value: dict[str, list[str]]
) -> None:
    before = has(wiki, guide)
    write(closed, {one: [name_of(wiki, name) for name in value[one]] for one in value})
    closed.edit(GUIDE, "8080", "8081")
    run = closed("push", exit=1)
    (lost,) = value
    told = f"restrictions: you could not {lost} the page any more: add {name_of(wiki, 'Me')}"
    assert f"{told}, or a group of yours" in run.out
    assert "--ours" not in run.err
    assert has(wiki, guide) == before
    assert writes(wiki) == []
    assert wiki.store.page(guide).version == 1
    closed.follow(run, "confsync pull --theirs")
    assert "nothing to do" in closed("push").out


def test_a_colleague_who_is_faster_is_not_overwritten(
    wiki: Sandbox, closed: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bo gets a right between the check of the page and the change."""
    write(closed, {"update": [name_of(wiki, "Me")]})
    looks: list[str] = []

    def before(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/restriction/byOperation"):
            looks.append(path)
            if len(looks) == 2:
                wiki.store.allow_only(guide, "update", users=["Bo"])

    wiki.faults.before = before
    run = closed("push", exit=1)
    wiki.faults.before = None
    assert "the value here was changed" in run.out
    assert sorted(has(wiki, guide)["update"]) == ["Ana", "Bo", "Me"]
    assert writes(wiki) == []


def is_restriction(method: str, path: str) -> bool:
    return method in ("PUT", "DELETE") and "/restriction" in path


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_lost_answer_doubles_nothing(
    wiki: Sandbox, closed: Desk, guide: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of one request is lost: confsync looks, and sends what is missing."""
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    wanted = {"read": [name_of(wiki, "Me")], "update": ["group:board", name_of(wiki, "Bo")]}
    write(closed, wanted)
    seen: list[str] = []

    def lost(method: str, path: str) -> bool:
        seen.extend([path] if is_restriction(method, path) else [])
        return is_restriction(method, path) and len(seen) == number

    wiki.faults.lose_response = lost
    assert closed.json("push").outcomes == {GUIDE: "updated"}
    wiki.faults.lose_response = None
    sent = [one.path + one.query for one in wiki.requests if is_restriction(one.method, one.path)]
    assert len(sent) == len(set(sent)) == (5 if wiki.flavor == "cloud" else 1)
    assert has(wiki, guide) == {"read": ["Me"], "update": ["Bo", "board"]}
    quiet(wiki, closed)


def test_a_server_that_fails_half_way_is_told_and_ours_goes_on(
    wiki: Sandbox, closed: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.Pace, "backoff", lambda *_: None)
    write(closed, {"update": ["group:board", name_of(wiki, "Bo")]})
    seen: list[str] = []

    def refuse(method: str, path: str) -> int | None:
        seen.extend([path] if is_restriction(method, path) else [])
        return 500 if len(seen) > 1 or (wiki.flavor == "datacenter" and seen) else None

    wiki.faults.refuse = refuse
    run = closed("push", exit=None)
    wiki.faults.refuse = None
    assert run.exit != 0
    assert "board" in has(wiki, guide)["update"] or wiki.flavor == "datacenter"
    if wiki.flavor == "cloud":
        assert "the value here was changed" in closed("push", exit=1).out
        closed("pull", "--ours", GUIDE, "--at", "1")
    closed("push")
    assert has(wiki, guide) == {"update": ["Bo", "board"]}
    quiet(wiki, closed)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("{read: ana}", "restrictions: read must be a list, such as [user:ana, group:staff]"),
        ("{delete: []}", "restrictions: 'delete' cannot be restricted, only read and update"),
        (
            "{read: [ana]}",
            "restrictions: read has 'ana', which is not like user:ana or group:staff",
        ),
        ("[user:ana]", "restrictions: it must be like {read: [user:ana, group:staff]"),
    ],
)
def test_malformed_restrictions_are_refused_with_their_line(
    wiki: Sandbox, closed: Desk, value: str, why: str
) -> None:
    write(closed, 1)
    closed.edit(GUIDE, "\nrestrictions: 1\n", f"\nrestrictions: {value}\n")
    assert f"{GUIDE}:3:" in (run := closed("check", exit=1)).out
    assert why in run.out
    closed("push", exit=1)
    assert writes(wiki) == []


def test_plain_words_in_a_block_are_read(wiki: Sandbox, closed: Desk, guide: str) -> None:
    write(closed, 1)
    me = name_of(wiki, "Me")
    lines = f"restrictions:\n  read:\n    - group:board\n  update: [{me}, group:board]\n"
    closed.edit(GUIDE, "restrictions: 1\n", lines)
    closed("push")
    assert has(wiki, guide) == {"read": ["board"], "update": ["Me", "board"]}
    quiet(wiki, closed)


def test_without_the_setting_nothing_is_asked(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.allow_only(guide, "read", users=["Me"])
    wiki.clear_requests()
    for command in (("pull", "--refresh"), ("status", "--remote"), ("push",)):
        desk(*command)
    assert not any("estriction" in f"{one.path}{one.query}" for one in wiki.requests)


def test_a_hint_tells_which_pages_are_asked(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"P {n}", "<p>x</p>").id for n in range(20)]
    wiki.store.allow_only(ids[0], "update", users=["Me"])
    desk = desk_at()
    desk.choose("restrictions")
    desk("pull")

    def asked() -> int:
        wiki.clear_requests()
        desk("pull")
        return sum("/restriction/" in one.path for one in wiki.requests)

    assert asked() == 0
    wiki.store.allow_only(ids[3], "update", users=["Me"])
    assert asked() == 1
    assert "restrictions: {update: [" in desk.text("ENG/p-3.xhtml")


def test_status_diff_show_and_log_name_restrictions(
    wiki: Sandbox, closed: Desk, guide: str
) -> None:
    me = name_of(wiki, "Me")
    write(closed, {"update": [me]})
    assert "settings: restrictions" in closed("status").out
    assert "-setting: restrictions as pulled" in (diff := closed("diff").out)
    assert f"+setting: restrictions 'update {me}" in diff
    closed("push")
    assert "restrictions: " in closed("show", GUIDE).out
    wiki.store.allow_only(guide, "read", users=["Me"])
    assert "restrictions" in closed("status", "--remote").out


def test_a_reversal_takes_restrictions_back(wiki: Sandbox, closed: Desk, guide: str) -> None:
    write(closed, {"read": [name_of(wiki, "Me")]})
    closed("push")
    assert has(wiki, guide) == {"read": ["Me"]}
    closed("revert", "--run", closed.last_run())
    closed("push")
    assert has(wiki, guide) == {"update": ["Ana", "Me"]}
    quiet(wiki, closed)


# -- git put restrictions back ---------------------------------------------------------------------


@pytest.mark.parametrize("first", [None, {"update": ["me", "ana"]}])
def test_a_pull_that_undoes_a_revert_of_restrictions_says_so(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk], first: object
) -> None:
    if first:
        wiki.store.allow_only(guide, "update", users=["Me", "Ana"])
    desk = desk_at()
    desk.choose("restrictions")
    desk("pull")
    desk.commit()
    write(desk, {"update": ["group:board"]})
    desk("push", "--commit")
    assert "reverted" not in desk("pull").err
    desk.git("revert", "--no-edit", "HEAD")
    warned = desk("pull").err
    assert "this pull brings the setting 'restrictions' again that git had reverted" in warned
    assert "edit the 'restrictions:' line and push" in warned
    assert "group:board" in desk.text(GUIDE)


def test_a_pull_of_what_a_colleague_changed_says_nothing_of_a_revert(
    wiki: Sandbox, closed: Desk, guide: str
) -> None:
    closed.commit()
    for names in (["Me"], ["Me", "Bo"]):
        wiki.store.allow_only(guide, "update", users=names)
        assert "reverted" not in closed("pull", "--commit").err


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_an_owner_and_restrictions_go_together(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    desk.choose("width", "owner", "restrictions")
    desk("pull")
    write(desk, {"update": ["group:board"]})
    ana, bo = account_id("Ana"), account_id("Bo")
    desk.edit(GUIDE, ana, bo)
    assert desk.json("push").outcomes == {GUIDE: "updated"}
    assert (wiki.store.page(guide).owner, has(wiki, guide)) == ("Bo", {"update": ["board"]})
    wiki.store.allow_only(guide, "read", users=["Me"])
    assert desk.json("pull").outcomes == {GUIDE: "refreshed"}
    quiet(wiki, desk)
