"""The access to git: deleted documents, and HEAD's content of documents.

Only this module imports `git`. Everything except git features works without a repository and
without a git binary.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from confsync.document.attachments.names import document_of
from confsync.errors import ConfigError, FileError, UsageError
from confsync.mirror.git import blobs
from confsync.mirror.git.head import (
    ENVIRONMENT,
    OPTIONS,
    TROUBLE,
    TRUST,
    documents_of_head,
    has_commit,
    is_document,
)
from confsync.model.hint import marked, mentioned

if TYPE_CHECKING:
    from git import Git, Repo


def version() -> str | None:
    """Return git's version; None without git."""
    git = _git()
    return str(git.Git().version()) if git else None


def holds(root: Path) -> bool:
    """Return whether the mirror is in a repository that has a commit."""
    with _repository(root) as repo:
        return repo is not None


def deleted_documents(
    root: Path,
    directories: Sequence[str],
    revision: str = "HEAD",
    here: frozenset[str] = frozenset(),
) -> dict[str, bytes]:
    """Return the documents that a commit has and the work tree lacks: path to content.

    For another branch, the commit is the merge base: a later change of that branch is not a
    deletion here. Paths are relative to the mirror; `here` are documents that surely exist. The
    result is empty without git, a repository or a commit. Raise UsageError for an invalid revision.
    """
    known = documents_of_head(str(root), directories) if revision == "HEAD" else None
    if known is not None and here.issuperset(known.ids):
        return {}
    with _repository(root, has_answered=known is not None) as repo:
        if repo is None:
            return {}
        command = _harmless(_command(repo, root))
        commit = common(command, revision)
        listed = listed_at(command, commit, directories) if known is None else known.ids
        gone = _gone(command, root, directories, filter(is_document, listed))
        return _contents(command, commit, {name: listed[name] for name in gone})


class HeadFiles(NamedTuple):
    """HEAD's attachment files that may have been deleted in the work tree.

    `paths` has all of them. `documents` are HEAD's documents that own one: path to content.
    `ownerless` are the contents of missing files without a document in HEAD. If there are any,
    `documents` has all documents of HEAD.
    """

    paths: frozenset[str] = frozenset()
    documents: Mapping[str, bytes] = {}
    ownerless: Mapping[str, bytes] = {}


def attachments_of_head(root: Path, directories: Sequence[str]) -> HeadFiles:
    """Return HEAD's attachment files, without those that a sparse checkout omits.

    The result is empty without git, a repository or a commit. Raise FileError in a partial clone
    that lacks one of their documents.
    """
    with _repository(root) as repo:
        if repo is None:
            return HeadFiles()
        command = _harmless(_command(repo, root))
        listed = listed_at(command, "HEAD", directories)
        owners = {name: owner for name in listed if (owner := document_of(name))}
        if not owners:
            return HeadFiles()
        for name in _left_out(command, directories):
            owners.pop(name, None)
        ownerless = [
            n for n, owner in owners.items() if owner not in listed and not stands(root / n)
        ]
        wanted = filter(is_document, listed) if ownerless else set(owners.values()) & listed.keys()
        return HeadFiles(
            frozenset(owners),
            _contents(command, "HEAD", {name: listed[name] for name in wanted}),
            _contents(command, "HEAD", {name: listed[name] for name in ownerless}),
        )


