"""diff: what it shows, of what, and that it asks no server for what is here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror.git import repository as gitrepo
from confsync.sandbox import Sandbox
from confsync.sync import merge_base as bases
from tests.flows.conftest import Desk, each_git_format

GUIDE = "ENG/guide.xhtml"
BODY = "<h1>Ports</h1><p>The first port is 8080.</p><p>The second is 9090.</p>"


def test_a_diff_is_gits_of_the_laid_out_text(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    assert desk("diff").out == (
        f"--- {GUIDE} (base, v1)\n+++ {GUIDE} (local)\n"
        "@@ -1,5 +1,5 @@\n title: Guide\n ---\n <h1>Ports</h1>\n"
        "-<p>The first port is 8080.</p>\n+<p>The first port is 8081.</p>\n"
        " <p>The second is 9090.</p>\n"
    )
    assert wiki.requests == []


def test_the_settings_of_the_user_hold(desk: Desk, _own_home: Path) -> None:
    desk.edit(GUIDE, "8080", "8081")
    (_own_home / ".gitconfig").write_text('[color "diff"]\n\tnew = bold magenta\n')
    assert "\x1b[1;35m" in desk("diff", "--color", "always").out


@each_git_format
@pytest.mark.parametrize("where", ["cache", "git", "server"])
def test_the_base_is_taken_from_where_it_is(wiki: Sandbox, desk: Desk, where: str) -> None:
    if where == "git":
        desk.git("init", "-q")
        desk.git("add", ".")
        desk.git("commit", "-q", "-m", "first")
    if where != "cache":
        shutil.rmtree(desk.path(".confsync/bases"))
    desk.edit(GUIDE, "8080", "8081")
    assert "-<p>The first port is 8080.</p>" in desk("diff").out
    assert bool(wiki.requests) is (where == "server")


def test_without_a_server_and_a_base_that_is_said(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(desk.path(".confsync/bases"))
    desk.edit(GUIDE, "8080", "8081")
    wiki.faults.refuse = lambda method, path: 401
    run = desk("diff", exit=5)
    assert "error:" in run.err
    assert "do not have the base" not in run.err
    wiki.faults.refuse = None
    monkeypatch.setattr(bases, "find", lambda *_: pytest.fail("the base was there"))
    desk.edit(GUIDE, "8081", "8080")
    assert desk("diff").out == ""


def test_what_needs_no_server_is_shown_where_it_is_away(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    for name in ("A", "B", "Z"):
        wiki.store.create_page("ENG", name, f"<p>{name}</p>", raw=True)
    desk = desk_at()
    for name in ("a", "b", "z"):
        desk.edit(f"ENG/{name}.xhtml", "<p>", "<p>new ")
    kept = next(page.id for page in wiki.store.pages("ENG") if page.title == "Z")
    for path in desk.path(".confsync/bases").rglob("*-*-*"):
        if not path.name.startswith(f"{kept}-"):
            path.unlink()
    wiki.faults.refuse = lambda method, path: 401
    wiki.clear_requests()
    run = desk("diff", exit=5)
    assert "+<p>new Z</p>" in run.out
    assert run.err.count("error:") == 1
    assert run.err.count("not shown: its base is not in the cache") == 2
    asked = len(wiki.requests)
    desk.edit("ENG/b.xhtml", "<p>new ", "<p>")
    wiki.clear_requests()
    desk("diff", exit=5)
    assert len(wiki.requests) == asked


def test_what_the_server_changed(wiki: Sandbox, desk: Desk, guide: str) -> None:
    desk.edit(GUIDE, "8080", "8081")
    assert desk("diff", "--remote").out == ""
    wiki.store.edit(guide, BODY.replace("9090", "9091"), title="Guide!", author="Ana", raw=True)
    for arguments in ((), (GUIDE,)):
        out = desk("diff", "--remote", *arguments).out
        assert f"+++ {GUIDE} (server, v2)" in out
        assert "+title: Guide!" in out
        assert "+<p>The second is 9091.</p>" in out
        assert "8081" not in out
    page = desk.json("diff", "--remote").data["pages"][0]
    assert (page["base"], page["remote"], page["id"]) == (1, 2, guide)


def test_a_page_that_is_gone_is_told_and_the_others_are_shown(
    wiki: Sandbox, desk_at: Callable[..., Desk], guide: str
) -> None:
    other = wiki.store.create_page("ENG", "Other", "<p>one</p>", raw=True).id
    desk = desk_at()
    wiki.store.edit(guide, "<p>new</p>", author="Ana", raw=True)
    wiki.store.trash(other)
    for arguments in ((), ("ENG",)):
        run = desk("diff", "--remote", *arguments)
        assert "+<p>new</p>" in run.out
        assert run.err == "note: ENG/other.xhtml: the page is in the server's trash\n"
        gone = desk.json("diff", "--remote", *arguments).data["pages"][-1]
        assert (gone["path"], gone["outcome"]) == ("ENG/other.xhtml", "gone")


def test_words(desk: Desk) -> None:
    desk.edit(GUIDE, "8080.</p>", "8081, caf\u00e9.</p>")
    out = desk("diff", "--word-diff").out
    assert "<p>The first port is [-8080-]{+8081, caf\u00e9+}.</p>" in out
    assert "\x1b[32m8081, caf\u00e9\x1b[m" in desk("diff", "--word-diff", "--color", "always").out


def test_numbers(wiki: Sandbox, desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk.edit(GUIDE, "title: Guide", "title: The guide")
    desk("new", "ENG/ports.xhtml", "--title", "Ports")
    assert desk("diff", "--stat").out.splitlines() == [
        " ENG/guide.xhtml | 4 ++--  (title)",
        " ENG/ports.xhtml | 3 +++",
        " 2 pages changed, 5 insertions(+), 2 deletions(-)",
    ]
    changes = desk.json("diff").data["changes"]
    assert [(c["insertions"], c["deletions"], c["fields"]) for c in changes] == [
        (2, 2, ["title", "body"]),
        (3, 0, ["page"]),
    ]
    assert desk("diff", "--stat", "ENG/index.xhtml").out == ""


def test_new_and_deleted_documents_are_shown_whole(desk: Desk) -> None:
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-q", "-m", "first")
    desk.path(GUIDE).unlink()
    desk("new", "ENG/ports.xhtml", "--title", "Ports")
    out = desk("diff").out
    assert f"--- {GUIDE} (base)\n+++ /dev/null\n" in out
    assert "-<p>The second is 9090.</p>" in out
    assert "--- /dev/null\n+++ ENG/ports.xhtml (local, new)\n" in out
    assert desk.json("diff").outcomes == {GUIDE: "deleted", "ENG/ports.xhtml": "untracked"}
    assert "9090" in desk("diff", GUIDE).out


@pytest.fixture
def managed(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a mirror with labels and attachments, of a guide and a page below it."""
    body = f'{BODY}<p><ac:image><ri:attachment ri:filename="a.png" /></ac:image></p>'
    wiki.store.edit(guide, body, raw=True)
    wiki.store.add_labels(guide, ["ops"])
    wiki.store.attach(guide, "a.png", b"one")
    wiki.store.create_page("ENG", "Part", "<p>part</p>", parent=guide, raw=True)
    desk = desk_at()
    with desk.path(".confsync.yaml").open("a") as file:
        file.write("labels: true\nattachments: true\n")
    desk("pull")
    wiki.clear_requests()
    return desk


