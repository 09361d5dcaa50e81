"""The JSON Schema of what `--json` prints; `model.result` makes the values."""

from __future__ import annotations

from confsync.errors import Exit
from confsync.model.left_out import Reason
from confsync.model.lint import Severity
from confsync.model.outcome import Outcome
from confsync.model.page import Resolution
from confsync.registry.commands import COMMANDS
from confsync.registry.error_codes import ERROR_CODES
from confsync.registry.findings import FINDING_CODES

Schema = dict[str, object]


def _text(said: str) -> Schema:
    return {"description": said, "type": "string"}


def _maybe_text(said: str) -> Schema:
    return {"description": said, "type": ["string", "null"]}


def _number(said: str) -> Schema:
    return {"description": said, "type": "integer"}


def _maybe_number(said: str) -> Schema:
    return {"description": said, "type": ["integer", "null"]}


def _yes(said: str) -> Schema:
    return {"description": said, "type": "boolean"}


def _one_of(said: str, values: list[str] | list[int]) -> Schema:
    return {"description": said, "enum": values}


def _object(**keys: Schema) -> Schema:
    """Return the schema of an object with exactly these keys."""
    return {
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "additionalProperties": False,
    }


def _list(said: str, name: str) -> Schema:
    return {"description": said, "type": "array", "items": {"$ref": f"#/$defs/{name}"}}


_SAID: dict[str, Schema] = {
    "id": _text("The comment's id."),
    "author": _text("Who wrote it, or empty if the name is not known."),
    "time": _text("When the server stored it (ISO 8601, UTC)."),
    "text": _text("The text, without markup."),
}

PARTS: dict[str, Schema] = {
    "page": _object(
        path=_text("The document, relative to the mirror."),
        old_path=_maybe_text("The former path, if the page was moved or renamed; else null."),
        id=_maybe_text("The page's id; null if the page is not on the server yet."),
        title=_text("The page's title, or empty if it is not known."),
        decision=_text("The row of the decision table, or empty."),
        outcome=_one_of("The outcome.", [one.value for one in Outcome]),
        base=_maybe_number("The version that the file was based on."),
        remote=_maybe_number("The version that the server has now."),
        error=_maybe_text("Why the outcome is not better, or what waits; null for nothing."),
        note=_maybe_text("More about a success, such as its attachments; null for nothing."),
    ),
    "error": _object(
        code=_one_of("The error code.", sorted(one.code for one in ERROR_CODES)),
        message=_text("What failed, in one line or more."),
        hint=_maybe_text("What to do next."),
    ),
    "check": _object(
        name=_text("What the doctor looked at."),
        ok=_yes("Whether all is well."),
        message=_text("What the doctor found."),
        hint=_maybe_text("What to do next."),
    ),
    "finding": _object(
        path=_text("The file, relative to the mirror."),
        line=_number("The line in the file, from 1."),
        column=_number("The column, from 1; 0 for the whole line."),
        severity=_one_of("Whether a push refuses the document.", [one.value for one in Severity]),
        code=_one_of("The code of the finding.", sorted(one.code for one in FINDING_CODES)),
        message=_text("What stands there."),
    ),
    "version": _object(
        version=_number("The number of the version."),
        time=_text("When the server stored it, by the server's clock (ISO 8601)."),
        author=_text("Who wrote it."),
        message=_text("The message of the version, without confsync's token."),
        confsync=_yes("Whether confsync wrote it."),
    ),
    "line": _object(
        version=_maybe_number("The version that wrote the line; null if none is known."),
        author=_text("Who wrote it."),
        time=_text("When the server stored that version (ISO 8601, UTC)."),
        text=_text("The line of the document's body."),
    ),
    "event": _object(
        what=_text("An outcome, or `conflict: ` and the decision."),
        page=_text("The page's id."),
        path=_text("The document, relative to the mirror."),
        base=_maybe_number("The version that the file was based on."),
        version=_maybe_number("The version that the server has since."),
        before=_maybe_text("The digest of the base; of a move the parent, or the labels."),
        after=_maybe_text("The same of what was written; of a conflict, of the server's text."),
        user=_text("The account that wrote."),
        time=_text("When confsync noted it (ISO 8601, UTC)."),
        minor=_yes("Whether `push --minor` wrote it."),
        run=_text("The id of the push; empty for other commands."),
    ),
    "run": _object(
        run=_text("The id of the push: 12 hexadecimal digits."),
        at=_text("When the push ended (ISO 8601, UTC)."),
        pages=_list("The pages that it wrote.", "written"),
    ),
    "written": _object(
        page=_text("The page's id."),
        path=_text("The document, relative to the mirror."),
        what=_text("An outcome, or `labelled`, `set` or `attached`."),
        base=_maybe_number("The version before the push; null for a new page."),
        version=_maybe_number("The version that the push made; null for a deleted page."),
        attachments={
            "description": "The attachments that the push sent or deleted, by name.",
            "type": "array",
            "items": {"type": "string"},
        },
    ),
    "match": _object(
        path=_text("The document, relative to the mirror."),
        line=_number("The line in the file, from 1."),
        column=_number("The column of the first character, from 1."),
        text=_text("The line, of a very long one the 200 characters before and after the find."),
        found=_text("What was found, as it is written; it can go on in the next lines."),
    ),
    "replaced": _object(
        path=_text("The document, relative to the mirror."),
        places=_number("How many places were changed."),
        left=_number("How many places were found and stay."),
    ),
    "comment": _object(
        path=_text("The document, relative to the mirror."),
        page=_text("The page's id."),
        id=_text("The comment's id."),
        kind=_one_of("Where the comment stands.", ["inline", "footer"]),
        author=_text("Who wrote it, or empty if the name is not known."),
        time=_text("When the server stored it, by the server's clock (ISO 8601)."),
    ),
    "said": _object(**_SAID),
    "thread": _object(
        **_SAID,
        kind=_one_of("Where the comment stands.", ["inline", "footer"]),
        state={
            "description": "Whether an inline comment is open; null for a comment below the page.",
            "enum": [*(one.value for one in Resolution), None],
        },
        words=_text("The words that an inline comment is about, else empty."),
        replies=_list("The answers, the oldest first.", "said"),
    ),
    "left_out": _object(
        path=_text("The file, relative to the mirror."),
        reason=_one_of("Why a push does not send it.", [one.value for one in Reason]),
    ),
    "change": _object(
        path=_text("The document, relative to the mirror."),
        id=_maybe_text("The page's id; null if the page is not on the server yet."),
        insertions=_number("How many lines were added."),
        deletions=_number("How many lines were removed."),
        fields={
            "description": "What differs, such as body, title or labels.",
            "type": "array",
            "items": {"type": "string"},
        },
    ),
}

