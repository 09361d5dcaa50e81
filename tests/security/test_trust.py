"""The credentials go to no server that only a file names: pins, owners, ranges."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.cli import main, trust
from confsync.model.url import same_server
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk
from tests.security.test_servers import Answer, stub

GUIDE = "ENG/guide.xhtml"
OTHER_USER = 12345
root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)
cloud = pytest.mark.parametrize("wiki", ["cloud"], indirect=True)


def refuse(handler: object) -> None:
    raise AssertionError("a stranger was asked")


STRANGER: Answer = refuse
ASKING = (
    *(("pull",), ("push",), ("status", "--remote"), ("diff", "--remote"), ("doctor",)),
    *(("log", "7"), ("show", "7"), ("restore", "7"), ("push", "--dry-run"), ("pull", "--dry-run")),
)


# -- the pin --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/wiki", "https://a.example/wiki/"),
        ("https://A.Example/wiki", "https://a.example/wiki"),
        ("HTTPS://a.example/wiki", "https://a.example:443/wiki"),
        ("http://localhost:80", "http://localhost/"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
        ("https://[::1]:443/x", "https://[::1]/x"),
    ],
)
def test_the_same_server_in_other_words(one: str, other: str) -> None:
    assert same_server(one, other)
    assert same_server(other, one)


@pytest.mark.parametrize(
    "other",
    [
        *("http://a.example/wiki", "https://a.example", "https://a.example/Wiki"),
        *("https://a.example:8443/wiki", "https://a.example.evil/wiki", "https://b.example/wiki"),
        *("https://a.example/wiki/x", "https://a.example./wiki", "https://a.example/wiki%2F"),
    ],
)
def test_another_server(other: str) -> None:
    assert not same_server("https://a.example/wiki", other)


@cloud
@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_a_pin_keeps_the_token_from_another_server(
    wiki: Sandbox, desk: Desk, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of 'url:' was merged; also the look for the server's kind carries the token."""
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    with stub(STRANGER) as (elsewhere, asked):
        config = desk.path(".confsync.yaml")
        config.write_text(config.read_text().replace(wiki.url, elsewhere).replace("flavor", "#"))
        run = desk(*arguments, exit=4)
    assert asked == []
    assert f"CONFSYNC_URL allows only {wiki.url}: no credentials go to {elsewhere}" in (
        run.err + run.out
    )


