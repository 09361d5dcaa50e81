"""Checks of storage format. They only read; confsync never writes parsed XML back.

A body is a fragment without a root, with undeclared prefixes and XHTML's named entities.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple, Protocol
from xml.parsers import expat

from confsync.document.markup import Kind, decoded, lexemes

# Levels. No real page is nested this deep. A deeper one may overflow the stack of its readers.
MAX_DEPTH = 1000
MAX_BYTES = 5 * 1024 * 1024
_DECLARATION = re.compile(r"<!(DOCTYPE|ENTITY)")


class Flaw(NamedTuple):
    """A problem in a text; `offset` counts characters from the start."""

    offset: int
    message: str


def oversize(body: str) -> Flaw | None:
    """Return the problem of a body, without layout, that is too large, or None."""
    if len(body) * 4 <= MAX_BYTES or len(body.encode("utf-8", "surrogatepass")) <= MAX_BYTES:
        return None
    return Flaw(0, "the body is over 5 MB; Confluence refuses it")


def check(text: str) -> Flaw | None:
    """Return the first problem that makes every Confluence refuse a body, or None.

    A laid-out body needs no `unlay` first: the layout adds white space between tags only.
    """
    data = text.encode("utf-8", "surrogatepass")
    # A nested element has an end tag for each level. This shortcut is ten times as fast.
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
    """Return the parser's first error with its byte offset, or None."""
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
                message = "this end tag has no start tag"
            else:
                message = f"mismatched tag: </{name}> must come first"
    else:
        return None
    finally:
        _release(parser)
    return max(0, min(len(data), at - len(prefix))), message


def _release(parser: expat.XMLParserType) -> None:
    """Free a parser at once, with its buffers of a body's size.

    Its handlers refer to it, and a cycle would stay until the garbage collector finds it.
    """
    parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def _is_well_formed(data: bytes) -> bool:
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(_prefix() + data + b"</body>", True)
    except expat.ExpatError:
        return False
    return True


class Reader(Protocol):
    """The callbacks of `walk`: elements with their prefixes, and the text between them.

    Before each element that stands in no other, `begins` gets its place in bytes from the start.
    """

    def begins(self, place: int) -> None: ...

    def opened(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def closed(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def walk(body: str, reader: Reader) -> None:
    """Call `reader` for each element and text of a body.

    Raise ValueError if `check` finds a problem. Then `reader` was called for what comes before it.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    prefix = _prefix()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 1:
            return
        if depth == 2:
            reader.begins(parser.CurrentByteIndex - len(prefix))
        elif depth > MAX_DEPTH:
            raise _TooDeepError
        if attributes:
            attributes = {_qualified(key): value for key, value in attributes.items()}
        reader.opened(_qualified(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if depth:
            reader.closed(_qualified(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(prefix + body.encode("utf-8", "surrogatepass") + b"</body>", True)
    except (expat.ExpatError, _TooDeepError):
        flaw = check(body)
        raise ValueError(flaw.message if flaw else "the body cannot be read") from None
    finally:
        _release(parser)


@lru_cache(maxsize=512)
def _qualified(name: str) -> str:
    """Return an element's name with its prefix, as in the text."""
    uri, _, local = name.rpartition(" ")
    return f"{uri.removeprefix('urn:')}:{local}" if uri else local


# Attributes that servers add to tags.
_ASSIGNED = frozenset({"ac:macro-id", "ac:schema-version", "ac:local-id", "local-id"})
# Elements that servers rename on saving.
_STORED = {"b": "strong"}


def equivalent(one: str, other: str) -> bool:
    """Return whether two bodies differ only in what servers rewrite on saving.

    confsync uses this to recognise its own writes, never to write.
    """
    return one == other or _normalised(one) == _normalised(other)


def _normalised(body: str) -> list[tuple[Kind, object]]:
    """Return the lexemes of a body as the server would write them."""
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
    """Raised to stop the parser."""


@cache
def _prefix() -> bytes:
    """Return the beginning that makes a fragment a document: entities, prefixes and a root."""
    import html.entities

    entities = "".join(
        f'<!ENTITY {name} "&#{number};">'
        for name, number in html.entities.name2codepoint.items()
        if name not in ("amp", "lt", "gt", "quot")
    )
    prefixes = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in ("ac", "ri", "at"))
    return f"<!DOCTYPE body [{entities}]><body{prefixes}>".encode()
