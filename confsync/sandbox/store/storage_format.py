"""Confluence's storage format: the check on saving, and the changes that servers make on saving.

A body is a fragment of XHTML without a root. The prefixes `ac`, `ri` and `at` and XHTML's named
entities are undeclared in it. DOCTYPE and ENTITY are refused. `stored` lists the changes;
everything else stays byte for byte.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from html.entities import name2codepoint
from xml.parsers import expat

from ..errors import Malformed

PREFIXES = frozenset({"ac", "ri", "at", "xml", "xmlns"})
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})
_ENTITIES = "".join(
    f'<!ENTITY {name} "&#{code};">'
    for name, code in name2codepoint.items()
    if name not in _PREDEFINED
)
# Servers wrap a body in an element of this name, and report an open element against it.
_ROOT = "xml"
_HEAD = f"<!DOCTYPE {_ROOT} [{_ENTITIES}]><{_ROOT}>".encode()
_TAIL = f"</{_ROOT}>".encode()
_MISMATCH = 7
_UNDEFINED_ENTITY = 11

LEXEME = re.compile(
    r"(?P<opaque><!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>)"
    r"|<(?P<close>/?)(?P<name>[^\s/<>\"'=!?]+)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_INSIDE = r"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_BEFORE = r"(?:\s+[^\s=<>]+=\"[^\"]*\")*?\s+"  # attributes, and the blank before the next one
# Patterns of everything that saving may rewrite. A body without a match stays. They may match too
# much.
_PERHAPS = re.compile(
    r"</?b[\s/>]"  # <b>
    r"|\S/>"  # <x/>
    rf"|<[^\s/<>\"'=!?]+{_INSIDE}(?<!/)></"  # <p></p>
    rf"|<ac:structured-macro(?!(?={_BEFORE}ac:schema-version=){_BEFORE}ac:macro-id=)"
)
_CLOSING = "</ac:inline-comment-marker>"
_QUOTED = re.compile(r"(?:\A|>)[^<\"]*\"")  # a quote in text
_ATTRIBUTE = re.compile(r"([^\s=\"'/]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


class _Checker:
    """One parse of one body. `data` holds the wrapped body in UTF-8."""

    def __init__(self, body: bytes) -> None:
        self.data = _HEAD + body + _TAIL
        self.end = len(_HEAD) + len(body)
        self.open: list[tuple[str, frozenset[str]]] = []
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.stop

    def run(self) -> None:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            index = self.parser.ErrorByteIndex
            if error.code == _MISMATCH and self.open:
                # expat points into the closing tag
                index = self.data.rfind(b"</", 0, index + 2)
            self.fail(self.reason(error, index), index)

    def start(self, name: str, attributes: list[str]) -> None:
        known = self.open[-1][1] if self.open else PREFIXES
        names = attributes[::2]
        declared = {given[6:] for given in names if given.startswith("xmlns:")}
        known = known | declared if declared else known
        for given in (name, *names):
            prefix, colon, _ = given.partition(":")
            if colon and prefix not in known:
                self.fail(
                    f'Undeclared namespace prefix "{prefix}"',
                    self.parser.CurrentByteIndex,
                )
        self.open.append((name, known))

    def stop(self, name: str) -> None:
        self.open.pop()
        if not self.open and self.parser.CurrentByteIndex != self.end:
            self.fail(f"Unexpected close tag </{name}>", self.parser.CurrentByteIndex)

    def reason(self, error: expat.ExpatError, index: int) -> str:
        if error.code == _MISMATCH and self.open:
            name = self.data[index + 2 : self.data.find(b">", index)].split()[0].decode()
            return f"Unexpected close tag </{name}>; expected </{self.open[-1][0]}>."
        if error.code == _UNDEFINED_ENTITY:
            name = self.data[index + 1 : self.data.find(b";", index)].decode()
            return f'Undeclared general entity "{name}"'
        return expat.ErrorString(error.code)

    def fail(self, reason: str, index: int) -> None:
        before = self.data[len(_HEAD) : min(max(index, len(_HEAD)), self.end)].decode()
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        raise Malformed(reason, len(lines), len(lines[-1]) + 1)


def check(body: str) -> None:
    """Raise `Malformed` unless `body` is well-formed storage format."""
    try:
        data = body.encode()
    except UnicodeEncodeError as error:
        lines = body[: error.start].split("\n")
        raise Malformed("Illegal character", len(lines), len(lines[-1]) + 1) from None
    _Checker(data).run()


def lexemes(body: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield the body in (text, match) pieces, in order. Text between markup has no match."""
    at = 0
    for match in LEXEME.finditer(body):
        if match.start() > at:
            yield body[at : match.start()], None
        yield match[0], match
        at = match.end()
    if at < len(body):
        yield body[at:], None


