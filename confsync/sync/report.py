"""The results of one run so far. After an exception they stay available.

Each run owns one report. Its steps add to the report; no lists are passed down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from confsync.errors import EVERYBODYS, APIAccessError, ConfsyncError, Exit
from confsync.model.left_out import LeftOut
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import NewComment, Problem, Result
from confsync.sync.renames import Renamed

_Answer = TypeVar("_Answer")


class Report:
    """The results of pages, the other errors, notes and warnings of a run."""

    def __init__(self, command: str, *, dry_run: bool = False) -> None:
        self._command = command
        self._dry_run = dry_run
        self._interrupted = False
        self._pages: list[PageResult] = []
        self._errors: list[Problem] = []
        self._notes: list[str] = []
        self._left_out: list[LeftOut] = []
        self._comments: list[NewComment] = []
        self._warnings: list[str] = []
        self._shown: list[str] = []
        self._renamed: list[Renamed] = []

    # -- what happened -----------------------------------------------------------------------------

    def add(self, *pages: PageResult) -> None:
        """Add results of pages."""
        self._pages += pages

    def refuse(self, *problems: Problem) -> None:
        """Add errors that belong to no page."""
        self._errors += problems

    def withdraw(self, *problems: Problem) -> None:
        """Remove errors that the run has solved since."""
        self._errors = [error for error in self._errors if error not in problems]

    def note(self, *notes: str) -> None:
        """Add notes for the end of the output."""
        self._notes += notes

    def leave_out(self, *files: LeftOut) -> None:
        """Add files that a push does not send."""
        self._left_out += files

    def tell(self, *comments: NewComment) -> None:
        """Add new comments on pages."""
        self._comments += comments

    def warn(self, *warnings: str) -> None:
        """Add warnings, which are shown even with `-q`."""
        self._warnings += warnings

    def show(self, *texts: str) -> None:
        """Add requested text, such as the text that a resolution gives up."""
        self._shown += texts

    def rename(self, *pages: Renamed) -> None:
        """Add pages whose titles changed, or may have changed."""
        self._renamed += pages

    @contextmanager
    def step(self) -> Iterator[None]:
        """Record an error of one space, so that the next space continues.

        Wrong credentials and an unreachable server affect every space and are raised.
        """
        try:
            yield
        except EVERYBODYS:
            raise
        except ConfsyncError as error:
            self.refuse(Problem.of(error))

    @contextmanager
    def run(self) -> Iterator[None]:
        """Record what ended the run: an error or Ctrl-C."""
        try:
            yield
        except ConfsyncError as error:
            self.refuse(Problem.of(error))
        except KeyboardInterrupt:
            self._interrupted = True

    def amend(self, page: PageResult) -> None:
        """Add a result, or its note to the result that the page has already."""
        for number, known in enumerate(self._pages):
            if known.path == page.path:
                clean = known.outcome is Outcome.CLEAN
                note = ", ".join(filter(None, (known.note, page.note)))
                self._pages[number] = replace(
                    known, note=note, outcome=page.outcome if clean else known.outcome
                )
                return
        self.add(page)

    # -- what is asked -----------------------------------------------------------------------------

    @property
    def pages(self) -> tuple[PageResult, ...]:
        """Return the results of the pages so far."""
        return tuple(self._pages)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return the errors so far that belong to no page."""
        return tuple(self._errors)

    @property
    def interrupted(self) -> bool:
        """Return whether the user interrupted the run."""
        return self._interrupted

    @property
    def renamed(self) -> tuple[Renamed, ...]:
        """Return the pages that have a new title so far."""
        return tuple(page for page in self._renamed if page.old != page.new)

    def told(self) -> frozenset[str]:
        """Return the paths of the documents that have a result."""
        return frozenset(page.path for page in self._pages)

    def written(self) -> frozenset[str]:
        """Return the paths of the documents that are the same on the server."""
        return frozenset(page.path for page in self._pages if _is_written(page))

    def result(self) -> Result:
        """Return the result of the command."""
        return Result(
            self._command,
            self.pages,
            self.errors,
            tuple(self._notes),
            warnings=tuple(self._warnings),
            text="".join(self._shown),
            left_out=tuple(self._left_out),
            comments=tuple(self._comments),
            dry_run=self._dry_run,
            interrupted=self._interrupted,
        )


_WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.MOVED, Outcome.RENAMED)


def _is_written(page: PageResult) -> bool:
    restamped = page.outcome is Outcome.RESTAMPED and page.exit is Exit.DONE
    return restamped or page.outcome in _WRITTEN


def or_own_error(ask: Callable[[str], _Answer], page_id: str) -> _Answer | APIAccessError:
    """Return the answer about one page, or the error that concerns this page alone.

    Raise an error that every other page would meet, too.
    """
    try:
        return ask(page_id)
    except EVERYBODYS:
        raise
    except APIAccessError as error:
        return error