def test_what_is_no_text_is_shown_too(wiki: Sandbox, managed: Desk) -> None:
    desk = managed
    assert desk("diff").out == ""
    desk.edit(GUIDE, "labels: [ops]\nconf", "labels: [ops, net]\nconf")
    desk.path("ENG/guide.attachments/a.png").write_bytes(b"other")
    desk.path("ENG/guide/part.xhtml").rename(desk.path("ENG/part.xhtml"))
    out = desk("diff").out
    assert "-labels: [ops]\n-attachment: a.png v1\n" in out
    assert "+labels: [ops, net]\n+attachment: a.png (changed, 5 bytes)\n" in out
    assert f"-parent: {GUIDE}\n+parent: ENG/index.xhtml\n" in out
    fields = {c["path"]: c["fields"] for c in desk.json("diff").data["changes"]}
    assert fields == {GUIDE: ["labels", "attachments"], "ENG/part.xhtml": ["parent"]}
    assert wiki.requests == []


@pytest.mark.parametrize("named", [False, True])
def test_what_the_server_changed_besides_the_text(
    wiki: Sandbox, managed: Desk, guide: str, named: bool
) -> None:
    desk = managed
    paths = [GUIDE, "ENG/guide/part.xhtml"] if named else []
    assert desk("diff", "--remote", *paths).out == ""
    part = next(page for page in wiki.store.pages("ENG") if page.title == "Part")
    home = wiki.store.space("ENG").homepage_id
    wiki.store.remove_label(guide, "ops")
    wiki.store.add_labels(guide, ["net"])
    (row,) = wiki.store.attachments(guide, "a.png")
    wiki.store.replace_attachment(row.id, b"other", "Ana")
    wiki.store.edit(part.id, parent=home)
    out = desk("diff", "--remote", *paths).out
    assert "-labels: [ops]\n-attachment: a.png v1\n" in out
    assert "+labels: [net]\n+attachment: a.png v2 (5 bytes)\n" in out
    assert f"-parent: {GUIDE}\n+parent: ENG/index.xhtml\n" in out


