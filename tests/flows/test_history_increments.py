"""A history in any number of steps is the history of one step, whatever happens on the server."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from confsync.commands.git.history import history
from confsync.commands.pages.pull import pull
from confsync.commands.setup.init import init
from confsync.history.options import HistoryOptions
from confsync.mirror import config_file
from confsync.mirror.config_file import settings_for
from confsync.mirror.mirror import Mirror
from confsync.model.config import SpaceConfig
from confsync.model.page import Status
from confsync.pull.options import PullOptions
from confsync.sandbox import Store
from tests.store_remote import StoreRemote

BRANCH = "confluence/ENG"
TITLES = ("Guide", "guide!", "Part", "Index", "???", "Über")
numbers = st.integers(0, 5)
edits = st.one_of(
    st.tuples(st.just("create"), numbers, numbers),
    st.tuples(st.just("edit"), numbers, numbers),
    st.tuples(st.just("retitle"), numbers, numbers),
)
others = st.one_of(
    edits,
    st.tuples(st.just("move"), numbers, numbers),
    st.tuples(st.just("trash"), numbers, numbers),
    st.tuples(st.just("restore"), numbers, numbers),
    st.tuples(st.just("purge"), numbers, numbers),
    st.tuples(st.just("hide"), numbers, numbers),
    st.tuples(st.just("show"), numbers, numbers),
    st.tuples(st.just("forget"), numbers, numbers),
    st.tuples(st.just("comment"), numbers, numbers),
)
Step = tuple[str, int, int]


class Site:
    """A server with one space, on which a minute passes from one write to the next."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 7, tzinfo=UTC)
        self.store = Store(clock=self._tick)
        self.store.create_space("ENG", "Engineering", "Home")
        self._count = 0

    def _tick(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    def act(self, step: Step) -> None:
        """Do one thing, if it can be done to the page that the step means."""
        what, one, two = step
        self._count += 1
        rows = self.store.pages("ENG", ("current", "trashed"))
        page, other = rows[one % len(rows)], rows[two % len(rows)]
        text = f"<p>{self._count}</p>"
        taken = {row.title.casefold() for row in rows}
        title = TITLES[two] if TITLES[two].casefold() not in taken else f"Page {self._count}"
        home = page.id == self.store.space("ENG").homepage_id
        current = page.status == "current"
        act: dict[str, Callable[[], object]] = {
            "create": lambda: self.store.create_page("ENG", title, text, parent=page.id),
            "edit": lambda: self.store.edit(page.id, text, message=f"edit {self._count}"),
            "retitle": lambda: self.store.edit(page.id, title=title),
            "move": lambda: self.store.edit(page.id, parent=other.id),
            "trash": lambda: self.store.trash(page.id),
            "restore": lambda: self.store.restore(page.id),
            "purge": lambda: (self.store.trash(page.id), self.store.purge(page.id)),
            "hide": lambda: self.store.restrict(page.id),
            "show": lambda: self.store.unrestrict(page.id),
            "forget": lambda: self.store.delete_version(page.id, 1),
            "comment": lambda: self.store._rewrite(page, text),
        }
        possible = {
            "restore": not current,
            "move": current and not home and page.id != other.id,
            "trash": current and not home,
            "purge": current and not home,
            "hide": current and not home,
            "forget": current and page.version > 1,
        }
        if possible.get(what, current):
            try:
                act[what]()
            except Exception as refused:  # the server's own rules: a circle, a title that is taken
                assert type(refused).__module__.startswith("confsync.sandbox"), refused


class Book:
    """A mirror in a repository, whose history is recorded."""

    def __init__(self, root: Path, site: Site) -> None:
        self.root, self._remote = root, StoreRemote(site.store)
        root.mkdir()
        init(root, settings_for(self._remote.url, [SpaceConfig("ENG", "ENG")], "cloud"))
        self.git("init", "-q")
        self.mirror = Mirror(root, config_file.load(root))

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def record(self, *, refresh: bool = False) -> None:
        result = history(self.mirror, self._remote, HistoryOptions(refresh=refresh))
        assert result.exit == 0, result.errors

    def commits(self) -> list[str]:
        return self.git("rev-list", "--reverse", BRANCH).split()

    def tip(self) -> str:
        return self.git("rev-parse", f"{BRANCH}^{{tree}}")

    def pulled(self) -> str:
        """Return the tree of what a pull writes into an empty mirror."""
        result = pull(self.mirror, self._remote, PullOptions())
        assert result.exit == 0, result
        self.git("add", "-A", "--", ".", ":!.confsync")
        return self.git("write-tree")


@settings(max_examples=10)
@given(st.lists(edits, max_size=12), st.sets(st.integers(0, 12)))
def test_any_split_of_edits_titles_and_new_pages_gives_the_same_commits(
    steps: list[Step], stops: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        site = Site()
        bit_by_bit = Book(Path(directory, "many"), site)
        for number, step in enumerate(steps):
            if number in stops:
                bit_by_bit.record()
            site.act(step)
        bit_by_bit.record()
        once = Book(Path(directory, "once"), site)
        once.record()
        assert bit_by_bit.commits() == once.commits()
        assert once.tip() == once.pulled()


@settings(max_examples=20)
@given(st.lists(others, max_size=14), st.sets(st.integers(0, 14)))
def test_whatever_happens_the_tip_is_a_fresh_pull_and_no_old_commit_changes(
    steps: list[Step], stops: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        site = Site()
        book = Book(Path(directory, "many"), site)
        known: list[str] = []
        for number, step in enumerate(steps):
            if number in stops:
                book.record()
                found = book.commits()
                assert found[: len(known)] == known
                known = found
            site.act(step)
        book.record(refresh=any(step[0] == "comment" for step in steps))
        assert book.commits()[: len(known)] == known
        assert book.tip() == Book(Path(directory, "fresh"), site).pulled()
        assert book.git("fsck", "--strict") == ""


def test_the_site_of_these_tests_has_what_it_says() -> None:
    site = Site()
    for step in (("create", 0, 0), ("edit", 1, 0), ("hide", 1, 0)):
        site.act(step)
    rows = site.store.pages("ENG")
    assert [(row.title, row.version, row.restricted) for row in rows] == [
        ("Home", 1, False),
        ("Guide", 2, True),
    ]
    assert Status.CURRENT.value == rows[1].status
