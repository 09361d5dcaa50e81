"""A reader that makes blocks of a body. It is only for showing, never for writing back.

It leaves out what a reader of the page does not see, such as ids. It tells styles by their names,
and shows unknown elements as labels, so that no content is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from confsync.diff.html_blocks import Cell, Piece, pieces_of
from confsync.diff.html_elements import HOLDERS, MARKS, PARAGRAPHS, UNSEEN
from confsync.diff.html_flow import End, Flow, Split, Table
from confsync.diff.html_styles import ALONE, COLUMNS, LOOKS, Style, styles_of

Attributes = Mapping[str, str]

_NAMES = ("content-title", "filename", "value", "username", "account-id", "userkey", "content-id")
_MAX_SPAN = 50
_TO_DO = "☐"


class _Macro:
    """An open macro: the parts of its label, and whether the label was added."""

    def __init__(self, name: str, *, in_text: bool) -> None:
        self.name = name
        self.in_text = in_text
        self.parameters: list[str] = []
        self.told = False


class BodyReader:
    """The callbacks of `storage_format.walk`.

    `rests` are places where a body can be divided: the bytes and the blocks before each of them.
    The function of each element returns the function that ends the element, or None.
    """

    def __init__(self, split: Split) -> None:
        self.flow = Flow(split)
        self.text = self.flow.text
        self.rests: list[tuple[int, int]] = []
        self._ends: list[End | None] = []
        self._macros: list[_Macro] = []
        self._images: list[str] = []
        self._lists: list[int | None] = []
        self._tables: list[Table] = []
        self._task = _TO_DO

    def closed(self, name: str) -> None:
        end = self._ends.pop()
        if end:
            end()

    @property
    def is_at_rest(self) -> bool:
        """Return whether what follows depends on nothing that was read before."""
        return self._task == _TO_DO and self.flow.is_at_rest

    def begins(self, place: int) -> None:
        if self.is_at_rest:
            self.rests.append((place, len(self.flow.blocks)))

    def opened(self, name: str, attributes: Attributes) -> None:
        styles: Iterable[Style] = ()
        if (attributes or name in LOOKS) and (name in COLUMNS or not self.flow.caught):
            styles = styles_of(name, attributes)
        if name in ALONE:
            self.flow.end_block()
            self.flow.styles += styles
            self._ends.append(self._opened(name, attributes))
        else:
            # This ends the block before, whose styles are complete then.
            self._ends.append(self._opened(name, attributes))
            self.flow.styles += styles

    def _opened(self, name: str, attributes: Attributes) -> End | None:
        if name.startswith("ri:"):
            return self._reference(name.removeprefix("ri:"), attributes)
        if self.flow.caught:
            return None
        begin = _ELEMENTS.get(name)
        if begin:
            return begin(self, attributes)
        if name not in HOLDERS:
            self.flow.chip(f"<{name}>")
        return None

    # -- lists and tasks ---------------------------------------------------------------------------

    def list_(self, number: int | None) -> End:
        """Begin a list numbered from after `number`, or a list with bullets if it is None."""
        self._lists.append(number)
        ended = self.flow.container("list")

        def end() -> None:
            ended()
            self._lists.pop()

        return end

    def item(self, attributes: Attributes) -> End:
        mark = "•"
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            mark = f"{self._lists[-1]}."
        return self.flow.paragraph("li", mark)

    def task_status(self, attributes: Attributes) -> End:
        def told(text: str) -> None:
            self._task = "☑" if text == "complete" else _TO_DO

        return self.flow.catch(told)

    def task_body(self, attributes: Attributes) -> End:
        ended = self.flow.paragraph("task", "·")
        self.flow.chip(self._task, "check")
        self._task = _TO_DO
        return ended

    # -- tables ------------------------------------------------------------------------------------

    def table(self, attributes: Attributes) -> End:
        self.flow.end_block()
        if self.flow.in_cell:
            return self.flow.end_block
        self._tables.append(Table())

        def end() -> None:
            self._tables.pop()

        return end

    def row(self, attributes: Attributes) -> End:
        if self.flow.in_cell or not self._tables:
            return self.flow.end_block
        table = self._tables[-1]
        table.cells, table.column = [], 0

        def end() -> None:
            table.fill(to_the_end=True)
            if table.cells:
                self.flow.add("tr", tuple(table.cells))
            table.cells = []

        return end

    def cell(self, attributes: Attributes, *, head: bool) -> End | None:
        if self.flow.in_cell or not self._tables:
            self.flow.text(" | ")
            return None
        table = self._tables[-1]
        table.fill()
        wide, tall = (_span(attributes.get(name)) for name in ("colspan", "rowspan"))
        return self.flow.cell(lambda found: table.add(Cell(found, head, wide), tall))

    # -- macros ------------------------------------------------------------------------------------

    def macro(self, name: str) -> End:
        """Begin a macro: a label, and a box if the macro has a body."""
        macro = _Macro(name, in_text=self.flow.flowing)
        self._macros.append(macro)

        def end() -> None:
            self._label(macro, block=not macro.in_text)
            self._macros.pop()

        return end

    def _label(self, macro: _Macro, *, block: bool) -> None:
        if macro.told:
            return
        macro.told = True
        if not block or self.flow.in_cell:
            self.flow.chip(" ".join([macro.name, *macro.parameters]))
            return
        self.flow.end_block()
        parameters = (Piece(text, "parameter") for text in macro.parameters)
        self.flow.add("macro", (Cell((Piece(macro.name, "chip"), *parameters)),))

    def parameter(self, attributes: Attributes) -> End:
        name = attributes.get("ac:name") or attributes.get("key") or ""

        def told(text: str) -> None:
            if self._macros:
                self._macros[-1].parameters.append(f"{name}: {text}" if name else text)

        return self.flow.catch(told)

    def body(self, kind: str) -> End:
        """Begin the body of a macro: text with marks (`box`), or lines (`code`)."""
        if self._macros:
            self._label(self._macros[-1], block=True)
        return self.flow.container(kind, "code" if kind == "code" else "p")

    # -- links, images and other objects -----------------------------------------------------------

    def link(self, attributes: Attributes) -> End:
        anchor = attributes.get("ac:anchor", "")
        ended = self.flow.marked("link", f"#{anchor}" if anchor else "")
        count = len(self.flow.pieces)

        def end() -> None:
            if len(self.flow.pieces) == count:
                self.flow.text(self.flow.note or "this page")
            ended()

        return end

    def _reference(self, what: str, attributes: Attributes) -> End | None:
        """Add the name in an `ri:` element: a link's target, an image's file or a parameter."""
        named = next((attributes[f"ri:{n}"] for n in _NAMES if f"ri:{n}" in attributes), what)
        space = attributes.get("ri:space-key", "")
        told = f"@{named}" if what == "user" else f"{space}: {named}" if space else named
        if self.flow.caught:
            self.flow.chip(told)
        elif self._images and self._images[-1]:
            self.flow.chip(told, "image", self._images[-1])
            self._images[-1] = ""
        elif "link" in self.flow.marks:
            self.flow.note = f"{told}{self.flow.note}"
        else:
            self.flow.chip(told)
        # The reference to an attachment's page stands inside and is not shown again.
        return self.flow.catch(lambda text: None) if not self.flow.caught else None

    def image(self, attributes: Attributes) -> End:
        self._images.append(attributes.get("ac:alt") or attributes.get("ac:title") or "image")

        def end() -> None:
            if told := self._images.pop():
                self.flow.chip(told, "image")
            if not self.flow.flowing:
                self.flow.end_block()

        return end

    def picture(self, attributes: Attributes) -> None:
        self.flow.chip(attributes.get("src", "image"), "image", attributes.get("alt", ""))

    def comment(self, attributes: Attributes) -> End:
        ended = self.flow.marked("comment")
        count = len(self.flow.pieces)

        def end() -> None:
            if len(self.flow.pieces) == count:
                self.flow.chip("comment")
            ended()

        return end

    def section(self, attributes: Attributes) -> End:
        self.flow.end_block()
        name = attributes.get("ac:type", "").replace("_", " ")
        self.flow.add("section", (Cell(tuple(pieces_of(f"layout: {name}"))),))
        return self.flow.end_block

    def rule(self, attributes: Attributes) -> None:
        self.flow.end_block()
        self.flow.add("hr", (Cell(),))

    def ends_block(self, attributes: Attributes) -> End:
        self.flow.end_block()
        return self.flow.end_block

    def line_break(self, attributes: Attributes) -> None:
        self.flow.line_break()

    def emoticon(self, attributes: Attributes) -> None:
        name = attributes.get("ac:name", "smile")
        self.flow.chip(attributes.get("ac:emoji-fallback") or f":{name}:", "emoji")

    def time(self, attributes: Attributes) -> None:
        self.flow.chip(attributes.get("datetime", "date"))


def _span(text: str | None) -> int:
    return min(int(text), _MAX_SPAN) if text and re.fullmatch(r"[1-9]\d{0,5}", text) else 1


def _start(text: str | None) -> int:
    return int(text) - 1 if text and re.fullmatch(r"\d{1,6}", text) else 0


Begin = Callable[[BodyReader, Attributes], End | None]


def _marked(mark: str) -> Begin:
    return lambda reader, _: reader.flow.marked(mark)


def _paragraph(kind: str) -> Begin:
    return lambda reader, _: reader.flow.paragraph(kind)


_ELEMENTS: dict[str, Begin] = {
    **{name: _marked(mark) for name, mark in MARKS.items()},
    **{name: _paragraph(kind) for name, kind in PARAGRAPHS.items()},
    **dict.fromkeys(UNSEEN, lambda reader, _: reader.flow.catch(lambda text: None)),
    "ul": lambda reader, _: reader.list_(None),
    "ol": lambda reader, given: reader.list_(_start(given.get("start"))),
    "li": BodyReader.item,
    "ac:task": BodyReader.ends_block,
    "ac:task-status": BodyReader.task_status,
    "ac:task-body": BodyReader.task_body,
    "table": BodyReader.table,
    "tr": BodyReader.row,
    "td": lambda reader, given: reader.cell(given, head=False),
    "th": lambda reader, given: reader.cell(given, head=True),
    "ac:structured-macro": lambda reader, given: reader.macro(given.get("ac:name", "macro")),
    "ac:macro": lambda reader, given: reader.macro(given.get("ac:name", "macro")),
    "ac:adf-node": lambda reader, given: reader.macro(given.get("type", "extension")),
    "ac:parameter": BodyReader.parameter,
    "ac:default-parameter": BodyReader.parameter,
    "ac:adf-attribute": BodyReader.parameter,
    "ac:rich-text-body": lambda reader, _: reader.body("box"),
    "ac:adf-content": lambda reader, _: reader.body("box"),
    "ac:plain-text-body": lambda reader, _: reader.body("code"),
    "pre": lambda reader, _: reader.flow.container("code", "code"),
    "blockquote": lambda reader, _: reader.flow.container("quote"),
    "a": lambda reader, given: reader.flow.marked("link", given.get("href", "")),
    "ac:link": BodyReader.link,
    "ac:image": BodyReader.image,
    "img": BodyReader.picture,
    "ac:inline-comment-marker": BodyReader.comment,
    "ac:layout-section": BodyReader.section,
    "ac:layout-cell": BodyReader.ends_block,
    "hr": BodyReader.rule,
    "br": BodyReader.line_break,
    "ac:emoticon": BodyReader.emoticon,
    "time": BodyReader.time,
}
