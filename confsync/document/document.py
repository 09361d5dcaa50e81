"""The document: the file of one page, as bytes.

A document has YAML front matter between two ``---`` lines, then the body, laid out in lines.
confsync owns the ``confluence:`` block. It replaces ``title`` and ``labels`` only if the server's
value changed. Every other byte belongs to the user and stays as it is: comments, unknown keys,
quoting, order, byte-order mark and line ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from confsync.document import frontmatter, frontmatter_fast, layout
from confsync.document.frontmatter import FENCE, NO_SETTINGS, Span
from confsync.document.frontmatter_fast import PlainFrontMatter
from confsync.document.layout_series import LayoutSeries
from confsync.errors import DocumentError, NotUnicodeError
from confsync.model.stamp import Layout, Local, Stamp, digest

# The length of a conflict marker. git's attribute `conflict-marker-size` sets another one.
MARKER_SIZE = 7
_LIKE_A_MARKER = re.compile(r"^(?:<{2,}|={2,}|>{2,}|\|{2,})(?: .*)?$", re.MULTILINE)
# One of these is in each text with a marker. Looking for them takes a hundredth of the time.
_BEGIN_OF_A_MARKER = ("\n<<", "\n==", "\n>>", "\n||")


class Document(NamedTuple):
    """A parsed document. `body` is the storage format without layout.

    `digest` is the digest of the local title and body. `stamp` is None if the page is not on the
    server yet. `newline` is the line end of the first line; in a CRLF file the body is read with
    LF. `listed` names attachments that confsync sends although the body does not show them. `shown`
    names the attachments that the body of an outline shows; it is None if the body is here or not
    known. `settings` are the lines of settings, as `document.settings` reads them.
    """

    text: str
    title: str
    body: str
    digest: str
    stamp: Stamp | None
    labels: tuple[str, ...] | None
    layout: Layout
    newline: str
    body_start: int
    spans: Mapping[str, Span]
    listed: tuple[str, ...] = ()
    shown: frozenset[str] | None = None
    settings: Mapping[str, str] = NO_SETTINGS

    @property
    def modified(self) -> bool:
        """Return whether title or body differ from the base; True if there is no base."""
        return self.stamp is None or self.digest != self.stamp.digest

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column in the file, both from 1, for an offset in `text`."""
        return (
            self.text.count("\n", 0, offset) + 1,
            offset - self.text.rfind("\n", 0, offset),
        )

    def local(self, wanted: str | None) -> Local:
        """Return the local side of the page, with `wanted` as its parent."""
        return Local(self.title, self.body, self.digest, wanted, self.labels)


class Fields(NamedTuple):
    """New values for a document; None keeps the present value. In `settings` it means no value."""

    title: str | None = None
    body: str | None = None
    labels: tuple[str, ...] | None = None
    settings: Mapping[str, str | None] = NO_SETTINGS


NOTHING_NEW = Fields()


class Laid(NamedTuple):
    """A body in its layout. `digest` is the digest of the page's title and body."""

    digest: str
    written: str
    layout: Layout