@cloud
def test_a_pin_in_other_words_lets_the_token_through(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFSYNC_URL", f" {wiki.url.upper().replace('/WIKI', '/wiki')}/ ")
    assert desk("pull").err == ""
    monkeypatch.setenv("CONFSYNC_URL", "not a URL")
    assert "error: CONFSYNC_URL: 'not a URL' is not a URL" in desk("pull", exit=2).err
    monkeypatch.setenv("CONFSYNC_URL", "")
    assert desk("pull").err == ""


@cloud
def test_a_command_without_requests_needs_no_pin(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    for command in ("status", "check", "diff"):
        desk(command)
    desk("new", "ENG/x.xhtml", "--title", "X")


@cloud
def test_a_clone_and_a_login_heed_the_pin(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_at(clone=None)
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    for arguments in (("clone", f"{wiki.url}/spaces/ENG", "x"), ("login", wiki.url)):
        told = desk(*arguments, exit=4).err
        assert f"no credentials go to {wiki.url}" in told
    assert wiki.requests == []
    assert not desk.path("x").exists()


@cloud
def test_the_hint_of_a_pin_works_as_it_stands(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    told = desk("pull", exit=4).err
    command = told.partition("hint: '")[2].partition("'")[0]
    script = f"{command} && {sys.executable} -m confsync pull"
    subprocess.run(["sh", "-c", script], cwd=desk.root, check=True, capture_output=True)


@cloud
@pytest.mark.parametrize("more", [(), ("--json",), ("-q",)])
def test_ci_is_warned_when_nothing_pins_its_token(
    wiki: Sandbox, desk: Desk, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    warned = "warning: CONFSYNC_URL is not set: CONFSYNC_TOKEN goes to any server"
    assert desk("pull", *more).err == ""
    monkeypatch.setenv("CI", "true")
    told = desk("pull", *more).err
    assert told.startswith(warned)
    assert f"Set CONFSYNC_URL={wiki.url} where" in told
    assert desk("status", *more).err == ""
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    assert desk("pull", *more).err == ""
    monkeypatch.delenv("CONFSYNC_URL")
    monkeypatch.setenv("CI", "false")
    assert desk("pull", *more).err == ""


@cloud
def test_doctor_tells_of_the_pin(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f"'export CONFSYNC_URL={wiki.url}'" in desk("doctor").out
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    assert "CONFSYNC_URL names the only server" in desk("doctor").out
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    told = desk("doctor", exit=4).out
    assert "FAIL server" in told and "ok   documents" in told


# -- what a range changes -------------------------------------------------------------------------


@pytest.fixture
def repo(wiki: Sandbox, desk: Desk) -> Desk:
    desk.git("init", "-q", "-b", "main")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    return desk


@cloud
def test_a_range_that_changes_the_server_is_not_pushed(
    wiki: Sandbox, repo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stub(STRANGER) as (elsewhere, asked):
        config = repo.path(".confsync.yaml")
        config.write_text(config.read_text().replace(wiki.url, elsewhere).replace("flavor", "#"))
        repo.edit(GUIDE, "8080", "8081")
        repo.git("commit", "-q", "-a", "-m", "ports")
        told = repo("push", "--since", "HEAD~1", exit=4).err
        assert f"changed from {wiki.url} to {elsewhere}: nothing was sent" in told
        assert f"'export CONFSYNC_URL={elsewhere}'" in told
        assert asked == []
        monkeypatch.setenv("CONFSYNC_URL", wiki.url)
        repo("push", "--since", "HEAD~1", exit=4)
        assert asked == []


@cloud
def test_a_range_that_leaves_the_server_alone_is_pushed(
    wiki: Sandbox, repo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = repo.path(".confsync.yaml")
    config.write_text(config.read_text().replace(wiki.url, f"{wiki.url}/") + "labels: false\n")
    repo.edit(GUIDE, "8080", "8081")
    repo.git("commit", "-q", "-a", "-m", "ports")
    assert "updated" in repo("push", "--since", "HEAD~1").out
    # One that was no configuration then could have named any server; the pin knows better.
    good = config.read_text()
    config.write_text("url: [\n")
    repo.git("commit", "-q", "-a", "-m", "broken")
    config.write_text(good)
    repo.edit(GUIDE, "8081", "8082")
    repo.git("commit", "-q", "-a", "-m", "mended")
    assert "changed from an unreadable value" in repo("push", "--since", "HEAD~1", exit=4).err
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    assert "updated" in repo("push", "--since", "HEAD~1").out


@cloud
def test_a_range_that_adds_a_nearer_configuration_of_another_server_is_not_pushed(
    wiki: Sandbox, repo: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """CI works in docs/, the configuration stands above, and a change adds one."""
    docs = repo.path("docs")
    docs.mkdir()
    repo.git("mv", "ENG", "docs/ENG")
    config = repo.path(".confsync.yaml")
    config.write_text(config.read_text().replace("path: ENG", "path: docs/ENG"))
    repo.git("commit", "-q", "-a", "-m", "a directory of its own")
    with stub(STRANGER) as (elsewhere, asked):
        nearer = config.read_text().replace(wiki.url, elsewhere).replace("docs/ENG", "ENG")
        (docs / ".confsync.yaml").write_text(nearer.replace("flavor", "#"))
        repo.edit(f"docs/{GUIDE}", "8080", "8081")
        repo.git("add", ".")
        repo.git("commit", "-q", "-m", "ports")
        inside = Desk(docs, capsys)
        told = inside("push", "--since", "HEAD~1", exit=4).err
        assert f"changed from {wiki.url} to {elsewhere}: nothing was sent" in told
        assert asked == []


@cloud
def test_a_new_mirror_in_a_range_is_pushed(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    desk.git("init", "-q", "-b", "main")
    desk.git("commit", "-q", "--allow-empty", "-m", "empty")
    desk.edit(GUIDE, "8080", "8081")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "mirror")
    assert "updated" in desk("push", "--since", "HEAD~1").out


# -- whose a configuration is ---------------------------------------------------------------------


def give_away(desk: Desk, owner: int = OTHER_USER) -> None:
    for path in (desk.root, *desk.root.rglob("*")):
        os.chown(path, owner, -1, follow_symlinks=False)


@root
@cloud
@pytest.mark.parametrize("what", ["all", "the file", "the directory"])
def test_no_credentials_go_where_another_users_file_says(
    wiki: Sandbox, desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "all":
        give_away(desk)
    else:
        os.chown(desk.root if "dir" in what else desk.path(".confsync.yaml"), OTHER_USER, -1)
    for arguments in ASKING:
        run = desk(*arguments, exit=4)
        assert f"belongs to another user (uid {OTHER_USER})" in run.err + run.out, arguments
    assert wiki.requests == []
    # A container runs as root over the files of others; what is there may be read.
    desk("status")
    desk("check")
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    desk("pull")
    assert wiki.requests


@root
@cloud
def test_another_users_configuration_above_is_not_used_at_all(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = Desk(desk.path("ENG"), desk._capsys)
    desk("status")
    give_away(desk)
    os.chown(desk.path("ENG"), 0, -1)
    for arguments in (("status",), ("check",), ("diff",), ("log", "--local"), ("login",)):
        told = below(*arguments, exit=4).err
        assert f"{desk.path('.confsync.yaml')} belongs to another user" in told, arguments
    desk("status")
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    below("status", exit=4)
    monkeypatch.setenv("CONFSYNC_URL", f"{wiki.url}/")
    below("status")
    below("pull")


@root
@cloud
def test_under_sudo_the_files_of_the_caller_are_ones_own(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_away(desk)
    for text in ("", "12346", "x", "-1", f"{OTHER_USER} ", "\u0661"):
        monkeypatch.setenv("SUDO_UID", text)
        desk("pull", exit=4)
    monkeypatch.setenv("SUDO_UID", str(OTHER_USER))
    desk("pull")


@root
def test_ones_own_configuration_may_stand_in_a_directory_of_roots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".confsync.yaml").write_text("")
    os.chown(tmp_path / ".confsync.yaml", OTHER_USER, -1)
    monkeypatch.setattr(os, "geteuid", lambda: OTHER_USER)
    assert trust.foreign_owner(str(tmp_path), {"SUDO_UID": "0"}) is None
    os.chown(tmp_path / ".confsync.yaml", 0, -1)
    # Who is no root has no caller.
    assert trust.foreign_owner(str(tmp_path), {"SUDO_UID": "0"}) == 0
    os.chown(tmp_path / ".confsync.yaml", OTHER_USER, -1)
    os.chown(tmp_path, OTHER_USER + 1, -1)
    assert trust.foreign_owner(str(tmp_path), {}) == OTHER_USER + 1


@cloud
@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system tells no owners")
def test_a_configuration_of_another_user_gets_no_credentials(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, for a user who is not root: the process belongs to another user."""
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert f"belongs to another user (uid {mine})" in desk("pull", exit=4).err
    assert wiki.requests == []
    monkeypatch.setenv("CONFSYNC_URL", wiki.url)
    desk("pull")


def test_a_system_without_owners_knows_no_strangers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "geteuid", raising=False)
    assert trust.foreign_owner(str(tmp_path), {}) is None


def test_a_demo_knows_its_own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's pin is for another one."""
    monkeypatch.setenv("CONFSYNC_URL", "https://other.example/wiki")
    assert main(["demo", str(tmp_path / "demo")]) == 0
