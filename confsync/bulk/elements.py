"""The tree of a body, whose elements know their places in the source. Pure.

The reader takes every string. In a body that is not well-formed, an end tag without its start tag
is left out, and an element without its end tag ends with its parent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from confsync.document import markup
from confsync.document.markup import Kind, Lexeme, lexemes

# The name of the element that holds a body. No element of storage format has it.
ROOT = "body"


class EvaluationError(Exception):
    """An XPath has no result for a body."""


class Element:
    """An element: its start tag, its content and its end tag.

    The element stands from `start` to `end` in the source, and its content from `inner_start` to
    `inner_end`. `children` are elements and the lexemes of text between them.
    """

    __slots__ = ("children", "end", "inner_end", "parent", "tag")

    def __init__(self, tag: Lexeme, parent: Element | None) -> None:
        self.tag = tag
        self.parent = parent
        self.children: list[Element | Lexeme] = []
        self.inner_end = self.end = tag.end

    @property
    def name(self) -> str:
        """Return the name with its prefix."""
        return self.tag.name

    @property
    def start(self) -> int:
        """Return where the start tag begins."""
        return self.tag.start

    @property
    def inner_start(self) -> int:
        """Return where the content begins."""
        return self.tag.end

    @property
    def elements(self) -> Iterator[Element]:
        """Yield the elements directly inside."""
        return (child for child in self.children if isinstance(child, Element))

    def get(self, name: str) -> str:
        """Return the value of an attribute; empty if the tag does not have it."""
        return self.tag.get(name) or ""

    def child(self, name: str) -> Element | None:
        """Return the first element of a name directly inside, or None."""
        return next((child for child in self.elements if child.name == name), None)

    def descendants(self) -> Iterator[Element]:
        """Yield the element and those inside of it, in the order of their start tags."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += reversed(list(one.elements))


def tree(source: str, start: int = 0) -> Element:
    """Return a body as an element named `ROOT`, which has no tags of its own.

    `source` is a body, or a document whose body starts at `start`.
    """
    root = Element(Lexeme(Kind.OPEN, start, start, ROOT), None)
    opened = [root]
    names: Counter[str] = Counter()
    for lexeme in lexemes(source, start):
        inside = opened[-1]
        if lexeme.kind is Kind.CLOSE:
            if names[lexeme.name]:
                _close(opened, names, lexeme)
        elif lexeme.name:
            element = Element(lexeme, inside)
            inside.children.append(element)
            if lexeme.kind is Kind.OPEN:
                opened.append(element)
                names[lexeme.name] += 1
        else:
            inside.children.append(lexeme)
    for element in opened:
        element.inner_end = element.end = len(source)
    return root


def _close(opened: list[Element], names: Counter[str], tag: Lexeme) -> None:
    """End the innermost open element of the tag's name, and those inside of it."""
    while True:
        element = opened.pop()
        names[element.name] -= 1
        element.inner_end = element.end = tag.start
        if element.name == tag.name:
            element.end = tag.end
            return


def text_at(source: str, lexeme: Lexeme) -> str:
    """Return the text of a lexeme between tags, as a parser reads it."""
    return markup.character_data(source[lexeme.start : lexeme.end])
