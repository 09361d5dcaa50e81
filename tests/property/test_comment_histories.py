"""Comments, answers and resolutions by two desks and a browser, in any order.

Commands are killed at any step, and answers of the server are lost. No answer is given twice, no
push drops an open comment unasked, and in the end the files of comments say what the server says.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from confsync import failpoints
from confsync.commands.pages.comment import Asked, comment
from confsync.commands.pages.pull import pull
from confsync.commands.pages.push import push
from confsync.errors import ConfsyncError
from confsync.mirror.config_file import dump
from confsync.mirror.mirror import Mirror
from confsync.model.config import Comments, Config, SpaceConfig
from confsync.model.result import Result
from confsync.pull.options import PullOptions
from confsync.push.options import PushOptions
from confsync.sandbox import Store
from confsync.sandbox.store.rows import CommentRow
from confsync.sync import fetch
from confsync.sync.target import Target
from tests.profiles import histories
from tests.store_remote import StoreRemote, Trouble

CONFIG = Config(
    "http://127.0.0.1:9/wiki",
    (SpaceConfig("ENG", "ENG"),),
    flavor="cloud",
    comments=Comments.FILES,
)
BODY = "<p>one</p><p>two</p><p>three</p>"
WORDS = ("one", "two", "three")
TEXTS = ("Yes.", "No & no.")
MARKED = re.compile("<ac:inline-comment-marker[^>]*>(.*?)</ac:inline-comment-marker>")

numbers = st.integers(0, 5)
desks = st.integers(0, 1)
cuts = st.one_of(st.just(0), st.integers(1, 30))
troubles = st.sampled_from([None, None, Trouble.LOST, Trouble.DOWN])


class Killed(BaseException):
    """The process is gone."""


class Desk:
    """A mirror, and the user who works there."""

    def __init__(self, root: Path, store: Store, user: str) -> None:
        self.root = root
        self.user = user
        self.remote = StoreRemote(store, user)
        root.mkdir()
        (root / ".confsync.yaml").write_text(dump(CONFIG))

    def run(self, command: Callable[[Mirror], Result], cut: int = 0) -> Result | None:
        """Run a command. It is killed before step `cut`, if that is not 0."""

        def watch(number: int, what: str) -> None:
            if number == cut:
                raise Killed

        try:
            with failpoints.watched(watch):
                return command(Mirror(self.root, CONFIG))
        except (Killed, ConfsyncError):
            return None

    def pull(self, cut: int = 0, *, refresh: bool = False) -> Result | None:
        options = PullOptions(refresh=refresh, allow_mass_delete=True)
        return self.run(lambda mirror: pull(mirror, self.remote, options), cut)

    def documents(self) -> dict[str, Path]:
        """Return the documents by the ids of their pages."""
        found = re.compile(r'^  id: "(\d+)"$', re.MULTILINE)
        paths = sorted(self.root.glob("ENG/**/*.xhtml"))
        return {told[1]: path for path in paths if (told := found.search(path.read_text()))}

    def files(self) -> dict[str, bytes]:
        """Return every file but those of the state."""
        every = (path for path in self.root.rglob("*") if path.is_file())
        inner = ((path.relative_to(self.root).as_posix(), path) for path in every)
        return {name: path.read_bytes() for name, path in inner if name[:10] != ".confsync/"}


class Talk(RuleBasedStateMachine):
    """Two desks, and Ana in the browser."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp())
        self.store = Store()
        self.typed = 0

    @initialize()
    def start(self) -> None:
        self.store.create_space("ENG", "Engineering", "Home")
        for title in ("Guide", "Ports", "Team"):
            self.store.create_page("ENG", title, BODY, author="Ana", raw=True)
        self.desks = [Desk(self.base / name, self.store, name) for name in ("me", "you")]
        for desk in self.desks:
            desk.pull()

    def teardown(self) -> None:
        try:
            self.quiet()
        finally:
            self.store.close()
            shutil.rmtree(self.base)

    def page(self, n: int) -> str:
        rows = self.store.pages("ENG")
        return rows[n % len(rows)].id

    def rows(self) -> list[CommentRow]:
        return [row for page in self.store.pages("ENG") for row in self.store.comments(page.id)]

    def some(self, n: int) -> CommentRow | None:
        """Return one of the comments, if there is any."""
        rows = self.rows()
        return rows[n % len(rows)] if rows else None

    # -- the browser -------------------------------------------------------------------------------

    @rule(n=numbers, word=st.sampled_from(WORDS), inline=st.booleans())
    def ana_comments(self, n: int, word: str, inline: bool) -> None:
        page = self.page(n)
        if inline and f">{word}<" in self.store.page(page).body:
            self.store.comment(page, word)
        else:
            self.store.add_comment(page, "<p>Why?</p>")

    @rule(n=numbers, what=st.sampled_from(["reply", "resolve", "reopen", "remove"]))
    def ana_goes_on(self, n: int, what: str) -> None:
        row = self.some(n)
        if row is None:
            return
        if what == "remove":
            self.store.remove_comment(row.id)
        elif what == "reply":
            if row.resolution != "resolved":
                self.store.reply(row.id, "<p>Yes.</p>", "Ana")
        elif row.ref is not None and row.resolution != "dangling":
            self.store.resolve(row.id, what == "resolve")

    @rule(n=numbers, what=st.sampled_from(["text", "title", "place", "trash"]))
    def ana_edits(self, n: int, what: str) -> None:
        page = self.store.page(self.page(n))
        self.typed += 1
        home = self.store.space("ENG").homepage_id
        if what == "text":
            self.store.edit(page.id, f"{page.body}<p>L{self.typed}</p>", author="Ana", raw=True)
        elif what == "title":
            self.store.edit(page.id, title=f"T{self.typed}", author="Ana")
        elif what == "place" and page.id != home and page.parent_id == home:
            above = self.page(n + 1)
            if above != page.id and self.store.page(above).parent_id in (home, None):
                self.store.edit(page.id, parent=above, author="Ana")
        elif what == "trash" and page.id != home and len(self.store.pages("ENG")) > 3:
            self.store.trash(page.id)

    # -- the desks ---------------------------------------------------------------------------------

    @rule(d=desks, cut=cuts, refresh=st.booleans())
    def pulls(self, d: int, cut: int, refresh: bool) -> None:
        self.desks[d].pull(cut, refresh=refresh)

    @rule(d=desks, n=numbers, text=st.sampled_from(TEXTS), cut=cuts, trouble=troubles)
    def answers(self, d: int, n: int, text: str, cut: int, trouble: Trouble | None) -> None:
        self.ask(self.desks[d], n, lambda row: Asked(reply=row.id, text=text), cut, trouble)

    @rule(d=desks, n=numbers, cut=cuts, trouble=troubles)
    def resolves(self, d: int, n: int, cut: int, trouble: Trouble | None) -> None:
        self.ask(self.desks[d], n, lambda row: Asked(resolve=row.id), cut, trouble)

    def ask(
        self,
        desk: Desk,
        n: int,
        asked: Callable[[CommentRow], Asked],
        cut: int,
        trouble: Trouble | None,
    ) -> None:
        """Type `comment` about one of the comments. A repeat without trouble must succeed."""
        row = self.some(n)
        if row is None:
            return
        wanted, target = asked(row), Target(row.page_id, post=False)
        desk.remote.trouble = trouble
        desk.run(lambda mirror: comment(mirror, desk.remote, target, wanted), cut)
        desk.remote.trouble = None
        told = desk.run(lambda mirror: comment(mirror, desk.remote, target, wanted))
        if wanted.reply and row.resolution != "resolved":
            assert told is not None
            replies = [one for one in self.rows() if one.parent_id == row.id]
            assert [one.author for one in replies].count(desk.user)
        if wanted.resolve and row.ref is not None and row.resolution != "dangling":
            assert self.store.commentary(row.id).resolution == "resolved"

    @rule(d=desks, n=numbers, permitted=st.booleans())
    def drops(self, d: int, n: int, permitted: bool) -> None:
        """Delete the first commented words of a document, and push."""
        desk = self.desks[d]
        self.ana_comments(n, WORDS[n % 3], inline=True)
        desk.pull()
        marked = [p for p in desk.documents().values() if MARKED.search(p.read_text())]
        if not marked:
            return
        path = marked[n % len(marked)]
        before = path.read_bytes()
        path.write_text(MARKED.sub("", before.decode(), count=1))
        was = {row.id for row in self.rows() if row.resolution in ("open", "reopened")}
        options = PushOptions(drop_comments=permitted)
        told = desk.run(lambda mirror: push(mirror, desk.remote, options))
        now = {row.id for row in self.rows() if row.resolution == "dangling"}
        assert permitted or not was & now, "a push dropped an open comment"
        if told is None or any(page.exit for page in told.pages):
            path.write_bytes(before)

    # -- what must be so ---------------------------------------------------------------------------

    @invariant()
    def no_answer_stands_twice(self) -> None:
        users = {"me", "you"}
        given = Counter(
            (row.parent_id, row.author, row.body) for row in self.rows() if row.author in users
        )
        assert [key for key, count in given.items() if count > 1] == []

    def quiet(self) -> None:
        """Pull at each desk; the files of comments equal the server then, and stay."""
        for desk in getattr(self, "desks", ()):
            desk.remote.trouble = None
            told = desk.pull(refresh=True)
            assert told is not None
            assert told.errors == ()
            self.equals(desk)
            before = desk.files()
            told = desk.pull()
            assert told is not None and not told.pages
            assert desk.files() == before

    def equals(self, desk: Desk) -> None:
        """Check that each document has its page's comments beside it, and no file is left."""
        documents, expected = desk.documents(), {}
        for page in self.store.pages("ENG"):
            rows = self.store.comments(page.id)
            if rows:
                path = documents[page.id].with_suffix(".comments.yaml")
                expected[path] = (page.id, sorted(_said(row) for row in rows))
        here = sorted(desk.root.glob("ENG/**/*.comments.yaml"))
        assert {path: _read(path) for path in here} == expected


def _said(row: CommentRow) -> tuple[str, str, str]:
    state = row.resolution if row.ref is not None else ""
    return row.id, row.author, state


def _read(path: Path) -> tuple[str, list[tuple[str, str, str]]]:
    data: dict[str, Any] = yaml.safe_load(path.read_text())
    found = []
    for thread in data["threads"]:
        found.append((thread["id"], thread["author"], thread.get("state", "")))
        found += [(one["id"], one["author"], "") for one in thread.get("replies", ())]
    return data["page"], sorted(found)


def test_whatever_is_said_stands_once_and_is_read_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetch, "PAUSES", ())
    calm = settings(max_examples=max(10, histories() // 5), stateful_step_count=25)
    run_state_machine_as_test(Talk, settings=calm)
