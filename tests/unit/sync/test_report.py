"""A report: it grows, is asked, and is whole after an exception."""

from __future__ import annotations

import pytest

from confsync.errors import Exit, FileError, NetworkError
from confsync.mirror.entry import Entry
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem
from confsync.pull.context import PullReport
from confsync.pull.plan import Step
from confsync.sync.renames import Renamed
from confsync.sync.report import Report


def test_written_are_those_that_the_server_has() -> None:
    report = Report("push")
    report.add(
        PageResult("new.xhtml", Outcome.CREATED),
        PageResult("edited.xhtml", Outcome.UPDATED),
        PageResult("same.xhtml", Outcome.RESTAMPED),
        PageResult("refused.xhtml", Outcome.RESTAMPED, exit=Exit.REFUSED),
        PageResult("skipped.xhtml", Outcome.SKIPPED),
    )
    assert report.written() == {"new.xhtml", "edited.xhtml", "same.xhtml"}
    assert report.told() - report.written() == {"refused.xhtml", "skipped.xhtml"}


def test_one_space_fails_and_the_next_has_its_turn() -> None:
    report = Report("pull")
    with report.step():
        raise FileError("ENG is a file")
    with report.step():
        report.add(PageResult("ops.xhtml", Outcome.PULLED))
    assert [error.message for error in report.errors] == ["ENG is a file"]
    assert report.told() == {"ops.xhtml"}


def test_what_is_every_spaces_trouble_ends_the_run_and_keeps_what_was_told() -> None:
    report = Report("pull")
    with report.run():
        report.add(PageResult("a.xhtml", Outcome.PULLED))
        with report.step():
            raise NetworkError("no answer")
        pytest.fail("the run went on")
    assert report.told() == {"a.xhtml"}
    assert report.result().exit is Exit.REMOTE


def test_an_interrupted_run_tells_what_it_did() -> None:
    report = Report("push", dry_run=True)
    with report.run():
        report.add(PageResult("a.xhtml", Outcome.UPDATED))
        raise KeyboardInterrupt
    result = report.result()
    assert result.interrupted and result.dry_run and report.interrupted
    assert [page.path for page in result.pages] == ["a.xhtml"]


def test_a_page_that_kept_its_title_is_not_renamed() -> None:
    report = Report("pull")
    report.rename(Renamed("ENG", "Guide", "Guide", False), Renamed("ENG", "Old", "New", False))
    assert [page.new for page in report.renamed] == ["New"]


def test_everything_that_was_taken_is_in_the_result() -> None:
    report = Report("pull")
    report.note("one note")
    report.warn("a warning")
    report.show("-a\n", "+b\n")
    result = report.result()
    assert (result.notes, result.warnings, result.text) == (
        ("one note",),
        ("a warning",),
        "-a\n+b\n",
    )


def test_an_error_that_was_solved_is_taken_back_and_no_other() -> None:
    report = Report("pull")
    solved, other = Problem("document", "broken.xhtml: no title"), Problem("file", "ENG is a file")
    report.refuse(solved, other)
    report.withdraw(solved)
    assert report.errors == (other,)


def test_a_pull_also_takes_what_it_left_alone_and_in_conflict() -> None:
    report = PullReport(dry_run=True)
    entry = Entry("ENG/left.xhtml", b"", None)
    step = Step("ENG/guide.xhtml", PageResult("ENG/guide.xhtml", Outcome.CONFLICTED))
    report.leave(entry)
    report.conflict(step)
    assert (report.left, report.conflicts) == ((entry,), (step,))
    assert (report.result().command, report.result().dry_run) == ("pull", True)
