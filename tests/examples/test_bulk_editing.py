"""The examples of bulk editing, over hundreds of pages, each first as a dry run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, desk_at, writes

__all__ = ["desk_at"]

EXAMPLES = Path(__file__).parents[2] / "examples" / "bulk-editing"
PAGES = 300
PANEL = (
    '<ac:structured-macro ac:name="{name}"><ac:rich-text-body><p>a&nbsp;b &ouml; &lt;</p>'
    "</ac:rich-text-body></ac:structured-macro>"
    '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[if a < b && c]]>'
    "</ac:plain-text-body></ac:structured-macro><p>one<br />two</p>"
)


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """A space of hundreds of pages; every third has a panel, and every one names a host."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        with sandbox.store.batch():
            for n in range(PAGES):
                body = f"<p>see https://old.example.com/a?b={n}&amp;c</p>"
                body += PANEL.format(name="info") if n % 3 == 0 else ""
                sandbox.store.create_page("ENG", f"Page {n}", body, author="Ana")
        yield sandbox


@pytest.fixture
def desk(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Desk:
    """A mirror of it, committed."""
    desk = desk_at()
    desk.git("init", "-q")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pulled")
    wiki.clear_requests()
    return desk


def run(wiki: Sandbox, where: Path, *command: str, given: str = "") -> str:
    """Run an example, which must succeed. Return what it prints."""
    tools = Path(sys.executable).parent
    done = subprocess.run(
        command,
        cwd=where,
        env={
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "CONFSYNC_USER": wiki.user,
            "CONFSYNC_TOKEN": wiki.token,
        },
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def bodies(wiki: Sandbox) -> dict[str, tuple[int, str]]:
    """Version and body of each page but the home page, by title."""
    return {p.title: (p.version, p.body) for p in wiki.store.pages("ENG") if p.parent_id}


def front(desk: Desk, name: str) -> str:
    return desk.text(name).partition("\n---\n")[0]


def in_trash(desk: Desk) -> Path:
    """A text that was given up, as confsync keeps one."""
    path = desk.path(".confsync/trash/ENG/page-7.xhtml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(desk.text("ENG/page-7.xhtml") + PANEL.format(name="info"))
    return path


def test_a_text_in_every_document_with_sed(wiki: Sandbox, desk: Desk) -> None:
    before = bodies(wiki)
    script = str(EXAMPLES / "replace.sh")
    told = run(
        wiki, desk.root, script, "https://old.example.com/a?b", "https://new.example.com/&amp;/b"
    )
    assert f"push --dry-run: {PAGES} updated" in told
    assert "check: nothing found" in told
    assert writes(wiki) == []
    assert bodies(wiki) == before
    desk.git("checkout", ".")
    stamps = {name: front(desk, name) for name in desk.files() if name.endswith(".xhtml")}
    given_up = in_trash(desk)
    before_it = given_up.read_bytes()
    run(wiki, desk.root, script, "7", "x")
    assert given_up.read_bytes() == before_it
    assert {name: front(desk, name) for name in stamps} == stamps
    assert "?b=x&" in desk.text("ENG/page-7.xhtml")
    desk.git("checkout", ".")
    told = run(wiki, desk.root, script, "old.example.com", "new.example.com", "--push")
    assert f"push: {PAGES} updated" in told
    assert bodies(wiki) == {
        title: (version + 1, body.replace("old.example.com", "new.example.com"))
        for title, (version, body) in before.items()
    }
    assert "clean" in desk("status").out


def test_macros_with_lxml(wiki: Sandbox, desk: Desk) -> None:
    before = bodies(wiki)
    script = str(EXAMPLES / "rename_macro.py")
    given_up = in_trash(desk)
    before_it = given_up.read_bytes()
    told = run(wiki, desk.root, sys.executable, script, ".", "info", "note")
    assert len(told.splitlines()) == PAGES // 3
    assert f"{PAGES // 3} updated" in desk("push", "--dry-run").out
    assert bodies(wiki) == before
    desk("check")
    desk("push", "-m", "Notes")
    for title, (version, body) in bodies(wiki).items():
        old_version, old = before[title]
        assert body.replace("<br/>", "<br />") == old.replace('"info"', '"note"')
        assert version == old_version + (body != old)
    assert "&nbsp;b &ouml; &lt;" in bodies(wiki)["Page 3"][1]
    assert run(wiki, desk.root, sys.executable, script, ".", "info", "note") == ""
    assert given_up.read_bytes() == before_it


def test_pages_by_their_ids_with_the_library(wiki: Sandbox) -> None:
    before = bodies(wiki)
    some = [p.id for p in wiki.store.pages("ENG")][:120]
    script = str(EXAMPLES / "replace_on_pages.py")
    command = (sys.executable, script, wiki.url, "old.example.com", "new.example.com")
    told = run(wiki, EXAMPLES, *command, given="\n".join(some))
    assert told.count("would change") == 119  # the home page names no host
    assert bodies(wiki) == before

    colleague = iter([lambda: wiki.store.edit(some[5], "<p>old.example.com, hers</p>")])

    def meanwhile(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(some[5]):
            for edit in colleague:
                edit()

    wiki.faults.before = meanwhile
    told = run(wiki, EXAMPLES, *command, "--write", given="\n".join(some))
    assert told.count("\n") == 119
    page = wiki.store.page(some[5])
    assert (page.version, page.body) == (3, "<p>new.example.com, hers</p>")
    assert sum("new.example.com" in body for _, body in bodies(wiki).values()) == 119
