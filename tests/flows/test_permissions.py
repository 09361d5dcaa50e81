"""Rehearsals with users of other rights, as `confsync sandbox --user` makes them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from confsync.commands.setup.sandbox import Options, open_sandbox
from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, writes

OWNERS = "OPS/service-catalogue-owners.xhtml"
FILES = "OPS/service-catalogue-owners.attachments"
MAP = "OPS/service-catalogue-owners/network-map.xhtml"


@pytest.fixture(params=["cloud", "datacenter"])
def wiki(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield the demo space with ana, who only reads, and bo, who sees nothing."""
    rights = ("ana:OPS:read", "bo:*:none")
    options = Options(flavor=request.param, users=("ana", "bo:pw"), rights=rights)
    with open_sandbox(options) as sandbox:
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def be(wiki: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that makes the next commands those of another user."""

    def become(name: str, token: str) -> None:
        (user,) = [one for one in wiki.store.users() if one.name == name]
        monkeypatch.setenv("CONFSYNC_USER", wiki.login_of(user))
        monkeypatch.setenv("CONFSYNC_TOKEN", token)

    return become


def test_a_reader_pulls_and_pushes_nothing(
    wiki: Sandbox, desk_at: Callable[..., Desk], be: Callable[[str, str], None]
) -> None:
    desk = desk_at(clone="OPS")
    be("ana", "ana-token")
    text = desk.text(OWNERS)
    desk.path(OWNERS).write_bytes(text.replace("<p>", "<p>Mine. ", 1).encode())
    run = desk("push", exit=1 if wiki.flavor == "cloud" else 5)
    assert OWNERS in run.out
    assert {status for _, status in writes(wiki)} == {404 if wiki.flavor == "cloud" else 403}
    assert "you may not edit its pages" in desk.follow(run, "confsync doctor", exit=5)
    (page,) = [row for row in wiki.store.pages("OPS") if "Service catalogue" in row.title]
    assert page.version == 1
    wiki.store.set_right("ana", "OPS", "edit")
    desk("push")
    assert wiki.store.page(page.id).author == "ana"


@pytest.mark.parametrize("what", ["create", "move", "delete", "attach", "detach", "label"])
def test_each_write_that_a_reader_may_not_do_says_where_to_look(
    wiki: Sandbox, desk_at: Callable[..., Desk], be: Callable[[str, str], None], what: str
) -> None:
    desk = desk_at(clone="OPS")
    configuration = desk.path(".confsync.yaml")
    configuration.write_text(configuration.read_text() + "labels: true\nattachments: true\n")
    desk("pull")
    desk.git("init", "-q", "-b", "main")
    desk.git("add", "-A")
    desk.git("commit", "-q", "-m", "A mirror")
    push = _edit(desk, what)
    be("ana", "ana-token")
    by_404 = wiki.flavor == "cloud" and what not in ("attach", "label")
    run = desk(*push, exit=1 if by_404 else 5)
    assert "hint: 'confsync doctor' says whether you may edit the space" in run.err
    assert ("you may not change it, or it is gone" in run.out) == by_404
    assert "deleted" not in desk("log", "--local").out


def _edit(desk: Desk, what: str) -> tuple[str, ...]:
    """Make an edit at a desk, and return the command that sends it."""
    text = desk.text(OWNERS)
    match what:
        case "create":
            desk("new", "OPS/ports.xhtml", "--title", "Ports")
        case "move":
            desk.path(MAP).rename(desk.path("OPS/network-map.xhtml"))
        case "delete":
            (found,) = re.findall(r'  id: "(\d+)"', desk.text(MAP))
            return ("push", "--delete", f"{found}@1")
        case "attach":
            desk.path(FILES).mkdir()
            desk.path(f"{FILES}/ports.csv").write_text("gateway,8081")
            attached = text.replace("---\n", "---\nattachments: [ports.csv]\n", 1)
            desk.path(OWNERS).write_text(attached)
        case "detach":
            desk.path(f"{MAP.removesuffix('.xhtml')}.attachments/edge-zones.png").unlink()
            return ("push", "--delete")
        case "label":
            desk.path(OWNERS).write_text(text.replace("labels: [", "labels: [mine, ", 1))
    return ("push",)


def test_a_space_without_a_right_is_not_there(
    desk_at: Callable[..., Desk], be: Callable[[str, str], None]
) -> None:
    desk = desk_at(clone="OPS")
    be("bo", "pw")
    run = desk("status", "--remote", exit=4)
    assert "there is no space 'OPS', or you may not see it" in run.err
    assert "you are bo" in desk("doctor", exit=4).out


def test_the_command_says_how_to_be_each_user() -> None:
    options = ["--port", "0", "--user", "ana", "--user", "bo:pw", "--right", "ana:ops:read"]
    with subprocess.Popen(
        [sys.executable, "-m", "confsync", "sandbox", *options],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as served:
        assert served.stdout
        lines = [served.stdout.readline() for _ in range(10)]
        served.terminate()
    assert all(len(line) <= 80 for line in lines)
    assert "state is lost then (--data FILE keeps it)" in lines[-1]
    told = [line.strip() for line in lines]
    assert told[5:9] == [
        "as ana (OPS: read):",
        "export CONFSYNC_USER=ana@example.com CONFSYNC_TOKEN=ana-token",
        "as bo (OPS: edit):",
        "export CONFSYNC_USER=bo@example.com CONFSYNC_TOKEN=pw",
    ]


@pytest.mark.parametrize(
    ("option", "given", "why"),
    [
        ("--user", "", "a user is like ana or ana:secret"),
        ("--user", "a b", "a user is like ana or ana:secret"),
        ("--user", "me:pw", "this is you, and there already"),
        ("--right", "ana", "a right is like ana:OPS:read, with none, read, edit"),
        ("--right", "ana:OPS:write", "a right is like ana:OPS:read, with none, read, edit"),
        ("--right", "cy:OPS:read", "no --user has this name"),
        ("--right", "me:ENG:read", "the spaces are OPS"),
    ],
)
def test_an_impossible_user_or_right_is_refused(
    desk_at: Callable[..., Desk], option: str, given: str, why: str
) -> None:
    run = desk_at(clone=None)("sandbox", "--port", "0", option, given, exit=2)
    assert f"{option} {given}: {why}" in run.err