def committed(
    root: Path, directories: Iterable[str], here: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return HEAD's content of documents that differ from `here`; paths are relative to the mirror.

    The result is empty without git, a repository or a commit.
    """
    with _repository(root) as repo:
        if repo is None:
            return {}
        command = _harmless(_command(repo, root))
        listed = listed_at(command, "HEAD", directories)
        other = {
            name: listed[name]
            for name, raw in here.items()
            if name in listed and listed[name] != blob_id(raw, len(listed[name]))
        }
        found = dict(blobs.contents(command, set(other.values())))
        return {name: raw for name, i in other.items() if (raw := found[i]) is not None}


def blob_id(raw: bytes, length: int) -> str:
    """Return git's id of a content: SHA-1 or SHA-256, depending on `length`."""
    made = hashlib.sha1 if length == 40 else hashlib.sha256
    return made(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()


def listed_at(command: Git, commit: str, directories: Iterable[str]) -> dict[str, str]:
    """Return the files of a commit below some directories of the mirror: path to object id."""
    rows = split(command.ls_tree("-r", "-z", commit, "--", *directories))
    return {name: line.split()[2] for line, _, name in (row.partition("\t") for row in rows)}


def _contents(command: Git, commit: str, listed: Mapping[str, str]) -> dict[str, bytes]:
    """Read files of a commit: path to content. Raise FileError if a content is missing."""
    found = dict(blobs.contents(command, set(listed.values())))
    missing = [name for name, blob in listed.items() if found[blob] is None]
    if missing:
        raise FileError(
            f"git does not have the content of {mentioned(missing[0])} here (a partial clone)",
            hint=f"'git diff --stat {commit}' fetches it",
        )
    return {name: found[blob] or b"" for name, blob in listed.items()}


def _gone(command: Git, root: Path, directories: Iterable[str], listed: Iterable[str]) -> list[str]:
    """Return the files of a commit that the work tree lacks."""
    # 'git diff' would read files that seem changed, through the configured filters.
    gone = [name for name in listed if not stands(root / name)]
    sparse = _left_out(command, directories) if gone else frozenset()
    return [name for name in gone if name not in sparse]


def _command(repo: Repo, root: Path) -> Git:
    """Return git's commands in the mirror, with this repository's index.

    A hook puts its own repository's index into the environment. If the mirror is in another
    repository, a commit would go to the wrong index.
    """
    command = type(repo.git)(str(root))
    given = os.environ.get("GIT_INDEX_FILE")
    if given:
        place = Path(repo.working_tree_dir or root, given).parent
        own = Path(repo.git_dir)
        others = (place / "HEAD").is_file() and place.resolve() != own.resolve()
        if others or not place.is_dir():
            command.update_environment(GIT_INDEX_FILE=str(own / "index"))
    return command


def _harmless(command: Git) -> Git:
    """Return the same git, configured to start no program that a repository names."""
    command.update_environment(**ENVIRONMENT)
    command.set_persistent_git_options(c=list(OPTIONS))
    return command


def _left_out(command: Git, directories: Iterable[str]) -> frozenset[str]:
    """Return the files in the index that a sparse checkout omits, on purpose or not."""
    listed = split(command.ls_files("-t", "-z", "--", *directories))
    return frozenset(line[2:] for line in listed if line.startswith("S "))


def stands(path: Path | str) -> bool:
    """Return whether a file is or may be at a path. An unknown state counts as a file."""
    try:
        return not stat.S_ISDIR(os.lstat(path).st_mode)
    except FileNotFoundError:
        # The path may be behind a broken link, for example to a drive that is not mounted.
        parents = Path(path).parents
        return any(parent.is_symlink() and not parent.exists() for parent in parents)
    except NotADirectoryError:
        return False
    except OSError:
        return True


def split(listed: str) -> list[str]:
    return [name for name in listed.split("\0") if name]


def common(command: Git, revision: str) -> str:
    """Return the merge base of HEAD and a revision.

    Raise UsageError, or ConfigError if the clone is too shallow.
    """
    if revision == "HEAD":
        return revision
    status, out, _ = command.merge_base(
        "HEAD", commit_of(command, revision), with_extended_output=True, with_exceptions=False
    )
    if status == 0:
        return str(out).strip()
    if command.rev_parse("--is-shallow-repository") == "true":
        raise _too_shallow(revision)
    raise UsageError(f"'{revision}' and HEAD have no commit in common")


def _too_shallow(revision: str) -> ConfigError:
    return ConfigError(
        f"this clone is too shallow to know what changed since '{revision}'",
        hint="'git fetch --unshallow' fetches the history; in a workflow, set fetch-depth: 0",
    )


def commit_of(command: Git, revision: str) -> str:
    """Return the id of a commit. An option is never a revision."""
    status, out, _ = command.rev_parse(
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{revision}^{{commit}}",
        with_extended_output=True,
        with_exceptions=False,
    )
    if status != 0:
        if command.rev_parse("--is-shallow-repository") == "true":
            raise _too_shallow(revision)
        raise UsageError(f"git knows no commit '{revision}'")
    return str(out).strip()


def _git() -> Any:
    """Return the module GitPython, or None; it does not load without a git binary."""
    try:
        import git
    except ImportError:
        return None
    return git


@contextlib.contextmanager
def command_in(root: Path) -> Iterator[Git]:
    """Yield git's commands in the mirror with the user's hooks, filters and signing.

    This is only for what a person asked of git by name. Raise FileError without a repository that
    has a commit.
    """
    with _repository(root) as repo:
        if repo is None:
            raise FileError(
                "this needs a git repository with a commit",
                hint=f"'git init {marked('.')} && git commit --allow-empty -m start' makes one",
            )
        yield _command(repo, root)


@contextlib.contextmanager
def _repository(root: Path, *, has_answered: bool = False) -> Iterator[Repo | None]:
    """Yield the repository of the mirror, or None if there is none to use.

    With `has_answered`, git read HEAD's commit a moment ago and is not asked again. Raise FileError
    if git cannot read the repository: confsync must not guess, for example which documents were
    deleted on purpose.
    """
    git = _git()
    if git is None:
        yield None
        return
    try:
        repo = git.Repo(root.resolve(), search_parent_directories=True)
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        yield None
        return
    try:
        _harmless(repo.git)
        command, head = _harmless(git.Git(str(root))), Path(repo.git_dir, "HEAD")
        can_read = has_answered or has_commit(command, str(root), head.stat())
        yield repo if can_read and not repo.bare else None
    except (git.GitCommandError, git.BadName, ValueError, KeyError) as error:
        said = str(getattr(error, "stderr", "") or error).strip()
        said = said.removeprefix("stderr: ").strip("'").split("\n")[0]
        raise FileError(f"{TROUBLE}{said}", hint=TRUST) from None
    finally:
        repo.close()


@contextlib.contextmanager
def quiet(root: Path) -> Iterator[Git | None]:
    """Yield git's commands in the mirror that start no program; None without a repository."""
    with _repository(root) as repo:
        yield _harmless(_command(repo, root)) if repo else None


def at(directory: Path) -> Git | None:
    """Return git's commands in a directory that start no program; None without git.

    There may be no repository.
    """
    git = _git()
    return _harmless(git.Git(str(directory))) if git else None


def begun(directory: str) -> Git:
    """Make a repository in an empty directory. Return git's commands there.

    Raise FileError without git.
    """
    command = at(Path(directory))
    if command is None:
        raise FileError("this needs git, which is not installed", hint="install git")
    command.init("-q", "--template=")
    return command
