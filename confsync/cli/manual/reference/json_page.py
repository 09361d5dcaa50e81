"""The page of the reference about `--json`, made of the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import cast

from confsync.cli.manual.reference import markdown
from confsync.cli.manual.reference.schema import KEYS, MORE, PARTS, Schema
from confsync.errors import Exit
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result

SCHEMA_FILE = "result.schema.json"
# The heading of each part of an envelope.
_TITLES = {
    "page": "An element of pages",
    "error": "An element of errors",
    "check": "An element of checks",
    "finding": "An element of findings",
    "version": "An element of history",
    "event": "An element of events",
    "change": "An element of changes",
    "left_out": "An element of left_out",
    "match": "An element of matches",
    "replaced": "An element of replaced",
}


def example() -> dict[str, object]:
    """Return what a push prints that sent one page and refused another."""
    sent = PageResult("ENG/guide.xhtml", Outcome.UPDATED, "98310", "Guide", "ahead", 7, 8)
    refused = PageResult(
        *("ENG/ports.xhtml", Outcome.REJECTED, "98311", "Ports", "diverged", 2, 3),
        error="local is based on v2, the server has v3",
        exit=Exit.REFUSED,
    )
    return Result("push", (sent, refused)).as_json()


def json_page() -> str:
    """Return the page about the output for programs."""
    first = "After this page you can read the output of every command in a program."
    return markdown.page("JSON", first, _blocks())


def _blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "With `--json` a command prints one JSON object on one line of stdout, and nothing else "
        "there. An error speaks JSON, too. Warnings go to stderr. "
        f"[{SCHEMA_FILE}]({SCHEMA_FILE}) is the JSON Schema of the object."
    )
    yield markdown.paragraph("`confsync push --json`, with one page sent and one rejected:")
    yield markdown.code(json.dumps(example(), indent=2), "json")
    yield markdown.heading("Keys of every command")
    yield markdown.items(_key(name, said) for name, said in KEYS.items())
    yield markdown.paragraph(
        "A later version may add keys: let your program ignore a key that it does not know. "
        "No key goes or changes its meaning without a new number in `confsync`."
    )
    yield markdown.heading("Keys of single commands")
    yield markdown.items(
        f"`{command}`: {_key(name, said)}"
        for command, keys in MORE.items()
        for name, said in keys.items()
    )
    for part, title in _TITLES.items():
        yield markdown.heading(title)
        keys = cast(Mapping[str, Schema], PARTS[part]["properties"])
        yield markdown.items(_key(name, said) for name, said in keys.items())


def _key(name: str, said: Schema) -> str:
    return f"`{name}` ({_kind(said)}): {said['description']}"


def _kind(said: Schema) -> str:
    """Return the type of a value, in words."""
    if "const" in said:
        return f"always {said['const']}"
    if "enum" in said:
        values = cast(list[object], said["enum"])
        return "string" if isinstance(values[0], str) else "integer"
    kinds = said["type"]
    return " or ".join(cast(list[str], kinds)) if isinstance(kinds, list) else str(kinds)
