"""XPath 2.0 over the tree of a body, by elementpath. The prefixes are those of the source."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

import elementpath
from elementpath.xpath_nodes import AttributeNode, ElementNode, TextNode

from confsync.bulk.elements import Element, read, tree
from confsync.document.frontmatter import Span
from confsync.document.markup import Lexeme
from confsync.errors import UsageError

_PREFIXES = {prefix: f"urn:{prefix}" for prefix in ("ac", "ri", "at")}
_EXAMPLE = "//ac:structured-macro[@ac:name='info']"


class XPath:
    """A parsed expression. Raise UsageError if it is none, or if it finds something else."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        try:
            self._root = elementpath.XPath2Parser(namespaces=_PREFIXES).parse(expression)
        except elementpath.ElementPathError as error:
            raise self._refusal(str(error)) from None

    def elements(self, source: str, start: int = 0) -> Iterator[Element]:
        """Yield the elements that the expression finds. Raise UsageError for other nodes."""
        for node, known in self._selected(source, start):
            if not isinstance(node, ElementNode):
                raise self._refusal("it must find elements")
            if (element := known.get(id(node.value))) and element.parent:
                yield element

    def spans(self, source: str, start: int = 0) -> Iterator[Span]:
        """Yield where the found nodes stand: a start tag, an attribute's value, or a text."""
        for node, known in self._selected(source, start):
            parent = node if isinstance(node, ElementNode) else node.parent
            if not isinstance(parent, ElementNode):
                continue
            element = known[id(parent.value)]
            if isinstance(node, AttributeNode):
                yield from _attribute(element, str(node.name))
            elif isinstance(node, TextNode):
                yield _texts(source, element)[_number(node, parent)]
            elif element.parent:
                yield Span(element.start, element.inner_start)

    def _selected(
        self, source: str, start: int
    ) -> Iterator[tuple[elementpath.XPathNode, dict[int, Element]]]:
        """Yield the found nodes, and the elements by the identity of their copies."""
        known: dict[int, Element] = {}
        copy = _copy(source, tree(source, start), known)
        try:
            for node in self._root.select(elementpath.XPathContext(copy)):
                if not isinstance(node, elementpath.XPathNode):
                    raise self._refusal("it must find elements, attributes or texts")
                yield node, known
        except elementpath.ElementPathError as error:
            raise self._refusal(str(error)) from None

    def _refusal(self, why: str) -> UsageError:
        told = f"'{self._expression}' is no XPath for a body: {why}"
        return UsageError(told, hint=f"'confsync grep --xpath \"{_EXAMPLE}\"' is one")


def _copy(source: str, root: Element, known: dict[int, Element]) -> ElementTree.Element:
    """Return the tree as elementpath takes it. `known` collects the elements of the copies."""
    builder = ElementTree.TreeBuilder()
    waiting: list[Element | Lexeme | str] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            builder.end(one)
        elif isinstance(one, Lexeme):
            builder.data(read(source, one))
        else:
            given = {_qualified(each.name): each.value for each in one.tag.attributes()}
            known[id(builder.start(_qualified(one.name), given))] = one
            waiting += (_qualified(one.name), *reversed(one.children))
    return builder.close()


def _qualified(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{urn:{prefix}}}{local}" if prefix else local


def _attribute(element: Element, name: str) -> Iterator[Span]:
    """Yield where the value of an attribute stands."""
    for found in element.tag.attributes():
        if _qualified(found.name) == name or found.name == name:
            yield Span(found.start, found.end)


def _texts(source: str, element: Element) -> list[Span]:
    """Return where the texts directly inside an element stand; a comment parts no text."""
    found = []
    for is_text, run in groupby(element.children, lambda one: isinstance(one, Lexeme)):
        lexemes = [one for one in run if isinstance(one, Lexeme) and read(source, one)]
        if is_text and lexemes:
            found.append(Span(lexemes[0].start, lexemes[-1].end))
    return found


def _number(node: TextNode, parent: ElementNode) -> int:
    """Return the number of a text among the texts of its element."""
    texts = [child for child in parent.children if isinstance(child, TextNode)]
    return next(number for number, text in enumerate(texts) if text is node)