def _renamed(name: str) -> str:
    return "strong" if name == "b" else name


def _opening(match: re.Match[str], new_id: Callable[[], str]) -> tuple[str, str, bool]:
    """Return the name and the rewritten inside of an opening tag, and whether it is empty."""
    name, rest = _renamed(match["name"]), match["rest"]
    empty = rest.endswith("/")
    rest = rest.removesuffix("/")
    if name == "ac:structured-macro":
        present = set(_ATTRIBUTE.findall(rest))
        kept = rest.rstrip()
        added = "" if "ac:schema-version" in present else ' ac:schema-version="1"'
        added += "" if "ac:macro-id" in present else f' ac:macro-id="{new_id()}"'
        rest = kept + added + rest[len(kept) :]
    return name, f"<{name}{rest}", empty


def stored(
    body: str,
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    *,
    escape_quotes: bool = False,
) -> str:
    """Return a well-formed `body` as a server stores it. Storing the result changes nothing.

    `<x/>` becomes `<x />`, `<p></p>` becomes `<p />`, and `<b>` becomes `<strong>`. Structured
    macros get the `ac:schema-version` and `ac:macro-id` that they lack. Comments and CDATA stay.
    With `escape_quotes` a `"` in text becomes `&quot;`.
    """
    if not _PERHAPS.search(body) and not (escape_quotes and _QUOTED.search(body)):
        return body
    return _rewritten(body, new_id, escape_quotes)


def _rewritten(body: str, new_id: Callable[[], str], escape_quotes: bool) -> str:
    pieces: list[str] = []
    pending: str | None = None  # an opening tag that may prove empty, without its end
    for text, match in lexemes(body):
        name = match["name"] if match else None
        if match and name and match["close"]:
            if pending is None:
                pieces.append(f"</{_renamed(name)}{match['rest']}>")
            else:
                pieces.append(_ended(pending))
                pending = None
            continue
        if pending is not None:
            pieces.append(pending + ">")
            pending = None
        if match and name:
            _, inside, empty = _opening(match, new_id)
            if empty:
                pieces.append(_ended(inside))
            else:
                pending = inside
        else:
            quotes = escape_quotes and match is None
            pieces.append(text.replace('"', "&quot;") if quotes else text)
    if pending is not None:
        pieces.append(pending + ">")
    return "".join(pieces)


def _ended(inside: str) -> str:
    return inside + ("/>" if inside[-1].isspace() else " />")


def with_marker(body: str, text: str, ref: str, index: int = 0) -> str | None:
    """Return `body` with an inline-comment marker on an occurrence of `text`, by default the first.

    Return None if `text` does not occur so many times outside markup. `text` must be as it is
    written in the body.
    """
    at = 0
    for piece, match in lexemes(body):
        found = -1 if match or not text else piece.find(text)
        while found >= 0 and index:
            found, index = piece.find(text, found + len(text)), index - 1
        if found >= 0:
            start = at + found
            opening = f'<ac:inline-comment-marker ac:ref="{ref}">'
            end = start + len(text)
            return body[:start] + opening + text + _CLOSING + body[end:]
        at += len(piece)
    return None


def without_marker(body: str, ref: str) -> str:
    """Return `body` without the inline-comment marker of this reference."""
    opening = f'<ac:inline-comment-marker ac:ref="{ref}">'
    before, found, after = body.partition(opening)
    return before + after.replace(_CLOSING, "", 1) if found else body
