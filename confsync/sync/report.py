"""What one run of a flow has done so far: it grows step by step, and an exception leaves it whole.

A run owns one report. Its steps add to it and ask it; no list is handed down to be filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from confsync.errors import EVERYBODYS, ConfsyncError, Exit
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result
from confsync.sync.renames import Renamed


class Report:
    """The results of pages, the errors of everything else, and what is to be said besides."""

    def __init__(self, command: str, *, dry_run: bool = False) -> None:
        self._command = command
        self._dry_run = dry_run
        self._interrupted = False
        self._pages: list[PageResult] = []
        self._errors: list[Problem] = []
        self._notes: list[str] = []
        self._warnings: list[str] = []
        self._shown: list[str] = []
        self._renamed: list[Renamed] = []

    # -- what happened -----------------------------------------------------------------------------

    def add(self, *pages: PageResult) -> None:
        """Take what became of pages."""
        self._pages += pages

    def refuse(self, *problems: Problem) -> None:
        """Take errors that belong to no page."""
        self._errors += problems

    def withdraw(self, *problems: Problem) -> None:
        """Take back errors that the run has solved since."""
        self._errors = [error for error in self._errors if error not in problems]

    def note(self, *notes: str) -> None:
        """Take what is to be said after the results."""
        self._notes += notes

    def warn(self, *warnings: str) -> None:
        """Take what is said also to those who want to hear of failures only."""
        self._warnings += warnings

    def show(self, *texts: str) -> None:
        """Take text that was asked for, such as what a resolution gives up."""
        self._shown += texts

    def rename(self, *pages: Renamed) -> None:
        """Take pages whose titles changed, or were looked at because they might have."""
        self._renamed += pages

    @contextmanager
    def step(self) -> Iterator[None]:
        """Note what went wrong with one space, so that the next space goes on.

        Wrong credentials and a network that is away are every space's trouble, and are let through.
        """
        try:
            yield
        except EVERYBODYS:
            raise
        except ConfsyncError as error:
            self.refuse(Problem.of(error))

    @contextmanager
    def run(self) -> Iterator[None]:
        """Note what ended the run, be it an error or the user's Ctrl-C."""
        try:
            yield
        except ConfsyncError as error:
            self.refuse(Problem.of(error))
        except KeyboardInterrupt:
            self._interrupted = True

    # -- what is asked -----------------------------------------------------------------------------

    @property
    def pages(self) -> tuple[PageResult, ...]:
        """What became of the pages so far."""
        return tuple(self._pages)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors so far that belong to no page."""
        return tuple(self._errors)

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the run."""
        return self._interrupted

    @property
    def renamed(self) -> tuple[Renamed, ...]:
        """The pages that have another title now; of an interrupted run, those so far."""
        return tuple(page for page in self._renamed if page.old != page.new)

    def told(self) -> frozenset[str]:
        """Return the paths of the documents that have a result."""
        return frozenset(page.path for page in self._pages)

    def written(self) -> frozenset[str]:
        """Return the paths of the documents that the server has as they are here."""
        return frozenset(page.path for page in self._pages if _is_written(page))

    def result(self) -> Result:
        """Return everything as the command's result."""
        return Result(
            self._command,
            self.pages,
            self.errors,
            tuple(self._notes),
            tuple(self._warnings),
            text="".join(self._shown),
            dry_run=self._dry_run,
            interrupted=self._interrupted,
        )


def _is_written(page: PageResult) -> bool:
    restamped = page.outcome is Outcome.RESTAMPED and page.exit is Exit.DONE
    return restamped or page.outcome in (Outcome.CREATED, Outcome.UPDATED)
