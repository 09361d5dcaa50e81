"""Conflicts in git's index, in git's own form."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from confsync import failpoints
from confsync.mirror.git import repository as gitrepo

if TYPE_CHECKING:
    from git import Git


def note_conflict(root: Path, name: str, before: bytes, stages: Sequence[bytes]) -> bool:
    """Make a file unmerged in git's index, with base, ours and theirs. Return whether it is.

    This happens only if the index has HEAD's content or the content `before`, so that nothing
    staged is lost. The work tree does not change. Raise FileError.
    """
    with (
        gitrepo.quiet(root) as command,
        tempfile.TemporaryDirectory(prefix="confsync-") as directory,
    ):
        if command is None:
            return False
        listed = _split(command.ls_files("--stage", "--full-name", "-z", "--", f":(literal){name}"))
        if len(listed) != 1:
            return False  # git does not know the file, or already has a conflict
        entry, _, full = listed[0].partition("\t")
        mode, staged, _ = entry.split()
        files = [Path(directory, str(number)) for number in range(len(stages) + 1)]
        for path, content in zip(files, (before, *stages), strict=True):
            path.write_bytes(content)
        failpoints.before(f"note the conflict of {name} in git's index")
        was, *ids = command.hash_object("-w", "--no-filters", "--", *map(str, files)).split()
        head = command.ls_tree("-z", "HEAD", "--", name).split()
        if staged not in (was, *head[2:3]):
            return False
        rows = [f"0 {'0' * len(staged)}\t{full}"]
        rows += [f"{mode} {i} {number}\t{full}" for number, i in enumerate(ids, 1)]
        (Path(directory) / "index").write_bytes("".join(f"{row}\0" for row in rows).encode())
        if not _without_filters(command):
            return False
        with (Path(directory) / "index").open("rb") as file:
            status, _, _ = command.update_index(
                "-z", "--index-info", istream=file, with_extended_output=True, with_exceptions=False
            )
        return bool(status == 0)


def settle_conflict(root: Path, name: str, before: bytes) -> None:
    """Make an unmerged file what it was in git's index before: HEAD's content, or `before`.

    A file that is not unmerged stays as it is. The work tree does not change. Raise FileError.
    """
    with (
        gitrepo.quiet(root) as command,
        tempfile.TemporaryDirectory(prefix="confsync-") as directory,
    ):
        if command is None:
            return
        listed = _split(command.ls_files("-u", "--full-name", "-z", "--", f":(literal){name}"))
        if not listed or not _without_filters(command):
            return
        entry, _, full = listed[0].partition("\t")
        mode, staged, _ = entry.split()
        path = Path(directory, "before")
        path.write_bytes(before)
        failpoints.before(f"settle the conflict of {name} in git's index")
        head = command.ls_tree("-z", "HEAD", "--", name).split()
        content = head[2] if head else command.hash_object("-w", "--no-filters", "--", str(path))
        rows = (f"0 {'0' * len(staged)}\t{full}", f"{mode} {content} 0\t{full}")
        path.write_bytes("".join(f"{row}\0" for row in rows).encode())
        with path.open("rb") as file:
            command.update_index(
                "-z", "--index-info", istream=file, with_extended_output=True, with_exceptions=False
            )


def _without_filters(command: Git) -> bool:
    """Keep git from starting filters. While git writes an index, it reads recently changed files.

    Return whether git is new enough for that.
    """
    if command.version_info < (2, 31):
        return False
    listed = command.config("-z", "--get-regexp", "^filter[.]", with_exceptions=False)
    keys = [row.partition("\n")[0] for row in _split(listed)]
    more = {"GIT_CONFIG_COUNT": str(len(keys))}
    for number, key in enumerate(keys):
        more[f"GIT_CONFIG_KEY_{number}"] = key
        more[f"GIT_CONFIG_VALUE_{number}"] = "false" if key.endswith(".required") else ""
    command.update_environment(**more)
    return True


def _split(listed: str) -> list[str]:
    return [row for row in listed.split("\0") if row]
