"""The option `--blame` of `log`: a page's lines, each with its version, author and time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from confsync.errors import UsageError
from confsync.history import blame as lines
from confsync.mirror.mirror import Mirror
from confsync.model.page import PastVersion
from confsync.model.result import BlamedLine, Result
from confsync.remote import Remote
from confsync.sync.people import names_of
from confsync.sync.target import Target


def blame(
    mirror: Mirror, connect: Callable[[], AbstractContextManager[Remote]], target: Target
) -> Result:
    """Return the lines of a page's newest recorded version, or of the server's current one.

    The server is asked only if no branch of `confsync history` has the page. Raise APIAccessError,
    FileError.
    """
    if target.version is not None:
        raise UsageError(
            "--blame shows the newest version only",
            hint=f"'confsync log --blame {target.page_id}'",
        )
    found = lines.from_branch(mirror, target.page_id)
    if found is not None:
        return Result("log", lines=tuple(found))
    with connect() as remote:
        return Result("log", lines=tuple(_by_versions(mirror, remote, target)))


def _by_versions(mirror: Mirror, remote: Remote, target: Target) -> list[BlamedLine]:
    """Return the lines by the server's versions, with the names of the authors."""

    def each(send: Callable[[PastVersion], None]) -> None:
        def read(one: Remote) -> None:
            for past in one.history(target.page_id):
                send(past)

        target.asked(remote, read)

    told, past = lines.from_versions(mirror, target.page_id, each)
    names = {one.author.id: one.author.name for one in past if one.author.name}
    names = {**names_of(mirror, remote, {line.author for line in told} - names.keys()), **names}
    return [line._replace(author=names.get(line.author, line.author)) for line in told]
