"""The work tree in git's view: changes since a commit, staged files, and commits.

The module uses the user's own git, hooks and signing. So it is only for what a person asked of git
by name.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from confsync.document.attachments.names import document_of
from confsync.errors import FileError
from confsync.mirror.git import repository as gitrepo
from confsync.mirror.git.head import is_document, is_in_repository
from confsync.mirror.git.history import commit_of_head

if TYPE_CHECKING:
    from git import Git


def changed_documents(root: Path, directories: Sequence[str], revision: str) -> frozenset[str]:
    """Return the documents that changed since the merge base of HEAD and `revision`.

    Missing documents and documents unknown to git count too. Raise UsageError for an invalid
    revision, ConfigError if the clone is too shallow, FileError without a repository.
    """
    with gitrepo.command_in(root) as command:
        commit = gitrepo.common(command, revision)
        names = _changed(command, directories, commit)
        unknown = command.ls_files("--others", "--exclude-standard", "-z", "--", *directories)
        return names | _documents(gitrepo.split(unknown))


def nearest_before(root: Path, name: str, revision: str) -> bytes | None:
    """Return a file of the mirror's directory, or of the nearest directory above that had it.

    The content is that of the merge base of HEAD and `revision`; None without the file. For a link,
    it is the link's target. Raise errors as `changed_documents` does.
    """
    with gitrepo.command_in(root) as command:
        commit = gitrepo.common(command, revision)
        inner = str(command.rev_parse("--show-prefix")).strip("\n/")
        directories = [inner, *(above.as_posix() for above in PurePosixPath(inner).parents)]
        for directory in directories if inner else [""]:
            path = (PurePosixPath(directory) / name).as_posix()
            listed = gitrepo.split(command.ls_tree("-z", "--full-tree", commit, "--", path))
            if listed:
                blob = listed[0].split()[2]
                found: bytes = command.cat_file(
                    "blob", blob, stdout_as_string=False, strip_newline_in_stdout=False
                )
                return found
        return None


def staged_documents(
    root: Path, directories: Sequence[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the staged documents, and those whose work tree differs from the index.

    Raise FileError without a repository.
    """
    with gitrepo.command_in(root) as command:
        staged = _changed(command, directories, "--cached", "--diff-filter=d")
        return staged, _changed(command, directories)


def staged_changes(root: Path, directories: Sequence[str]) -> frozenset[str]:
    """Return the staged documents, including those whose deletion is staged.

    Raise FileError without a repository.
    """
    with gitrepo.command_in(root) as command:
        return _changed(command, directories, "--cached")


def dirty(root: Path) -> frozenset[str]:
    """Return the files below the mirror that differ from HEAD, including unknown files."""
    with gitrepo.command_in(root) as command:
        known = gitrepo.split(
            command.diff("HEAD", "--name-only", "--no-renames", "--relative", "-z", "--", ".")
        )
        unknown = gitrepo.split(command.ls_files("--others", "--exclude-standard", "-z", "--", "."))
        return frozenset(known + unknown)


def ignored(root: Path, directories: Iterable[str]) -> frozenset[str]:
    """Return the documents below some directories that git ignores."""
    with gitrepo.command_in(root) as command:
        options = ("--others", "--ignored", "--exclude-standard", "-z")
        listed = gitrepo.split(command.ls_files(*options, "--", *directories))
        return frozenset(filter(is_document, listed))


def staged_otherwise(root: Path) -> dict[str, bytes]:
    """Return staged contents that differ from both HEAD and the work tree, by path."""
    with gitrepo.command_in(root) as command:
        options = ("--name-only", "--no-renames", "--relative", "-z", "--", ".")
        staged = gitrepo.split(command.diff("--cached", "--diff-filter=d", *options))
        both = frozenset(staged).intersection(gitrepo.split(command.diff(*options)))
        return {
            name: command.show(f":./{name}", stdout_as_string=False, strip_newline_in_stdout=False)
            for name in both
        }


def staged_and_gone(root: Path, names: Iterable[str]) -> frozenset[str]:
    """Return the given files that are missing here and staged with a change from HEAD.

    The result includes the attachment files of such documents. Raise FileError.
    """
    gone = frozenset(name for name in names if not os.path.lexists(root / name))
    if not gone:
        return gone
    with gitrepo.command_in(root) as command:
        staged = command.diff(
            "--cached", "--diff-filter=d", "--name-only", "--no-renames", "--relative", "-z"
        )
        left = gone.intersection(gitrepo.split(staged))
    return left | {name for name in gone if document_of(name) in left}


