"""Completion for shells: paths from the mirror, page ids from the cache. Asks no server."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from confsync.cli.options import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from confsync.mirror.state.base_cache import BaseStore

# A longer list is not readable, and each title costs reading a file.
_MOST = 50


def documents(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete documents, the changed ones first, and directories.

    Where there is no mirror, let the shell complete files.
    """
    from click.shell_completion import CompletionItem

    from confsync.cli.shell.candidates import candidates

    settings = context.find_object(Settings) or Settings()
    found = candidates(settings.start, incomplete)
    if found is None:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(path) for path in found]


def pages(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete page ids, with titles, if the word begins with a digit.

    Otherwise complete documents.
    """
    from click.shell_completion import CompletionItem

    if not incomplete[:1].isdigit():
        return documents(context, parameter, incomplete)
    found = context.find_object(Settings)
    titles = _bases((found or Settings()).start).titles(incomplete, _MOST)
    return [CompletionItem(i, help=" ".join(title.split()) or None) for i, title in titles]


def _bases(start: Path) -> BaseStore:
    from confsync.errors import ConfsyncError
    from confsync.mirror import config_file as config
    from confsync.mirror.state.base_cache import STATE, BaseStore

    with contextlib.suppress(ConfsyncError):  # without a mirror there are no ids
        start = config.find_root(start)
    return BaseStore(start / STATE / "bases")
