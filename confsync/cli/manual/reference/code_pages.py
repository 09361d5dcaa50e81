"""The pages of the reference about outcomes, exit codes and error codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cmp_to_key

from confsync.cli.manual.reference import markdown
from confsync.errors import Exit, worst
from confsync.registry.error_codes import ERROR_CODES, ErrorCode
from confsync.registry.exit_codes import EXIT_CODES
from confsync.registry.findings import FINDING_CODES, FindingCode
from confsync.registry.outcomes import OUTCOMES, OutcomeEntry

_PART = re.compile(r"\{(\w+)\}")


def outcomes() -> str:
    """Return the page of all outcomes."""
    first = "After this page you know what each word at the beginning of a result line means."
    return markdown.page("Outcomes", first, _outcome_blocks())


def _outcome_blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "Each line of a result names one page and its outcome. With `--json` the outcome is in "
        "`pages[].outcome`, and `summary` counts each outcome. With `--dry-run` the outcome is "
        "what would happen."
    )
    for entry in OUTCOMES:
        yield markdown.heading(entry.outcome.value)
        yield from _outcome(entry)


def _outcome(entry: OutcomeEntry) -> Iterator[str]:
    yield markdown.paragraph(entry.meaning)
    commands = ", ".join(f"`{name}`" for name in entry.commands)
    yield markdown.items(
        [f"Reported by: {commands}.", *([f"Next: {entry.next}"] if entry.next else [])]
    )


def exit_codes() -> str:
    """Return the page of all exit codes."""
    first = "After this page you can decide in a script what to do after each exit code."
    return markdown.page("Exit codes", first, _exit_blocks())


def _exit_blocks() -> Iterator[str]:
    for entry in EXIT_CODES:
        yield markdown.heading(f"{int(entry.exit)}: {entry.meaning}")
        yield markdown.paragraph(entry.next)
    yield markdown.heading("More than one page")
    order = [one for one in by_seriousness() if one is not Exit.USAGE]
    yield markdown.paragraph(
        "If pages or files end differently, the command ends with the most serious exit code: "
        f"{', then '.join(str(int(one)) for one in order)}."
    )
    yield markdown.paragraph(
        "The page of each command says what its exit codes mean: `confsync help push`."
    )


def by_seriousness() -> list[Exit]:
    """Return the exit codes, the most serious first."""
    return sorted(Exit, key=cmp_to_key(_compare))


def _compare(one: Exit, other: Exit) -> int:
    return -1 if worst(one, other) is one else 1


def error_codes() -> str:
    """Return the page of all codes of errors and findings."""
    first = "After this page you know why an error happened and what to do, by its code."
    return markdown.page("Error codes", first, _error_blocks())


def _error_blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "An error has a code for programs. `confsync COMMAND --json` prints it in `errors[].code`. "
        "Codes stay the same from version to version; messages may change. "
        f"{markdown.link('troubleshooting')} goes by what you see."
    )
    yield markdown.heading("Errors and warnings")
    for code in sorted(ERROR_CODES, key=lambda one: one.code):
        yield markdown.heading(code.code, 3)
        yield from _error(code)
    yield markdown.heading("Findings of check")
    yield markdown.paragraph(
        "`confsync check` finds mistakes in documents. An error keeps a document from being "
        "pushed, a warning does not. `--json` has the codes in `findings[].code`."
    )
    for finding in sorted(FINDING_CODES, key=lambda one: one.code):
        yield markdown.heading(f"{finding.code} ({_severity(finding)})", 3)
        yield markdown.paragraph(finding.cause)
        yield markdown.paragraph(finding.remedy)


def _severity(finding: FindingCode) -> str:
    return "error" if finding.refused else "warning"


def _error(code: ErrorCode) -> Iterator[str]:
    if code.messages:
        yield markdown.code("\n".join(_PART.sub(r"<\1>", text) for text in code.messages))
    yield markdown.paragraph(f"Cause: {code.cause}")
    yield markdown.paragraph(f"Remedy: {code.remedy}")
    ends = f"Exit code: {int(code.exit)}."
    yield "A warning." if code.exit is Exit.DONE else ends
