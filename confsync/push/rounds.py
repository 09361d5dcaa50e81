"""The rounds of a space's push, in an order in which the server accepts each document.

New and edited pages are mixed: a document may move below a page that the same push creates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from confsync.document import paths
from confsync.errors import Exit
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.mirror.scan import SpaceScan, with_made
from confsync.model.outcome import Outcome, PageResult
from confsync.push import order
from confsync.push.create import Creations
from confsync.push.options import SpacePush
from confsync.push.order import Intent, Order, Stuck
from confsync.push.send import Sending
from confsync.sync.fetch import Reader
from confsync.sync.refusals import local_result
from confsync.sync.report import Report


def push_in_rounds(space: SpacePush, outgoing: list[Entry], ordered: Order) -> None:
    """Write the documents round by round, and report each one. Raise the error that ended the run.

    A round creates its new pages first, because its edited pages may move below them.
    """
    report, entries = space.run.report, {entry.path: entry for entry in outgoing}
    creations = Creations(space)
    try:
        for round_paths in ordered.rounds:
            ready = _ready(report, [entries[path] for path in round_paths], ordered)
            creations.create([entry for entry in ready if entry.page_id is None])
            known = replace(space, scan=with_made(space.scan, creations.made))
            Sending(known).push([entry for entry in ready if entry.page_id is not None])
        for path, stuck in ordered.stuck.items():
            report.add(_stuck_result(report, entries[path], stuck))
    finally:
        told = report.told()
        for entry in outgoing:
            if entry.path not in told:
                result = replace(local_result(entry), outcome=Outcome.SKIPPED, error="not tried")
                report.add(result)


def _ready(report: Report, entries: list[Entry], ordered: Order) -> list[Entry]:
    """Return the documents of a round whose needs were written. Report the others."""
    written = report.written()
    ready = []
    for entry in entries:
        missing = sorted(ordered.needs.get(entry.path, frozenset()) - written)
        if not missing:
            ready.append(entry)
            continue
        why = f"waits for {', '.join(missing)}, which was not pushed"
        skipped = replace(local_result(entry), outcome=Outcome.SKIPPED, error=why)
        report.add(replace(skipped, exit=Exit.REFUSED))
    return ready


def _stuck_result(report: Report, entry: Entry, stuck: Stuck) -> PageResult:
    """Return the result of a document that no order can write, or whose need was refused."""
    result = replace(local_result(entry), error=stuck.why, hint=stuck.hint, exit=Exit.REFUSED)
    if stuck.first not in report.told():
        return result
    why = f"waits for {stuck.first}, which was not pushed"
    return replace(result, outcome=Outcome.SKIPPED, error=why, hint="")


# -- the order -------------------------------------------------------------------------------------


def order_of(space: SpacePush, outgoing: list[Entry]) -> Order:
    """Return the rounds in which the documents can be written. Raise APIAccessError."""
    sent = {entry.path for entry in outgoing}
    scan, mirror = space.scan, space.run.mirror
    titles = _old_titles(mirror, space.reader, scan, outgoing)
    parents: dict[str, str | None] = {
        folder.id: scan.tree.owners.get(directory.rpartition("/")[0])
        for directory, folder in scan.folders.items()
    }
    intents = []
    for entry in scan.entries:
        stamp = entry.document.stamp if entry.document else None
        if stamp:
            parents[stamp.id] = stamp.parent
        intent = _intent(scan, entry, titles.get(entry.path), meant=entry.path in sent)
        if intent is not None:
            intents.append(intent)
    return order.arrange(intents, parents)


def _intent(scan: SpaceScan, entry: Entry, old_title: str | None, *, meant: bool) -> Intent | None:
    """Return the intent of a document, or None if it changes nothing or cannot be read."""
    found = entry.document
    if found is None:
        return None
    if found.stamp is None:
        wanted = scan.tree.owners.get(scan.inner(entry.path).rpartition("/")[0])
        key = paths.unborn(entry.path)
        room = "new posts" if scan.config.posts else ""
        return Intent(entry.path, key, found.title, wanted, new=True, meant=meant, room=room)
    if not meant and not found.modified and not scan.moves(entry):
        return None
    stamp, wanted = found.stamp, scan.wanted(entry)
    return Intent(
        entry.path,
        stamp.id,
        found.title,
        wanted,
        old_title,
        stamp.parent,
        meant=meant,
        room=stamp.posted or "",
    )


def _old_titles(
    mirror: Mirror, reader: Reader, scan: SpaceScan, outgoing: list[Entry]
) -> dict[str, str]:
    """Return the titles of the pages on the server, by path, as far as they matter.

    The server is asked only for documents to send whose base is not in the cache.
    """
    titles: dict[str, str] = {}
    for entry in scan.entries:
        found = entry.document
        if found and found.stamp:
            title = mirror.bases.title(found.stamp) if found.modified else found.title
            if title is not None:
                titles[entry.path] = title
    unknown = [e for e in outgoing if e.page_id and e.path not in titles]
    if len(outgoing) > 1 and unknown:
        titles |= _titles_now(reader, unknown)
    return titles


def _titles_now(reader: Reader, entries: Iterable[Entry]) -> dict[str, str]:
    paths_by_id = {entry.page_id: entry.path for entry in entries if entry.page_id}
    pages = reader.remote.pages(reader.space, paths_by_id)
    return {paths_by_id[page_id]: page.info.title for page_id, page in pages.items()}
