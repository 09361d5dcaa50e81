"""The command `restore`: bring a page back from the server's trash."""

from __future__ import annotations

from dataclasses import replace

from confsync.errors import APIAccessError, Exit, NetworkError, ServerError
from confsync.mirror.committed.deleted import deleted_pages
from confsync.mirror.mirror import Mirror
from confsync.model.event import Event
from confsync.model.outcome import Outcome, PageResult
from confsync.model.page import NewVersion, PageInfo, Status
from confsync.model.result import Result
from confsync.remote import Remote
from confsync.sync.target import Target


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
        why = f"is not in the trash, but {info.status.value}"
        result = replace(result, outcome=Outcome.UNCHANGED, error=why, exit=Exit.REFUSED)
        return Result("restore", (result,))
    base = info.version.number
    try:
        made = remote.put(page_id, NewVersion(info.title, page.body, "restored"), base=base)
    except (NetworkError, ServerError) as error:
        made = _look(remote, page_id, error)
    number = made.version.number
    event = Event("restored", page_id, here or "", base, number, page.digest, None, remote.who)
    with mirror.lock():
        mirror.audit.add(event)
    after = f"'git checkout HEAD -- {here}', then 'confsync pull'" if here else "'confsync pull'"
    return Result(
        "restore",
        (replace(result, base=base, remote=number),),
        notes=(f"{after} brings its document",),
    )


def _look(remote: Remote, page_id: str, error: APIAccessError) -> PageInfo:
    """Return the page's state after a lost answer. Raise the error if it is still in the trash."""
    now = remote.page(page_id).info
    if now.status is Status.TRASHED:
        raise error
    return now
