"""The document: the file of one page. Bytes in, bytes out.

Front matter is YAML between two ``---`` lines, then the body, laid out in lines. The tool owns the
``confluence:`` block and, when the server's changed, the values of ``title`` and ``labels``; every
other byte is the user's and survives: comments, unknown keys, quoting, order, byte-order mark and
line ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from confsync.document import frontmatter, layout
from confsync.document import frontmatter_fast as usual
from confsync.document.frontmatter import FENCE, Span
from confsync.document.frontmatter_fast import Usual
from confsync.errors import DocumentError, NotUnicodeError
from confsync.model.stamp import Layout, Local, Stamp, digest

_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)


class Document(NamedTuple):
    """One file, read. `body` is unlaid; `digest` is that of the local title and body.

    `stamp` is None for a page that is not on the server yet. `newline` is the line end of the
    first line: in a CRLF file the body is read with LF. `listed` are attachments that are to be
    sent although the body does not show them.
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

    @property
    def modified(self) -> bool:
        """Whether title or body differ from the base; always, where there is no base."""
        return self.stamp is None or self.digest != self.stamp.digest

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file, from 1, of an offset in `text`."""
        return (
            self.text.count("\n", 0, offset) + 1,
            offset - self.text.rfind("\n", 0, offset),
        )

    def local(self, wanted: str | None) -> Local:
        """What this document wants its page to be, where its place means the parent `wanted`."""
        return Local(self.title, self.body, self.digest, wanted, self.labels)


class Laid(NamedTuple):
    """A body as a document has it. `digest` says whose it is: that of title and body."""

    digest: str
    written: str
    layout: Layout


def parse(raw: bytes, path: str) -> Document:
    """Read a document; `path` is for messages. Raises DocumentError with file and line."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, f"not UTF-8 (byte {error.start} of the file)") from None
    found = usual.front_matter(text)
    if found is not None:
        return _usual(text, found)
    from confsync.document.frontmatter_yaml import (
        FrontMatter,  # with a parser, which most are read without
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
    )


def _usual(text: str, front: Usual) -> Document:
    """A document whose front matter is as confsync writes it."""
    body = layout.unlay(text[front.body_start :])
    return Document(
        text=text,
        title=front.title,
        body=body,
        digest=digest(front.title, body),
        stamp=front.stamp,
        labels=None,
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
    laid: Laid | None = None,
) -> bytes:
    """A new document. A body that does not come back from the layout is written raw.

    `laid` is what `lay_all` made of the body that the stamp is of, where somebody has done that
    already; what is of anything else is not used.
    """
    if laid is None or laid.digest != stamp.digest:
        laid = Laid(stamp.digest, *_lay(body, how))
    lines = [FENCE, f"title: {frontmatter.scalar(title)}"]
    if labels is not None:
        lines.append(f"labels: {frontmatter.flow(labels)}")
    lines += [*frontmatter.block(stamp, laid.layout), FENCE, ""]
    return _encoded("\n".join(lines) + laid.written)


def lay_all(bodies: Iterable[tuple[str, str, Layout]]) -> list[Laid]:
    """Lay out bodies, which is most of what `render` does: the digest of each, body, and how."""
    return [Laid(whose, *_lay(body, how)) for whose, body, how in bodies]


def update(
    document: Document,
    stamp: Stamp,
    *,
    title: str | None = None,
    body: str | None = None,
    laid: str | None = None,
    labels: tuple[str, ...] | None = None,
    how: Layout = Layout.LINES,
) -> bytes:
    """The document's bytes with a new stamp and, where given, new title, body and labels.

    A value that the document has already is not touched, so that its writing stays the user's.
    `laid` is a body that is laid out in lines already, such as a merge's with its markers.
    """
    kept = document.layout
    edits: list[tuple[Span, str]] = []
    if laid is not None or (body is not None and digest("", body) != digest("", document.body)):
        if laid is not None:
            written, kept = _readable(laid, document.newline), Layout.LINES
        else:
            written, kept = _lay(_readable(body or "", document.newline), how)
        if not document.text.endswith("\n", 0, document.body_start):
            written = f"\n{written}"
        written = written.replace("\n", document.newline)
        edits.append((Span(document.body_start, len(document.text)), written))
    if title is not None and title != document.title:
        edits.append((document.spans["title"], f" {frontmatter.scalar(title)}"))
    lines = frontmatter.block(stamp, kept)
    if labels is not None and document.labels is None:
        lines.insert(0, f"labels: {frontmatter.flow(labels)}")
    elif labels is not None and labels != document.labels:
        edits.append((document.spans["labels"], f" {frontmatter.flow(labels)}"))
    block = document.newline.join(lines)
    if "confluence" in document.spans:
        edits.append((document.spans["confluence"], block))
    else:
        fence = document.text.rindex(FENCE, 0, document.body_start)
        edits.append((Span(fence, fence), block + document.newline))
    text = document.text
    for span, value in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + value + text[span.end :]
    return _encoded(text)


def outline(title: str, stamp: Stamp, labels: tuple[str, ...] | None) -> Document:
    """What there is to know of a document that says what its stamp says, without its text."""
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
    )


def conflict_line(document: Document, base_body: str | None) -> int:
    """The line in the file of the first conflict marker that the base lacks, or 0.

    Only a modified document can be conflicted: a page may be about git. A marker that stands more
    often than in the base counts too, and every one where no base is known.
    """
    text = document.text.replace("\r\n", "\n")
    if not document.modified or not _MARKER.search(text):
        return 0
    base = layout.lay((base_body or "").replace("\r\n", "\n"))
    known = Counter(_MARKER.findall(base))
    for found in _MARKER.finditer(text):
        known[found[0]] -= 1
        if known[found[0]] < 0:
            return text.count("\n", 0, found.start()) + 1
    return 0


def _readable(body: str, newline: str) -> str:
    """The body as a file with these line ends gives it back: one with CRLF has no other."""
    plain = body.replace("\r\n", "\n")
    return plain if newline == "\r\n" and digest("", plain) == digest("", body) else body


def _lay(body: str, how: Layout) -> tuple[str, Layout]:
    if how is Layout.LINES:
        written = layout.lay_surely(body)
        if written is not None:
            return written, Layout.LINES
    return body, Layout.RAW


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotUnicodeError("the server's text is not Unicode (a lone surrogate)") from None
