"""The server of a team, and its book: the lines and comments that every page has ever had."""

from __future__ import annotations

import re
from collections import defaultdict

from confsync.document.settings.names import OF_PAGE, ORDER, OWNER, RESTRICTIONS, key_of
from confsync.document.settings.restrictions import value_of
from confsync.document.settings.values import canonical, digest
from confsync.model import filenames as paths
from confsync.model.config import Comments, Config, SpaceConfig
from confsync.sandbox import Missing, PageRow, Store
from confsync.sandbox.store.rows import PAGE, place_of
from tests.property.team.journal import Journal, Seen
from tests.property.team.lines import marks
from tests.store_remote import names_of

SPACE = "ENG"
BLOG = f"{SPACE}/{paths.BLOG}"
CONFIG = Config(
    "http://127.0.0.1:9/wiki",
    (SpaceConfig(SPACE, SPACE, blog=True), SpaceConfig(SPACE, BLOG, posts=True)),
    flavor="cloud",
    labels=True,
    attachments=("*",),
    comments=Comments.NOTICE,
)
# Texts alone: then status, push and pull know what is unmodified by an index, and read less.
PLAIN = CONFIG._replace(labels=False, attachments=(), comments=Comments.OFF)
# What a page can be.
EVER = ("current", "archived", "trashed")


