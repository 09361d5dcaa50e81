"""A table of the manual. No column is narrower than a word or a command in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box, table
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import TableElement
from rich.measure import Measurement
from rich.padding import Padding
from rich.text import Text

from confsync.cli.manual.unbroken import has_line

Row = Sequence[Text]
# The columns of a terminal between two columns of a table. As many are at its left and right.
_BETWEEN = 2
_INDENT = 4


class Table(TableElement):
    """A table with columns if the terminal has room for them, else with an entry for each row."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        header = self.header.row if self.header else None
        heads = [cell.content for cell in header.cells] if header else []
        rows = [[cell.content for cell in row.cells] for row in self.body.rows] if self.body else []
        columns = list(zip(heads, *rows, strict=True))
        ranges = [_range(console, options, column) for column in columns]
        widths = _widths(ranges, options.max_width - _BETWEEN * len(ranges))
        if widths:
            yield _in_columns(heads, rows, widths)
        else:
            yield from _in_entries(heads, rows)


def _range(console: Console, options: ConsoleOptions, column: Row) -> Measurement:
    """Return the width of a column's longest word, and that of its longest cell.

    Code that is wider than the terminal has no room in any column.
    """
    if any(has_line(cell.plain) for cell in column):
        return Measurement(options.max_width, options.max_width)
    cells = [Measurement.get(console, options, cell) for cell in column]
    return Measurement(max(cell.minimum for cell in cells), max(cell.maximum for cell in cells))


def _widths(ranges: Sequence[Measurement], room: int) -> list[int]:
    """Return a width for each column, an empty list if there is no room for the longest words.

    The column whose longest cell needs most lines gets the next column of the terminal.
    """
    widths = [max(each.minimum, 1) for each in ranges]
    spare = room - sum(widths)
    if spare < 0:
        return []
    for _ in range(spare):
        lines = [each.maximum / width for each, width in zip(ranges, widths, strict=True)]
        if max(lines) > 1:
            widths[lines.index(max(lines))] += 1
    return widths


def _in_columns(heads: Row, rows: Sequence[Row], widths: Sequence[int]) -> table.Table:
    """Return a table with columns of these widths."""
    made = table.Table(
        box=box.SIMPLE,
        pad_edge=False,
        style="markdown.table.border",
        collapse_padding=True,
    )
    for head, width in zip(heads, widths, strict=True):
        heading = head.copy()
        heading.stylize("markdown.table.header")
        made.add_column(heading, width=width)
    for row in rows:
        made.add_row(*row)
    return made


def _in_entries(heads: Row, rows: Sequence[Row]) -> Iterator[Text | Padding]:
    """Yield each row: its first cell, and below it the others with their headings."""
    for row in rows:
        yield Text("\n").join([Text(), row[0]])
        for head, cell in zip(heads[1:], row[1:], strict=True):
            if cell:
                named = Text(": ").join([head, cell]) if head else cell
                yield Padding(named, (0, 0, 0, _INDENT))
