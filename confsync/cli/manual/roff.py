"""Markdown as roff, for man pages. Reads tokens; the macros are those of man(7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markdown_it.token import Token


def roff(tokens: Sequence[Token]) -> str:
    """Return the lines of a man page for the tokens of a page, without its first heading."""
    return "".join(f"{line}\n" for line in _Writer(tokens).lines())


def escaped(text: str) -> str:
    """Return text that roff prints as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = text.replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha")
    return text.replace("~", "\\(ti")


def line_of_text(text: str) -> str:
    """Return a line that roff takes for no request, though it begins as one."""
    return f"\\&{text}" if text.startswith((".", "'")) else text


class _Writer:
    """One pass over the tokens of a page. Knows how deep in lists it is, and each list's number."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._numbers: list[int | None] = []
        # Set by what begins a paragraph of its own, such as an item of a list.
        self._begun = False
        self._heads: list[str] = []
        self._cells: list[str] = []

    def lines(self) -> Iterator[str]:
        """Yield the lines."""
        blocks: dict[str, Callable[[Token], Iterator[str]]] = {
            "fence": self._code,
            "code_block": self._code,
            "bullet_list_open": self._list,
            "ordered_list_open": self._list,
            "bullet_list_close": self._list_end,
            "ordered_list_close": self._list_end,
            "list_item_open": self._item,
            "thead_open": self._table,
            "tr_close": self._row,
        }
        for before, token in zip([None, *self._tokens], self._tokens, strict=False):
            if token.type == "inline":
                yield from self._inline(token, before)
            elif token.type in blocks:
                yield from blocks[token.type](token)

    def _inline(self, token: Token, before: Token | None) -> Iterator[str]:
        opened = before.type if before else ""
        text = _text(token.children or ())
        if opened == "heading_open" and before:
            yield from _heading(before.tag, token.content.replace("`", ""))
        elif opened == "th_open":
            self._heads.append(text)
        elif opened == "td_open":
            self._cells.append(text)
        else:
            if not self._begun:
                yield ".PP"
            self._begun = False
            yield from (line_of_text(line) for line in text.split("\n"))

    def _code(self, token: Token) -> Iterator[str]:
        yield from (".PP", ".RS 4", ".EX")
        yield from (line_of_text(escaped(line)) for line in token.content.rstrip("\n").split("\n"))
        yield from (".EE", ".RE")

    def _list(self, token: Token) -> Iterator[str]:
        if self._numbers:
            yield ".RS 4"
        self._numbers.append(1 if token.type == "ordered_list_open" else None)

    def _list_end(self, _: Token) -> Iterator[str]:
        self._numbers.pop()
        if self._numbers:
            yield ".RE"

    def _item(self, _: Token) -> Iterator[str]:
        number = self._numbers[-1]
        yield ".IP \\(bu 3" if number is None else f".IP {number}. 4"
        if number is not None:
            self._numbers[-1] = number + 1
        self._begun = True

    def _table(self, _: Token) -> Iterator[str]:
        self._heads = []
        yield from ()

    def _row(self, _: Token) -> Iterator[str]:
        """Yield a row of a table: its first cell, and below it the others with their headings."""
        first, *others = self._cells or [""]
        if self._cells:
            yield from (".TP", line_of_text(first) or "\\&")
        for head, cell in zip(self._heads[1:], others, strict=False):
            yield from (line_of_text(f"{head}: {cell}" if head else cell), ".br")
        self._cells = []


def _heading(tag: str, text: str) -> Iterator[str]:
    """Yield a heading; that of the page stands in the man page's first lines already."""
    if tag == "h2":
        yield f".SH {escaped(text.upper())}"
    elif tag != "h1":
        yield f".SS {escaped(text)}"


def _text(tokens: Sequence[Token]) -> str:
    """Return a line of text; code and what is strong are bold, the target of a link follows it."""
    pieces: list[str] = []
    targets: list[str] = []
    for token in tokens:
        match token.type:
            case "text":
                pieces.append(escaped(token.content))
            case "code_inline":
                pieces.append(f"\\fB{escaped(token.content)}\\fR")
            case "strong_open":
                pieces.append("\\fB")
            case "em_open":
                pieces.append("\\fI")
            case "strong_close" | "em_close":
                pieces.append("\\fR")
            case "softbreak" | "hardbreak":
                pieces.append("\n")
            case "link_open":
                targets.append(str(token.attrs.get("href", "")))
            case "link_close":
                pieces.append(f" (\\fB{escaped(targets.pop())}\\fR)")
    return "".join(pieces)
