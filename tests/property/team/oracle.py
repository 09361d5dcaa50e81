"""The oracle: each change that confsync makes, on the server or in a file, has a cause.

A change of a page is caused by an entry of the journal of intent. A change in a file is caused by
what some version of its page says. Where the oracle cannot tell, it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from confsync.document.settings.names import ORDER, key_of
from confsync.document.settings.restrictions import locked
from confsync.errors import NotVisibleError, ServerError
from confsync.model.page import AttachmentHints, Page, PageInfo, Space
from confsync.model.stamp import Stamp
from confsync.remote.rows import flawed
from confsync.sandbox import PageRow, Store
from confsync.sandbox.store.actions.groups import EVERYONE
from confsync.sandbox.store.rows import PAGE
from tests.property.team.journal import NEW, Sight
from tests.property.team.lines import marks
from tests.property.team.planned import Planned
from tests.property.team.site import Site
from tests.store_remote import StoreRemote, names_of

Done = TypeVar("Done")


# The statuses of pages that a push takes away.
RESTRICTED = "restrictions"
GONE = ("trashed", "archived")


class State(NamedTuple):
    """A page as the server has it; `files` are the lines of each attachment.

    `settings` are digests of values by name.
    """

    row: PageRow
    files: Mapping[str, frozenset[str]]
    types: Mapping[str, str]
    settings: Mapping[str, str | None] = MappingProxyType({})


def _children(
    states: Mapping[str, State], others: Mapping[str, State], parent: str | None
) -> list[str]:
    """Return the pages that stand below a parent in both states, in the order of the first."""
    both = [
        state.row
        for page_id, state in states.items()
        if page_id in others
        and state.row.type == PAGE
        and state.row.status == others[page_id].row.status == "current"
        and state.row.parent_id == others[page_id].row.parent_id == parent
    ]
    return [row.id for row in sorted(both, key=lambda row: (row.position, int(row.id)))]


def _without(page_id: str, some: Iterable[str]) -> list[str]:
    return [one for one in some if one != page_id]


class Odd(Enum):
    """A way in which an answer about one page is odd."""

    FLAWED = "its row says neither title nor version"
    VANISHED = "it is listed, and not found when it is asked for"
    UNLISTED = "it is not listed, and there"


class Search(Enum):
    """The kinds of answers to a search for attachments."""

    RIGHT = "it knows everything"
    LAGGING = "it says what it said last"
    EMPTY = "it finds nothing"
    ABSENT = "there is none"


class Audit:
    """The changes of one desk, and those without a cause.

    `gone` are the keys of documents and files that a person, or git, took away at this desk, and
    `here` those that stand here. `stamps` are those of the documents here, by page id. While a plan
    is applied, no change but the `planned` ones has a cause.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.gone: set[str] = set()
        self.here: set[str] = set()
        self.stamps: dict[str, Stamp] = {}
        self.planned: Planned | None = None
        # The numbers among siblings at the first write of a run.
        self.numbers: dict[str, str | None] | None = None
        # Whether another person may reorder pages between a look and a move. No client sees that.
        self.meddled = False
        self._found: list[str] = []
        # The last restrictions that this desk gave a page in its present run.
        self._sent: dict[str, str | None] = {}

    def report(self) -> None:
        """Fail if a change had no cause."""
        found, self._found = self._found, []
        self._sent.clear()
        assert not found, "; ".join(found)

    def pages(self) -> dict[str, State]:
        """Return the state of every page, for `write`."""
        rows = self.site.pages("current", "archived", "trashed")
        return {row.id: self._state(row) for row in rows}

    def _state(self, row: PageRow) -> State:
        if not self.site.config.attachments:
            return State(row, {}, {}, self.site.settings_of(row.id))
        found = self.site.store.attachments(row.id)
        files = {one.title: frozenset(self.site.file_marks(one.id)) for one in found}
        types = {one.title: one.media_type for one in found}
        return State(row, files, types, self.site.settings_of(row.id))

    def write(self, before: Mapping[str, State], after: Mapping[str, State]) -> None:
        """Compare the server before and after one write of this desk."""
        if "order" in self.site.config.settings:
            self._order(before, after)
        for page_id, now in after.items():
            then = before.get(page_id)
            status = now.row.status
            if then is not None and status != then.row.status and status in GONE:
                meant = self._is_removed(then.row, status)
                self._say(not meant, f"page {page_id} was {status}")
            elif now != then:
                self._page(page_id, then, now)
                for what in self.planned.strange(page_id, then, now) if self.planned else ():
                    self._say(what, f"{what} of page {page_id} is not as planned")

    def _is_removed(self, row: PageRow, status: str) -> bool:
        """Return whether a person deleted the document of a page; or a plan, if none is here."""
        if self.planned is None:
            return row.id in self.gone
        return row.id not in self.here and self.planned.removes(row.id, row.version, status)

    def _page(self, page_id: str, then: State | None, now: State) -> None:
        journal = self.site.journal
        intent, new = journal.of[page_id], journal.of[NEW]
        has, had = marks(now.row.body), marks(then.row.body) if then else set()
        came = has - had - intent.came - new.came
        self._say(came - self.site.ever_on(page_id, but_now=True), f"{came} came to page {page_id}")
        left = had - has - intent.left
        self._say(left, f"{left} left page {page_id}")
        if then is None or now.row.title != then.row.title:
            known = intent.titles | new.titles
            self._say(now.row.title not in known, f"page {page_id} is called {now.row.title!r}")
        if then is not None:
            moved = then.row.status == now.row.status and then.row.parent_id != now.row.parent_id
            self._say(moved and not journal.has_moves(), f"page {page_id} was moved")
            labels = {*then.row.labels} ^ {*now.row.labels}
            self._say(labels - intent.labels - new.labels, f"page {page_id} has other labels")
            known = then.types.items() & now.types.items()
            lost = then.types.keys() & now.types.keys() - {name for name, _ in known}
            self._say(lost, f"{lost} of page {page_id} have another media type")
        self._page_files(page_id, then.files if then else {}, now.files)
        self._settings(page_id, then.settings if then else {}, now.settings)

    def _order(self, before: Mapping[str, State], after: Mapping[str, State]) -> None:
        """Check that a person wanted each move among siblings, and that this desk knew the number.

        Only the first write of a run is compared with stamps, because moves change other numbers.
        """
        if self.numbers is None:
            self.numbers = {i: state.settings.get("order") for i, state in before.items()}
        journal, moved = self.site.journal, []
        for parent in {state.row.parent_id for state in after.values()}:
            then, now = _children(before, after, parent), _children(after, before, parent)
            wished = {i for i in now if self._wishes(journal.of[i].settings)}
            if self._wishes(journal.of[NEW].settings):
                wished.update(now)
            kept = [[i for i in some if i not in wished] for some in (then, now)]
            self._say(kept[0] != kept[1], f"the order below {parent} is another one")
            moved += [i for i in wished if then != now and _without(i, then) == _without(i, now)]
        known = {
            page_id: one.digest
            for page_id in moved
            if (stamp := self.stamps.get(page_id))
            for one in stamp.properties
            if one.key == ORDER
        }
        unseen = (
            known
            and not self.meddled
            and all(self.numbers.get(i) != told for i, told in known.items())
        )
        self._say(unseen, f"an unseen order of page {moved} is overwritten")

    def _wishes(self, settings: Iterable[tuple[str, str | None]]) -> bool:
        return any(name == "order" for name, _ in settings)

    def _settings(
        self, page_id: str, then: Mapping[str, str | None], now: Mapping[str, str | None]
    ) -> None:
        """Check that a person wanted each new value, and that this desk knew each old one."""
        intent, stamp = self.site.journal.of[page_id], self.stamps.get(page_id)
        new = self.site.journal.of[NEW]
        known = {one.key: one.digest for one in stamp.properties} if stamp else {}
        self._restrictions(page_id, then, now)
        for name in now.keys() - {RESTRICTED}:
            had = then.get(name)
            if had != now[name] and name != "order":  # a move gives siblings new numbers, too
                wanted = (name, now[name]) in intent.settings | new.settings
                wanted |= not then and name == "owner"  # a new page belongs to its creator
                self._say(not wanted, f"page {page_id} has another {name}")
                unseen = stamp is not None and had != known.get(key_of(name))
                self._say(unseen, f"an unseen {name} of page {page_id} is overwritten")

    def _restrictions(
        self, page_id: str, then: Mapping[str, str | None], now: Mapping[str, str | None]
    ) -> None:
        """Check one step of a change: a person wants another value, and this desk knew the old one.

        No step locks the desk's user out. Every user is in the group of all.
        """
        had, has = then.get(RESTRICTED), now.get(RESTRICTED)
        if had == has:
            return
        journal, stamp = self.site.journal, self.stamps.get(page_id)
        wanted = {*journal.of[page_id].settings, *journal.of[NEW].settings}
        self._say(RESTRICTED not in dict(wanted), f"page {page_id} has other restrictions")
        known = {one.key: one.digest for one in stamp.properties} if stamp else {}
        seen = (known.get(key_of(RESTRICTED)), self._sent.get(page_id))
        self._say(had not in seen, f"unseen restrictions of page {page_id} are overwritten")
        self._sent[page_id] = has
        lost = locked(names_of(self.site.store, page_id), {f"group:{EVERYONE}"})
        self._say(lost, f"the user is locked out of page {page_id}")

    def _page_files(
        self,
        page_id: str,
        then: Mapping[str, frozenset[str]],
        now: Mapping[str, frozenset[str]],
    ) -> None:
        for name in now.keys() | then.keys():
            key, intent = f"{page_id}/{name}", self.site.journal.of[f"{page_id}/{name}"]
            has, had = now.get(name, frozenset()), then.get(name, frozenset())
            new = self.site.journal.of[f"{NEW}/{name}"]
            came = has - had - intent.came - new.came
            self._say(came - self.site.ever_on(key, but_now=True), f"{came} came to {key}")
            self._say(had - has - intent.left, f"{had - has} left {key}")
            if name in then and name not in now:
                self._say(key not in self.gone, f"{key} was removed")

    def files(self, before: Sight, after: Sight, *, chosen: bool) -> None:
        """Compare the documents before and after a command.

        `chosen` says by whose word it gave up lines that stood here alone.
        """
        for page_id in before.keys() - after.keys() - {NEW}:
            gone = page_id in self._trashed()
            self._say(not gone, f"the document of {page_id} went away")
        for page_id in before.keys() & after.keys() - {NEW}:
            then, now = before[page_id], after[page_id]
            ever = self.site.ever_on(page_id)
            came = now.lines - then.lines - ever - self.site.journal.of[page_id].came
            self._say(came, f"{came} came to the document of {page_id}")
            left = then.lines - now.lines - ever
            self._say(left and not chosen, f"{left} left the document of {page_id}")

    def _trashed(self) -> set[str]:
        return {row.id for row in self.site.pages("archived", "trashed")}

    def _say(self, found: object, what: str) -> None:
        if found:
            self._found.append(f"no one wanted this: {what}")


