"""What a shell completes: paths by its own means, ids of pages from the cache. Asks no server."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from confsync.cli.options import Settings

# More would not be read by anybody, and costs a file each for the title.
_MOST = 50


def documents(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Files and directories; the shell knows better how they are completed."""
    return [CompletionItem(incomplete, type="file")]


def pages(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Ids of pages, with their titles, where a digit begins the word; else documents."""
    if not incomplete[:1].isdigit():
        return documents(context, parameter, incomplete)
    found = context.find_object(Settings)
    bases = _bases(found.start if found else Path.cwd())
    try:
        names = sorted(path.name for path in bases.iterdir() if path.name.startswith(incomplete))
    except OSError:
        return []
    return [CompletionItem(name, help=_title(bases / name)) for name in names[:_MOST]]


def _bases(start: Path) -> Path:
    from confsync import config
    from confsync.basestore import STATE
    from confsync.errors import ConfsyncError

    try:
        return config.find_root(start) / STATE / "bases"
    except ConfsyncError:
        return start / STATE / "bases"


def _title(directory: Path) -> str | None:
    """The title of some version that the cache has; it is for recognising a page."""
    try:
        with next(directory.iterdir()).open("rb") as file:
            return " ".join(file.read(1024).partition(b"\0")[0].decode("utf-8", "replace").split())
    except (OSError, StopIteration):
        return None
