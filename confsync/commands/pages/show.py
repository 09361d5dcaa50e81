"""The command `show`: a page, or one of its versions, as a document."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.document import document
from confsync.document.settings.names import key_of
from confsync.errors import APIAccessError, NotVisibleError
from confsync.mirror.mirror import Mirror
from confsync.model.hint import marked
from confsync.model.page import Page, PageInfo, Thread
from confsync.model.result import Result
from confsync.model.stamp import Stamp
from confsync.remote import Remote
from confsync.sync.people import names_of
from confsync.sync.settings import beside as settings
from confsync.sync.target import Target
from confsync.sync.threads import dropped


def show(mirror: Mirror, remote: Remote, target: Target) -> Result:
    """Return the newest or the named version, with its author, time and message."""

    def ask(one: Remote) -> Page:
        if target.version is None:
            return one.page(target.page_id)
        return _old_page(one, target, target.version)

    page = target.asked(remote, ask)
    info = page.info
    number = info.version.number
    stamp = Stamp(info.id, number, page.digest, info.parent, posted=info.posted)
    text = document.render(info.title, page.body, stamp, how=mirror.config.layout).decode()
    fence, _, rest = text.partition("\n")
    held = _settings(mirror, remote, info) if target.version is None else ()
    threads = _threads(mirror, target)
    said = [f"# open comment {one.said.id}: {dropped.named(one)}" for one in threads]
    lines = [fence, *_told(remote, target.page_id), *held, *said, rest]
    author = info.version.author
    names = names_of(mirror, remote, [author])
    version = info.version._replace(author=names.get(author, author))
    text = "\n".join(lines)
    return Result("show", text=text, history=(version,), base=target.base, threads=threads)


def _threads(mirror: Mirror, target: Target) -> tuple[Thread, ...]:
    """Return the open inline comments of the newest version, from the file of comments."""
    if target.version is not None or target.path is None:
        return ()
    return dropped.open_beside(mirror, target.path, target.page_id)


def _old_page(remote: Remote, target: Target, version: int) -> Page:
    """Return a page at a version. Raise NotVisibleError, with a hint if the page has others."""
    try:
        return remote.old_page(target.page_id, version)
    except NotVisibleError:
        remote.page(target.page_id)
        page = marked(target.path) if target.path else target.page_id
        raise NotVisibleError(
            f"page {target.page_id} has no version {version}, or you may not see it",
            hint=f"'confsync log {page}' lists the page's versions",
            status=404,
        ) from None


def _told(remote: Remote, page_id: str) -> Iterator[str]:
    """Yield comments with the people who alone may read or edit the page, if known."""
    try:
        found = remote.restrictions(page_id)
    except APIAccessError:
        return
    for what, names in (("read", found.read), ("edit", found.update)):
        if names:
            yield f"# may {what} it: {', '.join(' '.join(name.split()) for name in names)}"


def _settings(mirror: Mirror, remote: Remote, info: PageInfo) -> Iterator[str]:
    """Yield comments with the managed settings of the newest version, if known."""
    chosen = mirror.config.settings
    if not chosen:
        return
    asked = remote if info.posted is None else remote.posts
    try:
        found = asked.properties(info.id, settings.keys_of(chosen))
    except APIAccessError:
        return
    values = {one.key: one.value for one in found}
    for name in chosen:
        if (value := values.get(key_of(name))) is not None:
            yield f"# {name}: {' '.join(settings.words_of(name, value).split())}"