class WatchedRemote(StoreRemote):
    """Looks at the server before and after each write, also one whose answer is lost."""

    def __init__(
        self, store: Store, user: str, audit: Audit, *, pages: WatchedRemote | None = None
    ) -> None:
        super().__init__(store, user, pages=pages)
        self._audit = audit
        self._misled: tuple[str, Odd | None] = ("", None)
        self._search = Search.RIGHT
        self._hints: dict[str, AttachmentHints | None] = {}
        if pages is None:
            self.posts = WatchedRemote(store, user, audit, pages=self)

    def mislead(self, page_id: str, odd: Odd | None) -> None:
        """Answer oddly about a page; None ends that."""
        for remote in (self, self.posts):
            if isinstance(remote, WatchedRemote):
                remote._misled = page_id, odd

    def search(self, search: Search) -> None:
        """Search for attachments so from now on."""
        for remote in (self, self.posts):
            if isinstance(remote, WatchedRemote):
                remote._search = search

    def attachment_hints(self, space: Space) -> AttachmentHints | None:
        match self._search:
            case Search.EMPTY:
                return AttachmentHints({}, is_whole=True)
            case Search.ABSENT:
                return None
            case Search.RIGHT:
                self._hints[space.key] = super().attachment_hints(space)
        return self._hints.get(space.key)

    def listing(
        self, space: Space, *, labels: bool = False, archived: bool = False
    ) -> Iterator[PageInfo]:
        page_id, odd = self._misled
        for info in super().listing(space, labels=labels, archived=archived):
            if info.id != page_id or odd in (None, Odd.VANISHED):
                yield info
            elif odd is Odd.FLAWED:
                yield flawed({"id": info.id, "title": None}, ServerError("a row without a title"))

    def pages(self, space: Space, page_ids: Iterable[str]) -> dict[str, Page]:
        page_id, odd = self._misled
        found = super().pages(space, page_ids)
        return {one: page for one, page in found.items() if one != page_id or odd is Odd.UNLISTED}

    def page(self, page_id: str) -> Page:
        if self._misled[0] == page_id and self._misled[1] is not Odd.UNLISTED:
            raise NotVisibleError(f"Cannot find a page with id [{page_id}]", status=404)
        return super().page(page_id)

    def write(self, what: str, write: Callable[[], Done]) -> Done:
        def watched() -> Done:
            before = self._audit.pages()
            done = write()
            self._audit.write(before, self._audit.pages())
            return done

        return super().write(what, watched)
