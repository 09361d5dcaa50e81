"""The durable steps on the disk: the only place that changes it.

A file is always entirely old or entirely new, and what was done stays done when the power fails:
temporary file in the same directory, fsync, rename, fsync of the directory.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from confsync import failpoints
from confsync.mirror.state import regular
from confsync.model.filenames import TEMPORARY

# Size, time of the last change of the content, of that or of the inode, and the inode.
Key = tuple[int, int, int, int]
_numbers = itertools.count()
# How file systems say that they do not offer to make a directory durable, or permissions.
_REFUSALS = frozenset(
    (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM, errno.EACCES)
)


def replace(path: Path, data: bytes, check: Callable[[], None], *, durable: bool = True) -> None:
    """Put a file in the place of an old one, or of none, as a whole. Raises OSError.

    `check` is called last before that, and prevents it by raising. What is not `durable` may be
    torn or gone after a power failure, but never half there while the machine runs.
    """
    make_directories(path.parent)
    name = prepare(path, data, durable=durable)
    put_in_place(path, name, check)
    if durable:
        sync_directory(path.parent)


def prepare(path: Path, data: bytes, *, durable: bool = True) -> str:
    """Write what is to have a name to a durable file beside it; answers how that is called.

    The directory must be there. Raises OSError, and then leaves nothing.
    """
    failpoints.before(f"write a temporary file for {path}")
    handle, name = _new_file(path.parent)
    try:
        with open(handle, "wb", buffering=0) as file:
            left = memoryview(data)
            while left:
                left = left[file.write(left) or 0 :]
            if durable:
                os.fsync(file.fileno())
        mode = _mode(path)
        if mode is not None:
            _set_mode(name, mode)
    except BaseException:
        drop(name)
        raise
    return name


def put_in_place(path: Path, name: str, check: Callable[[], None]) -> None:
    """Give what was prepared its name, as `replace` does; the directory is not yet durable then.

    Raises OSError and what `check` raises, and then leaves nothing.
    """
    try:
        check()
        failpoints.before(f"replace {path}")
        os.replace(name, path)
    except BaseException:
        drop(name)
        raise


def drop(name: str) -> None:
    """Forget what was prepared, if it is there still."""
    with contextlib.suppress(OSError):
        os.unlink(name)


def keep(path: Path, data: bytes) -> None:
    """Write a file that is of use only when it is whole, and that nobody misses.

    For what is recognised by its digest: it may be torn or gone after a power failure or a kill.
    Raises OSError, also for a link.
    """
    failpoints.before(f"write {path}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        handle = regular.opened(path, flags)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = regular.opened(path, flags)
    with open(handle, "wb") as file:
        file.write(data)


def _new_file(directory: Path) -> tuple[int, str]:
    """A new file to write to, of a name that nothing else has: its handle and its path."""
    while True:
        name = os.path.join(directory, f"{TEMPORARY}{os.getpid():x}-{next(_numbers):x}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with contextlib.suppress(FileExistsError):
            return os.open(name, flags, 0o666), name


def put(path: Path, source: Path, check: Callable[[], None]) -> None:
    """Put a whole file that is ready, on the same file system, in the place of another or of none.

    Raises OSError. `check` is as for `replace`.
    """
    make_directories(path.parent)
    with open(regular.opened(source, os.O_RDWR), "rb+") as file:
        os.fsync(file.fileno())
    mode = _mode(path)
    _set_mode(source, 0o666 & ~_MASK if mode is None else mode)
    check()
    failpoints.before(f"replace {path}")
    os.replace(source, path)
    sync_directory(path.parent)


@contextlib.contextmanager
def growing(path: Path) -> Iterator[BinaryIO]:
    """A file that is added to over several runs, until it is whole. Raises OSError."""
    make_directories(path.parent)
    failpoints.before(f"append to {path}")
    with open(regular.opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "ab") as file:
        yield file


def append(path: Path, line: bytes, *, size: int | None = None) -> int:
    """Add a line to a file, behind what a kill may have left of another one; answers how long the
    file is now. Of one whose `size` is known the last line is whole. Raises OSError."""
    failpoints.before(f"append to {path}")
    handle = regular.opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        if size is None:
            size = os.lseek(handle, 0, os.SEEK_END)
            os.lseek(handle, max(0, size - 1), os.SEEK_SET)
            line = line if os.read(handle, 1) in (b"", b"\n") else b"\n" + line
        left = memoryview(line)
        while left:
            left = left[os.write(handle, left) :]
        return size + len(line)
    finally:
        os.close(handle)


def rename(old: Path, new: Path) -> None:
    """Give a file or directory another name, which must be free. Raises OSError."""
    failpoints.before(f"rename {old} to {new}")
    os.rename(old, new)
    sync_directory(old.parent)
    if new.parent != old.parent:
        sync_directory(new.parent)


def unlink(path: Path) -> None:
    """Remove a file. Raises OSError."""
    failpoints.before(f"remove {path}")
    os.unlink(path)
    sync_directory(path.parent)


def make_directories(path: Path, waiting: set[Path] | None = None) -> None:
    """Make a directory and those above it that are missing. Raises OSError.

    With `waiting` those that have new names in them are added to that, for whoever makes them
    durable.
    """
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for directory in reversed(missing):
        failpoints.before(f"make directory {directory}")
        directory.mkdir(exist_ok=True)
        if waiting is None:
            sync_directory(directory.parent)
        else:
            waiting.add(directory.parent)


def temporary_directory(parent: Path, prefix: str) -> Path:
    """A new directory of a name that nothing else has. Raises OSError."""
    failpoints.before(f"make a directory in {parent}")
    import tempfile

    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


def clear(directory: Path | str) -> None:
    """Forget all that was prepared in a directory, and the directory if nothing else is in it."""
    with contextlib.suppress(OSError):
        with os.scandir(directory) as found:
            names = [entry.path for entry in found if entry.name.startswith(TEMPORARY)]
        for name in names:
            drop(name)
        Path(directory).rmdir()


def forget(directory: Path) -> None:
    """Remove what is in a directory of nothing but caches. What cannot be removed stays."""
    import shutil

    failpoints.before(f"clear {directory}")
    with contextlib.suppress(OSError), os.scandir(directory) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                drop(entry.path)


def remove_empty(directory: Path) -> bool:
    """Remove a directory that nothing stands in; answers whether it is gone."""
    try:
        if next(directory.iterdir(), None) is not None:
            return False
        failpoints.before(f"remove directory {directory}")
        directory.rmdir()
    except OSError:
        return False
    return True


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable, if its file system can do that. Raises OSError."""
    if os.name == "nt":
        return
    with _allowing_refusal():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _allowing_refusal() -> Iterator[None]:
    """Go on where a file system does not offer something: network drives, FUSE, old FAT.

    The name is given by then, or the file written: to fail would only leave it half settled. What
    tells of a broken or full disk is raised.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise


def _set_mode(path: Path | str, mode: int) -> None:
    """Give a file its permissions, if its file system has any."""
    with _allowing_refusal():
        os.chmod(path, mode)


def probe(directory: Path) -> None:
    """Find out whether a directory takes a new file, by making and dropping one. Raises OSError."""
    failpoints.before(f"probe {directory}")
    handle, name = _new_file(directory)
    os.close(handle)
    os.unlink(name)


def is_name(text: str) -> bool:
    """Whether a text is the name of a file or directory, and leads nowhere else."""
    return os.path.split(text) == ("", text) and text not in ("", os.curdir, os.pardir)


def is_settled(key: Key, began: int) -> bool:
    """Whether a file was changed before anything was read, so that a later change shows."""
    return key[1] < began and key[2] < began


def key(path: Path | str) -> Key | None:
    """What a file is recognised by without reading it; None where nothing can be looked at."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _mode(path: Path) -> int | None:
    """The permissions that a file has; None where there is none, and for a link."""
    try:
        found = os.lstat(path).st_mode
    except OSError:
        return None
    return found & 0o777 if stat.S_ISREG(found) else None


def _umask() -> int:
    """What is taken from the permissions of new files. The only way to know is to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


# Once, while there is one thread: another's new file would get what is set meanwhile.
_MASK = _umask()
