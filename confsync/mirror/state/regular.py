"""The safe opening of a mirror's files: only regular files of a bounded size, and no links.

Any person may have filled the repository of a mirror. A link would make confsync read or write a
file elsewhere. A pipe or `/dev/zero` would never end. The module imports very little, because a
status of an unchanged mirror must be fast.
"""

from __future__ import annotations

import errno
import os
import stat

# Limits in bytes. No real file of a mirror is larger.
CONFIG_BYTES = 256 * 1024
ATTRIBUTES_BYTES = 1024 * 1024
# A body has at most 5 MB.
DOCUMENT_BYTES = 16 * 1024 * 1024
# Confluence accepts no attachment of this size.
ATTACHMENT_BYTES = 8 * 1024**3
# Enough for the data about a hundred thousand documents.
STATE_BYTES = 64 * 1024 * 1024

LINKED = "is a link, not a regular file; confsync follows no links"
_READ = os.O_RDONLY
# Without O_NONBLOCK, opening a pipe waits for a writer.
_SAFELY = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_LOOKS_FIRST = not hasattr(os, "O_NOFOLLOW")
_PIECE = 1 << 20


class IrregularError(OSError):
    """Raised if a file is not a regular file of a bounded size; `strerror` has the reason."""

    def __init__(self, why: str, path: str) -> None:
        super().__init__(errno.EINVAL, why, path)


def opened(path: str | os.PathLike[str], flags: int = _READ, mode: int = 0o666) -> int:
    """Open a regular file and return its handle, which the caller closes.

    `flags` and `mode` are as for `os.open`. A file is truncated only after it is known to be
    regular. Raise OSError, also for a link, a pipe, a device or a directory.
    """
    name = os.fspath(path)
    if _LOOKS_FIRST and os.path.islink(name):
        raise IrregularError(LINKED, name)
    try:
        handle = os.open(name, (flags & ~os.O_TRUNC) | _SAFELY, mode)
    except OSError as error:
        raise _told(error, name) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise IrregularError("is not a regular file", name)
        if flags & os.O_TRUNC:
            os.ftruncate(handle, 0)
    except BaseException:
        os.close(handle)
        raise
    return handle


def read(path: str | os.PathLike[str], limit: int) -> bytes:
    """Return the content of a regular file of at most `limit` bytes. Raise OSError."""
    handle = opened(path)
    try:
        size = os.fstat(handle).st_size
        if size > limit:
            raise IrregularError(f"is over {_counted(limit)}", os.fspath(path))
        data = os.read(handle, size + 1)
        if len(data) == size:
            return data
        pieces = [data]  # the file changed meanwhile, or the system returns less at a time
        total = len(data)
        while piece := os.read(handle, _PIECE):
            pieces.append(piece)
            total += len(piece)
            if total > limit:
                raise IrregularError(f"is over {_counted(limit)}", os.fspath(path))
        return b"".join(pieces)
    finally:
        os.close(handle)


def check_way(path: str | os.PathLike[str], top: str | os.PathLike[str]) -> None:
    """Raise OSError if there is a link at `top`, at `path`, or at a directory in between.

    A missing file is not a link. `path` is below `top`.
    """
    name, place = os.fspath(path), os.fspath(top)
    rest = name[len(place) :].strip("/" + os.sep).replace(os.sep, "/")
    for part in ("", *rest.split("/")):
        place = f"{place}{os.sep}{part}" if part else place
        try:
            if stat.S_ISLNK(os.lstat(place).st_mode):
                raise IrregularError(LINKED, place)
        except (FileNotFoundError, NotADirectoryError):
            return


def _told(error: OSError, name: str) -> OSError:
    """Return a clear error for a link; the system says 'too many levels of symbolic links'."""
    if error.errno in (errno.ELOOP, errno.EMLINK) and os.path.islink(name):
        return IrregularError(LINKED, name)
    if error.errno == errno.ENXIO:  # a socket, or a pipe without a reader
        return IrregularError("is not a regular file", name)
    return error


def _counted(size: int) -> str:
    if size >= 1024**2:
        return f"{size // 1024**2} MB"
    return f"{size // 1024} kB"
