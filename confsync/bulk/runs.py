"""The pushes of a mirror, each with the pages that it wrote. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from confsync.document.attachments.names import document_of
from confsync.model.event import Event

CREATED = "created"
DELETED = "deleted"
ARCHIVED = "archived"
_ATTACHED = "attached"


class Change(NamedTuple):
    """A value before and after a run, as a line of the audit trail has it.

    Digests of texts and of files are None where there was none. A parent is empty at the top.
    Labels are separated by blanks. Settings are a JSON object, each null if the page had none.
    """

    before: str | None
    after: str | None


class WrittenFile(NamedTuple):
    """An attachment that a push sent or deleted: its name, and the digests of its bytes."""

    name: str
    digests: Change


class WrittenPage(NamedTuple):
    """A page that a push wrote. `base` and `version` are its versions before and after.

    `what` is an outcome, or "labelled", "set" or "attached". `base` is None for a new page, and
    `version` for one that was deleted or archived; both are None if only attachments changed.
    `text`, `place`, `labels` and `settings` are None if they did not change.
    """

    page: str
    path: str
    what: str
    base: int | None = None
    version: int | None = None
    text: Change | None = None
    place: Change | None = None
    labels: Change | None = None
    files: tuple[WrittenFile, ...] = ()
    settings: Change | None = None

    def as_json(self) -> dict[str, object]:
        """Return the page's part of the JSON envelope of `log --runs`."""
        told = {name: getattr(self, name) for name in ("page", "path", "what", "base", "version")}
        return {**told, "attachments": [file.name for file in self.files]}


class Run(NamedTuple):
    """A push. `at` is the time of its end, in ISO 8601 and UTC."""

    run: str
    at: str
    pages: tuple[WrittenPage, ...]

    def as_json(self) -> dict[str, object]:
        """Return the run's part of the JSON envelope of `log --runs`."""
        return {"run": self.run, "at": self.at, "pages": [page.as_json() for page in self.pages]}


def runs_of(events: Iterable[Event]) -> list[Run]:
    """Return the runs in an audit trail, oldest first. Conflicts and older lines are left out."""
    found: dict[str, dict[str, WrittenPage]] = {}
    times: dict[str, str] = {}
    for event in events:
        if not (event.run and event.is_write):
            continue
        pages = found.setdefault(event.run, {})
        times[event.run] = event.time
        pages[event.page] = _with(pages.get(event.page), event)
    return [Run(run, times[run], sorted_pages(pages.values())) for run, pages in found.items()]


def sorted_pages(pages: Iterable[WrittenPage]) -> tuple[WrittenPage, ...]:
    """Return the pages of a run by their paths: several threads write them."""
    return tuple(sorted(pages, key=lambda page: page.path))


def _with(page: WrittenPage | None, event: Event) -> WrittenPage:
    """Return a page with one more write of the same run."""
    change = Change(event.before, event.after)
    document = document_of(event.path)
    if document is not None:
        old = page or WrittenPage(event.page, document, _ATTACHED)
        file = WrittenFile(event.path.rpartition("/")[2], change)
        return old._replace(files=(*old.files, file))
    new = page
    if new is None or new.what == _ATTACHED:
        files = new.files if new else ()
        new = WrittenPage(event.page, event.path, event.what, event.base, files=files)
    # Labels have no version. Their event names the version that the page had before.
    version = max(new.version or 0, event.version or 0) or None
    new = new._replace(path=event.path, version=version)
    if event.what in (DELETED, ARCHIVED):
        return new._replace(what=event.what, version=None)
    if event.is_text:
        return new._replace(text=_joined(new.text, change))
    if event.what == "moved":
        return new._replace(place=_joined(new.place, change))
    if event.what == "set":
        return new._replace(settings=_both(new.settings, change))
    return new._replace(labels=change) if event.what == "labelled" else new


def _both(earlier: Change | None, later: Change) -> Change:
    """Return two changes of settings as one. The order among siblings is sent by itself."""
    if earlier is None:
        return later
    befores = [json.loads(one.before or "{}") for one in (later, earlier)]
    afters = [json.loads(one.after or "{}") for one in (earlier, later)]
    before, after = ({**some[0], **some[1]} for some in (befores, afters))
    return Change(*(json.dumps(one, ensure_ascii=False) for one in (before, after)))


def _joined(earlier: Change | None, later: Change) -> Change:
    """Return two changes of one value as one."""
    return later if earlier is None else Change(earlier.before, later.after)
