"""Shared steps of the commands: open a mirror, show progress, print results."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from confsync.cli.options import Settings
from confsync.errors import Exit, UsageError
from confsync.model.filenames import CONFIG

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.mirror.mirror import Mirror
    from confsync.mirror.selection import Selection
    from confsync.model.hint import Standpoint
    from confsync.model.result import Result
    from confsync.progress import Progress
    from confsync.push.options import DeleteOptions
    from confsync.sync.target import Target


def mirror_of(settings: Settings, paths: tuple[str, ...]) -> tuple[Mirror, Selection]:
    from confsync.mirror import config_file as config

    start = settings.start
    if not start.is_dir():
        raise UsageError(f"{start} is not a directory")
    return mirror_at(config.find_root(start), start, paths)


def mirror_at(root: Path, start: Path, paths: tuple[str, ...]) -> tuple[Mirror, Selection]:
    """Return the mirror at `root`, and the selection of paths as typed in `start`."""
    from confsync.mirror import config_file as config
    from confsync.mirror.mirror import Mirror
    from confsync.mirror.selection import Selection

    found = config.load(root)
    _check_above(root, start, found.url)
    return Mirror(root, found), Selection.of(root, start, paths)


def _check_above(root: Path, start: Path, url: str) -> None:
    """Raise UntrustedError for another user's configuration that was found above `start`."""
    if root != start:
        from confsync.cli import trust

        trust.check_owner(os.environ, root, start, url)


def unchanged_at(settings: Settings) -> int | None:
    """Return the number of documents if the snapshot proves that all of them are clean.

    None: they must be read. This loads no module that reads documents.
    """
    from confsync.mirror import snapshot
    from confsync.model.filenames import root_above

    start = settings.place
    root = root_above(start) if os.path.isdir(start) else None
    if root is None or (root != start and not _is_own(root)):
        return None
    return snapshot.clean(root)


def _is_own(root: str) -> bool:
    """Return whether a configuration certainly belongs to this user. `trust` judges all others."""
    try:
        return not hasattr(os, "geteuid") or os.geteuid() == (
            os.lstat(os.path.join(root, CONFIG)).st_uid
        )
    except OSError:
        return False


def place_of(settings: Settings, directory: str) -> Path:
    """Return the directory that a user typed, without any ``..`` in its path."""
    place = settings.start / directory
    return place.resolve() if ".." in place.parts else place


def target_of(settings: Settings, mirror: Mirror, text: str) -> Target:
    """Return the page that an id or a path names, with ``@VERSION`` or without."""
    from confsync.mirror.index import outlines
    from confsync.sync import target

    scans = mirror.scan(outlines(mirror.root))
    return target.parse(mirror.root, settings.start, scans, text)


def deletions_of(
    settings: Settings, given: tuple[str, ...], since: str | None
) -> tuple[tuple[str, ...], DeleteOptions]:
    """Return the paths and the deletions of --delete: ids name pages, the rest are paths."""
    from confsync.push.options import DeleteOptions
    from confsync.sync.target import divided, is_id

    named = {}
    paths = []
    for text in given:
        page_id, version = divided(text)
        if is_id(page_id) and not (settings.start / text).exists():
            named[page_id] = version
        else:
            paths.append(text)
    return tuple(paths), DeleteOptions(named, since or "HEAD")


def base_url(settings: Settings, url: str | None) -> str:
    """Return the base URL: the typed one, or the mirror's."""
    from confsync.mirror import config_file as config
    from confsync.model.url import server_of

    if url is None:
        from confsync.cli import trust

        root = config.find_root(settings.start)
        found = config.load(root).url
        trust.check_owner(os.environ, root, None, found)
        return found
    return server_of(url)


@contextlib.contextmanager
def progress_on(settings: Settings) -> Iterator[Progress]:
    from confsync.progress import silent

    if settings.quiet or settings.as_json or not sys.stderr.isatty():
        yield silent
        return
    with contextlib.ExitStack() as stack:
        bar: list[Progress] = []

        def show(what: str, done: int, total: int | None) -> None:
            if not bar:  # a command without progress loads no library
                from confsync.cli.progress_bar import shown

                bar.append(stack.enter_context(shown()))
            bar[0](what, done, total)

        yield show


def finish(
    settings: Settings,
    result: Result,
    root: Path | None = None,
    *,
    annotate: bool = False,
    paged: bool = False,
) -> NoReturn:
    """Print a result and end with its exit code.

    `annotate` prints annotations for GitHub's workflows. `paged` output goes through git's pager on
    a terminal.
    """
    from datetime import UTC, datetime

    from confsync.cli import escape, render
    from confsync.model.hint import Standpoint

    told = result.typed(standpoint_of(settings, root))
    if settings.as_json:
        given, out = f"{escape.json_line(result.as_json())}\n", ""
        err = "".join(f"{line}\n" for line in render.warning_lines(told))
    elif annotate:
        shown = _annotated(settings, root)
        told = result.typed(Standpoint(shown, shown))
        given, out, err = render.as_annotations(told, shown), "", ""
    else:
        display = render.Display(
            shown=_shown(settings, root),
            now=datetime.now(UTC),
            verbose=settings.verbose > 0,
            quiet=settings.quiet,
            terminal=on_terminal(settings),
            width=_width() if result.changes else 80,
        )
        given, out, err = render.as_text(told, display)
        out, err = (with_directory(settings, text) for text in (out, err))
        if escape.is_read_by_ci(sys.stdout, os.environ):
            given = escape.without_commands(given)
    _end(settings, _Output(given, out, err), int(result.exit), paged=paged)


