"""The writes without an answer: `.confsync/in-doubt`, a line of JSON for each.

The next push and pull find out whether they landed, even if the file has changed by then. If this
file is lost, the title and the token of a page still help.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.state import mark, mutex
from confsync.mirror.state.stamp_index import NewestFiles
from confsync.model.stamp import Attached, Local, Stamp, token

NAME = "in-doubt"
_KEPT = 1000
_NOTING = threading.Lock()


class Doubt(NamedTuple):
    """A write that may have landed.

    `mark` is its token. `page` is empty for a creation, which has `title` and `parent` instead.
    `file` is the name of an attachment, or empty. `base` is the version that was written over, 0
    for none. `digest` is the digest of the sent content.
    """

    path: str
    mark: str
    digest: str
    page: str = ""
    base: int = 0
    title: str = ""
    parent: str | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class SentFile(Attached):
    """The stamp of an attachment whose upload in doubt landed."""


def creation(path: str, local: Local) -> Doubt:
    """Return the doubt about the creation of a page."""
    mark = token(None, local)
    return Doubt(path, mark, local.digest, title=local.title, parent=local.wanted)


def edit(path: str, stamp: Stamp, local: Local) -> Doubt:
    """Return the doubt about a text that was sent over a stamp."""
    return Doubt(path, token(stamp, local), local.digest, stamp.id, stamp.version)


def read(state: Path) -> tuple[Doubt, ...]:
    """Return the writes in doubt, the oldest first. Invalid lines are skipped."""
    found = map(_doubt, mark.read(state, NAME).splitlines())
    return tuple(one for one in found if one is not None)


def note(state: Path, doubt: Doubt) -> None:
    """Remember a write in doubt. If that fails, confsync continues."""
    with _changing(state):
        _keep(state, [*(one for one in read(state) if one != doubt), doubt][-_KEPT:])


def forget(state: Path, doubts: Iterable[Doubt]) -> None:
    """Forget writes that are no longer in doubt."""
    gone = set(doubts)
    if gone:
        with _changing(state):
            _keep(state, [one for one in read(state) if one not in gone])


def tidy(state: Path, stamps: Iterable[Stamp | None]) -> None:
    """Forget the doubts about documents and attachments that have a later version since."""
    doubts = read(state)
    if not doubts:
        return
    versions: dict[tuple[str, str], int] = {}
    for stamp in stamps:
        if stamp is not None:
            versions[stamp.id, ""] = stamp.version
            versions |= {(stamp.id, one.name): one.version for one in stamp.attachments}
    forget(
        state,
        [one for one in doubts if one.page and versions.get((one.page, one.file), 0) > one.base],
    )


def sent(state: Path) -> Callable[[Stamp], frozenset[str]]:
    """Return a function that returns the tokens of texts in doubt over a stamp."""
    doubts = [one for one in read(state) if one.page and not one.file]

    def marks(stamp: Stamp) -> frozenset[str]:
        key = (stamp.id, stamp.version)
        return frozenset(one.mark for one in doubts if (one.page, one.base) == key)

    return marks


def with_files(state: Path, newest: NewestFiles) -> NewestFiles:
    """Return the newest stamps of attachments, with the uploads in doubt added."""
    sent: dict[str, Mapping[str, Attached]] = {}
    both = newest.with_sent(sent)
    for one in read(state):
        known = both.get(one.page, {}) if one.file else {}
        if one.file and (one.file not in known or known[one.file].version <= one.base):
            file = SentFile(one.file, one.base + 1, one.digest, one.file)
            sent[one.page] = {**known, one.file: file}
    return both


def creations(state: Path, new: Mapping[str, tuple[str, str]]) -> dict[str, Doubt]:
    """Return the creations in doubt by the present path of their documents.

    `new` maps the paths of documents without a stamp to their titles and digests. A document is
    recognised by its path, else by its text, else by its title.
    """
    found: dict[str, Doubt] = {}
    for one in read(state):
        if one.page:
            continue
        alike = (
            *(path for path in new if path == one.path),
            *(path for path, (_, digest) in new.items() if digest == one.digest),
            *(path for path, (title, _) in new.items() if title == one.title),
        )
        for path in alike[:1]:
            found[path] = one
    return found


@contextlib.contextmanager
def _changing(state: Path) -> Iterator[None]:
    """Let no other thread or process change the file. An error of the mutex is ignored."""
    with _NOTING, contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            held.enter_context(mutex.held(state))
        yield


def _keep(state: Path, doubts: list[Doubt]) -> None:
    with contextlib.suppress(OSError):
        mark.keep(state, NAME, "".join(json.dumps(one) + "\n" for one in doubts).encode())


def _doubt(line: bytes) -> Doubt | None:
    try:
        found = Doubt(*json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (found.path, found.mark, found.digest, found.page, found.title, found.file)
    good = all(isinstance(text, str) for text in texts) and isinstance(found.base, int)
    return found if good and isinstance(found.parent, str | None) else None
