"""Settings of a new document: refused before its page is made, and none holds the others up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.remote import client
from confsync.sandbox import Sandbox
from confsync.sandbox.store.rows import PageRow, account_id, username
from tests.flows.conftest import Desk, quiet, writes

PORTS = "ENG/ports.xhtml"
WIDTH = "content-appearance-published"
each_server = pytest.mark.parametrize("wiki", ["cloud", "datacenter"], indirect=True)


def new(wiki: Sandbox, desk_at: Callable[..., Desk], chosen: str, *lines: str) -> Desk:
    """Return a clone that has some settings, with a new document that has the lines."""
    wiki.store.add_user("Ana")
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    config.write_text(f"{config.read_text()}settings: [{chosen}]\nproperties: [team]\n")
    desk("pull")
    desk("new", PORTS, "--title", "Ports")
    desk.edit(PORTS, "title: Ports\n", "title: Ports\n" + "".join(f"{line}\n" for line in lines))
    wiki.clear_requests()
    return desk


def user(wiki: Sandbox, name: str) -> str:
    return f"user:{account_id(name) if wiki.flavor == 'cloud' else username(name)}"


def ports(wiki: Sandbox) -> PageRow:
    return next(page for page in wiki.store.pages("ENG") if page.title == "Ports")


@pytest.mark.parametrize("wiki", ["cloud"], indirect=True)
def test_what_is_left_for_the_next_push_holds_nothing_else_up(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    me = user(wiki, "Me")
    lines = (
        f"owner: {account_id('Ana')}",
        "order: 1",
        "width: full",
        f"restrictions: {{read: ['{me}']}}",
        "properties: {team: Core}",
    )
    desk = new(wiki, desk_at, "owner, order, width, restrictions", *lines)
    run = desk("push", exit=1)
    assert "owner: a new page belongs to its creator; order: a new page stands behind" in run.out
    made = ports(wiki)
    assert wiki.store.allowed(made.id, "read", "user") == ("Me",)
    assert {one.key: one.value for one in wiki.store.properties(made.id)} == {
        WIDTH: "full-width",
        "team": "Core",
    }
    # The page is open for as short a time as can be.
    sent = [request.path for request in wiki.requests if request.method != "GET"]
    assert sent[0].endswith("/pages")
    assert "/restriction/" in sent[1]
    assert "settings: owner, order\n" in desk("status").out
    desk.follow(run, "confsync push")
    assert ports(wiki).owner == "Ana"
    desk("pull")
    quiet(wiki, desk)


@each_server
def test_a_page_that_would_lock_its_creator_out_is_not_created(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    line = f"restrictions: {{read: ['{user(wiki, 'Ana')}']}}"
    desk = new(wiki, desk_at, "restrictions", line)
    for run in (desk("push", "--dry-run", exit=1), desk("push", exit=1)):
        assert "restrictions: you could not read the page any more" in run.out
    assert writes(wiki) == []
    desk.edit(PORTS, f"['{user(wiki, 'Ana')}']", f"['{user(wiki, 'Me')}', '{user(wiki, 'Ana')}']")
    desk.follow(run, "confsync push")
    assert set(wiki.store.allowed(ports(wiki).id, "read", "user")) == {"Me", "Ana"}
    quiet(wiki, desk)


@pytest.mark.parametrize("wiki", ["datacenter"], indirect=True)
def test_a_page_with_an_order_that_no_push_can_send_is_not_created(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk = new(wiki, desk_at, "order", "order: 1")
    for run in (desk("push", "--dry-run", exit=1), desk("push", exit=1)):
        assert "order: this server's interface cannot change it" in run.out
    assert writes(wiki) == []
    desk.edit(PORTS, "order: 1\n", "")
    desk.follow(run, "confsync push")
    assert ports(wiki).version == 1


@each_server
def test_a_new_page_with_a_refused_setting_has_its_stamp(
    wiki: Sandbox,
    guide: str,
    desk_at: Callable[..., Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server, or a colleague, gives the page another width before its first settings go."""
    desk = new(wiki, desk_at, "width", "width: max")

    def before(what: str) -> None:
        for page in wiki.store.pages("ENG"):
            if page.title == "Ports" and not wiki.store.properties(page.id):
                wiki.store.add_property(page.id, WIDTH, "full-width", "Ana")

    with monkeypatch.context() as patched:
        patched.setattr(client.failpoints, "before", before)
        run = desk("push", exit=1)
    assert "width: the value here is new, the server has v1 (Ana): 'full'" in run.out
    assert f'id: "{ports(wiki).id}"' in desk.text(PORTS)
    assert desk.json("push", exit=1).outcomes == {PORTS: "rejected"}
    desk("pull", "--ours", PORTS, "--at", "1")
    desk("push")
    assert wiki.store.properties(ports(wiki).id)[0].value == "max"
    quiet(wiki, desk)
