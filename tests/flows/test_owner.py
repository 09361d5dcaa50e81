"""A page's owner in front matter: sent with the page's version, and compared by its value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import Sandbox
from confsync.sandbox.cloud import shapes as pages
from confsync.sandbox.store.rows import account_id
from confsync.sandbox.store.store import ME
from tests.flows.conftest import Desk, asks_the_same, quiet, writes

GUIDE = "ENG/guide.xhtml"
ANA, BEN = account_id("Ana"), account_id("Ben")
CHOSEN = "settings: [owner]\n"

pytestmark = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)


@pytest.fixture
def owned(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that manages owners. Ana made the guide."""
    wiki.store.set_owner(wiki.store.create_page("ENG", "Other", "<p>x</p>", author="Ana").id, "Ben")
    desk = desk_at()
    desk.choose("owner")
    desk("pull")
    wiki.clear_requests()
    return desk


def owner(wiki: Sandbox, page_id: str) -> str:
    return wiki.store.page(page_id).owner


def is_put(method: str, path: str) -> bool:
    return method == "PUT" and "/pages/" in path


def test_the_owner_is_written_when_it_is_asked_for(wiki: Sandbox, owned: Desk, guide: str) -> None:
    text = owned.text(GUIDE)
    assert f'\nowner: "{ANA}"\n' in text or f"\nowner: {ANA}\n" in text
    assert '\n  properties:\n    "@owner": {version: 0, digest: ' in text
    assert BEN in owned.text("ENG/other.xhtml")
    assert "nothing to do" in owned("pull").out
    quiet(wiki, owned)