def finish_clean(settings: Settings, count: int) -> NoReturn:
    """Print the number of clean documents, as `finish` would, without loading its modules."""
    from confsync.model import summary

    out = summary.clean(count)
    if settings.as_json:
        import json

        out = json.dumps(
            summary.envelope(settings.verb, 0, summary={"clean": count}, left_out=[], comments=[])
        )
    _end(settings, _Output("", f"{out}\n", ""), 0)


class _Output(NamedTuple):
    """The output: on stdout the `given` text and the lines about it, and the lines on stderr."""

    given: str
    out: str
    err: str


def _end(settings: Settings, output: _Output, code: int, *, paged: bool = False) -> NoReturn:
    """Print the output and end with an exit code."""
    given, out, err = output
    try:
        if settings.as_json or not settings.quiet:
            _print(settings, given, out, paged=paged)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - so that closing it cannot fail again
    except (OSError, ValueError) as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        # If stdout is lost, stderr still reports the outcome of the pages.
        told = given if settings.as_json else out
        err += (told if settings.verb in _WORKING else "") + lost_output(error)
        code = code or int(Exit.LOCAL)
    with contextlib.suppress(OSError, ValueError):
        click.echo(err, nl=False, err=True, color=color_of(settings))
    sys.exit(code)


def lost_output(error: OSError | ValueError) -> str:
    """Return the line that says why the output cannot be written."""
    why = getattr(error, "strerror", None) or error
    return f"error: the output cannot be written: {why}\n"


# The commands that write files, pages, or the keyring.
_WORKING = (
    "clone",
    "comment",
    "init",
    "login",
    "logout",
    "new",
    "pull",
    "push",
    "replace",
    "restore",
    "revert",
)


def _width() -> int:
    """Return the number of columns of the terminal."""
    import shutil

    return shutil.get_terminal_size().columns


def _print(settings: Settings, given: str, out: str, *, paged: bool) -> None:
    """Print the given text, byte for byte, and the lines about it."""
    if paged and on_terminal(settings):
        from confsync.cli import pager

        if pager.show(given + (out if colored(settings) else click.unstyle(out)), os.environ):
            return
    # click would take a page's own control characters for colours, and remove them.
    click.echo(given, nl=False, color=True)
    click.echo(out, nl=False, color=color_of(settings))


def standpoint_of(settings: Settings, root: Path | None) -> Standpoint:
    """Return how the paths of a mirror are typed in the user's directory."""
    from confsync.model.hint import Standpoint

    def here(path: str) -> str:
        return path if root is None else os.path.relpath(root / path).replace(os.sep, "/")

    return Standpoint(_shown(settings, root), here)


def with_directory(settings: Settings, text: str) -> str:
    """Return a text whose commands work in the directory that `-C` names."""
    if not settings.directory:
        return text
    import re

    from confsync.cli import escape
    from confsync.model.shell import quoted

    directory = escape.safe(quoted(str(settings.directory)))
    text = re.sub(_COMMAND, lambda found: f"{found[0]}-C {directory} ", text)
    return re.sub(_WITHOUT_OPTION, lambda found: f"(cd {directory} && {found[0]})", text)


# The beginning of a command in a hint, to which the option -C can be added.
_COMMAND = r"(?:(?<=')|(?<=&& ))(?:confsync|git) (?!-C )"
# A command that works where it is typed, and has no such option.
_WITHOUT_OPTION = r"(?<=')transcrypt(?=')"


def _shown(settings: Settings, root: Path | None) -> Callable[[str], str]:
    """Return a function from mirror paths to paths as typed in the user's directory."""

    def shown(path: str) -> str:
        if root is None:
            return path
        near = relative(root / path, settings.start)
        return min(near, path, key=len) if os.path.isabs(path) else near

    return shown


def _annotated(settings: Settings, root: Path | None) -> Callable[[str], str]:
    """Return a function from mirror paths to paths for GitHub, relative to the checkout."""
    from pathlib import Path

    top = Path(os.environ.get("GITHUB_WORKSPACE") or settings.start).resolve()
    if root is None or not root.resolve().is_relative_to(top):
        return _shown(settings, root)
    inside = root.resolve().relative_to(top)
    return lambda path: (inside / path).as_posix()


def relative(path: Path, start: Path) -> str:
    """Return a path as typed in the directory `start`."""
    return os.path.relpath(path, start).replace(os.sep, "/")


def color_of(settings: Settings) -> bool | None:
    """Return True, False, or None: colour only on a terminal."""
    if settings.color == "always":
        return True
    return False if settings.color == "never" or os.environ.get("NO_COLOR") else None


def on_terminal(settings: Settings) -> bool:
    """Return whether the output goes to a person on a terminal."""
    return sys.stdout.isatty() and not settings.as_json


def colored(settings: Settings) -> bool:
    """Return whether the output is in colour."""
    wanted = color_of(settings)
    return on_terminal(settings) if wanted is None else wanted
