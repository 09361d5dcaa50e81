"""Opening what a mirror has: regular files of a bounded size, to which no link leads.

A mirror comes from a repository that anybody may have filled. A link would make confsync read, or
write to, a file elsewhere; a pipe would never end; `/dev/zero` neither. Loads next to nothing: a
status of an unchanged mirror has no time for more.
"""

from __future__ import annotations

import errno
import os
import stat

# Of more than these no file of a mirror is made; in bytes.
CONFIG_BYTES = 256 * 1024
ATTRIBUTES_BYTES = 1024 * 1024
# A body has 5 MB at most.
DOCUMENT_BYTES = 16 * 1024 * 1024
# Confluence takes no attachment that large.
ATTACHMENT_BYTES = 8 * 1024**3
# What confsync remembers of a hundred thousand documents.
STATE_BYTES = 64 * 1024 * 1024

LINKED = "is a link, not a regular file; confsync follows none"
_READ = os.O_RDONLY
# Without O_NONBLOCK the opening of a pipe waits for a writer.
_SAFELY = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_LOOKS_FIRST = not hasattr(os, "O_NOFOLLOW")
_PIECE = 1 << 20


class IrregularError(OSError):
    """What should be a regular file of a bounded size is none; `strerror` says what it is."""

    def __init__(self, why: str, path: str) -> None:
        super().__init__(errno.EINVAL, why, path)


def opened(path: str | os.PathLike[str], flags: int = _READ, mode: int = 0o666) -> int:
    """Open a regular file and return its handle, which the caller closes.

    `flags` and `mode` are as for `os.open`; a file is truncated only when it is known to be
    regular. Raises OSError, also for a link, a pipe, a device, a directory.
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
    """Return the content of a regular file of at most `limit` bytes. Raises OSError."""
    handle = opened(path)
    try:
        size = os.fstat(handle).st_size
        if size > limit:
            raise IrregularError(f"is over {_counted(limit)}", os.fspath(path))
        data = os.read(handle, size + 1)
        if len(data) == size:
            return data
        pieces = [data]  # it has changed meanwhile, or the system gives out less at a time
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
    """Raise OSError if a link stands at `top`, at `path`, or at a directory between the two.

    What is not there is no link. `path` is below `top`.
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
    """Say of a link that it is one: the system's word is 'too many levels of symbolic links'."""
    if error.errno in (errno.ELOOP, errno.EMLINK) and os.path.islink(name):
        return IrregularError(LINKED, name)
    if error.errno == errno.ENXIO:  # a pipe that nobody reads, a socket
        return IrregularError("is not a regular file", name)
    return error


def _counted(size: int) -> str:
    if size >= 1024**2:
        return f"{size // 1024**2} MB"
    return f"{size // 1024} kB"