def test_owners_cost_no_request(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> None:
    plain, desk = desk_at("plain"), desk_at("owned")
    desk.choose("owner")
    desk("pull")
    asks_the_same(wiki, plain, desk)


def test_an_owner_alone_makes_one_version(wiki: Sandbox, owned: Desk, guide: str) -> None:
    body = wiki.store.page(guide).body
    owned.edit(GUIDE, ANA, BEN)
    assert owned.json("push", "--dry-run").outcomes == {GUIDE: "updated"}
    assert writes(wiki) == []
    run = owned.json("push", "-m", "hand over")
    assert run.outcomes == {GUIDE: "updated"}
    assert run.data["pages"][0]["note"] == "owner"
    page = wiki.store.page(guide)
    assert (page.owner, page.version, page.body) == ("Ben", 2, body)
    assert page.message.endswith(" hand over")
    assert "version: 2" in owned.text(GUIDE)
    assert [method for method, _ in writes(wiki)] == ["PUT"]
    quiet(wiki, owned)


def test_an_owner_goes_with_the_text_in_one_version(wiki: Sandbox, owned: Desk, guide: str) -> None:
    owned.edit(GUIDE, ANA, BEN)
    owned.edit(GUIDE, "8080", "8081")
    run = owned.json("push", "--minor")
    assert run.data["pages"][0]["note"].startswith("with owner")
    page = wiki.store.page(guide)
    assert (page.owner, page.version, page.minor) == ("Ben", 2, True)
    assert "8081" in page.body
    quiet(wiki, owned)


def test_what_a_colleague_hands_over_comes_with_a_pull(
    wiki: Sandbox, owned: Desk, guide: str
) -> None:
    wiki.store.set_owner(guide, "Ben")
    run = owned.json("status", "--remote")
    assert (run.outcomes, run.data["pages"][0]["error"]) == ({GUIDE: "behind"}, "settings: owner")
    owned.edit(GUIDE, "8080", "8081")
    run = owned.json("pull")
    assert (run.outcomes, run.data["pages"][0]["note"]) == ({GUIDE: "kept"}, "owner")
    assert BEN in owned.text(GUIDE)
    assert "8081" in owned.text(GUIDE)
    owned("push")
    assert owner(wiki, guide) == "Ben"
    quiet(wiki, owned)


def test_an_owner_that_both_sides_changed_is_refused(
    wiki: Sandbox, owned: Desk, guide: str
) -> None:
    wiki.store.set_owner(guide, "Ben")
    owned.edit(GUIDE, ANA, account_id(ME))
    owned.edit(GUIDE, "8080", "8081")
    before = owned.text(GUIDE)
    run = owned.json("push", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert run.data["pages"][0]["error"] == (
        f"owner: the value here was changed, the server has '{BEN}'"
    )
    assert writes(wiki) == []
    assert owned.text(GUIDE) == before
    assert "is given up" in owned.follow(owned("push", exit=1), "confsync pull --ours")
    assert owner(wiki, guide) == "Ben"
    owned("push")
    assert (owner(wiki, guide), wiki.store.page(guide).version) == (ME, 2)
    quiet(wiki, owned)


def test_theirs_takes_the_servers_owner(wiki: Sandbox, owned: Desk, guide: str) -> None:
    wiki.store.set_owner(guide, "Ben")
    owned.edit(GUIDE, ANA, account_id(ME))
    owned.follow(owned("push", exit=1), "confsync pull --theirs")
    assert BEN in owned.text(GUIDE)
    quiet(wiki, owned)


def test_a_colleague_between_look_and_write_is_not_overtaken(
    wiki: Sandbox, owned: Desk, guide: str
) -> None:
    owned.edit(GUIDE, ANA, BEN)

    def faster(method: str, path: str) -> None:
        if is_put(method, path):
            wiki.faults.before = None
            wiki.store.edit(guide, "<p>hers</p>", author="Ana")

    wiki.faults.before = faster
    run = owned.json("push")
    assert run.outcomes == {GUIDE: "skipped"}
    assert (owner(wiki, guide), wiki.store.page(guide).version) == ("Ana", 2)
    owned("pull")
    owned("push")
    page = wiki.store.page(guide)
    assert (page.owner, page.body) == ("Ben", "<p>hers</p>")
    quiet(wiki, owned)


@pytest.mark.parametrize("edit", ["", "8081"])
def test_a_lost_answer_doubles_nothing(wiki: Sandbox, owned: Desk, guide: str, edit: str) -> None:
    owned.edit(GUIDE, ANA, BEN)
    if edit:
        owned.edit(GUIDE, "8080", edit)
    wiki.faults.lose_response = is_put
    assert owned.json("push").outcomes == {GUIDE: "updated"}
    wiki.faults.lose_response = None
    assert [method for method, _ in writes(wiki)] == ["PUT"]
    page = wiki.store.page(guide)
    assert (page.owner, page.version) == ("Ben", 2)
    quiet(wiki, owned)


def test_a_write_that_failed_is_sent_the_next_time(wiki: Sandbox, owned: Desk, guide: str) -> None:
    owned.edit(GUIDE, ANA, BEN)
    wiki.faults.refuse = lambda method, path: 503 if is_put(method, path) else None
    owned("push", exit=3)
    wiki.faults.refuse = None
    assert owner(wiki, guide) == "Ana"
    assert owned.json("status").outcomes == {GUIDE: "modified"}
    owned("push")
    assert (owner(wiki, guide), wiki.store.page(guide).version) == ("Ben", 2)
    quiet(wiki, owned)


def test_an_owner_that_the_server_does_not_keep_is_told(
    wiki: Sandbox, owned: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiki.store, "set_owner", lambda *_: None)
    owned.edit(GUIDE, ANA, BEN)
    run = owned.json("push", exit=1)
    assert "owner: the server has not taken it" in run.data["pages"][0]["error"]
    assert owned.json("status").outcomes == {GUIDE: "modified"}


def test_an_unknown_account_is_the_servers_refusal(wiki: Sandbox, owned: Desk, guide: str) -> None:
    owned.edit(GUIDE, ANA, "712020:nowhere")
    run = owned.json("push", exit=None)
    assert run.exit != 0
    assert "712020:nowhere" in run.data["pages"][0]["error"]
    assert wiki.store.page(guide).version == 1


@pytest.mark.parametrize("line", ["owner: null", "owner: [a, b]", 'owner: "  "', "owner:"])
def test_a_page_always_has_an_owner(wiki: Sandbox, owned: Desk, guide: str, line: str) -> None:
    found = next(one for one in owned.text(GUIDE).splitlines() if one.startswith("owner:"))
    owned.edit(GUIDE, found, line)
    said = owned("check", exit=1).out
    assert "ENG/guide.xhtml:" in said
    assert "an owner is the account id of a user" in said
    assert owned.json("push", exit=1).outcomes == {GUIDE: "rejected"}
    assert writes(wiki) == []


def test_a_line_that_was_taken_out_changes_nothing(wiki: Sandbox, owned: Desk, guide: str) -> None:
    found = next(one for one in owned.text(GUIDE).splitlines() if one.startswith("owner:"))
    owned.edit(GUIDE, f"{found}\n", "")
    wiki.store.set_owner(guide, "Ben")
    owned.edit(GUIDE, "8080", "8081")
    owned("push")
    owned("pull")
    assert "\nowner:" not in owned.text(GUIDE)
    assert owner(wiki, guide) == "Ben"


def test_a_key_of_the_users_own_stays_without_the_setting(
    wiki: Sandbox, desk: Desk, guide: str
) -> None:
    desk.edit(GUIDE, "title: Guide\n", "title: Guide\nowner: platform-team  # ours\n")
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    desk("pull")
    assert "\nowner: platform-team  # ours\n" in desk.text(GUIDE)
    assert owner(wiki, guide) == "Ana"


def test_a_content_property_of_that_name_is_another_setting(
    wiki: Sandbox, owned: Desk, guide: str
) -> None:
    config = owned.path(".confsync.yaml")
    config.write_text(config.read_text() + "properties: [owner]\n")
    wiki.store.add_property(guide, "owner", "platform", "Ana")
    owned("pull")
    assert "\nproperties:\n  owner: platform\n" in owned.text(GUIDE)
    owned.edit(GUIDE, "owner: platform", "owner: docs")
    owned("push")
    assert owner(wiki, guide) == "Ana"
    assert wiki.store.properties(guide, "owner")[0].value == "docs"
    quiet(wiki, owned)


def test_a_blog_post_has_no_owner(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> None:
    wiki.store.create_post("ENG", "News", "<p>hello</p>")
    desk = desk_at(clone=None)
    desk.path(".confsync.yaml").write_text(
        f"url: {wiki.url}\nflavor: cloud\nspaces:\n  - {{key: ENG, blog: true}}\n{CHOSEN}"
    )
    desk("pull")
    (news,) = (name for name in desk.files() if "news" in name and name.endswith(".xhtml"))
    assert "owner" not in desk.text(news)
    desk.edit(news, "title: News\n", "title: News\nowner: the press team\n")
    before = desk.text(news)
    for command in ("push", "pull", "check", "status"):
        desk(command)
    assert desk.text(news) == before
    assert writes(wiki) == []
    desk("new", "ENG/blog/later.xhtml", "--title", "Later")
    desk.edit("ENG/blog/later.xhtml", "title: Later\n", "title: Later\nowner: the press team\n")
    assert [*desk.json("push").outcomes.values()] == ["created"]
    quiet(wiki, desk)


@pytest.mark.parametrize("line", ["", "owner: null\n", f'owner: "{BEN}"\n'])
def test_a_page_without_an_owner_is_no_trouble(
    wiki: Sandbox,
    guide: str,
    desk_at: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
) -> None:
    """Cloud answers null for the owners of some pages."""
    monkeypatch.setattr(
        pages, "account_id", lambda name: None if name == "Ana" else account_id(name)
    )
    desk = desk_at()
    desk.choose("owner")
    desk("pull")
    desk.edit(GUIDE, "title: Guide\n", f"title: Guide\n{line}")
    desk.edit(GUIDE, "8080", "8081")
    if BEN in line:
        run = desk("push", exit=1)
        assert "the server names no owner of this page" in run.out
        desk.follow(run, "confsync pull --theirs")
    else:
        desk("push")
    quiet(wiki, desk)


def test_a_new_page_belongs_to_its_creator_and_then_to_the_owner(
    wiki: Sandbox, owned: Desk
) -> None:
    owned("new", "ENG/ports.xhtml", "--title", "Ports")
    owned.edit("ENG/ports.xhtml", "title: Ports", f'title: Ports\nowner: "{BEN}"')
    run = owned.json("push", exit=1)
    assert run.outcomes == {"ENG/ports.xhtml": "created"}
    assert "a new page belongs to its creator" in run.data["pages"][0]["error"]
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Ports")
    assert page.owner == ME
    owned("push")
    assert owner(wiki, page.id) == "Ben"
    quiet(wiki, owned)


def test_two_desks_hand_a_page_over_without_a_lost_change(
    wiki: Sandbox, owned: Desk, guide: str, desk_at: Callable[..., Desk]
) -> None:
    second = desk_at("second")
    second.choose("owner")
    second("pull")
    owned.edit(GUIDE, ANA, BEN)
    second.edit(GUIDE, ANA, account_id(ME))
    owned("push")
    second("push", exit=1)
    assert owner(wiki, guide) == "Ben"
    second("pull", "--theirs", GUIDE)
    second.edit(GUIDE, BEN, account_id(ME))
    second("push")
    owned("pull")
    assert account_id(ME) in owned.text(GUIDE)
    quiet(wiki, owned)


def test_a_run_can_be_taken_back(wiki: Sandbox, owned: Desk, guide: str) -> None:
    owned.edit(GUIDE, ANA, BEN)
    owned("push")
    owned("revert", "--run", "last")
    assert ANA in owned.text(GUIDE)
    owned("push")
    assert owner(wiki, guide) == "Ana"


def test_a_plan_names_the_owner(wiki: Sandbox, owned: Desk, guide: str) -> None:
    owned.edit(GUIDE, ANA, BEN)
    assert f"owner '{BEN}'" in owned("diff").out
    owned("push", "--plan", "p.json")
    assert writes(wiki) == []
    owned("push", "--apply", "p.json")
    assert owner(wiki, guide) == "Ben"
    assert f"# owner: '{BEN}'" in owned("show", GUIDE).out