# The keys that every envelope has.
KEYS: dict[str, Schema] = {
    "confsync": {"description": "The version of this format.", "const": 1},
    "command": _one_of(
        "The command, or empty if the command line names none.",
        ["", *(one.name for one in COMMANDS)],
    ),
    "exit": _one_of("The exit code.", [int(one) for one in Exit]),
    "pages": _list("What became of each page. Clean documents are not listed.", "page"),
    "errors": _list("Errors and warnings that belong to no single page.", "error"),
    "summary": {
        "description": "How many pages had each outcome, clean documents included.",
        "type": "object",
        "propertyNames": {"enum": [one.value for one in Outcome]},
        "additionalProperties": {"type": "integer"},
    },
}

_LEFT_OUT = _list("The files that a push does not send.", "left_out")
_COMMENTS = _list("New comments, if the configuration has `comments: notice` or `true`.", "comment")

# The keys that only some commands have, with errors, too.
MORE: dict[str, dict[str, Schema]] = {
    "check": {"findings": _list("What check found.", "finding")},
    "comment": {
        "threads": _list("The comments, if you did not ask for anything else.", "thread"),
        "text": _text("The same as text."),
    },
    "diff": {
        "changes": _list("The pages that differ.", "change"),
        "text": _text("The diff, as git prints it."),
    },
    "doctor": {"checks": _list("What the doctor looked at.", "check")},
    "grep": {"matches": _list("What was found.", "match")},
    "help": {"text": _text("The page in Markdown, or the list of topics.")},
    "log": {
        "history": _list("The versions of the page, newest first.", "version"),
        "events": _list("The lines of the audit trail.", "event"),
        "lines": _list("The lines of the page, with the version of each.", "line"),
        "runs": _list("The pushes, oldest first.", "run"),
    },
    "pull": {"comments": _COMMENTS},
    "push": {"left_out": _LEFT_OUT},
    "replace": {
        "replaced": _list("The changed documents.", "replaced"),
        "text": _text("With `--dry-run` the diff, as git prints it."),
    },
    "status": {"left_out": _LEFT_OUT, "comments": _COMMENTS},
    "open": {"text": _text("The page's address.")},
    "show": {
        "history": _list("The version that is shown.", "version"),
        "threads": _list(
            "The open comments in the file of comments beside the document.", "thread"
        ),
        "text": _text("The document."),
    },
}


def schema() -> Schema:
    """Return the schema of the envelope that every command prints with `--json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The result of a confsync command with --json",
        "type": "object",
        "properties": KEYS,
        "required": list(KEYS),
        "allOf": [_for_command(name, keys) for name, keys in MORE.items()],
        "unevaluatedProperties": False,
        "$defs": PARTS,
    }


def _for_command(name: str, keys: dict[str, Schema]) -> Schema:
    """Return the rule of the keys that one command has besides."""
    return {
        "if": {"properties": {"command": {"const": name}}, "required": ["command"]},
        "then": {"properties": keys, "required": list(keys)},
    }
