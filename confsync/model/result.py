"""The result of a command: data, of which `render` makes text or JSON. Nothing here prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from confsync.errors import ConfsyncError, DocumentError, Exit, worst
from confsync.model import summary
from confsync.model.hint import MIRROR, Standpoint, fill, mentioned, typed
from confsync.model.stamp import message_without_token

if TYPE_CHECKING:
    from confsync.model.diagnosis import Check
    from confsync.model.event import Event
    from confsync.model.left_out import LeftOut
    from confsync.model.lint import Finding
    from confsync.model.outcome import PageResult
    from confsync.model.page import Thread, Version


class Problem(NamedTuple):
    """An error of the whole command, or of a file without a page.

    `said` is the output of another program about the error, in lines.
    """

    code: str
    message: str
    hint: str = ""
    exit: Exit = Exit.LOCAL
    said: str = ""

    @classmethod
    def of(cls, error: ConfsyncError) -> Problem:
        """Return the problem that describes an exception."""
        message = error.message
        if isinstance(error, DocumentError):
            message = f"{mentioned(error.path)}:{error.line}: {error.problem}"
        return cls(error.code, message, error.hint, error.exit, error.said)


class Hint(NamedTuple):
    """A next command. `{path}` in its text stands for the path."""

    text: str
    path: str = ""


class NewComment(NamedTuple):
    """A comment that no earlier pull has seen, on the page of a document.

    `kind` is inline or footer. `time` is ISO 8601 as the server wrote it.
    """

    path: str
    page: str
    id: str
    kind: str
    author: str
    time: str


class BlamedLine(NamedTuple):
    """A line of a page, and the version that wrote it; `version` is None if none is known.

    `time` is ISO 8601 in UTC.
    """

    version: int | None
    author: str
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """The whole result of a command. `text` is requested output, such as a diff.

    `history` lists a page's versions; the document here is based on version `base`. `lines` are
    those of a page, with the version of each. `events` are
    lines of the audit trail. `findings` belong to `check`, `changes` to `diff`. `clean` counts
    unchanged documents. `steps` are commands to type next. `warnings` go to stderr even if the
    caller asked for failures only. `left_out` are files that a push leaves out. `comments` are new
    comments on pages, `threads` the comments of one page. `hints` are the next commands for whole
    kinds of pages, each with the path of one of them.
    """

    command: str
    pages: tuple[PageResult, ...] = ()
    errors: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    text: str = ""
    checks: tuple[Check, ...] = ()
    history: tuple[Version, ...] = ()
    lines: tuple[BlamedLine, ...] = ()
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    base: int | None = None
    clean: int = 0
    left_out: tuple[LeftOut, ...] = ()
    comments: tuple[NewComment, ...] = ()
    threads: tuple[Thread, ...] = ()
    hints: tuple[Hint, ...] = ()
    dry_run: bool = False
    interrupted: bool = False

    @property
    def exit(self) -> Exit:
        """Return the exit code of the most serious part."""
        codes = [page.exit for page in self.pages] + [error.exit for error in self.errors]
        codes += [check.exit for check in self.checks]
        errors = any(finding.refused for finding in self.findings)
        codes += [Exit.REFUSED] if errors else []
        return worst(Exit.DONE, *codes, *([Exit.INTERRUPTED] if self.interrupted else []))

    @property
    def summary(self) -> Mapping[str, int]:
        """Return how many pages had each outcome. Clean pages are counted without being listed."""
        counts = Counter(page.outcome.value for page in self.pages)
        if self.clean:
            from confsync.model.outcome import Outcome

            counts[Outcome.CLEAN.value] += self.clean
        return dict(sorted(counts.items()))

    def typed(self, standpoint: Standpoint) -> Result:
        """Return the result with its paths as a person types them at a standpoint."""

        def of(text: str) -> str:
            return typed(text, standpoint)

        return replace(
            self,
            pages=tuple(page.typed(standpoint) for page in self.pages),
            errors=tuple(e._replace(message=of(e.message), hint=of(e.hint)) for e in self.errors),
            notes=tuple(map(of, self.notes)),
            steps=tuple(map(of, self.steps)),
            warnings=tuple(map(of, self.warnings)),
            checks=tuple(
                replace(check, message=of(check.message), hint=of(check.hint))
                for check in self.checks
            ),
            findings=tuple(replace(one, message=of(one.message)) for one in self.findings),
            hints=tuple(Hint(fill(one.text, one.path, standpoint), one.path) for one in self.hints),
        )

    def as_json(self) -> dict[str, object]:
        """Return the JSON envelope. A contract test pins its keys.

        Only `push` and `status` have `left_out`, `pull` and `status` `comments`, `doctor` `checks`,
        `check` `findings`, `log` `history`, `events`, `lines` and `runs`, `show` `history` and
        `text`, `diff` `changes` and `text`, `comment` and `show` `threads` and `text`, and `help`
        and `open` `text`.
        """
        more: dict[str, object] = {}
        told = self.typed(MIRROR)
        if self.command == "doctor":
            more["checks"] = [check.as_json() for check in told.checks]
        if self.command in ("log", "show"):
            more["history"] = [_version_as_json(version) for version in self.history]
        if self.command == "log":
            more["events"] = [event._asdict() for event in self.events]
            more["lines"] = [line._asdict() for line in self.lines]
            more["runs"] = []  # those of `--runs` have a result of their own
        if self.command in ("grep", "replace"):  # what they find has results of its own
            more["matches" if self.command == "grep" else "replaced"] = []
        if self.command == "check":
            more["findings"] = [finding.as_json() for finding in told.findings]
        if self.command == "diff":
            more["changes"] = [change.as_json() for change in self.changes]
        if self.command in ("push", "status"):
            more["left_out"] = [one.as_json() for one in self.left_out]
        if self.command in ("pull", "status"):
            more["comments"] = [comment._asdict() for comment in told.comments]
        if self.command in ("comment", "show"):
            more["threads"] = [thread.as_json() for thread in self.threads]
        if self.command in ("comment", "diff", "help", "open", "replace", "show"):
            more["text"] = self.text
        pages = [page.as_json() for page in told.pages]
        errors = [
            {"code": error.code, "message": _whole(error), "hint": error.hint or None}
            for error in told.errors
        ]
        return summary.envelope(self.command, int(self.exit), pages, errors, self.summary, **more)


def _whole(error: Problem) -> str:
    return f"{error.message}\n{error.said}" if error.said else error.message


def _version_as_json(version: Version) -> dict[str, object]:
    return {
        "version": version.number,
        "time": version.created_at,
        "author": version.author,
        "message": message_without_token(version.message),
        "confsync": message_without_token(version.message) != version.message,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """A page that differs, with counts of its text's lines. `fields` names what differs."""

    path: str
    page_id: str | None
    insertions: int
    deletions: int
    fields: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the page's part of the JSON envelope of `diff`."""
        return {
            "path": self.path,
            "id": self.page_id,
            "insertions": self.insertions,
            "deletions": self.deletions,
            "fields": list(self.fields),
        }
