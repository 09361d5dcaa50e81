"""The finds of `grep` and the changes of `replace` as text."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import click

from confsync.cli.escape import safe
from confsync.cli.session import colored, on_terminal, standpoint_of
from confsync.model import moment

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.cli.options import Settings
    from confsync.commands.bulk.results import FindResult, Match, ReplaceResult
    from confsync.commands.bulk.runs import RunsResult


class Finds:
    """The writer of finds, for a reader at a place and perhaps on a terminal."""

    def __init__(self, settings: Settings, root: Path) -> None:
        self._shown = standpoint_of(settings, root).shown
        self._colored = colored(settings)
        self._terminal = on_terminal(settings)

    def with_lines(self, result: FindResult) -> FindResult:
        """Return the result with a line for each line that has finds."""
        lines = groupby(result.matches, lambda match: (match.path, match.line))
        return replace(result, text="".join(self._line(list(found)) for _, found in lines))

    def with_names(self, result: FindResult) -> FindResult:
        """Return the result with the paths of the documents."""
        names = dict.fromkeys(match.path for match in result.matches)
        return replace(result, text="".join(f"{self._path(name)}\n" for name in names))

    def with_counts(self, result: FindResult) -> FindResult:
        """Return the result with the number of finds in each document."""
        counts = Counter(match.path for match in result.matches)
        lines = (f"{self._path(name)}:{count}\n" for name, count in counts.items())
        return replace(result, text="".join(lines))

    def with_places(self, result: ReplaceResult) -> ReplaceResult:
        """Return the result with the number of changed places in each document."""
        lines = (f"{self._path(one.path)}: {_counted(one.places)}\n" for one in result.replaced)
        return replace(result, text="".join(lines))

    def with_runs(self, result: RunsResult) -> RunsResult:
        """Return the result with a paragraph for each run, the newest last."""
        lines = []
        for run in result.runs:
            lines.append(f"{self._styled(run.run, fg='yellow')}  {moment.shown(run.at)}")
            for page in run.pages:
                versions = " -> ".join(f"v{n}" for n in (page.base, page.version) if n is not None)
                lines.append(f"  {page.what:<14} {self._path(page.path)}   {versions}".rstrip())
        return replace(result, text="".join(f"{line}\n" for line in lines))

    def _path(self, path: str) -> str:
        shown = self._shown(path)
        return self._styled(safe(shown) if self._terminal else shown, fg="magenta")

    def _line(self, matches: list[Match]) -> str:
        first = matches[0]
        text, at = first.text, 0
        told: list[str] = []
        for match in matches:
            start = match.column - 1
            end = min(start + len(match.found), len(text))
            if start >= at:
                told += (
                    self._safe(text[at:start]),
                    self._styled(self._safe(text[start:end]), fg="red", bold=True),
                )
                at = end
        told.append(self._safe(text[at:]))
        return f"{self._path(first.path)}:{first.line}:{first.column}:{''.join(told)}\n"

    def _safe(self, text: str) -> str:
        return safe(text) if self._terminal else text

    def _styled(self, text: str, **style: object) -> str:
        return click.style(text, **style) if self._colored else text  # type: ignore[arg-type]


def _counted(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"
