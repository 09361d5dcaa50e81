"""The command `restore`: bring a page back from the server's trash, or list the trash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from confsync.errors import APIAccessError, Exit, NetworkError, ServerError, UsageError
from confsync.mirror.committed import former_documents
from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.index import outlines
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.event import Event
from confsync.model.hint import marked
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import NewVersion, PageInfo, Status
from confsync.model.result import Result
from confsync.remote import Remote, about
from confsync.sync.deletion import from_archive
from confsync.sync.report import Report
from confsync.sync.target import Target, is_id

_LIST = "'confsync restore --list' shows the pages in the trash"


def page_named(mirror: Mirror, text: str, selection: Selection) -> str:
    """Return the id of the page that a person named by its id, or by its document's path.

    `selection` has the path as the mirror has it. Raise UsageError if no single page is known.
    """
    if is_id(text):
        return text
    path = "".join(selection.names)
    found = former_documents.pages_of(mirror, path)
    if len(found) == 1:
        return found[0]
    if found:
        why = f"{text} was the document of several pages: {', '.join(found)}"
        raise UsageError(why, hint=f"'confsync restore {found[-1]}' brings the last one back")
    raise UsageError(f"{text}: confsync knows no page that had this document", hint=_LIST)


def trash(mirror: Mirror, remote: Remote) -> Result:
    """Return the pages in the trash of the mirror's spaces, the newest first."""
    report = Report("restore")
    paths = former_documents.paths_of_pages(mirror)
    seen: set[tuple[str, bool]] = set()
    for space in mirror.config.spaces:
        if (kind := (space.key, space.posts)) in seen:
            continue
        seen.add(kind)
        with report.step():
            asked = about(remote, space)
            found = sorted(asked.trash(asked.space(space.key)), key=_newest_first, reverse=True)
            report.add(*_listed(found, space.path, paths))
    if not report.pages and not report.errors:
        report.note("the trash is empty")
    return report.result()


def _newest_first(info: PageInfo) -> tuple[str, int]:
    return info.version.created_at, int(info.id) if is_id(info.id) else 0


def _listed(infos: list[PageInfo], directory: str, paths: dict[str, str]) -> Iterator[PageResult]:
    """Yield a line for each page, with the way to bring one back."""
    hint = "'confsync restore {id}' brings page {id} back"
    for info in infos:
        path = paths.get(info.id, directory)
        told = f"page {info.id}: '{info.title}'"
        row = PageResult(path, Outcome.TRASHED, info.id, info.title, error=info.flaw or told)
        version = info.version.number
        yield replace(row, remote=version, hint="" if info.flaw else hint.format(id=info.id))
        hint = ""


def restore(mirror: Mirror, remote: Remote, page_id: str) -> Result:
    """Make a trashed page or blog post current again, with its old content.

    Raise APIAccessError.
    """
    page = Target(page_id).asked(remote, lambda one: one.page(page_id))
    remote = remote if page.info.posted is None else remote.posts
    info = page.info
    here = deleted_pages(mirror.root, mirror.config.spaces, frozenset()).get(page_id)
    result = PageResult(here or f"page {page_id}", Outcome.RESTORED, page_id, info.title)
    if info.status is not Status.TRASHED:
        return Result("restore", (_not_in_trash(mirror, result, info, here),))
    base = info.version.number
    try:
        made = remote.put(page_id, NewVersion(info.title, page.body, "restored"), base=base)
    except (NetworkError, ServerError) as error:
        made = _look(remote, page_id, error)
    number = made.version.number
    event = Event("restored", page_id, here or "", base, number, page.digest, None, remote.who)
    with mirror.lock():
        mirror.audit.add(event)
    after = (
        f"'git checkout HEAD -- {marked(here)}', then 'confsync pull'"
        if here
        else "'confsync pull'"
    )
    return Result(
        "restore",
        (replace(result, base=base, remote=number),),
        notes=(f"{after} brings its document",),
    )


def _not_in_trash(
    mirror: Mirror, result: PageResult, info: PageInfo, deleted: str | None
) -> PageResult:
    """Return the refusal for a page that needs no restoring, with what helps instead.

    `deleted` is the path of its document, if that was deleted here.
    """
    entries = (entry for scan in mirror.scan(outlines(mirror.root)) for entry in scan.entries)
    here = next((entry for entry in entries if entry.page_id == info.id), None)
    stands = here.path if here else None
    hint = "'confsync pull' brings its document"
    if here and here.document and not here.document.modified:
        hint = "'confsync log {path}' lists its earlier versions"
    elif here:
        hint = "'confsync pull --theirs {path}' discards your edit of it"
    elif deleted:
        hint = "'git checkout HEAD -- {path}' brings its document back"
    if info.status is not Status.CURRENT:
        hint = from_archive(info.id)
    why = f"is not in the trash, but {info.status.value}"
    told = replace(result, path=stands or result.path, outcome=Outcome.UNCHANGED, error=why)
    return replace(told, hint=hint, exit=Exit.REFUSED)


def _look(remote: Remote, page_id: str, error: APIAccessError) -> PageInfo:
    """Return the page's state after a lost answer. Raise the error if it is still in the trash."""
    now = remote.page(page_id).info
    if now.status is Status.TRASHED:
        raise error
    return now
