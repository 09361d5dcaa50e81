"""The execution of a pull's plan: removals, moves and writes, in small batches of pages.

The texts of new pages are read at the same time: while confsync writes one answer, the server sends
the next ones. Only these answers are in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from confsync.document import paths
from confsync.document.document import Document, outline
from confsync.document.paths import Destination
from confsync.errors import ConfsyncError, Exit
from confsync.mirror import attachment_files as files
from confsync.mirror import folder_files, moves
from confsync.mirror.bulk_write import Writing, name_all, replace_all
from confsync.mirror.comments import files as comments
from confsync.mirror.committed.deleted import at_home, settled_moves
from confsync.mirror.entry import Entry
from confsync.mirror.git.head import documents_of_head
from confsync.mirror.git.removals import Move
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import merges
from confsync.model.filenames import STATE
from confsync.model.outcome import Outcome, PageResult
from confsync.model.stamp import Stamp
from confsync.pull import attachments, new_documents
from confsync.pull.comments import files as comment_files
from confsync.pull.context import PullRun
from confsync.pull.placement import Placement
from confsync.pull.plan import Plan, Step, Text
from confsync.pull.prefetch import TOGETHER, laid_out
from confsync.pull.step_details import alone, with_files
from confsync.sync.attachments.beside import Downloaded
from confsync.sync.fetch import Reader
from confsync.sync.refusals import failed
from confsync.workers import batches

# Batch size for documents that are written and only need names. There are fewer directories to sync
# than pages.
NAMED = 1000


def tells(step: Step) -> bool:
    """Return whether a step writes a document or has a result to report."""
    return bool(step.data or step.changes) or step.result.outcome is not Outcome.CLEAN


def apply_plan(run: PullRun, plan: Plan, texts: Mapping[str, Text]) -> None:
    """Carry out the plan.

    The report gets the results; `texts` are written and wait for their names.

    The order keeps every document below its old or its new parent at every moment: removals, then
    moves, then writes.
    """
    run.report.add(*_remove(run.mirror, [step for step in plan.steps if step.remove]))
    stuck = _move(run.mirror, plan, plan.placement) if plan.placement else {}
    steps = [step for step in plan.steps if not step.remove]
    run.report.add(*_stuck_results(steps, stuck))
    _write_all(run, plan, [s for s in steps if s.after not in stuck and tells(s)], texts)
    comment_files.bring(run, plan)


def _stuck_results(steps: Iterable[Step], stuck: Mapping[Destination, str]) -> Iterator[PageResult]:
    """Yield the results of pages whose documents could not be moved."""
    known = {step.after: step.result for step in steps if step.after}
    for place, why in stuck.items():
        result = known.get(place, PageResult(place.path, Outcome.FAILED))
        yield replace(result, outcome=Outcome.FAILED, error=why, exit=Exit.LOCAL)


def _write_all(run: PullRun, plan: Plan, steps: list[Step], texts: Mapping[str, Text]) -> None:
    """Write the documents of all steps in batches. New pages come as the server answers."""
    here = [step for step in steps if step.new is None]
    new = {step.new.id: step for step in steps if step.new is not None}
    ready = [step for i in new if (step := new_documents.named(new[i], texts.get(i)))]
    for step in ready:
        del new[step.result.id or ""]
    number = 0
    with run.remote.workers.locally.aside() as aside:
        try:
            lots = chain(batches(ready, NAMED), batches(here, TOGETHER), _arriving(run, plan, new))
            for some in lots:
                run.progress(f"writing {plan.scan.config.key}", number, len(steps))
                if any(step.changes for step in some):
                    run.report.add(*aside.taken())  # attachments create and remove directories
                some = list(_with_files(run, some))
                # While one batch is written, the next one is made. Memory holds only these two.
                run.report.add(*aside.taken())
                aside.put(partial(_write, run, some))
                number += len(some)
        finally:
            run.report.add(*aside.taken())


def _arriving(run: PullRun, plan: Plan, new: dict[str, Step]) -> Iterator[list[Step]]:
    """Yield the new pages with their texts, as the server answers."""
    if not new:
        return
    reader = Reader(run.remote, plan.view.space, archived=plan.scan.config.archived)
    least = {i: step.new.version.number for i, step in new.items() if step.new}
    found = (
        dict(some) for all_ in reader.arriving(least) for some in batches(all_.items(), TOGETHER)
    )
    for some, laid in laid_out(run, found, len(new)):
        yield [
            new_documents.arrived(run, new[page_id], answer, laid.get(page_id))
            for page_id, answer in some.items()
        ]


def _with_files(run: PullRun, steps: list[Step]) -> Iterator[Step]:
    """Yield the steps with their attachments in place, downloaded in parallel."""
    if not any(step.changes for step in steps):
        yield from steps
        return

    def download(step: Step) -> dict[str, Downloaded]:
        if step.changes is None:
            return {}
        return attachments.download(run.mirror, run.remote, step.changes)

    found = run.remote.workers.each(download, steps)
    for step, known in zip(steps, found, strict=True):
        placed = partial(with_files, run, found=known)
        yield alone(step, placed) if step.changes else step


def _move(mirror: Mirror, plan: Plan, placed: Placement) -> dict[Destination, str]:
    """Move documents and folders to their places. Return the error of each failed destination."""
    stuck: dict[Destination, str] = {}
    if plan.moves:
        try:
            _note_moves(mirror, plan)
        except ConfsyncError as error:
            return dict.fromkeys(plan.moves.values(), error.message)
        wanted = {entry.path: plan.scan.wanted(entry) for entry in plan.scan.entries}
        wanted = {path: key for path, key in wanted.items() if not paths.is_unborn(key)}
        stuck = moves.move(
            mirror,
            plan.scan.config,
            plan.moves,
            wanted,
            lambda: _forget_folders(mirror, plan, placed),
        )
    else:
        _forget_folders(mirror, plan, placed)
    for folder_id, directory in placed.folders.items():
        try:
            folder_files.write_folder(mirror, directory.path, plan.view.folders[folder_id])
        except ConfsyncError as error:  # such as a link; documents are still pulled
            stuck[directory] = error.message
    return stuck


def _note_moves(mirror: Mirror, plan: Plan) -> None:
    """Note the documents that will be moved, if git may have them at their present place.

    A killed run may have left a document on its way to where HEAD has it. Such a document was not
    moved. The notes that HEAD has settled are removed too, but no pull changes the file only for
    them. Raise FileError.
    """
    known = documents_of_head(str(mirror.root), mirror.config.directories)
    moved = [entry for entry in plan.scan.entries if entry.path in plan.moves and entry.page_id]
    waiting = {plan.moves[entry.path].path: entry.page_id for entry in moved if entry.waits}
    home = at_home(mirror.root, waiting)
    noted = [
        Move(entry.document.stamp.id, entry.document.stamp.version, plan.moves[entry.path].path)
        for entry in moved
        if entry.document and entry.document.stamp and entry.page_id not in home
        if known is None or entry.path in known.ids or (entry.waits and known.ids)
    ]
    if noted:
        mirror.forget_removals((), settled_moves(mirror.root, plan.scan.entries))
        mirror.note_moves(noted)


def _forget_folders(mirror: Mirror, plan: Plan, placed: Placement) -> None:
    """Remove the file of each folder that leaves its directory.

    Otherwise a document that arrives there would have the old folder as its wanted parent for a
    moment.
    """
    for inner, folder in plan.scan.folders.items():
        directory = plan.scan.outer(inner)
        stays = placed.folders.get(folder.id) == Destination(directory)
        if folder.id not in placed.hidden and not stays:
            folder_files.drop_folder(mirror, directory)


def _write(run: PullRun, steps: list[Step]) -> list[PageResult]:
    """Write the documents of the steps, and return the results of all steps."""
    mirror = run.mirror
    results: list[PageResult] = []
    waiting: list[tuple[int, Step]] = []

    def writes() -> Iterator[Writing]:
        for step in steps:
            _remember(mirror, step)
            results.append(step.result)
            data = step.ready.file if step.ready else step.data
            if data is None:
                continue
            try:
                if step.discarded is not None:
                    mirror.keep_in_trash(step.destination.path, step.discarded)
            except ConfsyncError as error:
                results[-1] = failed(step.result, error)
                continue
            waiting.append((len(results) - 1, step))
            expected = step.entry.raw if step.entry else None
            place = step.destination.path
            yield Writing(place, data, expected, _base_of(step), _outline(run, step))

    write = name_all if all(step.ready for step in steps) else replace_all
    for (place, step), error in zip(
        waiting, write(mirror, writes(), run.remote.workers), strict=True
    ):
        if error is not None:
            results[place] = failed(step.result, error)
    new = {step.result.id for _, step in waiting if step.new is not None and step.result.id}
    mirror.forget_removals(new - {result.id for result in results if result.exit})
    return results


def _remember(mirror: Mirror, step: Step) -> None:
    """Store the base and the audit event of a page, whether or not its file is written.

    Before a merge, keep the document for `pull --abort`.
    """
    if step.entry and step.base and step.result.outcome in (Outcome.MERGED, Outcome.CONFLICTED):
        merges.keep(mirror.root / STATE, step.base[0], step.entry.raw)
    if step.event:
        mirror.audit.add(step.event)
    if step.seen:
        stamp, page = step.seen
        mirror.bases.put(stamp, page.info.title, page.body)


def _base_of(step: Step) -> tuple[Stamp, str, str] | None:
    if step.base is None:
        return None
    stamp, page = step.base
    return stamp, page.info.title, page.body


def _outline(run: PullRun, step: Step) -> Document | None:
    """Return the index entry for a new document, or None for any other document.

    With attachments, the index is not used. Settings are read again with their document.
    """
    if step.new is None or step.entry is not None or run.mirror.config.attachments:
        return None
    if step.properties:
        return None
    if step.ready:
        return outline(step.ready.info.title, step.ready.stamp, step.new.labels)
    if step.base is None:
        return None
    stamp, page = step.base
    return outline(page.info.title, stamp, step.new.labels)


def _remove(mirror: Mirror, steps: list[Step]) -> list[PageResult]:
    """Remove documents. They are noted before; a kill in between leaves only too many notes."""
    documents = [step.entry.document for step in steps if step.entry]
    stamps = [found.stamp for found in documents if found and found.stamp]
    try:
        if stamps:
            mirror.note_removals(stamps)
    except ConfsyncError as error:
        return [failed(step.result, error) for step in steps]
    results = [_remove_one(mirror, step) for step in steps]
    mirror.forget_removals({result.id for result in results if result.exit and result.id})
    return results


def _remove_one(mirror: Mirror, step: Step) -> PageResult:
    try:
        if step.entry is None:
            raise ValueError(f"{step.result.path}: there is no document to remove")
        raw = mirror.whole(step.entry).raw
        for file in _files_of(mirror, step.entry):
            mirror.discard(file.path, expected=file.digest)
        comments.drop(mirror, step.entry.path)
        mirror.remove(step.entry.path, expected=raw)
    except ConfsyncError as error:
        return failed(step.result, error)
    return step.result


def _files_of(mirror: Mirror, entry: Entry) -> list[files.AttachmentFile]:
    """Return the attachments of a document to remove. The server had each file."""
    stamp = entry.document.stamp if entry.document else None
    attached = stamp.attachments if stamp else ()
    return list(files.files_of(mirror.root, entry.path, attached).values())
