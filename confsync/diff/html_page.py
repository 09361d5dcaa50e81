"""The HTML file of a diff: the changes page by page, with its own style."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import groupby

from confsync.diff.difference import Difference, Side
from confsync.diff.html_rows import CONTEXT, Row, escaped, rows
from confsync.document.comments import markers
from confsync.model.result import Change

# The first bytes of a confsync report. Only such a file may be replaced.
MARK = "<!doctype html><!-- confsync diff -->"


def page(listed: Sequence[str], sections: Iterable[str], *, title: str) -> Iterator[str]:
    """Yield the parts of the HTML file; each page has an item of the list and a section."""
    style = _style()
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    )
    count = f"{len(listed)} page{'' if len(listed) == 1 else 's'} changed"
    yield (
        f'{MARK}\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>confsync diff: {count}</title><style>{style}</style></head>\n<body>"
        f'<div class="top"><h1>{escaped(title)}</h1><p>{count}</p>'
        f"<nav><ul>{''.join(listed)}</ul></nav></div>\n<main>"
    )
    yield from sections
    yield "</main></body></html>\n"


@cache
def _style() -> str:
    return resources.files(__package__).joinpath("style.css").read_text(encoding="utf-8")


def _titles(found: Difference) -> str:
    sides = dict.fromkeys(side.title for side in (found.old, found.new) if side)
    return escaped(" → ".join(sides))


def _count(change: Change) -> str:
    return (
        f'<span class="count"><span class="plus">+{change.insertions}</span> '
        f'<span class="minus">−{change.deletions}</span></span>'
    )


def item(number: int, found: Difference, change: Change) -> str:
    """Return a page's line in the list of all pages, with the counts of its lines."""
    return (
        f'<li>{_count(change)}<a href="#p{number}">{_titles(found)}</a>'
        f'<span class="path">{escaped(found.path)}</span></li>'
    )


def section(number: int, found: Difference, change: Change, text: str) -> str:
    """Return the section of a page; `text` is its plain diff."""
    old, new = found.old, found.new
    names = "".join(
        f"<div>{escaped(side.name if side else 'no page')}</div>" for side in (old, new)
    )
    body = rows(old.body if old else None, new.body if new else None)
    page_id = f" · page {escaped(found.page_id)}" if found.page_id else ""
    told = ""
    if any(row.source for row in body):
        told = '<p class="told">The body is not well-formed. This is its source.</p>'
    elif all(row.kind == "same" for row in body) and "body" in found.fields:
        told = (
            '<p class="told">Readers see no difference: text, structure and style are the same, '
            "only the markup differs. 'As text' shows it.</p>"
        )
    elif all(row.kind == "same" for row in body):
        told = '<p class="told">The text is the same.</p>'
    told += _comments(found)
    return (
        f'<section class="page" id="p{number}"><header><h2>{_titles(found)}</h2>'
        f'{_count(change)} <span class="path">{escaped(found.path)}{page_id}</span></header>'
        f'{_fields(found)}{told}<div class="names">{names}</div>'
        f'<div class="rows">{"".join(_folded(body))}</div>{_text(text)}</section>\n'
    )


def _comments(found: Difference) -> str:
    """Return the comments that lose their words by a change as HTML."""
    if found.old is None or found.new is None:
        return ""
    gone = markers.dropped(found.old.body, found.new.body).values()
    words = ", ".join(f"'{escaped(text)}'" for text in gone)
    return f'<p class="told">This drops the inline comment on {words}.</p>' if words else ""


def _fields(found: Difference) -> str:
    """Return the changes besides the body as HTML."""
    if found.old is None or found.new is None:
        return ""
    parts = []
    for name in found.fields:
        if name != "body":
            before, after = _words(found.old, name), _words(found.new, name)
            told = " ".join(
                f"<{tag}>{escaped(text)}</{tag}>"
                for tag, text in (("del", before), ("ins", after))
                if text
            )
            parts.append(f"<dt>{name}</dt><dd>{told}</dd>")
    return f'<dl class="fields">{"".join(parts)}</dl>' if parts else ""


def _words(side: Side, name: str) -> str:
    match name:
        case "title":
            return side.title
        case "labels":
            return ", ".join(side.labels or ()) or "none"
        case "parent":
            return side.parent or ""
        case "settings":
            return ", ".join(side.settings)
        case _:
            return ", ".join(side.attachments)


def _folded(body: Sequence[Row]) -> Iterator[str]:
    """Yield the rows; long runs of equal rows stand behind a line that opens them."""
    near = {
        n + by
        for n, row in enumerate(body)
        if row.kind != "same"
        for by in range(-CONTEXT, CONTEXT + 1)
    }
    for shown, run in groupby(enumerate(body), key=lambda one: one[0] in near):
        some = [_row(row) for _, row in run]
        if shown or len(some) <= 2:
            yield from some
        else:
            yield (
                f'<details class="same"><summary>{len(some)} blocks without a change</summary>'
                f"{''.join(some)}</details>"
            )


def _row(row: Row) -> str:
    hidden = {"gone": "deleted", "fresh": "inserted", "change": "changed"}.get(row.kind)
    told = f'<span class="hidden">{hidden}: </span>' if hidden else ""
    styles = escaped(f"style changed: {', '.join(row.styles)}") if row.styles else ""
    named = f'<div class="styles">{styles}</div>' if styles else ""
    return (
        f'<div class="row {row.kind}"><div class="side old">{told if row.old else ""}{row.old}'
        f'</div><div class="side new">{told if row.new else ""}{row.new}{named}</div></div>'
    )


def _text(text: str) -> str:
    """Return the diff of the laid-out texts as HTML, line by line."""
    lines = []
    for line in text.removesuffix("\n").split("\n")[2:]:
        kind = {"+": "plus", "-": "minus", "@": "at"}.get(line[:1])
        told = escaped(line)
        lines.append(f'<span class="{kind}">{told}</span>' if kind else told)
    inner = "\n".join(lines)
    return f'<details class="text"><summary>As text</summary><pre>{inner}</pre></details>'
