"""The command `clone`: `init` and `pull` in one."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from confsync.commands.pages.pull import pull
from confsync.commands.setup import next_steps
from confsync.commands.setup.init import init
from confsync.commands.setup.origin import Origin
from confsync.errors import ConfsyncError, Exit, FileError
from confsync.mirror import config_file as config
from confsync.mirror.config_file import settings_for
from confsync.mirror.git import attributes, merge_driver, repository, worktree
from confsync.mirror.mirror import Mirror
from confsync.model.config import FILE_NAME, Config
from confsync.model.filenames import REMOVED, TEMPORARY
from confsync.model.outcome import Outcome
from confsync.model.result import Problem, Result
from confsync.model.shell import quoted
from confsync.model.url import same_server
from confsync.progress import Progress, silent
from confsync.pull.options import PullOptions
from confsync.remote import Remote
from confsync.sync.scope import few


class CloneOptions(NamedTuple):
    """The options of a clone: with `git` it commits the mirror, with `history` every version.

    Both make a repository if there is none.
    """

    git: bool = False
    history: bool = False


def clone(
    root: Path,
    origin: Origin,
    remote: Remote,
    options: CloneOptions = CloneOptions(),  # noqa: B008
    progress: Progress = silent,
) -> Result:
    """Make `root` a mirror of the origin, and pull it. In a mirror of the origin, only pull.

    So the same command continues after an interruption. Raise FileError if anything is in the way.
    """
    for name in (name for name, on in options._asdict().items() if on):
        if repository.version() is None:
            raise FileError(f"--{name} needs git, which is not installed", hint="install git")
    begins = not _is_mirror_of(root, origin)
    if begins:
        _check_room(root, origin)
        init(root, settings_for(origin.url, [origin.space], remote.flavor))
    mirror = Mirror(root, config.load(root))
    result = pull(mirror, remote, PullOptions(), progress)
    same = not (result.pages or result.errors or result.interrupted)
    told = f"the mirror in {root} is up to date" if same else f"the mirror is in {root}"
    result = replace(result, command="clone", notes=(told, *result.notes))
    if result.interrupted:
        return result
    is_first = begins or _goes_on(mirror, result)
    if options.history:
        from confsync.commands.setup.clone_history import with_history  # rarely needed

        result = with_history(mirror, remote, result, progress)
    result = _committed(mirror, result) if options.git else result
    with suppress(FileError):  # `doctor` tells of it
        merge_driver.configure(root)
    return replace(result, steps=next_steps.after_clone(mirror) if is_first else ())


def _goes_on(mirror: Mirror, result: Result) -> bool:
    """Return whether a clone continued an interrupted one: it wrote pages, and git has none yet."""
    created = any(page.outcome is Outcome.CREATED for page in result.pages)
    return created and not worktree.tracks(mirror.root, FILE_NAME)


def _is_mirror_of(root: Path, origin: Origin) -> bool:
    """Return whether a directory is a mirror of an origin. Raise FileError for another mirror."""
    if not os.path.lexists(root / FILE_NAME):
        return False
    found = config.load(root)
    if same_server(found.url, origin.url) and _has(found, origin):
        return True
    keys = ", ".join(space.key for space in found.spaces if not space.posts)
    raise FileError(
        f"{root} is a mirror of something else: {keys} of {found.url}",
        hint=_elsewhere(root.parent, origin),
    )


def _has(found: Config, origin: Origin) -> bool:
    """Return whether a configuration includes the pages of an origin, and its blog if any."""
    own = [space for space in found.spaces if space.key.casefold() == origin.key.casefold()]
    pages = any(space.root == origin.root for space in own if not space.posts)
    return pages and (not origin.blog or any(space.posts for space in own))


def _check_room(root: Path, origin: Origin) -> None:
    """Raise FileError with the name of anything that stands where the documents go."""
    for place in (root, root / origin.key):
        if os.path.lexists(place) and not place.is_dir():
            raise FileError(
                f"{place} is in the way: it is no directory", hint=_elsewhere(root, origin)
            )
    place = root / origin.key
    names = [path.name for path in place.iterdir()] if place.is_dir() else []
    there = sorted(name for name in names if not name.startswith(TEMPORARY))
    if there:
        raise FileError(
            f"{place} is in the way: it has {few(there)}", hint=_elsewhere(root, origin)
        )


def _elsewhere(root: Path, origin: Origin) -> str:
    """Return the command that clones into a free directory below `root`, or beside it."""
    above = root if root.is_dir() else root.parent
    names = ("confluence", *(f"confluence-{number}" for number in range(2, 100)))
    free = next(name for name in names if not os.path.lexists(above / name))
    place = quoted(next_steps.from_here(above / free))
    return f"'confsync clone {origin.address} {place}'"


def _committed(mirror: Mirror, result: Result) -> Result:
    """Commit the mirror's files. Return the result with a note about the commit, or its error."""
    spaces = [name for name in mirror.config.directories if (mirror.root / name).is_dir()]
    names = [FILE_NAME, attributes.NAME, REMOVED, *spaces]
    try:
        made = worktree.begin(mirror.root, names, next_steps.commit_message(mirror))
    except ConfsyncError as error:
        problem = Problem.of(error)._replace(
            message=f"not committed: {error.message}", exit=Exit.LOCAL
        )
        return replace(result, errors=(*result.errors, problem))
    told = f"committed as {made}" if made else "nothing to commit: git has the mirror already"
    return replace(result, notes=(*result.notes, told))
