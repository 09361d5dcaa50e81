"""A second reading of storage format, by lxml. It shares no code and no table with confsync.

It answers what `grep` must find. Where a find stands, lxml cannot tell. So the tests put marks
before and behind each find in the source, and look where lxml sees the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.entities import name2codepoint
from typing import NamedTuple

from lxml import etree

BEGIN, END = "\ue000", "\ue001"
MARK = "marked-by-a-test"
URNS = {prefix: f"urn:{prefix}" for prefix in ("ac", "ri", "at")}

_DECLARED = "".join(
    f'<!ENTITY {name} "&#{number};">'
    for name, number in name2codepoint.items()
    if name not in ("amp", "lt", "gt", "quot", "apos")
)
_HEAD = f'<!DOCTYPE r [{_DECLARED}]><r xmlns:ac="urn:ac" xmlns:ri="urn:ri" xmlns:at="urn:at">'


def _names(text: str) -> set[str]:
    return set(text.split())


WITHIN_A_LINE = _names(
    "a abbr b big cite del em font i ins label q s small span strike strong sub sup u wbr"
    " ac:adf-mark ac:inline-comment-marker ac:link ac:link-body ac:placeholder"
    " ac:plain-text-link-body ri:attachment ri:blog-post ri:content-entity ri:page"
    " ri:shortcut ri:space ri:url ri:user code kbd tt"
)
CODE = _names("pre code tt kbd ac:plain-text-body")
PARAMETER = _names("ac:parameter ac:default-parameter ac:adf-attribute")
HIDDEN = _names(
    "col colgroup style script ac:task-id ac:task-uuid ac:task-status ac:adf-fallback"
    " ac:adf-fragment-mark ac:adf-fragment-mark-detail"
)
BLANKS = re.compile("[ \t\n\r]+")


class Text(NamedTuple):
    """A text without a break. `kind` is text, code or params."""

    kind: str
    text: str


def parsed(body: str) -> etree._Element:
    """Return a body, perhaps with its layout, as a tree. Raise XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=True, huge_tree=True, strip_cdata=True)
    return etree.fromstring(f"{_HEAD}{body}</r>".encode(), parser)


def name_of(element: etree._Element) -> str:
    return _prefixed(element.tag)


def attributes_of(element: etree._Element) -> dict[str, str]:
    return {_prefixed(name): str(value) for name, value in element.attrib.items()}


def _prefixed(name: object) -> str:
    return re.sub(r"^\{urn:(\w+)\}", r"\1:", str(name))


@lru_cache(maxsize=2048)
def texts(body: str) -> list[Text]:
    """Return the texts of a body in the order in which they end. Tests ask more than once."""
    reader = _Reader()
    for event, element in etree.iterwalk(parsed(body), events=("start", "end", "comment", "pi")):
        if event == "start":
            reader.start(name_of(element))
            reader.take(element.text)
        elif event == "end":
            reader.end(name_of(element))
            reader.take(element.tail)
        else:
            reader.take(element.tail)
    return [one for one in reader.found if one.text]


class _Reader:
    def __init__(self) -> None:
        self.found: list[Text] = []
        self._open: list[str] = []
        self._pieces: list[str] = []
        self._links: list[int] = []

    @property
    def _kind(self) -> str:
        kind = "text"
        for name in self._open:
            if name in HIDDEN:
                return "hidden"
            if name in PARAMETER:
                return "params"
            if name in CODE:
                kind = "code"
        return kind

    def start(self, name: str) -> None:
        kind = self._kind
        if name not in WITHIN_A_LINE:
            self._break(kind)
        self._open.append(name)
        if self._kind != kind:
            self._open.pop()
            self._break(kind)
            self._open.append(name)
        if name == "ac:link":
            self._links.append(len(self._pieces))

    def end(self, name: str) -> None:
        kind = self._kind
        self._open.pop()
        if name == "ac:link":
            inside = "".join(self._pieces[self._links.pop() :])
            if not BLANKS.sub("", inside):
                self._break(kind)
        elif name not in WITHIN_A_LINE or self._kind != kind:
            self._break(kind)

    def take(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)

    def _break(self, kind: str) -> None:
        text = "".join(self._pieces)
        self._pieces = []
        self._links = [0] * len(self._links)
        if kind == "text":
            text = BLANKS.sub(" ", text).strip(" ")
        if kind != "hidden" and text:
            self.found.append(Text(kind, text))


def marked(source: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a source with marks at spans, which stand in order and do not overlap."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += (source[at:start], BEGIN, source[start:end], END)
        at = end
    return "".join([*pieces, source[at:]])


def with_marked_tags(source: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a source with one more attribute in the start tags that stand at some spans."""
    pieces, at = [], 0
    for start, end in spans:
        assert source[start] == "<" and source[end - 1] == ">"
        name = re.compile(r"<[^\s/>]+").match(source, start)
        assert name
        pieces += (source[at : name.end()], f' {MARK}="1"')
        at = name.end()
    return "".join([*pieces, source[at:]])


def marked_elements(source: str) -> list[etree._Element]:
    return [one for one in elements(parsed(source)) if MARK in one.attrib]


def elements(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements of a body, without its root, comments and instructions."""
    return (one for one in root.iterdescendants() if isinstance(one.tag, str))


def link_targets(element: etree._Element) -> set[str]:
    """Return how `grep --link` names what an element links to."""
    has = attributes_of(element)
    key, title = has.get("ri:space-key", ""), has.get("ri:content-title", "")
    found = {
        "ri:page": f"{key}:{title}" if key else title,
        "ri:blog-post": f"{key}:{title}" if key else title,
        "ri:content-entity": has.get("ri:content-id", ""),
        "ri:space": f"{key}:",
        "ri:url": has.get("ri:value", ""),
        "ri:shortcut": f"{has.get('ri:key', '')}:{has.get('ri:parameter', '')}",
        "a": has.get("href", ""),
        "ac:link": f"#{has['ac:anchor']}" if has.get("ac:anchor") else "",
    }.get(name_of(element), "")
    return {found} - {""}


def macro_name(element: etree._Element) -> str | None:
    """Return the name of a macro, or None for another element."""
    has = attributes_of(element)
    match name_of(element):
        case "ac:structured-macro" | "ac:macro":
            return has.get("ac:name", "")
        case "ac:adf-node":
            return has.get("type", "")
    return None