def commit(
    root: Path, names: Iterable[str], message: Callable[[frozenset[str]], str]
) -> str | None:
    """Commit the given files and nothing else. Return the commit, or None if nothing changed.

    `message` is called with the files that the commit changes. The user's hooks, signing and
    identity apply. Raise FileError with git's message; the index is then unchanged.
    """
    wanted = frozenset(names)
    with gitrepo.command_in(root) as command:
        unknown = gitrepo.split(command.ls_files("--others", "--exclude-standard", "-z", "--", "."))
        new = sorted(wanted.intersection(unknown))
        listed = command.diff("HEAD", "--name-only", "--no-renames", "--relative", "-z", "--", ".")
        changed = sorted(wanted.intersection(gitrepo.split(listed)).union(new))
        if not changed:
            return None
        told = message(frozenset(changed))
        if new:
            with _paths(new) as given:
                command.add("--intent-to-add", *_FROM_STDIN, istream=given)
        refused = _committed(command, changed, told)
        if refused is None:
            return str(command.rev_parse("--short", "HEAD")).strip()
        if new:
            with _paths(new) as given:
                command.reset("--quiet", *_FROM_STDIN, istream=given)
        raise FileError("git refused:", hint=_LATER, said=refused)


def begin(root: Path, names: Iterable[str], message: str) -> str | None:
    """Commit new files, in a new repository if there is none. Return the commit.

    What is staged besides stays staged. Return None if git has all of them already. Raise
    FileError with git's message.
    """
    command = _begun(root)
    given = sorted(names)
    with _paths(given) as file:
        status, _, refused = command.add(
            *_FROM_STDIN, istream=file, with_extended_output=True, with_exceptions=False
        )
    if status == 0:
        staged = command.diff("--cached", "--name-only", "--no-renames", "--relative", "-z")
        if not set(given).intersection(gitrepo.split(staged)):
            return None
        refused = _committed(command, given, message)
        if refused is None:
            return str(command.rev_parse("--short", "HEAD")).strip()
    raise FileError("git refused:", hint=_LATER, said=refused)


def ensure(root: Path) -> None:
    """Make a repository if a directory is in none. Raise FileError."""
    _begun(root)


def begin_at(root: Path, reference: str) -> bool:
    """Let the current branch begin at another one, if it has no commit yet. Return whether it did.

    The files stay as they are. What differs from the commit shows as a change.
    """
    if commit_of_head(root):
        return False
    command = _begun(root)
    command.update_ref("HEAD", reference)
    command.reset("--quiet")
    return True


def _begun(root: Path) -> Git:
    """Return git's commands as `command_in` does, in a new repository if there is none."""
    harmless = gitrepo.at(root)
    if harmless is None:
        raise FileError("git is not installed here", hint="install git")
    command = type(harmless)(str(root))
    if not surrounds(root):
        status, _, said = command.init("-q", with_extended_output=True, with_exceptions=False)
        if status:
            raise FileError("git made no repository:", said=said)
    return command


def surrounds(root: Path) -> bool:
    """Return whether a directory is in a work tree of git, with or without a commit."""
    if "GIT_DIR" not in os.environ and not is_in_repository(str(root)):
        return False
    command = gitrepo.at(root)
    if command is None:
        return False
    status, out, _ = command.rev_parse(
        "--is-inside-work-tree", with_extended_output=True, with_exceptions=False
    )
    return bool(status == 0 and out.strip() == "true")


def tracks(root: Path, name: str) -> bool:
    """Return whether git knows a file of a directory."""
    command = gitrepo.at(root) if surrounds(root) else None
    return bool(command and command.ls_files("--", name))


def _committed(command: Git, names: Sequence[str], message: str) -> str | None:
    """Commit files. Return the message of git or a hook if the commit is refused, else None."""
    with _paths(names) as given, tempfile.TemporaryDirectory() as place:
        # A system limits the length of an argument, and a line for each page may be longer.
        told = Path(place, "message")
        told.write_bytes(message.encode("utf-8", "surrogateescape"))
        status, out, said = command.commit(
            "--quiet",
            "--only",
            "--file",
            str(told),
            *_FROM_STDIN,
            istream=given,
            with_extended_output=True,
            with_exceptions=False,
        )
    return None if status == 0 else "\n".join(part for part in (said, out) if part)


_LATER = "the documents are the same as on the server; fix git's error, then commit them"

# The number of names is unlimited, and names are never patterns.
_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")


@contextlib.contextmanager
def _paths(names: Iterable[str]) -> Iterator[IO[bytes]]:
    """Yield a file of names for git to read."""
    with tempfile.TemporaryFile() as file:
        file.write("".join(f":(literal){name}\0" for name in names).encode())
        file.seek(0)
        yield file


def _changed(command: Git, directories: Iterable[str], *options: str) -> frozenset[str]:
    """Return the documents that a diff names, or whose attachments it names."""
    listed = command.diff(
        *options, "--name-only", "--no-renames", "--relative", "-z", "--", *directories
    )
    return _documents(gitrepo.split(listed))


def _documents(names: Iterable[str]) -> frozenset[str]:
    """Return the documents among some files, and the documents whose attachments are among them."""
    return frozenset(
        document_of(name) or name for name in names if document_of(name) or is_document(name)
    )
