"""git for texts outside a repository: diff and pager."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from confsync.mirror.git.head import ENVIRONMENT, OPTIONS

# A tag, an entity, a word, or another character. In bytes, because git runs in the C locale.
_WORDS = "<[^>]*>|&[#a-zA-Z0-9]+;|[^<&[:space:][:punct:]]+|[^[:space:]]"
_STYLED = re.compile(r"\x1b\[[0-9;]*[mK]")
# The lines of both texts in a hunk: the first line, and the count if it is not 1.
_HEAD = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
# The options of a diff that a program reads. git's own merge uses this algorithm, too.
_EXACT = (
    *("--unified=0", "--inter-hunk-context=0", "--color=never"),
    *("--diff-algorithm=histogram", "--no-indent-heuristic"),
)
_NOWHERE = {
    "GIT_DIR": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "LANGUAGE": "C",
    "LC_ALL": "C",
}


class Hunk(NamedTuple):
    """One change to a text: its `lines` replace the older lines from `start` up to `end`.

    Lines count from 0 and have their ends. Between two hunks is at least one unchanged line.
    """

    start: int
    end: int
    lines: tuple[str, ...]


def diffs(
    pairs: Sequence[tuple[str, str]], *, words: bool = False, color: bool = False
) -> list[str] | None:
    """Return git's diff of each pair of texts, from the first hunk on; None without git.

    The user's settings apply, such as colours and the algorithm; a repository's settings do not.
    """
    options = ["--unified=3", f"--color={'always' if color else 'never'}"]
    if words:
        options += [f"--word-diff={'color' if color else 'plain'}", f"--word-diff-regex={_WORDS}"]
    return _compared(pairs, options)


def changes(base: str, sides: Sequence[str]) -> list[list[Hunk]] | None:
    """Return the changes of each side to a base, as hunks of lines; None without git.

    The hunks are independent of the user's settings.
    """
    found = _compared([(base, side) for side in sides], _EXACT)
    if found is None:
        return None
    return [[*_hunks(text, lines_of(side))] for text, side in zip(found, sides, strict=True)]


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends; only LF ends a line, as in git."""
    *whole, last = text.split("\n")
    return [f"{line}\n" for line in whole] + ([last] if last else [])


def _hunks(text: str, lines: Sequence[str]) -> Iterator[Hunk]:
    """Yield the hunks of a diff without context; `lines` are the newer text's."""
    for found in _HEAD.finditer(text):
        start, count, first, more = (1 if part is None else int(part) for part in found.groups())
        # An empty range is named by the line before it.
        start, first = start - (count > 0), first - (more > 0)
        yield Hunk(start, start + count, tuple(lines[first : first + more]))


def _compared(pairs: Sequence[tuple[str, str]], options: Sequence[str]) -> list[str] | None:
    """Return git's diff of each pair with these options; None without git.

    git runs once for all pairs. Random file names show where each diff begins.
    """
    with tempfile.TemporaryDirectory(prefix="confsync-") as directory:
        mark = secrets.token_hex(16)
        for number, pair in enumerate(pairs):
            for side, text in zip(("old", "new"), pair, strict=True):
                path = Path(directory, side, f"{mark}-{number:08}")
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(text.encode("utf-8", "surrogatepass"))
        words = ("--no-index", "--no-ext-diff", "--no-textconv", "--no-renames", "--text")
        status, out = _outside(directory, ["diff", *words, *options, "--", "old", "new"])
    return _divided(out.decode("utf-8", "replace"), mark, len(pairs)) if status in (0, 1) else None


def _outside(directory: str, words: Sequence[str]) -> tuple[int | None, bytes]:
    """Run git outside every repository. Return its status, None without git, and its output.

    This holds even if a hook's environment names a repository. Only the user's own settings apply,
    and programs in them are not started. Loading a git library would take longer than git does.
    """
    settings = (*OPTIONS, f"core.attributesFile={os.devnull}", "core.autocrlf=false")
    options = [word for one in settings for word in ("-c", one)]
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours
            ["git", *options, *words],  # noqa: S607
            cwd=directory,
            env={**os.environ, **ENVIRONMENT, **_NOWHERE},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None, b""
    return done.returncode, done.stdout


def _divided(out: str, mark: str, count: int) -> list[str]:
    """Return the hunks of each file; empty for equal texts."""
    found = [""] * count
    parts = re.split(rf"^.*diff --git .*{mark}-(\d+).*\n", out, flags=re.MULTILINE)
    for number, part in zip(parts[1::2], parts[2::2], strict=True):
        lines = part.split("\n")
        at = next((n for n, line in enumerate(lines) if _STYLED.sub("", line)[:2] == "@@"), None)
        found[int(number)] = "" if at is None else "\n".join(lines[at:])
    return found


def pager() -> str | None:
    """Return the pager that git uses for this user outside repositories; None without git."""
    with tempfile.TemporaryDirectory(prefix="confsync-") as directory:
        status, out = _outside(directory, ["var", "GIT_PAGER"])
    return out.decode("utf-8", "surrogateescape").removesuffix("\n") if status == 0 else None
