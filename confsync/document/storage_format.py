"""Checks of storage format. Parsing is for checks alone: nothing here is ever written back.

A body is a fragment without a root, with undeclared prefixes and XHTML's named entities.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, Protocol
from xml.parsers import expat

from confsync.document.markup import Kind, decoded, lexemes

# No page is nested this deep; a deeper one is an attack on somebody's recursion.
MAX_DEPTH = 1000
MAX_BYTES = 5 * 1024 * 1024
_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY)")


class Flaw(NamedTuple):
    """What is wrong with a text; `offset` counts characters from its start."""

    offset: int
    message: str


def check(text: str) -> Flaw | None:
    """The first thing in a body that no Confluence takes, or None.

    A laid-out body can be checked as it stands: the layout adds white space between tags only.
    """
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        return Flaw(0, "the body is over 5 MB, which no Confluence takes")
    # What is nested has an end tag for each level. Not to look at each is ten times as fast.
    if data.count(b"</") < MAX_DEPTH and _is_well_formed(data):
        return None
    error = _error_in(data)
    if error is None:
        return None
    at, message = error
    flaw = Flaw(len(data[:at].decode("utf-8", "ignore")), message)
    forbidden = _DECLARATION.match(text, max(0, flaw.offset - 2))
    return Flaw(forbidden.start(), f"{forbidden[1]} is not allowed") if forbidden else flaw


def _error_in(data: bytes) -> tuple[int, str] | None:
    """Return the parser's first error in a body, and the byte at which it is; None for no error."""
    prefix = _prefix()
    parser = expat.ParserCreate(namespace_separator=" ")
    opened: list[tuple[str, int]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        opened.append((_qualified(name), parser.CurrentByteIndex))
        if len(opened) > MAX_DEPTH:
            raise _TooDeepError

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: opened.pop()
    try:
        parser.Parse(prefix + data + b"</body>", True)
    except _TooDeepError:
        message, at = f"nested more than {MAX_DEPTH} levels deep", opened[-1][1]
    except expat.ExpatError as error:
        message, at = expat.errors.messages[error.code], parser.ErrorByteIndex
        if message == "mismatched tag" and opened:
            name, opened_at = opened[-1]
            if at >= len(prefix) + len(data):
                message, at = f"<{name}> is never closed", opened_at
            elif len(opened) == 1:
                message = "mismatched tag: nothing is open that it could close"
            else:
                message = f"mismatched tag: </{name}> must come first"
    else:
        return None
    return max(0, min(len(data), at - len(prefix))), message


def _is_well_formed(data: bytes) -> bool:
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(_prefix() + data + b"</body>", True)
    except expat.ExpatError:
        return False
    return True


class Reader(Protocol):
    """What `walk` tells of a body: elements with their prefixes, and the text between them."""

    def opened(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def closed(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def walk(body: str, reader: Reader) -> None:
    """Read a body aloud, for showing it. Raises ValueError for one that `check` finds flawed."""
    if flaw := check(body):
        raise ValueError(flaw.message)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > 1:
            named = {_qualified(key): value for key, value in attributes.items()}
            reader.opened(_qualified(name), named)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if depth:
            reader.closed(_qualified(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    parser.Parse(_prefix() + body.encode("utf-8", "surrogatepass") + b"</body>", True)


def _qualified(name: str) -> str:
    """A name with its prefix, as it stands in the text."""
    uri, _, local = name.rpartition(" ")
    return f"{uri.removeprefix('urn:')}:{local}" if uri else local


# What servers write into tags that lack it.
_ASSIGNED = frozenset({"ac:macro-id", "ac:schema-version", "ac:local-id", "local-id"})
# What servers call elements that are sent under another name.
_STORED = {"b": "strong"}


def equivalent(one: str, other: str) -> bool:
    """Return whether two bodies are the same but for what servers are known to rewrite on saving.

    For recognising what we sent; never for writing.
    """
    return one == other or _normalised(one) == _normalised(other)


def _normalised(body: str) -> list[tuple[Kind, object]]:
    """Return the lexemes of a body, each as the server would write it."""
    body = body.replace("\r\n", "\n")
    found: list[tuple[Kind, object]] = []
    for lexeme in lexemes(body):
        written = body[lexeme.start : lexeme.end]
        match lexeme.kind:
            case Kind.TEXT:
                found.append((lexeme.kind, decoded(written)))
            case Kind.CDATA | Kind.COMMENT:
                found.append((lexeme.kind, written))
            case Kind.CLOSE:
                found.append((lexeme.kind, _STORED.get(lexeme.name, lexeme.name)))
            case Kind.OPEN | Kind.EMPTY:
                name = _STORED.get(lexeme.name, lexeme.name)
                kept = [(a.name, a.value) for a in lexeme.attributes() if a.name not in _ASSIGNED]
                found.append((Kind.OPEN, (name, *kept)))
                if lexeme.kind is Kind.EMPTY:
                    found.append((Kind.CLOSE, name))
    return found


class _TooDeepError(Exception):
    """Stops the parser."""


@cache
def _prefix() -> bytes:
    """What makes a fragment a document: entities, prefixes and a root."""
    import html.entities

    entities = "".join(
        f'<!ENTITY {name} "&#{number};">'
        for name, number in html.entities.name2codepoint.items()
        if name not in ("amp", "lt", "gt", "quot")
    )
    prefixes = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in ("ac", "ri", "at"))
    return f"<!DOCTYPE body [{entities}]><body{prefixes}>".encode()