def test_without_git_the_diff_is_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.edit(GUIDE, "8080", "8081")
    with_git = desk("diff").out
    monkeypatch.setattr(gitrepo, "_git", lambda: None)
    assert desk("diff").out == with_git
    assert "8081" in desk("diff", "--word-diff").out


def test_no_repository_and_no_hooks_environment_changes_a_diff(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    expected = desk("diff").out
    desk.git("init", "-q")
    sprung = tmp_path / "sprung"
    for name in ("diff.external", "core.pager"):
        desk.git("config", name, f"touch {sprung}; cat")
    desk.git("config", "diff.evil.textconv", f"touch {sprung}; cat")
    desk.git("config", "filter.evil.clean", f"touch {sprung}; cat")
    (desk.root / ".git/info/attributes").write_text("* filter=evil diff=evil\n")
    monkeypatch.setenv("GIT_DIR", str(desk.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(desk.root))
    assert desk("diff").out == expected
    assert not sprung.exists()


def test_a_page_may_not_steer_the_terminal_and_goes_through_a_pipe_as_it_is(desk: Desk) -> None:
    desk.edit(GUIDE, "8080", "80\x1b[2J80")
    assert "80\x1b[2J80" in desk("diff").out
    if os.name != "nt":
        out = on_a_terminal(desk, "diff", GIT_PAGER="cat")
        assert "\x1b[2J" not in out
        assert "80\\x1b[2J80" in out


# -- on a terminal ---------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


def on_a_terminal(desk: Desk, *arguments: str, **environment: str) -> str:
    """Return the output of a command in a terminal of 80 columns."""
    import pty

    read, write = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "confsync", *arguments],
        cwd=desk.root,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment},
        stdin=write,
        stdout=write,
        stderr=write,
    )
    os.close(write)
    parts = []
    while True:
        try:
            part = os.read(read, 65536)
        except OSError:  # how Linux says that no process writes there any more
            break
        if not part:
            break
        parts.append(part)
    os.close(read)
    assert process.wait(timeout=30) in (0, 1)
    return b"".join(parts).decode().replace("\r\n", "\n")


@posix
def test_a_terminal_has_colours_and_gits_pager(
    wiki: Sandbox, desk: Desk, guide: str, _own_home: Path
) -> None:
    desk.edit(GUIDE, "8080", "8081")
    paged = "sed s/^/paged:/"
    out = on_a_terminal(desk, "diff", GIT_PAGER=paged)
    assert out.startswith(f"paged:\x1b[1m--- {GUIDE} (base, v1)\x1b[m\n")
    assert "\x1b[32m" in out
    assert "\x1b[3" not in on_a_terminal(desk, "diff", GIT_PAGER=paged, NO_COLOR="1")
    assert "paged:" not in on_a_terminal(desk, "diff", GIT_PAGER="")
    assert "paged:v1" in re.sub(
        r"[* ]|\x1b\[\d*m", "", on_a_terminal(desk, "log", guide, PAGER=paged, GIT_PAGER=paged)
    )
    assert "paged:" not in on_a_terminal(desk, "status", GIT_PAGER=paged)
    (_own_home / ".gitconfig").write_text("[core]\n\tpager = sed s/^/configured:/\n")
    assert on_a_terminal(desk, "diff", PAGER=paged).startswith("configured:")
    assert on_a_terminal(desk, "show", guide, PAGER="cat", GIT_PAGER="nowhere-to-be-found")


@posix
def test_the_pager_is_the_users_and_never_a_repositorys(desk: Desk, tmp_path: Path) -> None:
    desk.edit(GUIDE, "8080", "8081")
    desk.git("init", "-q")
    desk.git("config", "core.pager", f"touch {tmp_path / 'sprung'}; cat")
    assert "8081" in on_a_terminal(desk, "diff", PAGER="sed s/^/mine:/")
    assert not (tmp_path / "sprung").exists()


@posix
def test_long_work_shows_how_far_it_is_on_a_terminal_alone(wiki: Sandbox, desk: Desk) -> None:
    out = on_a_terminal(desk, "pull", "--refresh")
    assert "asking about ENG" in out
    assert "asking about" not in on_a_terminal(desk, "pull", "-q")
    assert "asking about" not in desk("pull").err


def test_a_report_without_a_name_is_asked_about(desk: Desk) -> None:
    assert "--html needs a file name" in desk("diff", "--html", "", exit=2).err
