"""The doctor finds what is wrong and says what to do; login keeps a token where it is safe."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from confsync.cli import main
from confsync.remote import connect, token_store
from confsync.remote.rate_limit import Pace
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Run, Typed

GUIDE = "ENG/guide.xhtml"


def failed(run: Run) -> dict[str, str]:
    """Return the checks that failed: name to message and hint."""
    return {
        check["name"]: f"{check['message']} {check['hint']}"
        for check in run.data["checks"]
        if not check["ok"]
    }


def test_all_is_well(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.read_only_page(wiki.store.space("ENG").homepage_id, on=False)
    run = desk.json("doctor")
    assert failed(run) == {}
    told = {check["name"]: check["message"] for check in run.data["checks"]}
    assert wiki.url in told["server"]
    assert told["credentials"] == f"you are Me ({wiki.user}, from the environment)"
    assert told["clock"] == "agrees with the server's"
    assert "X-Ratelimit-Limit" in told["limits"] or wiki.flavor == "cloud"
    assert "ok   credentials" in desk("doctor").out


def test_a_wrong_token(wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFSYNC_TOKEN", "wrong")
    found = failed(desk.json("doctor", exit=5))
    assert "credentials are not accepted" in found["server"]
    assert "API token (valid" in found["server"]


def test_a_missing_context_path(wiki: Sandbox, desk: Desk) -> None:
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace(wiki.context, ""))
    assert "its address may go on with /wiki" in failed(desk.json("doctor", exit=3))["server"]


def test_a_missing_wiki_on_cloud(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confsync.commands.setup import doctor
    from confsync.errors import ServerError

    check = doctor._failure("server", "https://acme.atlassian.net", ServerError("no API"))
    assert check.hint == "on Cloud the URL ends in /wiki: https://acme.atlassian.net/wiki"


def test_no_server_and_a_certificate_that_is_not_trusted(wiki: Sandbox, desk: Desk) -> None:
    config = desk.path(".confsync.yaml")
    before = config.read_text()
    config.write_text(before.replace(wiki.url, "http://127.0.0.1:9/wiki"))
    assert (
        "cannot be reached: the connection was refused"
        in failed(desk.json("doctor", exit=3))["server"]
    )
    import requests

    from confsync.remote.network_failures import network_error

    error = network_error("https://wiki.acme.com", requests.exceptions.SSLError("self-signed"))
    assert "certificate is not trusted" in error.message
    assert "REQUESTS_CA_BUNDLE" in error.hint


def test_pages_that_may_not_be_edited(wiki: Sandbox, desk: Desk) -> None:
    wiki.store.read_only_space("ENG")
    found = failed(desk.json("doctor", exit=5))
    assert "you may not edit its pages" in found["space ENG"]
    assert "write scope" in found["space ENG"]


def test_a_tree_that_is_not_visible_and_a_space_that_is_not_there(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    secret = wiki.store.create_page("ENG", "Secret", "<p>x</p>").id
    wiki.store.create_page("ENG", "Below", "<p>x</p>", parent=secret)
    wiki.store.restrict(secret)
    desk = desk_at()
    assert "1 pages have parents that you may not see" in desk("doctor").out
    config = desk.path(".confsync.yaml")
    config.write_text(config.read_text().replace("key: ENG", "key: NOPE"))
    assert "there is no space 'NOPE'" in failed(desk.json("doctor", exit=4))["space NOPE"]


def test_documents_that_cannot_be_read(wiki: Sandbox, desk: Desk) -> None:
    desk.path("ENG/bad.xhtml").write_text("nothing")
    found = failed(desk.json("doctor", exit=4))
    assert "1 of 3 cannot be read; the first is ENG/bad.xhtml:1:" in found["documents"]


def test_login_tries_keeps_and_uses_a_token_and_logout_forgets_it(
    wiki: Sandbox,
    desk: Desk,
    keyring: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CONFSYNC_TOKEN")
    monkeypatch.delenv("CONFSYNC_USER")
    desk("pull", exit=5)
    monkeypatch.setattr(sys, "stdin", Typed("wrong\n"))
    desk("login", "--user", wiki.user, exit=5)
    assert keyring == {}
    monkeypatch.setattr(sys, "stdin", Typed(f"{wiki.token}\n"))
    run = desk("login", "--user", wiki.user)
    assert run.out == f"you are Me; the token for {wiki.url} is in the keyring\n"
    assert list(keyring) == [("confsync", wiki.url)]
    run = desk("pull", "-vv")
    assert wiki.token not in run.out + run.err
    desk("logout")
    assert keyring == {}
    desk("pull", exit=5)


def test_login_without_a_keyring_says_what_to_install(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr(sys, "stdin", Typed(f"{wiki.token}\n"))
    run = desk("login", "--user", wiki.user, exit=2)
    assert "pip install 'confsync[keyring]'" in run.err
    assert token_store.load(wiki.url) is None


def test_no_secret_is_anywhere(
    wiki: Sandbox, desk: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the mirror, not in what is printed, also not with -vv, in JSON and in errors."""
    desk.edit(GUIDE, "8080", "8081")
    said = ""
    for arguments in (
        ("pull", "-vv"),
        ("push", "-vv"),
        ("status", "--remote", "-vv", "--json"),
        ("doctor", "-vv"),
        ("push", "-vv", "nowhere"),
    ):
        run = desk(*arguments, exit=None)
        said += run.out + run.err
    assert wiki.token not in said
    assert "confsync.remote: GET" in said
    for path in desk.root.rglob("*"):
        assert not path.is_file() or wiki.token.encode() not in path.read_bytes()


def test_a_scoped_token_is_told(wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    if wiki.flavor != "cloud":
        pytest.skip("gateways are Cloud's")
    asked: list[str] = []

    def elsewhere(url: str, pace: Pace | None = None) -> str:
        asked.append(url)
        return wiki.gateway_url

    monkeypatch.setattr(connect, "gateway_of", elsewhere)
    wiki.faults.refuse = lambda method, path: 401 if not path.startswith("/ex/") else None
    run = desk("doctor")
    assert "a scoped token: the site refuses it, so confsync uses Atlassian's gateway" in run.out
    assert asked == [wiki.url]
    desk.edit(GUIDE, "8080", "8081")
    desk("push")
    assert desk("status", "--remote").out.startswith("clean")


def test_login_is_for_a_confluence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["login", "http://wiki.acme.com"]) == 2
    assert "unencrypted" in capsys.readouterr().err
