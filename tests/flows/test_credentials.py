"""Credentials and connections: what failed, with whose token, and a hint that works as typed."""

from __future__ import annotations

import re
import shlex
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.errors import Exit
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, Typed

NONE = "no credentials: CONFSYNC_TOKEN, the keyring and ~/.netrc have none"


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture
def here(guide: str, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return an empty directory at a machine without credentials, and a space with a guide."""
    desk = desk_at("here", clone=None)
    monkeypatch.delenv("CONFSYNC_TOKEN")
    monkeypatch.delenv("CONFSYNC_USER")
    return desk


def lines_of(said: str) -> tuple[str, str]:
    """Return the message and the hint of an error; each is readable in a terminal of 80 columns."""
    (found,) = re.findall(r"\Aerror: (.*)\nhint: (.*)\n\Z", said)
    assert all(len(word) < 80 for line in found for word in line.split())
    return str(found[0]), str(found[1])


# -- no credentials --------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("address", ["/spaces/ENG", "/x/{code}", "/display/ENG/Guide"])
def test_no_credentials_are_told_as_none(wiki: Sandbox, here: Desk, address: str) -> None:
    url = f"{wiki.url}{address.format(code='AgAK')}"
    message, hint = lines_of(here("clone", url, exit=5).err)
    assert message == NONE
    assert hint == "set CONFSYNC_TOKEN, and on Cloud CONFSYNC_USER (your e-mail address)"
    assert list(here.root.iterdir()) == []


def test_with_a_keyring_the_hint_is_a_login_that_works(
    wiki: Sandbox, here: Desk, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    message, hint = lines_of(here("clone", f"{wiki.url}/spaces/ENG", exit=5).err)
    assert message == NONE
    _, typed, _ = hint.split("'")
    monkeypatch.setattr(sys, "stdin", Typed(f"{wiki.token}\n"))
    here(*shlex.split(typed)[1:])
    assert list(keyring) == [("confsync", wiki.url)]
    here("clone", f"{wiki.url}/spaces/ENG")


# -- refused credentials ---------------------------------------------------------------------------


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("user", ["me@example.com", ""])
def test_refused_credentials_of_the_environment(
    wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    monkeypatch.setenv("CONFSYNC_USER", user)
    monkeypatch.setenv("CONFSYNC_TOKEN", "wrong")
    said = here("clone", f"{wiki.url}/spaces/ENG", exit=5).err
    assert all(len(line) <= 80 for line in said.splitlines())
    message, hint = lines_of(said)
    tried = f"{user or 'a token alone'}, from the environment"
    assert message == f"the credentials are not accepted ({tried})"
    assert hint == "check CONFSYNC_TOKEN, and on Cloud CONFSYNC_USER (your e-mail address)"


def test_refused_credentials_of_the_keyring_and_a_login_that_stores_others(
    wiki: Sandbox, here: Desk, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring["confsync", wiki.url] = '{"user": "old@example.com", "token": "old"}'
    message, hint = lines_of(here("clone", f"{wiki.url}/spaces/ENG", exit=5).err)
    assert "(old@example.com, from the keyring)" in message
    _, typed, _ = hint.split("'")
    monkeypatch.setattr(sys, "stdin", Typed(f"{wiki.token}\n"))
    here(*shlex.split(typed)[1:])
    here("clone", f"{wiki.url}/spaces/ENG")


@pytest.mark.usefixtures("no_keyring")
def test_refused_credentials_of_netrc(wiki: Sandbox, here: Desk, _own_home: Path) -> None:
    (_own_home / ".netrc").write_text("machine 127.0.0.1 login old password wrong\n")
    message, hint = lines_of(here("clone", f"{wiki.url}/spaces/ENG", exit=5).err)
    assert "(old, from ~/.netrc)" in message
    assert hint == "correct the login and the password of this server in ~/.netrc"


# -- login -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_login_that_fails_stores_nothing_and_never_hints_at_itself(
    wiki: Sandbox,
    here: Desk,
    keyring: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
    token: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed(f"{token}\n"))
    code = Exit.CREDENTIALS if token else Exit.USAGE
    message, hint = lines_of(here("login", wiki.url, "--user", wiki.user, exit=code).err)
    if token:
        assert f"({wiki.user}, as you typed them)" in message
    else:
        assert message == "no token was given"
    assert "login" not in hint
    assert keyring == {}


@pytest.mark.parametrize("address", ["", "/spaces/ENG/overview", "/x/AgAK"])
def test_a_login_takes_any_address_of_the_server(
    wiki: Sandbox,
    here: Desk,
    keyring: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed(f"{wiki.token}\n"))
    run = here("login", f"{wiki.url}{address}", "--user", wiki.user)
    assert run.out == f"you are Me; the token for {wiki.url} is in the keyring\n"
    assert list(keyring) == [("confsync", wiki.url)]


def test_a_login_beside_a_token_in_the_environment_says_which_goes_first(
    wiki: Sandbox,
    here: Desk,
    keyring: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONFSYNC_TOKEN", "another")
    monkeypatch.setattr(sys, "stdin", Typed(f"{wiki.token}\n"))
    run = here("login", wiki.url, "--user", wiki.user)
    assert "CONFSYNC_TOKEN is also set, and confsync uses it instead" in run.out
    assert list(keyring) == [("confsync", wiki.url)]


# -- doctor without a mirror -----------------------------------------------------------------------


@pytest.fixture
def with_token(wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("CONFSYNC_USER", wiki.user)
    monkeypatch.setenv("CONFSYNC_TOKEN", wiki.token)
    return here


def test_doctor_checks_a_server_without_a_mirror(wiki: Sandbox, with_token: Desk) -> None:
    run = with_token("doctor", wiki.url)
    assert f"at {wiki.url}\n" in run.out
    assert f"you are Me ({wiki.user}, from the environment)\n" in run.out
    assert "space" not in run.out
    assert list(with_token.root.iterdir()) == []


@pytest.mark.parametrize("address", ["/spaces/ENG", "/display/ENG/Guide"])
def test_doctor_checks_the_space_of_an_address(
    wiki: Sandbox, with_token: Desk, address: str
) -> None:
    run = with_token("doctor", f"{wiki.url}{address}")
    assert re.search(r" ok   space ENG +2 pages can be read\n", run.out)


def test_doctor_tells_a_space_that_is_not_there(wiki: Sandbox, with_token: Desk) -> None:
    run = with_token("doctor", f"{wiki.url}/spaces/NOPE", exit=4)
    assert "FAIL address      there is no space 'NOPE', or you may not see it\n" in run.out


@pytest.mark.usefixtures("no_keyring")
def test_doctor_tells_no_credentials_from_refused_ones(
    wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = here("doctor", wiki.url, exit=5)
    assert f"FAIL server  {NONE}\n" in run.out
    monkeypatch.setenv("CONFSYNC_TOKEN", "wrong")
    run = here("doctor", wiki.url, exit=5)
    assert "(a token alone, from the environment)" in run.out


# -- the flavour -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("token", ["good", "wrong", ""])
def test_a_proxy_that_answers_unknown_addresses_in_json_hides_no_data_center(
    wiki: Sandbox, here: Desk, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    if wiki.flavor != "datacenter":
        pytest.skip("it is about a Data Center")
    wiki.faults.refuse = lambda method, path: 404 if "/api/v2/" in path else None
    monkeypatch.setenv("CONFSYNC_USER", wiki.user if token else "")
    monkeypatch.setenv("CONFSYNC_TOKEN", wiki.token if token == "good" else token)
    run = here("clone", f"{wiki.url}/spaces/ENG", "docs", exit=0 if token == "good" else 5)
    if token == "good":
        assert "flavor: datacenter\n" in here.text("docs/.confsync.yaml")
    else:
        assert "404" not in run.err
        assert (NONE if not token else f"({wiki.user}, from the environment)") in run.err


# -- the network -----------------------------------------------------------------------------------


def test_a_name_that_is_not_found_is_told_and_in_full_with_vv(
    with_token: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    typed = ("clone", "https://wiki.acme.example/display/ENG")
    message, hint = lines_of(with_token(*typed, exit=3).err)
    assert message == "wiki.acme.example: cannot be reached: the name was not found"
    assert hint == "check the host in the URL; a server inside a company may need its VPN"
    log = with_token(*typed, "-vv", exit=3).err
    assert "gaierror: [Errno -2] Name or service not known" in log


def test_a_refused_connection_is_told(with_token: Desk) -> None:
    message, hint = lines_of(with_token("clone", "127.0.0.1:9/wiki/spaces/ENG", exit=3).err)
    assert message == "127.0.0.1:9: cannot be reached: the connection was refused"
    assert hint == "check the URL, the network and any proxy"
