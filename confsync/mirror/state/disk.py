"""The durable steps on the disk. Only this module changes the disk.

A file is always entirely old or entirely new, and a completed step survives a power failure:
temporary file in the same directory, fsync, rename, fsync of the directory.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from confsync import failpoints
from confsync.mirror.state import regular
from confsync.model.filenames import TEMPORARY

# Size, modification time, change time (both in ns), and inode.
Key = tuple[int, int, int, int]
_numbers = itertools.count()
# Errors of file systems that cannot make a directory durable or set permissions.
_REFUSALS = frozenset(
    (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EPERM, errno.EACCES)
)


def replace(
    path: Path, data: bytes | Iterable[bytes], check: Callable[[], None], *, durable: bool = True
) -> None:
    """Replace a file, or create it, as a whole. Raise OSError.

    `check` is called directly before the replacement, and prevents it by raising. Without
    `durable`, the file may be corrupt or missing after a power failure, but it is never
    half-written before.
    """
    make_directories(path.parent)
    name = prepare(path, data, durable=durable)
    put_in_place(path, name, check)
    if durable:
        sync_directory(path.parent)


def prepare(path: Path, data: bytes | Iterable[bytes], *, durable: bool = True) -> str:
    """Write data, whole or in parts, to a durable temporary file beside `path`. Return its name.

    The directory must exist. Raise OSError, and then leave no file.
    """
    failpoints.before(f"write a temporary file for {path}")
    handle, name = _new_file(path.parent)
    try:
        with open(handle, "wb", buffering=0) as file:
            for part in (data,) if isinstance(data, bytes) else data:
                left = memoryview(part)
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
    """Rename a prepared file to its place, as `replace` does. The directory is not durable yet.

    Raise OSError and the errors of `check`, and then leave no prepared file.
    """
    try:
        check()
        failpoints.before(f"replace {path}")
        os.replace(name, path)
    except BaseException:
        drop(name)
        raise


def drop(name: str) -> None:
    """Delete a prepared file if it still exists."""
    with contextlib.suppress(OSError):
        os.unlink(name)


def keep(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file that may be lost, such as a cache entry; a large one in pieces.

    A digest must protect the content: the file may be corrupt or missing after a power failure or a
    kill. Raise OSError, also for a link.
    """
    failpoints.before(f"write {path}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        handle = regular.opened(path, flags)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = regular.opened(path, flags)
    with open(handle, "wb") as file:
        for piece in (data,) if isinstance(data, bytes) else data:
            file.write(piece)


def _new_file(directory: Path) -> tuple[int, str]:
    """Return handle and path of a new file with a unique name."""
    while True:
        name = os.path.join(directory, f"{TEMPORARY}{os.getpid():x}-{next(_numbers):x}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with contextlib.suppress(FileExistsError):
            return os.open(name, flags, 0o666), name


def put(path: Path, source: Path, check: Callable[[], None]) -> None:
    """Put a complete file of the same file system in the place of another, or of none.

    Raise OSError. `check` is as for `replace`.
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
    """Yield a file that grows over several runs until it is complete. Raise OSError."""
    make_directories(path.parent)
    failpoints.before(f"append to {path}")
    with open(regular.opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "ab") as file:
        yield file


def append(path: Path, line: bytes) -> None:
    """Append a line to a file, after a line that a kill may have cut off. Raise OSError."""
    failpoints.before(f"append to {path}")
    handle = regular.opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        os.lseek(handle, max(0, os.lseek(handle, 0, os.SEEK_END) - 1), os.SEEK_SET)
        whole = os.read(handle, 1) in (b"", b"\n")
        left = memoryview(line if whole else b"\n" + line)
        while left:
            left = left[os.write(handle, left) :]
    finally:
        os.close(handle)


def rename(old: Path, new: Path) -> None:
    """Rename a file or directory; the new name must be free. Raise OSError."""
    failpoints.before(f"rename {old} to {new}")
    os.rename(old, new)
    sync_directory(old.parent)
    if new.parent != old.parent:
        sync_directory(new.parent)


def unlink(path: Path) -> None:
    """Remove a file. Raise OSError."""
    failpoints.before(f"remove {path}")
    os.unlink(path)
    sync_directory(path.parent)


def make_directories(path: Path, waiting: set[Path] | None = None) -> None:
    """Make a directory and its missing parents. Raise OSError.

    With `waiting`, the changed directories are added to it, and the caller makes them durable.
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
    """Return a new directory with a unique name. Raise OSError."""
    failpoints.before(f"make a directory in {parent}")
    import tempfile

    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


def clear(directory: Path | str) -> None:
    """Delete all prepared files in a directory, and the directory if it is empty then."""
    with contextlib.suppress(OSError):
        with os.scandir(directory) as found:
            names = [entry.path for entry in found if entry.name.startswith(TEMPORARY)]
        for name in names:
            drop(name)
        Path(directory).rmdir()


def forget(directory: Path) -> None:
    """Delete the contents of a cache directory. What cannot be deleted stays."""
    import shutil

    failpoints.before(f"clear {directory}")
    with contextlib.suppress(OSError), os.scandir(directory) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                drop(entry.path)


def remove_empty(directory: Path) -> bool:
    """Remove an empty directory. Return whether it is gone."""
    try:
        if next(directory.iterdir(), None) is not None:
            return False
        failpoints.before(f"remove directory {directory}")
        directory.rmdir()
    except OSError:
        return False
    return True


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable, if its file system can do that. Raise OSError."""
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
    """Ignore that a file system lacks a feature: network drives, FUSE, old FAT.

    The file already has its name or content, so an error would only leave it half settled. Errors
    of a broken or full disk are raised.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise


def _set_mode(path: Path | str, mode: int) -> None:
    """Set a file's permissions, if its file system has any."""
    with _allowing_refusal():
        os.chmod(path, mode)


def probe(directory: Path) -> None:
    """Create and delete a file, to test whether a directory takes one. Raise OSError."""
    failpoints.before(f"probe {directory}")
    handle, name = _new_file(directory)
    os.close(handle)
    os.unlink(name)


def is_name(text: str) -> bool:
    """Return whether a text is a plain file name without a path."""
    return os.path.split(text) == ("", text) and text not in ("", os.curdir, os.pardir)


def is_settled(key: Key, began: int) -> bool:
    """Return whether a file changed only before anything was read, so that a later change shows."""
    return key[1] < began and key[2] < began


def key(path: Path | str) -> Key | None:
    """Return the key of a file, which recognises it unread; None if it cannot be examined."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _mode(path: Path) -> int | None:
    """Return the permissions of a regular file, or None."""
    try:
        found = os.lstat(path).st_mode
    except OSError:
        return None
    return found & 0o777 if stat.S_ISREG(found) else None


def _umask() -> int:
    """Return the umask. The only way to read it is to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


# Read the umask while there is one thread; another thread's new file would get the wrong mode.
_MASK = _umask()
