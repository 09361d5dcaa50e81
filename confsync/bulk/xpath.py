"""XPath 2.0 over the tree of a body, by elementpath. The prefixes are those of the source."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

import elementpath
from elementpath.xpath_nodes import AttributeNode, ElementNode, TextNode

from confsync.bulk.elements import Element, EvaluationError, text_at, tree
from confsync.document.frontmatter import Span
from confsync.document.markup import Lexeme
from confsync.document.storage_format import MAX_DEPTH
from confsync.errors import UsageError
from confsync.model.shell import quoted

_PREFIXES = {prefix: f"urn:{prefix}" for prefix in ("ac", "ri", "at")}
# elementpath lets these through for some arguments of functions.
_ERRORS = (elementpath.ElementPathError, ArithmeticError, ValueError, RecursionError)
# Codes of errors in the expression itself.
_STATIC = "err:XPST"


class XPath:
    """A parsed expression. Raise UsageError if it is none, or if it fails in an empty body."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        try:
            self._root = elementpath.XPath2Parser(namespaces=_PREFIXES).parse(expression)
            list(self.spans(""))
        except (*_ERRORS, EvaluationError) as error:
            raise self._refusal(str(error)) from None

    def elements(self, source: str, start: int = 0) -> Iterator[Element]:
        """Yield the elements that the expression finds.

        Raise UsageError for other nodes, or EvaluationError.
        """
        copy = _Copy(source, start)
        for node in self._selected(copy):
            if not isinstance(node, ElementNode):
                raise self._refusal("it must find elements")
            element = copy.element(node)
            if element.parent:
                yield element

    def spans(self, source: str, start: int = 0) -> Iterator[Span]:
        """Yield where the found nodes stand: a start tag, an attribute's value, or a text.

        Raise UsageError for what is no node, or EvaluationError.
        """
        copy = _Copy(source, start)
        for node in self._selected(copy):
            parent = node.parent
            if isinstance(node, ElementNode):
                element = copy.element(node)
                if element.parent:
                    yield Span(element.start, element.inner_start)
            elif isinstance(node, AttributeNode | TextNode) and isinstance(parent, ElementNode):
                yield copy.place(node, parent)

    def _selected(self, copy: _Copy) -> Iterator[elementpath.XPathNode]:
        """Yield the found nodes. Raise UsageError or EvaluationError."""
        try:
            for node in self._root.select(elementpath.XPathContext(copy.root)):
                if not isinstance(node, elementpath.XPathNode):
                    raise self._refusal("it must find elements, attributes or texts")
                yield node
        except _ERRORS as error:
            if str(getattr(error, "code", "")).startswith(_STATIC):
                raise self._refusal(str(error)) from None
            raise EvaluationError(f"the XPath fails here: {error}") from None

    def _refusal(self, why: str) -> UsageError:
        told = f"{quoted(self._expression)} is no XPath for a body: {why}"
        return UsageError(told, hint="'confsync grep --xpath //ac:task' is one")


class _Copy:
    """The tree of a body as elementpath takes it, whose nodes know their places in the body.

    Raise EvaluationError for a body that is nested too deep: an expression can ask for the text of
    each level.
    """

    def __init__(self, source: str, start: int) -> None:
        self._source = source
        self._elements: dict[int, Element] = {}
        self._places: dict[int, dict[object, Span]] = {}
        self.root = self._built(tree(source, start))

    def element(self, node: ElementNode) -> Element:
        """Return the element of a node."""
        return self._elements[id(node.value)]

    def place(self, node: AttributeNode | TextNode, parent: ElementNode) -> Span:
        """Return where a text or the value of an attribute stands."""
        if id(parent) not in self._places:
            self._places[id(parent)] = self._inside(parent)
        return self._places[id(parent)][id(node) if isinstance(node, TextNode) else node.name]

    def _inside(self, parent: ElementNode) -> dict[object, Span]:
        """Return the places of an element's attributes by name, and of its texts by identity."""
        element = self._elements[id(parent.value)]
        found: dict[object, Span] = {
            _qualified(one.name): Span(one.start, one.end) for one in element.tag.attributes()
        }
        texts = (id(child) for child in parent.children if isinstance(child, TextNode))
        return found | dict(zip(texts, _texts(self._source, element), strict=True))

    def _built(self, root: Element) -> ElementTree.Element:
        builder = ElementTree.TreeBuilder()
        waiting: list[Element | Lexeme | str] = [root]
        depth = 0
        while waiting:
            one = waiting.pop()
            if isinstance(one, str):
                builder.end(one)
                depth -= 1
            elif isinstance(one, Lexeme):
                if text := text_at(self._source, one):
                    builder.data(text)
            else:
                name = _qualified(one.name)
                given = {_qualified(each.name): each.value for each in one.tag.attributes()}
                self._elements[id(builder.start(name, given))] = one
                waiting += (name, *reversed(one.children))
                depth += 1
                if depth > MAX_DEPTH + 1:
                    raise EvaluationError(f"nested more than {MAX_DEPTH} levels deep")
        return builder.close()


def _qualified(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{urn:{prefix}}}{local}" if prefix else local


def _texts(source: str, element: Element) -> list[Span]:
    """Return where the texts directly inside an element stand; a comment parts no text."""
    found = []
    for is_text, run in groupby(element.children, lambda one: isinstance(one, Lexeme)):
        lexemes = [one for one in run if isinstance(one, Lexeme) and text_at(source, one)]
        if is_text and lexemes:
            found.append(Span(lexemes[0].start, lexemes[-1].end))
    return found
