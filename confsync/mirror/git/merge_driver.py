"""The set-up of git's merge driver: a line of `.gitattributes`, and a command in git's settings.

Without the set-up, git merges documents as it merges any text.
"""

from __future__ import annotations

import itertools
import os
import shlex
import sys
from enum import Enum
from pathlib import Path

from confsync.errors import FileError
from confsync.mirror.git import repository, worktree
from confsync.mirror.git.attributes import NAME as ATTRIBUTES
from confsync.mirror.state import disk, regular
from confsync.model.filenames import SUFFIX

LINE = f"*{SUFFIX} merge=confsync".encode()
# No other setting of this driver: git refuses every merge while one of them has no driver.
_DRIVER = "merge.confsync.driver"
_MODULE = "confsync"
_PROGRAM = f"{_MODULE}.exe" if os.name == "nt" else _MODULE
# git takes an exit code over 128 for a failure of the whole merge, and any other for a conflict
# that the program has written. So the shell looks whether the program is there and did its work:
# a conflict adds markers to those that a page about git has. If not, git's own merge writes the
# conflict.
_SCRIPT = (
    'had=$(grep -c "^<\\{{%L\\}}" %A); '
    "if test -x {program} && {command} merge-driver %O %A %B %P %L; then exit 0; fi; "
    'test "$(grep -c "^<\\{{%L\\}}" %A)" = "$had" || exit 1; '
    "git merge-file --marker-size=%L -L ours -L ancestor -L theirs %A %O %B || exit 1"
)


class SetUp(Enum):
    """The state of the merge driver in a clone."""

    READY = "ready"
    MISSING = "missing"
    PROGRAM_GONE = "program gone"


def write_attribute(root: Path) -> None:
    """Add the line for documents to `.gitattributes`, if it is missing. Raise OSError."""
    path = root / ATTRIBUTES
    before = regular.read(path, regular.ATTRIBUTES_BYTES) if os.path.lexists(path) else b""
    if LINE not in before.splitlines():
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        disk.replace(path, before + gap + LINE + b"\n", lambda: None)


def configure(root: Path) -> bool:
    """Name the installed program in the settings of a mirror's repository.

    Return False if there is no repository. Raise FileError if git refuses.
    """
    command = repository.at(root)
    if command is None or not worktree.surrounds(root):
        return False
    status, _, said = command.config(
        *("--local", _DRIVER, command_line(program())),
        with_extended_output=True,
        with_exceptions=False,
    )
    if status:
        raise FileError("git does not change its settings:", said=str(said))
    return True


def state_of(root: Path) -> SetUp:
    """Return the state of the merge driver in the repository of a mirror."""
    command = repository.at(root)
    if command is None:
        return SetUp.MISSING
    options = {"with_extended_output": True, "with_exceptions": False}
    _, line, _ = command.config("--get", _DRIVER, **options)
    _, attribute, _ = command.check_attr("merge", "--", f"page{SUFFIX}", **options)
    if not line or not str(attribute).endswith(": confsync"):
        return SetUp.MISSING
    return SetUp.READY if os.access(_program_in(str(line)), os.X_OK) else SetUp.PROGRAM_GONE


def program() -> tuple[str, ...]:
    """Return the words that start this confsync, without a virtual environment.

    Paths have `/` on Windows, too: git's shell there reads them, and so does Windows.
    """
    for path in (Path(sys.argv[0]), Path(sys.executable).with_name(_PROGRAM)):
        if path.name == _PROGRAM and path.is_absolute() and os.access(path, os.X_OK):
            return (path.as_posix(),)
    # Without the directory in which git runs it: a repository must not name code.
    return (Path(sys.executable).as_posix(), "-P", "-m", _MODULE)


def command_line(words: tuple[str, ...]) -> str:
    """Return git's setting for a program. git reads `%`, and a shell reads the rest."""
    quoted = [shlex.quote(word).replace("%", "%%") for word in words]
    return _SCRIPT.format(program=quoted[0], command=" ".join(quoted))


def _program_in(line: str) -> str:
    """Return the program that git's setting names, or an empty text."""
    try:
        words = shlex.split(line.replace("%%", "%"))
    except ValueError:
        return ""
    named = (after for word, after in itertools.pairwise(words) if word == "-x")
    return next(named, words[0] if words else "")
