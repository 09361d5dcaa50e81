"""The names of authors, outside git's objects, so that a name can change or be erased.

`git log` shows them through `mailmap.file`. The file is `confsync/mailmap` in git's directory, so
it is never part of a commit, and each clone has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.mirror.state import disk, regular

if TYPE_CHECKING:
    from git import Git

_KEY = "mailmap.file"
_HEADER = "# The names of the authors in Confluence. Delete a line to forget a name.\n"


def place_of(command: Git) -> Path:
    """Return the file's path; all work trees of a repository share it."""
    common = command.rev_parse("--path-format=absolute", "--git-common-dir")
    return Path(str(common).strip(), "confsync", "mailmap")


def names_in(path: Path) -> dict[str, str]:
    """Return the known names by account id."""
    try:
        text = regular.read(path, regular.STATE_BYTES).decode("utf-8", "replace")
    except OSError:
        return {}
    found = (line.rstrip(">").rpartition(" <") for line in text.split("\n") if line[:1] != "#")
    return {account: name for name, _, account in found if name and account}


def write(path: Path, names: Mapping[str, str]) -> None:
    """Write the names. Raise OSError."""
    lines = sorted(f"{_plain(name)} <{account}>\n" for account, name in names.items())
    path.parent.mkdir(exist_ok=True)
    disk.replace(path, (_HEADER + "".join(lines)).encode(), lambda: None)


def connect(command: Git, path: Path) -> str:
    """Let git use the file, if no other one is configured. Return the other one's name."""
    status, out, _ = command.config("--get", _KEY, with_extended_output=True, with_exceptions=False)
    if status == 0 and str(out).strip():
        return "" if Path(str(out).strip()) == path else str(out).strip()
    command.config(_KEY, str(path))
    return ""


def _plain(name: str) -> str:
    return "".join(c for c in name if c.isprintable() and c not in "<>#").strip() or "unknown"
