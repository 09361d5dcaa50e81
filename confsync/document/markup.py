"""The reader of tags and attributes: storage format as lexemes, each with its place. Pure.

The reader is total: it reads every string, well-formed or not. It is linear: a tag ends before the
next ``<``, which no attribute value may hold. Every other lexeme takes all that it looked at. An
XML parser gives no places in characters and stops at the first error. The tests compare both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache, lru_cache
from typing import NamedTuple

# A comment, a CDATA section or an instruction that is not closed runs to the end of the text.
_REGION = (
    r"!--(?:[^-]++|-(?!->))*+(?:-->)?"
    r"|!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>)?"
    r"|\?(?:[^?]++|\?(?!>))*+(?:\?>)?"
)
_NAME = r"[^\s/<>\"'=!?][^\s/<>\"'=]*+"
_INSIDE = r"[^<>\"']*+(?:(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+)*+"
# An attribute name without a value matches too. Otherwise the search would take quadratic time.
_ATTRIBUTE = r"([^\s=/\"']++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'))?"
# No known entity has a longer name.
_REFERENCE = r"&(?:#(?:x[0-9a-fA-F]{1,6}|[0-9]{1,7})|[A-Za-z][A-Za-z0-9]{0,31});"
_AFTER_NAME = r"(?![^\s/<>\"'=])"
_BLANKS = r"[ \t\r\n]*+"
CDATA = "<![CDATA["
CDATA_END = "]]>"


class Kind(Enum):
    """The kind of a lexeme. An instruction, ``<?x?>``, counts as a comment."""

    TEXT = "text"
    OPEN = "open"
    CLOSE = "close"
    EMPTY = "empty"
    CDATA = "cdata"
    COMMENT = "comment"


class Attribute(NamedTuple):
    """One attribute: its value as a parser reads it, and the range of the value without quotes."""

    name: str
    value: str
    start: int
    end: int


class Lexeme(NamedTuple):
    """A piece of a text, from `start` to `end`.

    For a tag, `name` is its name with the prefix. `inside` is the raw text of the tag after its
    name.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    inside: str = ""

    def attributes(self) -> Iterator[Attribute]:
        """Yield the attributes of a tag in the order in which they are written."""
        offset = self.start + len("</" if self.kind is Kind.CLOSE else "<") + len(self.name)
        for found in re.compile(_ATTRIBUTE).finditer(self.inside):
            group = 2 if found[2] is not None else 3
            if found[group] is not None:
                start, end = found.span(group)
                yield Attribute(found[1], value(found[group]), offset + start, offset + end)

    def get(self, name: str) -> str | None:
        """Return the value of an attribute, or None if the tag does not have it."""
        if name not in self.inside:
            return None
        return next((one.value for one in self.attributes() if one.name == name), None)


class Names(NamedTuple):
    """Names of tags for `edges`: those within a line, and those to yield with their lexemes."""

    inline: frozenset[str]
    told: frozenset[str]


def lexemes(text: str, start: int = 0, end: int | None = None) -> Iterator[Lexeme]:
    """Yield every lexeme of a text from `start` to `end`. Joined, the lexemes are the text."""
    at = start
    end = len(text) if end is None else end
    for found in _markup("").finditer(text, start, end):
        if found.start() > at:
            yield Lexeme(Kind.TEXT, at, found.start())
        yield _lexeme(found)
        at = found.end()
    if at < end:
        yield Lexeme(Kind.TEXT, at, end)


def tags(text: str, start: int = 0, *, named: str = "", holding: str = "") -> Iterator[Lexeme]:
    """Yield the tags whose names begin with `named` and that contain `holding` after their names.

    Tags that do not match cost a twentieth of a matching tag.
    """
    if text.find(named, start) < 0:
        return
    for found in _markup(named).finditer(text, start):
        name, inside = found.group("name", "inside")
        if name is not None and holding in inside:
            yield _lexeme(found)


def edges(
    text: str, names: Names, start: int = 0, *, joined: bool
) -> Iterator[tuple[int, int, Lexeme | None]]:
    """Yield the start and the end of each tag that is not inline, and the lexemes of told ones.

    If `joined`, other tags in a row are yielded as one, with the blanks between them. This takes a
    quarter of the time of `lexemes`.
    """
    for found in _edge(names, joined=joined).finditer(text, start):
        if found.lastgroup == "others":
            yield *found.span(), None
        elif found.lastgroup:
            yield *found.span(), _lexeme(found)


def character_data(text: str) -> str:
    """Return what a parser reads between the tags of a text."""
    return _notation().sub(_read, text) if "<" in text else decoded(text)


def decoded(text: str) -> str:
    """Return a text with its character and entity references replaced. Unknown ones stay."""
    return re.sub(_REFERENCE, _read, text) if "&" in text else text


def value(written: str) -> str:
    """Return an attribute's value as XML reads it: each line end or tab is a space."""
    return decoded(re.sub(r"\r\n|[\r\n\t]", " ", written))


def _lexeme(found: re.Match[str]) -> Lexeme:
    start, end = found.span()
    name, inside = found["name"], found["inside"]
    if name is None:
        kind = Kind.CDATA if found[0].startswith(CDATA) else Kind.COMMENT
        return Lexeme(kind, start, end)
    if found["close"]:
        return Lexeme(Kind.CLOSE, start, end, name, inside)
    return Lexeme(Kind.EMPTY if inside.endswith("/") else Kind.OPEN, start, end, name, inside)


def _read(found: re.Match[str]) -> str:
    """Return what a parser reads for a reference, or for a piece of markup."""
    written = found[0]
    if written.startswith("&"):
        return _character(written)
    if written.startswith(CDATA):
        return written.removeprefix(CDATA).removesuffix(CDATA_END)
    return ""


@lru_cache(maxsize=1024)
def _character(reference: str) -> str:
    """Return the character of a reference, or the reference if XML has no such character."""
    name = reference[1:-1]
    if name.startswith("#"):
        number = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
    else:
        from html.entities import name2codepoint  # most texts have no reference

        number = 39 if name == "apos" else name2codepoint.get(name, 0)
    known = 0 < number < 0xD800 or 0xE000 <= number < 0x110000
    return chr(number) if known else reference


@cache
def _markup(named: str) -> re.Pattern[str]:
    """Return the pattern of a lexeme. It is compiled late, because many texts have no such tag."""
    name = re.escape(named) + r"[^\s/<>\"'=]*+" if named else _NAME
    return re.compile(f"<(?:{_REGION}|{_tag(name)})")


@cache
def _notation() -> re.Pattern[str]:
    """Return the pattern of everything that a parser does not read as it is written."""
    return re.compile(f"<(?:{_REGION}|{_tag(_NAME)})|{_REFERENCE}")


@cache
def _edge(names: Names, *, joined: bool) -> re.Pattern[str]:
    """Return the pattern of what `edges` yields, and of regions, which can hold what looks so."""
    told, known = (_alternatives(some) for some in (names.told, names.inline | names.told))
    other = rf"/?+(?!{known}){_NAME}{_INSIDE}>"
    others = rf"{other}(?:{_BLANKS}<{other})*+" if joined else other
    return re.compile(f"<(?:{_REGION}|(?P<others>{others})|{_tag(told)})")


def _alternatives(names: frozenset[str]) -> str:
    """Return the pattern of one of some whole names."""
    return f"(?:{'|'.join(map(re.escape, sorted(names)))}){_AFTER_NAME}"


def _tag(name: str) -> str:
    """Return the pattern of a tag behind its ``<``."""
    return rf"(?P<close>/?)(?P<name>{name})(?P<inside>{_INSIDE})>"
