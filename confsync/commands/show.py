"""show: a page, or one of its versions, as a document."""

from __future__ import annotations

from confsync import document
from confsync.mirror import Mirror
from confsync.model import Stamp
from confsync.remote import Remote
from confsync.result import Result
from confsync.target import Target


def show(mirror: Mirror, remote: Remote, target: Target) -> Result:
    """The newest version, or the one that was named."""
    if target.version is None:
        page = remote.page(target.page_id)
    else:
        page = remote.old_page(target.page_id, target.version)
    info = page.info
    stamp = Stamp(info.id, info.version.number, page.digest, info.parent)
    text = document.render(info.title, page.body, stamp, how=mirror.config.layout)
    return Result("show", text=text.decode())
