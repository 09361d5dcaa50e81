"""The command `push --plan`: write what a push would do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from confsync.bulk import plan as plans
from confsync.bulk.plan import Action, Base, Plan, PlanError, PlannedPage, Refused
from confsync.document.document import Document
from confsync.document.paths import is_unborn
from confsync.errors import Exit, FileError
from confsync.mirror.committed.deleted_files import DeletedFiles
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror, file_error
from confsync.mirror.scan import SpaceScan
from confsync.mirror.state import disk, regular
from confsync.model.hint import MIRROR, marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result
from confsync.progress import Progress, silent
from confsync.push.options import PushOptions, PushRun
from confsync.push.run import push_mirror
from confsync.remote import Remote
from confsync.sync.attachments.beside import beside
from confsync.sync.report import Report

_ACTIONS = {
    Outcome.CREATED: Action.CREATE,
    Outcome.UPDATED: Action.UPDATE,
    Outcome.RENAMED: Action.UPDATE,
    Outcome.MOVED: Action.MOVE,
    Outcome.DELETED: Action.DELETE,
    Outcome.ARCHIVED: Action.ARCHIVE,
}


def plan(
    mirror: Mirror,
    remote: Remote,
    options: PushOptions,
    file: Path,
    progress: Progress = silent,
) -> Result:
    """Write what a push with these options would do to a file. Send nothing.

    Raise UsageError, FileError.
    """
    refuse_other(file)
    options = replace(options, dry_run=True, commit=False, planned=True)
    here = ScannedMirror(mirror)
    result = push_mirror(PushRun(here, remote, Report("push", dry_run=True), progress), options)
    found = Plan(
        mirror.config.url,
        tuple(_planned(here, result.pages)),
        tuple(_refused(result)),
        deletes=options.delete is not None,
    )
    if result.interrupted:
        return result
    _write(file, plans.written(found))
    return replace(result, notes=(*result.notes, f"the plan is in {mentioned(str(file))}"))


class ScannedMirror(Mirror):
    """A mirror that remembers the documents of its last scan, each with its space."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__(mirror.root, mirror.config)
        self.here: dict[str, tuple[SpaceScan, Entry]] = {}

    def scan(self, reading: Callable[[Path, str], Entry] | None = None) -> tuple[SpaceScan, ...]:
        """Read every document once, as `Mirror.scan` does."""
        scans = super().scan(reading)
        self.here = {entry.path: (scan, entry) for scan in scans for entry in scan.entries}
        return scans


def _planned(mirror: ScannedMirror, pages: Iterable[PageResult]) -> Iterator[PlannedPage]:
    """Yield the planned state of the pages that a push would write."""
    for page in pages:
        action = _ACTIONS.get(page.outcome)
        if action is None or page.exit is not Exit.DONE:
            continue
        if action.removes:
            base = Base(page.base or page.remote or 0, "")
            digest = digest_here(mirror, page.path, page.id)
            yield PlannedPage(page.path, action, page.id, base, page.title, digest)
        elif page.path in mirror.here:
            scan, entry = mirror.here[page.path]
            if entry.document:
                found = page_of(mirror, scan, page.path, entry.document)
                yield found._replace(action=action)


def digest_here(mirror: ScannedMirror, path: str, page_id: str | None) -> str:
    """Return the digest of a page's unmodified document at a path, or an empty text."""
    here = mirror.here.get(path)
    found = here[1].document if here else None
    if not here or not found or not found.stamp or found.modified or here[1].page_id != page_id:
        return ""
    return found.stamp.digest


def _refused(result: Result) -> Iterator[Refused]:
    told = result.typed(MIRROR)
    for page in told.pages:
        if page.exit is not Exit.DONE:
            yield Refused(page.path, page.error or page.outcome.value)
    for error in told.errors:
        yield Refused("", error.message)


def page_of(mirror: Mirror, scan: SpaceScan, path: str, found: Document) -> PlannedPage:
    """Return the page that a document describes."""
    stamp = found.stamp
    entry = Entry(path, b"", found)
    wanted = scan.wanted(entry) if stamp or scan.config.posts else scan.new_parent(entry, None)
    return PlannedPage(
        path,
        Action.UPDATE if stamp else Action.CREATE,
        stamp.id if stamp else None,
        Base(stamp.version, stamp.digest) if stamp else None,
        found.title,
        found.digest,
        None if is_unborn(wanted) else wanted,
        tuple(sorted(found.labels or ())) if mirror.config.labels else None,
        _attachments(mirror, path, found),
        _settings(mirror, found),
    )


def _attachments(mirror: Mirror, path: str, found: Document) -> Mapping[str, str] | None:
    if not mirror.config.attachments:
        return None
    files = beside(mirror, path, found, DeletedFiles()).files
    return {name: file.digest for name, file in sorted(files.items())}


def _settings(mirror: Mirror, found: Document) -> Mapping[str, object] | None:
    """Return the values of the managed settings that a document has lines of, by name."""
    chosen = mirror.config.settings
    if not chosen:
        return None
    lines = ((name, found.settings[name]) for name in chosen if name in found.settings)
    return {name: json.loads(value) if value else None for name, value in lines}


def refuse_other(file: Path) -> None:
    """Raise FileError if a file exists and is not a plan."""
    if not os.path.lexists(file):
        return
    try:
        plans.parse(text_of(file), file.name)
    except PlanError:
        hint = f"'confsync push --plan {marked(f'{file}.json')}' writes another file"
        why = f"{mentioned(str(file))} exists and is not a plan; confsync did not change it"
        raise FileError(why, hint=hint) from None


def _write(file: Path, text: str) -> None:
    try:
        disk.replace(file, text.encode(), lambda: refuse_other(file), durable=False)
    except OSError as error:
        raise file_error(str(file), "cannot be written", error) from None


def text_of(file: Path) -> str:
    """Return the text of a plan's file. Raise FileError, PlanError."""
    try:
        return regular.read(file, regular.STATE_BYTES).decode()
    except UnicodeDecodeError:
        raise PlanError(f"{file.name}: is not a plan of confsync") from None
    except FileNotFoundError:
        hint = f"'confsync push --plan {marked(str(file))}' writes a plan"
        raise FileError(f"{mentioned(str(file))}: there is no such file", hint=hint) from None
    except OSError as error:
        raise file_error(str(file), "cannot be read", error) from None
