"""The reversal of a push: the oracle knows the push by its trail and by the server's versions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from confsync.document.document import Document
from confsync.mirror.mirror import Mirror
from confsync.model.event import Event
from confsync.model.outcome import Outcome
from confsync.model.result import Result
from confsync.model.stamp import digest
from confsync.sandbox import Missing, VersionRow
from tests.property.team.desk import Desk
from tests.property.team.files import read
from tests.property.team.lines import comments_in, marks
from tests.property.team.site import EVER, Site

_RUN = re.compile(r"\[confsync \w+\] \[run (\w+)\]")
_COMMENTED = re.compile(r'ac:ref="([^"]+)"[^>]*>[^<]*?(L\d+L)')
_WRITTEN = {Outcome.MODIFIED, Outcome.MOVED, Outcome.CONFLICTED}


class _Sides(NamedTuple):
    """The versions before and after a push. `sent` tells that the later one is as it was sent."""

    before: VersionRow
    after: VersionRow
    sent: bool


class Reversal:
    """A desk before the reversal of a push, and the documents that may change there."""

    def __init__(self, desk: Desk, desks: Iterable[Desk], run: str) -> None:
        self._desk = desk
        self._run = run
        self._state = desk.site.state()
        self._events = [event for one in desks for event in _trail(one) if event.run == run]
        self._before = {path: path.read_bytes() for path in desk.documents()}
        self._documents = {path: read(path) for path in self._before}

    def check(self, told: Result | None) -> None:
        """Check what changed. `told` None stands for a reversal that was killed."""
        assert self._desk.site.state() == self._state, "a reversal wrote to the server"
        if told and any("is known here" in error.message for error in told.errors):
            assert not any(event.run == self._run for event in _trail(self._desk))
        moved = [(page.old_path, page.path) for page in told.pages if page.old_path] if told else []
        results = {page.path: page for page in told.pages} if told else {}
        now: dict[tuple[str, str], list[Path]] = defaultdict(list)
        for path, found in self._now().items():
            now[_key(found, path)].append(path)
        for path, old in self._documents.items():
            places = now[_key(old, path)]
            assert places, f"{path} went away"
            name = _moved(self._desk.name_of(path), moved)
            wanted = self._desk.root / name
            assert not told or wanted in places, f"{path} is at {places}"
            there = wanted if wanted in places else places[0]
            if there.read_bytes() == self._before[path]:
                continue
            assert old is not None, f"{path} could not be read, and is changed"
            self._check_document(old, read(there))
            assert not told or results[name].outcome in _WRITTEN, f"{path} changed without a word"

    def _now(self) -> dict[Path, Document | None]:
        return {path: read(path) for path in self._desk.documents()}

    def _check_document(self, old: Document, new: Document | None) -> None:
        """Check a document that the reversal wrote."""
        stamp = old.stamp
        assert stamp is not None
        assert new is not None
        assert new.stamp == stamp, "the reversal wrote a stamp"
        assert not old.modified, "an edited document was changed"
        events = [event for event in self._events if event.page == stamp.id]
        versions = self._versions(stamp.id)
        own = [at for at, version in enumerate(versions) if _run_of(version) == self._run]
        assert own or events, "the push did not write this page"
        assert not own or own[0] or versions[0].number > 1 or len(versions) > 1, "it was created"
        self._check_labels(old, new, events)
        texts = [event for event in events if event.is_text]
        if own and own[0] and (texts or not events):
            after = versions[own[-1]]
            sent = digest(after.title, after.body) in {event.after for event in texts}
            _check_text(old, new, _Sides(versions[own[0] - 1], after, sent))

    def _check_labels(self, old: Document, new: Document, events: Iterable[Event]) -> None:
        """Check that a document lost the labels of the push, and got back those that it removed."""
        wanted = {*(old.labels or ())}
        for event in events:
            if event.what == "labelled":
                before, after = {*(event.before or "").split()}, {*(event.after or "").split()}
                wanted = wanted - (after - before) | (before - after)
        assert {*(new.labels or ())} in (wanted, {*(old.labels or ())}), f"other labels: {wanted}"

    def _versions(self, page_id: str) -> tuple[VersionRow, ...]:
        try:
            return tuple(self._desk.site.store.versions(page_id))
        except Missing:  # the server was restored from an older backup
            return ()


def runs_in(site: Site, desks: Iterable[Desk]) -> list[str]:
    """Return the ids of all pushes, those of the versions first, the last desk's own ones last."""
    trails = [event.run for desk in desks for event in _trail(desk) if event.run]
    rows = (row for row in site.pages(*EVER))
    versions = (_run_of(one) for row in rows for one in site.store.versions(row.id))
    newest_first = dict.fromkeys([*filter(None, versions), *trails][::-1])
    return list(newest_first)[::-1]


def _check_text(old: Document, new: Document, sides: _Sides) -> None:
    """Check title, lines and comments of a document without the edit of a push."""
    before, after = marks(sides.before.body), marks(sides.after.body)
    had, has = marks(old.body), marks(new.body)
    went, came = _lines(after - before), _lines(before - after)
    wanted = _lines(had) - went | came
    if "<<<<<<<" in new.body:
        assert wanted <= has, f"{wanted - has} is missing in a conflict"
    else:
        assert _lines(has) == wanted, f"{_lines(has) ^ wanted} is another text"
    later = comments_in(old.body) - comments_in(sides.before.body)
    for ref, line in _COMMENTED.findall(old.body):
        kept = f"comment {ref}" in later and line in wanted
        if kept and not (sides.sent and f"comment {ref}" in after):
            assert f"comment {ref}" in has, f"the comment on {line} is gone"
    titles = (sides.after.title, sides.before.title)
    title = sides.before.title if old.title in titles else old.title
    assert new.title == title, f"it is called {new.title}, and not {title}"


def _lines(found: set[str]) -> set[str]:
    return {mark for mark in found if mark.startswith("L")}


def _trail(desk: Desk) -> Iterator[Event]:
    return (one for one in Mirror(desk.root, desk.site.config).audit.read() if one.is_write)


def _run_of(version: VersionRow) -> str | None:
    found = _RUN.match(version.message)
    return found[1] if found else None


def _key(found: Document | None, path: Path) -> tuple[str, str]:
    """Return the key of a document that may move: two can stand there for one page."""
    return (found.stamp.id if found and found.stamp else ""), path.name


def _moved(name: str, moved: Iterable[tuple[str, str]]) -> str:
    """Return the new name of a document; one that is not moved goes with the next one above it."""
    for old, new in sorted(moved, key=lambda pair: -len(pair[0])):
        stem = old.removesuffix(".xhtml")
        if name == old:
            return new
        if name.startswith(f"{stem}/"):
            return new.removesuffix(".xhtml") + name.removeprefix(stem)
    return name
