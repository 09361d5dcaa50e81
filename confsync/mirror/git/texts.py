"""git for texts outside a repository: diff, three-way merge and pager."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from confsync.errors import FileError
from confsync.mirror.git import repository as gitrepo

# A tag, an entity, a word, or another character. In bytes, because git runs in the C locale.
_WORDS = "<[^>]*>|&[#a-zA-Z0-9]+;|[^<&[:space:][:punct:]]+|[^[:space:]]"
_STYLED = re.compile(r"\x1b\[[0-9;]*[mK]")


def diffs(
    pairs: Sequence[tuple[str, str]], *, words: bool = False, color: bool = False
) -> list[str] | None:
    """Return git's diff of each pair of texts, from the first hunk on; None without git.

    The user's settings apply, such as colours and the algorithm; a repository's settings do not.
    git runs once for all pairs. Random file names show where each diff begins.
    """
    with tempfile.TemporaryDirectory(prefix="confsync-") as directory:
        command = gitrepo.nowhere(directory)
        if command is None:
            return None
        mark = secrets.token_hex(16)
        for number, pair in enumerate(pairs):
            for side, text in zip(("old", "new"), pair, strict=True):
                path = Path(directory, side, f"{mark}-{number:08}")
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(text.encode("utf-8", "surrogatepass"))
        options = ["--no-index", "--no-ext-diff", "--no-textconv", "--no-renames", "--text"]
        options += ["--unified=3", f"--color={'always' if color else 'never'}"]
        if words:
            options += [
                f"--word-diff={'color' if color else 'plain'}",
                f"--word-diff-regex={_WORDS}",
            ]
        status, out, _ = command.diff(
            *options,
            "--",
            "old",
            "new",
            with_extended_output=True,
            with_exceptions=False,
            strip_newline_in_stdout=False,
            stdout_as_string=False,
        )
    return _divided(out.decode("utf-8", "replace"), mark, len(pairs)) if status in (0, 1) else None


def _divided(out: str, mark: str, count: int) -> list[str]:
    """Return the hunks of each file; empty for equal texts."""
    found = [""] * count
    parts = re.split(rf"^.*diff --git .*{mark}-(\d+).*\n", out, flags=re.MULTILINE)
    for number, part in zip(parts[1::2], parts[2::2], strict=True):
        lines = part.split("\n")
        at = next((n for n, line in enumerate(lines) if _STYLED.sub("", line)[:2] == "@@"), None)
        found[int(number)] = "" if at is None else "\n".join(lines[at:])
    return found


def merge(base: str, ours: str, theirs: str, labels: tuple[str, str, str]) -> tuple[str, bool]:
    """Return git's three-way merge of texts by lines, and whether it has conflicts.

    `labels` name ours, base and theirs in the conflict markers. Raise FileError without git.
    """
    with tempfile.TemporaryDirectory(prefix="confsync-") as directory:
        command = gitrepo.nowhere(directory)
        if command is None:
            raise FileError("merging needs git", hint="install git, or use --theirs or --ours")
        files = []
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            path = Path(directory, name)
            path.write_bytes(text.encode())
            files.append(str(path))
        named = [word for label in labels for word in ("-L", label)]
        status, out, err = command.merge_file(
            "-p",
            *named,
            *files,
            with_extended_output=True,
            with_exceptions=False,
            strip_newline_in_stdout=False,
            stdout_as_string=False,
        )
    if status >= 128 or status < 0:
        raise FileError(f"git merge-file failed: {err}")
    return out.decode(), status > 0


def pager() -> str | None:
    """Return the pager that git uses for this user outside repositories; None without git."""
    with tempfile.TemporaryDirectory(prefix="confsync-") as directory:
        command = gitrepo.nowhere(directory)
        if command is None:
            return None
        status, out, _ = command.var("GIT_PAGER", with_extended_output=True, with_exceptions=False)
    return str(out) if status == 0 else None
