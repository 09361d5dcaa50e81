"""The queries of `grep`: what is found in a body, and where. Pure.

A macro, a link, an attachment or a person is found at its start tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from confsync.bulk.elements import Element, text_at, tree
from confsync.bulk.passage import Part
from confsync.bulk.passages import passages
from confsync.document.frontmatter import Span
from confsync.document.markup import Kind, Lexeme, tags

if TYPE_CHECKING:
    from confsync.bulk.xpath import XPath

Pattern = re.Pattern[str]
# The elements of macros, each with the attribute that names the macro, its parameters' element, and
# the attribute that names a parameter. Cloud's newer macros are nodes.
MACROS = {
    "ac:structured-macro": ("ac:name", "ac:parameter", "ac:name"),
    "ac:macro": ("ac:name", "ac:parameter", "ac:name"),
    "ac:adf-node": ("type", "ac:adf-attribute", "key"),
}
_USER = ("ri:account-id", "ri:userkey", "ri:username")


@dataclass(frozen=True, slots=True)
class MacroQuery:
    """Macros of a name, in which ``*`` stands for any text, with these parameters.

    Each parameter is a name and a pattern that its value must contain.
    """

    name: str
    parameters: tuple[tuple[str, Pattern], ...] = ()

    def macros(self, source: str, start: int = 0) -> Iterator[Element]:
        """Yield the macros of a body in the order of their start tags."""
        if "<ac:" not in source:
            return
        for element in tree(source, start).descendants():
            if element.name in MACROS and self._matches(source, element):
                yield element

    def _matches(self, source: str, macro: Element) -> bool:
        # Only * is special.
        name = self.name.replace("[", "[[]").replace("?", "[?]")
        if not fnmatchcase(macro.get(MACROS[macro.name][0]), name):
            return False
        return all(
            any(wanted.search(value(source, one)) for one in parameters(macro, name))
            for name, wanted in self.parameters
        )


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of one search. A place is found if any of them finds it."""

    texts: tuple[Pattern, ...] = ()
    code: tuple[Pattern, ...] = ()
    macros: tuple[MacroQuery, ...] = ()
    links: tuple[Pattern, ...] = ()
    attachments: tuple[Pattern, ...] = ()
    users: tuple[str, ...] = ()
    xpaths: tuple[XPath, ...] = ()

    def spans(self, source: str, start: int = 0) -> list[Span]:
        """Return where a body has what the queries look for, in order and once each.

        `source` is a body, or a document whose body starts at `start`. Raise UsageError or
        EvaluationError.
        """
        found = set(self._in_text(source, start))
        if self.links or self.attachments or self.users:
            found.update(self._in_tags(source, start))
        for query in self.macros:
            found.update(_tag(macro.tag) for macro in query.macros(source, start))
        for xpath in self.xpaths:
            found.update(xpath.spans(source, start))
        return sorted(found)

    def _in_text(self, source: str, start: int) -> Iterator[Span]:
        patterns = {Part.TEXT: self.texts, Part.CODE: self.code}
        parts = frozenset(part for part, wanted in patterns.items() if wanted)
        if not parts:
            return
        for passage in passages(source, start, parts):
            for pattern in patterns[passage.part]:
                if pattern.search(passage.text):
                    yield from passage.places(pattern)

    def _in_tags(self, source: str, start: int) -> Iterator[Span]:
        for tag in tags(source, start):
            if tag.kind is Kind.CLOSE:
                continue
            linked = [target for target in targets(tag) if target]
            file = tag.get("ri:filename") if tag.name == "ri:attachment" else None
            if (
                any(pattern.search(target) for target in linked for pattern in self.links)
                or (file and any(pattern.search(file) for pattern in self.attachments))
                or (tag.name == "ri:user" and any(tag.get(n) in self.users for n in _USER))
            ):
                yield _tag(tag)


def targets(tag: Lexeme) -> Iterator[str]:
    """Yield what a tag links to: ``KEY:title`` or a title, an id, a URL, or ``#anchor``."""
    values = {found.name: found.value for found in tag.attributes()}
    space = values.get("ri:space-key", "")
    match tag.name:
        case "ri:page" | "ri:blog-post":
            title = values.get("ri:content-title", "")
            yield f"{space}:{title}" if space else title
        case "ri:content-entity":
            yield values.get("ri:content-id", "")
        case "ri:space":
            yield f"{space}:"
        case "ri:url":
            yield values.get("ri:value", "")
        case "ri:shortcut":
            yield f"{values.get('ri:key', '')}:{values.get('ri:parameter', '')}"
        case "a":
            yield values.get("href", "")
        case "ac:link":
            yield f"#{values['ac:anchor']}" if values.get("ac:anchor") else ""


def parameters(macro: Element, name: str) -> Iterator[Element]:
    """Yield the parameters of a macro that have a name."""
    _, element, attribute = MACROS[macro.name]
    for child in macro.elements:
        if child.name == element and child.get(attribute) == name:
            yield child


def value(source: str, parameter: Element) -> str:
    """Return the value of a macro's parameter: its text, and what its tags refer to.

    The macros inside of it are no part of the value.
    """
    texts, named = [], []
    waiting: list[Element | Lexeme] = [*reversed(parameter.children)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Lexeme):
            texts.append(text_at(source, one))
        elif one.name not in MACROS:
            named += [each.value for each in one.tag.attributes()]
            waiting += reversed(one.children)
    return " ".join(["".join(texts), *named])


def _tag(tag: Lexeme) -> Span:
    return Span(tag.start, tag.end)
