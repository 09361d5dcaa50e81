"""One page of a server with its versions, and documents that rest on them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from confsync.document import document, layout
from confsync.document.document import Document
from confsync.merge.documents import MergedDocument, Witness, merge
from confsync.merge.stamps import Sides
from confsync.model.stamp import Attached, Stamp, digest


def body_of(lines: str) -> str:
    """Return the body whose paragraphs are the words of a text."""
    return "".join(f"<p>{line}</p>" for line in lines.split())


@dataclass(frozen=True)
class PageHistory:
    """The versions of a page: the first is version 1. Each text is the words of its paragraphs."""

    versions: tuple[str, ...]
    title: str = "Guide"
    id: str = "7"

    def text(self, version: int) -> tuple[str, str]:
        return self.title, body_of(self.versions[version - 1])

    def stamp(self, version: int, *files: Attached) -> Stamp:
        return Stamp(self.id, version, digest(*self.text(version)), "1", attachments=files)

    def document(self, version: int, lines: str | None = None, own: str = "") -> Document:
        """Return a document at a version, its text edited to `lines`, with `own` front matter."""
        return self.stamped(self.stamp(version), lines, own)

    def stamped(self, stamp: Stamp, lines: str | None = None, own: str = "") -> Document:
        title, body = self.text(stamp.version)
        edited = body if lines is None else body_of(lines)
        return with_own(document.render(title, edited, stamp), own)

    def new(self, lines: str) -> Document:
        """Return a document without a stamp."""
        front = f"---\ntitle: {self.title}\n---\n"
        return document.parse((front + layout.lay(body_of(lines))).encode(), "")

    def page(self, stamp: Stamp) -> tuple[str, str] | None:
        """Answer as the cache does: with the page at a stamp."""
        known = {self.stamp(number).digest: number for number in range(1, len(self.versions) + 1)}
        number = known.get(stamp.digest)
        return None if number is None else self.text(number)

    def witness(self, *, had: bool = True) -> Witness:
        return Witness(self.page, lambda _: had, lambda *_: False)


def with_own(raw: bytes, own: str) -> Document:
    """Return a document with a person's own lines below its title."""
    first, title, rest = raw.decode().split("\n", 2)
    return document.parse(f"{first}\n{title}\n{own}{rest}".encode(), "")


def merged(witness: Witness, *sides: Document | None) -> MergedDocument:
    """Return the merge of ancestor, ours and theirs."""
    found = merge(sides_of(*sides), witness)
    assert found is not None
    return found


def sides_of(*sides: Document | None) -> Sides:
    ancestor, ours, theirs = sides
    assert ours is not None and theirs is not None
    return Sides(ancestor, ours, theirs)


def told(found: MergedDocument | None) -> str:
    """Tell what a merge made: version and words, or that a person must decide."""
    if found is None:
        return "undecided"
    if found.conflicted:
        return "conflict"
    parsed = document.parse(found.data, "")
    words = parsed.body.replace("<p>", "").replace("</p>", " ").split()
    version = f"v{parsed.stamp.version}" if parsed.stamp else "new"
    return " ".join((version, *words))


def without_digest(stamp: Stamp) -> Stamp:
    """Return the stamp of a page that no one has."""
    return replace(stamp, digest="0" * 32)
