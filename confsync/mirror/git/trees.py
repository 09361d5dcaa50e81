"""Single files of a mirror in commits and in git's index. Paths are relative to the mirror.

The functions start no program besides git, and fetch nothing.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING

from confsync.mirror.git import blobs
from confsync.mirror.git.repository import blob_id, common, listed_at, quiet, split

if TYPE_CHECKING:
    from git import Git

# The mode that git has for a symbolic link.
_LINK = "120000"
# Most paths on one command line of git.
_NAMED = 200


def top_of(root: Path) -> Path:
    """Return the top of the mirror's work tree, or the mirror's root without a repository."""
    with quiet(root) as command:
        return root.resolve() if command is None else Path(command.rev_parse("--show-toplevel"))


def is_unknown(root: Path, name: str) -> bool:
    """Return whether the mirror is in a repository whose index lacks a file."""
    with quiet(root) as command:
        return command is not None and not command.ls_files("-z", "--", f":(literal){name}")


def is_in_head(root: Path, name: str) -> bool:
    """Return whether HEAD has a file at this path."""
    with quiet(root) as command:
        return command is not None and name in listed_at(command, "HEAD", [name])


def ignored(root: Path, names: Collection[str]) -> frozenset[str]:
    """Return the given files that git ignores; empty without a repository."""
    import tempfile  # a status that starts no git loads it not

    with quiet(root) as command, tempfile.TemporaryFile() as given:
        if command is None or not names:
            return frozenset()
        given.write("".join(f"{name}\0" for name in names).encode("utf-8", "surrogateescape"))
        given.seek(0)
        _, out, _ = command.check_ignore(
            "-z", "--stdin", istream=given, with_extended_output=True, with_exceptions=False
        )
        return frozenset(split(out))


def is_link_as_text(root: Path, name: str, raw: bytes) -> bool:
    """Return whether git's index has a symbolic link there, and a file's bytes are its target."""
    with quiet(root) as command:
        if command is None:
            return False
        listed = split(command.ls_files("--stage", "-z", "--", f":(literal){name}"))
    rows = [row.split()[:2] for row in listed]
    return any(mode == _LINK and blob_id(raw, len(blob)) == blob for mode, blob in rows)


def contents_at(root: Path, revision: str, names: Collection[str]) -> dict[str, bytes]:
    """Return the contents of files at the merge base of HEAD and a revision, by path.

    Files that the commit lacks, and contents that a partial clone lacks, are left out. Raise
    UsageError for an invalid revision.
    """
    with quiet(root) as command:
        if command is None or not names:
            return {}
        listed = listed_at(command, common(command, revision), names)
        found = dict(blobs.contents(command, set(listed.values())))
        return {name: raw for name, i in listed.items() if (raw := found[i]) is not None}


def versions(
    root: Path, directories: Collection[str], names: Set[str]
) -> dict[str, tuple[bytes, ...]]:
    """Return the contents of files in HEAD and then in the index, by path.

    `directories` limits the files. Raise FileError.
    """
    with quiet(root) as command:
        if command is None:
            return {}
        staged = split(command.ls_files("--stage", "-z", "--", *directories))
        rows = [row.partition("\t") for row in staged]
        index = ((name, line.split()[1]) for line, _, name in rows)
        ids: dict[str, list[str]] = {}
        for name, blob in (*listed_at(command, "HEAD", directories).items(), *index):
            if name in names and blob not in ids.setdefault(name, []):
                ids[name].append(blob)
        found = dict(blobs.contents(command, {blob for known in ids.values() for blob in known}))
    return {name: _all_of(found, known) for name, known in ids.items()}


def ever_committed(root: Path, names: Collection[str]) -> frozenset[str]:
    """Return the given files that a commit of any branch has or had."""
    with quiet(root) as command:
        if command is None or not names:
            return frozenset()
        some = [f":(literal){name}" for name in names] if len(names) <= _NAMED else ["."]
        words = ("--all", "--format=", "--name-only", "--no-renames", "--relative", "-z")
        return frozenset(split(command.log(*words, "--", *some))).intersection(names)


def left_out(root: Path, suffix: str) -> dict[str, bytes]:
    """Return the index's contents of files that a sparse checkout omits, by path.

    The result has files of the whole work tree with one suffix. It lacks contents that a partial
    clone lacks.
    """
    with quiet(root) as command:
        if command is None:
            return {}
        ids = {name: i for name, i in _sparse(command).items() if name.endswith(suffix)}
        if not ids:
            return {}
        found = dict(blobs.contents(command, set(ids.values())))
        top = command.rev_parse("--show-toplevel")
    return {_relative(top, n, root): raw for n, i in ids.items() if (raw := found[i]) is not None}


def unmerged(root: Path) -> tuple[tuple[str, bytes], ...]:
    """Return paths and contents of all sides of an unfinished merge in the index."""
    with quiet(root) as command:
        if command is None:
            return ()
        listed = split(command.ls_files("--unmerged", "--full-name", "-z", "--", ":/"))
        if not listed:
            return ()
        rows = [row.partition("\t") for row in listed]
        found = dict(blobs.contents(command, {told.split()[1] for told, _, _ in rows}))
        top = command.rev_parse("--show-toplevel")
    sides = ((_relative(top, path, root), found[told.split()[1]]) for told, _, path in rows)
    return tuple((path, raw) for path, raw in sides if raw is not None)


def left_out_copies(root: Path, name: str) -> tuple[str, ...]:
    """Return the files that a sparse checkout omits and that have the bytes of another file.

    The bytes are HEAD's of the file `name`. Files that HEAD has too are not copies.
    """
    with quiet(root) as command:
        if command is None:
            return ()
        blob = listed_at(command, "HEAD", [name]).get(name)
        same = {path for path, i in _sparse(command).items() if i == blob}
        if not same:
            return ()
        known = split(command.ls_tree("-r", "--full-tree", "--name-only", "-z", "HEAD"))
        top = command.rev_parse("--show-toplevel")
    return tuple(_relative(top, path, root) for path in sorted(same.difference(known)))


def _sparse(command: Git) -> dict[str, str]:
    """Return the files that a sparse checkout omits: path from the top to object id."""
    listed = split(command.ls_files("-t", "--stage", "--full-name", "-z", "--", ":/"))
    rows = (row.partition("\t") for row in listed if row.startswith("S "))
    return {path: told.split()[2] for told, _, path in rows}


def _all_of(contents: Mapping[str, bytes | None], ids: Iterable[str]) -> tuple[bytes, ...]:
    """Return the contents of some objects, without those that a partial clone lacks."""
    return tuple(raw for i in ids if (raw := contents[i]) is not None)


def renames_since(root: Path, revision: str) -> dict[str, str]:
    """Return the files that git's index has under another name: new path to old path.

    git compares with the merge base of HEAD and the revision. Raise UsageError for an invalid
    revision.
    """
    with quiet(root) as command:
        if command is None:
            return {}
        status, listed, _ = command.diff(
            *("--cached", "--find-renames", "--diff-filter=R", "--name-status", "-z"),
            *("--no-ext-diff", "--no-textconv", common(command, revision)),
            with_extended_output=True,
            with_exceptions=False,
        )
        rows = split(listed) if status == 0 else []
        if not rows:
            return {}
        top = command.rev_parse("--show-toplevel")
    return {
        _relative(top, new, root): _relative(top, old, root)
        for old, new in zip(rows[1::3], rows[2::3], strict=True)
    }


def _relative(top: str, name: str, root: Path) -> str:
    return Path(os.path.relpath(os.path.join(top, name), root.resolve())).as_posix()