def parse(raw: bytes, path: str) -> Document:
    """Return the document in `raw`.

    `path` is for messages. Raise DocumentError with file and line.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, f"not UTF-8 (byte {error.start} of the file)") from None
    found = frontmatter_fast.front_matter(text)
    if found is not None:
        return _plain(text, found)
    from confsync.document.frontmatter_yaml import (
        FrontMatter,  # slow to load, and rarely needed
    )

    front, front_end, body_start = frontmatter.split(text, path)
    newline = "\r\n" if text.startswith("\r\n", front - 2) else "\n"
    reader = FrontMatter(path, text, front, front_end)
    title = reader.title()
    stamp, how = reader.stamp() or (None, Layout.LINES)
    written = text[body_start:]
    if newline == "\r\n":
        written = written.replace("\r\n", "\n")
    body = layout.unlay(written) if how is Layout.LINES else written
    return Document(
        text=text,
        title=title,
        body=body,
        digest=digest(title, body),
        stamp=stamp,
        labels=reader.labels(),
        layout=how,
        newline=newline,
        body_start=body_start,
        spans={key: value.span for key, value in reader.values.items()},
        listed=reader.listed(),
        settings=reader.settings(),
    )


def _plain(text: str, front: PlainFrontMatter) -> Document:
    """Return the document for front matter exactly as confsync writes it."""
    body = layout.unlay(text[front.body_start :])
    return Document(
        text=text,
        title=front.title,
        body=body,
        digest=digest(front.title, body),
        stamp=front.stamp,
        labels=front.labels,
        layout=Layout.LINES,
        newline="\n",
        body_start=front.body_start,
        spans=front.spans,
    )


def render(
    title: str,
    body: str,
    stamp: Stamp,
    *,
    labels: tuple[str, ...] | None = None,
    how: Layout = Layout.LINES,
) -> bytes:
    """Return a new document. If the layout cannot give the body back, the body is written raw."""
    return render_laid(title, Laid(stamp.digest, *_lay(body, how)), stamp, labels=labels)


def render_laid(
    title: str, laid: Laid, stamp: Stamp, *, labels: tuple[str, ...] | None = None
) -> bytes:
    """Return a new document with a body that `lay_all` has laid out."""
    lines = [FENCE, f"title: {frontmatter.scalar(title)}"]
    if labels is not None:
        lines.append(f"labels: {frontmatter.flow(labels)}")
    lines += [*frontmatter.block(stamp, laid.layout), FENCE, ""]
    return _encoded("\n".join(lines) + laid.written)


def lay_all(bodies: Iterable[tuple[str, str, Layout]]) -> list[Laid]:
    """Return the layouts of bodies, each given as digest, body and layout.

    This is most of the work of `render`.
    """
    return [Laid(whose, *_lay(body, how)) for whose, body, how in bodies]


def lay_series(bodies: Iterable[tuple[str, str, Layout]]) -> list[Laid]:
    """Return what `lay_all` returns. It is faster if each body is much like the one before."""
    series = LayoutSeries()
    return [Laid(whose, *_lay(body, how, series.lay_surely)) for whose, body, how in bodies]


def update(
    document: Document, stamp: Stamp, fields: Fields = NOTHING_NEW, how: Layout = Layout.LINES
) -> bytes:
    """Return the document's bytes with a new stamp and, where given, new fields.

    A value that does not change is not rewritten, so that its quoting stays the user's.
    """
    body = fields.body
    if body is None or digest("", body) == digest("", document.body):
        return _updated(document, stamp, fields, None)
    return _updated(document, stamp, fields, _lay(_readable(body, document.newline), how))


def update_laid(document: Document, stamp: Stamp, laid: str, fields: Fields = NOTHING_NEW) -> bytes:
    """Return the same as `update`, with a body that already has its layout.

    A merge with conflict markers makes such a body. `fields.body` is not used.
    """
    return _updated(document, stamp, fields, (_readable(laid, document.newline), Layout.LINES))


def _updated(
    document: Document, stamp: Stamp, fields: Fields, body: tuple[str, Layout] | None
) -> bytes:
    """Return the document's bytes with new front matter and, if given, a new body."""
    edits: list[tuple[Span, str]] = []
    layout = document.layout
    if body is not None:
        written, layout = body
        edits.append(_body_edit(document, written))
    if fields.title is not None and fields.title != document.title:
        edits.append((document.spans["title"], f" {frontmatter.scalar(fields.title)}"))
    block = frontmatter.block(stamp, layout)
    if fields.labels is not None and document.labels is None:
        block.insert(0, f"labels: {frontmatter.flow(fields.labels)}")
    elif fields.labels is not None and fields.labels != document.labels:
        edits.append((document.spans["labels"], f" {frontmatter.flow(fields.labels)}"))
    if fields.settings:
        from confsync.document.frontmatter_yaml import settings_edits  # slow to load

        more = settings_edits(document.text, fields.settings, document.newline)
        edits += more.spans
        block[:0] = more.lines
    edits.append(_block_edit(document, document.newline.join(block)))
    text = document.text
    for span, value in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + value + text[span.end :]
    return _encoded(text)