class Site:
    """The server, and its book: what each page holds and no person has given up."""

    def __init__(self, store: Store) -> None:
        self.config = CONFIG
        self.store = store
        self.owed: dict[str, set[str]] = {}
        self.ever: dict[str, set[str]] = defaultdict(set)
        self.journal = Journal()
        self.folders: list[str] = []
        self._removed: set[str] = set()
        self._typed = 0

    def line(self) -> str:
        """Return a line that was never typed before."""
        self._typed += 1
        return f"L{self._typed}L"

    def pages(self, *statuses: str) -> list[PageRow]:
        """Return the pages, and the blog posts behind them."""
        wanted = statuses or ("current",)
        rows = (*self.store.pages(SPACE, wanted), *self.store.posts(SPACE, wanted))
        return [row for row in rows if row.status in wanted]

    def settings_of(self, page_id: str) -> dict[str, str | None]:
        """Return the digests of a page's managed settings, by name."""
        held = {one.key: canonical(one.value) for one in self.store.properties(page_id)}
        if named := value_of(names_of(self.store, page_id)):
            held[RESTRICTIONS] = named
        page = self.store.page(page_id)
        held |= {OWNER: canonical(page.owner), ORDER: canonical(place_of(page))}
        names = [n for n in self.config.settings if page.type == PAGE or key_of(n) not in OF_PAGE]
        return {name: digest(name, held.get(key_of(name))) for name in names}

    def audit(self) -> None:
        """Nothing that a page had is missing from it. Notes what it has now."""
        for row in self.pages("current"):
            has = marks(row.body)
            missing = self.owed.get(row.id, set()) - has - self.journal.of[row.id].left
            assert not missing, f"page {row.id} '{row.title}' lost {missing} in v{row.version}"
            self.owed[row.id] = has
            self.ever[row.id] |= has
            self._audit_files(row)

    def _audit_files(self, row: PageRow) -> None:
        """Nor is anything missing from a file of the page."""
        there = {f"{row.id}/{one.title}": one.id for one in self.store.attachments(row.id)}
        for key in {key for key in self.owed if key.startswith(f"{row.id}/")} | there.keys():
            has = self.file_marks(there[key]) if key in there else set()
            missing = self.owed.get(key, set()) - has - self.journal.of[key].left
            assert not missing, f"{key} of '{row.title}' lost {missing}"
            self.owed[key] = has
            self.ever[key] |= has

    def file_marks(self, attachment_id: str) -> set[str]:
        return marks(self.store.attachment_data(attachment_id).decode())

    def remove_file(self, page_id: str, name: str, attachment_id: str) -> None:
        """Remove an attachment in the browser. The book keeps what it held."""
        versions = range(1, self.store.attachment(attachment_id).version + 1)
        for number in versions:
            self._removed |= marks(self.store.attachment_data(attachment_id, number).decode())
        self.store.remove_attachment(attachment_id)
        self.owed.pop(f"{page_id}/{name}", None)

    def give_up_file(self, page_id: str, name: str, lines: set[str]) -> None:
        """Note that a person deleted a file with these lines: a push may remove them."""
        self.journal.give_up(f"{page_id}/{name}", lines)
        self._removed |= lines

    def bring_back(self, page_id: str) -> None:
        """Restore a page. If another page has its title now, that page gets a third title."""
        title = self.store.page(page_id).title.casefold()
        for row in self.pages("current", "archived"):
            if row.id != page_id and row.title.casefold() == title:
                if row.status == "archived":
                    self.store.restore(row.id)
                self.store.edit(row.id, title=f"Title {self.line()}")
        self.store.restore(page_id)

    def state(self) -> object:
        """Everything that a write would change."""
        return [
            (
                row.id,
                row.title,
                row.body,
                row.version,
                row.parent_id,
                row.labels,
                self.store.attachments(row.id),
                self.store.properties(row.id),
                value_of(names_of(self.store, row.id)),
            )
            for row in self.pages(*EVER)
        ] + [self.store.folder(folder) for folder in self.folders]

    def begin_anew(self) -> None:
        """Owe only what the server has now: it was restored from a backup."""
        self.owed.clear()
        self.folders = [one for one in self.folders if self._has_folder(one)]
        self.audit()

    def _has_folder(self, folder: str) -> bool:
        try:
            self.store.folder(folder)
        except Missing:
            return False
        return True

    def give_up(self, page_id: str, kept: Seen) -> None:
        """Note that a person gave up, by name, what a page says and `kept`, its document, does not.

        A push may give the page the document's text, title, labels and place.
        """
        row, intent = self.store.page(page_id), self.journal.of[page_id]
        self.journal.give_up(page_id, marks(row.body))
        intent.labels |= kept.labels ^ {*row.labels}
        intent.settings |= kept.settings
        intent.titles |= kept.titles
        intent.moved |= kept.stamp is not None and kept.stamp.parent != row.parent_id

    def no_version_twice(self) -> None:
        """No edit made two versions, and no document two pages: each token stands once.

        A page that is new in two clones is found by its title. A person who changes that in between
        has two of them.
        """
        tokens: list[str] = []
        for row in self.pages(*EVER):
            first, *later = self.store.versions(row.id)
            retitled = any(version.title != first.title for version in later)
            told = [version.message for version in (later if retitled else (first, *later))]
            tokens += re.findall(r"\[confsync \w+\]", " ".join(told))
        assert len(tokens) == len(set(tokens)), "one edit made two versions"

    def ever_on(self, key: str, *, but_now: bool = False) -> set[str]:
        """Return every line that a page, or a file as ``ID/NAME``, has or had at some time.

        `but_now` leaves out its current version.
        """
        page_id, _, name = key.partition("/")
        ever = set(self.ever[key])
        try:
            versions = self.store.versions(page_id)
        except Missing:
            return ever
        less = int(but_now)
        if not name:
            old = versions[: len(versions) - less]
            ever |= {mark for version in old for mark in marks(version.body)}
        for one in self.store.attachments(page_id, name) if name else ():
            for number in range(1, one.version + 1 - less):
                ever |= marks(self.store.attachment_data(one.id, number).decode())
        return ever

    def ever_had(self) -> set[str]:
        """Every line of every version of every page."""
        rows = self.pages(*EVER)
        lines = {m for row in rows for v in self.store.versions(row.id) for m in marks(v.body)}
        for row in rows:
            for one in self.store.attachments(row.id):
                for number in range(1, one.version + 1):
                    lines |= marks(self.store.attachment_data(one.id, number).decode())
        return lines | self._removed