def _body_edit(document: Document, written: str) -> tuple[Span, str]:
    """Return the range that the new body replaces, and the body with the document's line ends."""
    if not document.text.endswith("\n", 0, document.body_start):
        written = f"\n{written}"
    end = len(document.text)
    return Span(document.body_start, end), written.replace("\n", document.newline)


def _block_edit(document: Document, block: str) -> tuple[Span, str]:
    """Return the range for the stamp: the old stamp, or the place before the closing fence."""
    if "confluence" in document.spans:
        return document.spans["confluence"], block
    fence = document.text.rindex(FENCE, 0, document.body_start)
    return Span(fence, fence), block + document.newline


def outline(
    title: str,
    stamp: Stamp,
    labels: tuple[str, ...] | None,
    listed: tuple[str, ...] = (),
    shown: frozenset[str] | None = None,
) -> Document:
    """Return a document without text that has only the values of its front matter.

    `shown` names the attachments that its body shows, if known.
    """
    return Document(
        text="",
        title=title,
        body="",
        digest=stamp.digest,
        stamp=stamp,
        labels=labels,
        layout=Layout.LINES,
        newline="\n",
        body_start=0,
        spans={},
        listed=listed,
        shown=shown,
    )


def conflict_line(document: Document, base_body: str | None, size: int = MARKER_SIZE) -> int:
    """Return the line of the first conflict marker that the base does not have, or 0.

    Only a modified document can have a conflict, because a page may be about git. A marker counts
    if it occurs more times than in the base. Without a base, every marker counts. Markers of
    `MARKER_SIZE` count beside those of `size`, because the attribute may be new, and so do three
    kinds of one size together, because the attribute may be that of one document.
    """
    if not _may_have_markers(document.text) or not document.modified:
        return 0
    text = document.text.replace("\r\n", "\n")
    marker = _marker(frozenset({size, MARKER_SIZE, *_sizes_together(text)}))
    if not marker.search(text):
        return 0
    base = layout.lay((base_body or "").replace("\r\n", "\n"))
    known = Counter(marker.findall(base))
    for found in marker.finditer(text):
        known[found[0]] -= 1
        if known[found[0]] < 0:
            return text.count("\n", 0, found.start()) + 1
    return 0


def has_other_markers(document: Document) -> bool:
    """Return whether a line would be a conflict marker if markers had another size."""
    if not _may_have_markers(document.text) or not document.modified:
        return False
    lines = _LIKE_A_MARKER.findall(document.text.replace("\r\n", "\n"))
    return any(len(line.partition(" ")[0]) != MARKER_SIZE for line in lines)


def _may_have_markers(text: str) -> bool:
    """Return whether a line of a document may be a marker. The first line is a fence."""
    return any(begin in text for begin in _BEGIN_OF_A_MARKER)


def _sizes_together(text: str) -> Iterator[int]:
    """Yield each length of which a text has a beginning, a middle and an end of a conflict."""
    found = {line.partition(" ")[0] for line in _LIKE_A_MARKER.findall(text)}
    yield from (len(one) for one in found if {kind * len(one) for kind in "<=>"} <= found)


@cache
def _marker(sizes: frozenset[int]) -> re.Pattern[str]:
    kinds = "|".join(rf"{re.escape(kind)}{{{size}}}" for kind in "<=>|" for size in sizes)
    return re.compile(rf"^(?:{kinds})(?: .*)?$", re.MULTILINE)


def _readable(body: str, newline: str) -> str:
    """Return the body as the file will read it back: in a CRLF file, all line ends are LF."""
    plain = body.replace("\r\n", "\n")
    return plain if newline == "\r\n" and digest("", plain) == digest("", body) else body


def _lay(
    body: str, how: Layout, lay_surely: Callable[[str], str | None] = layout.lay_surely
) -> tuple[str, Layout]:
    if how is Layout.LINES:
        written = lay_surely(body)
        if written is not None:
            return written, Layout.LINES
    return body, Layout.RAW


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotUnicodeError("the server's text is not Unicode (a lone surrogate)") from None
