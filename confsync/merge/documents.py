"""The merge of two documents of one page: stamp, title, labels, text and a person's own keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from confsync.diff.line_merge import Markers
from confsync.diff.three_way import (
    MergedText,
    ThreeTexts,
    merge_bodies,
    merge_texts,
    merge_titles,
)
from confsync.document import document, layout
from confsync.document.document import MARKER_SIZE, Document, Fields
from confsync.errors import DocumentError
from confsync.merge.stamps import Base, Plan, Side, Sides, plan_of
from confsync.model.stamp import Layout, Stamp, folded, merged_labels

Labels = tuple[str, ...] | None


class Text(NamedTuple):
    """The title and the body of a page or a document."""

    title: str
    body: str

    @classmethod
    def of(cls, found: Document) -> Text:
        """Return the text of a document."""
        return cls(found.title, found.body)


@dataclass(frozen=True, slots=True)
class Witness:
    """The knowledge of a clone about its pages, without the server.

    `page` returns title and body of the page at a stamp, or None. `had` returns whether our
    branch had a document before. `landed` returns whether the page at a stamp has the text of a
    document, because that text was sent before.
    """

    page: Callable[[Stamp], tuple[str, str] | None]
    had: Callable[[Document], bool]
    landed: Callable[[Document, Stamp], bool]


class MergedDocument(NamedTuple):
    """The bytes of a merged document. `conflicted` says that it has conflict markers."""

    data: bytes
    conflicted: bool


class _Texts(NamedTuple):
    base: Text
    ours: Text
    theirs: Text


def merge(sides: Sides, witness: Witness, marker_size: int = MARKER_SIZE) -> MergedDocument | None:
    """Merge two documents of a page, or return None if it cannot be decided without a person.

    The merged stamp is never newer than the page that its text derives from. Raise FileError
    without git.
    """
    plan = plan_of(sides, witness.had)
    texts = _texts(sides, plan, witness) if plan else None
    if plan is None or texts is None:
        return None
    names = Markers(_name(Side.OURS, sides.ours), _name(Side.THEIRS, sides.theirs), marker_size)
    return _composed(sides, plan, texts, _labels(sides, plan, witness), names)


# -- the texts -------------------------------------------------------------------------------------


def _texts(sides: Sides, plan: Plan, witness: Witness) -> _Texts | None:
    """Return the three texts to merge, or None if the base is not known here."""
    ours, theirs = Text.of(sides.ours), Text.of(sides.theirs)
    if ours == theirs:
        return _Texts(ours, ours, ours)
    if plan.older is not None and _has_landed(sides.of(plan.older), plan.stamp, witness):
        newer = theirs if plan.older is Side.OURS else ours
        return _Texts(newer, newer, newer)
    base = _base(sides, plan, witness)
    return _Texts(base, ours, theirs) if base else None


def _has_landed(older: Document, stamp: Stamp, witness: Witness) -> bool:
    return older.modified and witness.landed(older, stamp)


def _base(sides: Sides, plan: Plan, witness: Witness) -> Text | None:
    """Return the text that both sides began with, or None if it is not known here."""
    ancestor = sides.ancestor
    if plan.base is Base.NONE:
        return None
    if plan.base is Base.ANCESTOR:
        return Text.of(ancestor) if ancestor else None
    page = _page(sides, plan.base, witness)
    own = ancestor.stamp if ancestor else None
    if page is None or ancestor is None or own is None or own.id != plan.base.id:
        return page
    if not ancestor.modified or witness.landed(ancestor, plan.base):
        return page
    # Both sides began with an edit that the page lacks. If a side dropped it, it stays dropped.
    began = _began(sides, own, plan.base, witness)
    if plan.older is not Side.OURS or witness.had(ancestor):
        return began
    # Our branch may have begun without the edit. Then the newer page brings it.
    return began if began and _includes(page, Text.of(sides.ours), began) else page


def _began(sides: Sides, own: Stamp, older: Stamp, witness: Witness) -> Text | None:
    """Return the older page with the ancestor's own edit, or None if that is not known."""
    edited, page = sides.ancestor, _page(sides, older, witness)
    if edited is None or page is None:
        return None
    if (own.version, own.digest) == (older.version, older.digest):
        return Text.of(edited)
    before = _page(sides, own, witness)
    return _moved(before, Text.of(edited), page) if before else None


def _includes(page: Text, ours: Text, began: Text) -> bool:
    """Return whether our text has an edit of a page already."""
    return _moved(page, began, ours) == ours


def _page(sides: Sides, stamp: Stamp, witness: Witness) -> Text | None:
    """Return the page at a stamp: from a document that equals it, or from elsewhere."""
    for found in (sides.ancestor, sides.ours, sides.theirs):
        same = found is not None and found.stamp is not None and found.stamp.id == stamp.id
        if found is not None and same and found.digest == stamp.digest:
            return Text.of(found)
    known = witness.page(stamp)
    return Text(*known) if known else None


def _moved(before: Text, edited: Text, page: Text) -> Text | None:
    """Return a page with an edit that was made to an earlier version, or None if they conflict."""
    title = merge_titles(ThreeTexts(before.title, edited.title, page.title))
    laid = ThreeTexts(*(layout.lay(text.body) for text in (before, edited, page)))
    body = merge_bodies(laid, Markers("edit", "page"))
    if title is None or body.conflicted:
        return None
    return Text(title, layout.unlay(body.text))


# -- labels ----------------------------------------------------------------------------------------


def _labels(sides: Sides, plan: Plan, witness: Witness) -> Labels:
    """Return the labels after a merge, or None if each side keeps its line."""
    ours, theirs = sides.ours.labels, sides.theirs.labels
    if ours is None or theirs is None or ours == theirs:
        return None
    base = _base_labels(sides, plan, witness)
    mine, yours = _folded(ours), _folded(theirs)
    merged = merged_labels(base, mine, yours)
    for given, labels in ((mine, ours), (yours, theirs)):
        if merged == given:
            return labels
    return tuple(sorted(merged))


def _base_labels(sides: Sides, plan: Plan, witness: Witness) -> frozenset[str]:
    """Return the labels that both sides began with, with an edit of the ancestor's own."""
    ancestor = sides.ancestor
    had = _folded(ancestor.labels if ancestor else None)
    if plan.base is Base.NONE:
        return frozenset()
    if plan.base is Base.ANCESTOR:
        return had
    if ancestor is None or (plan.older is Side.OURS and not witness.had(ancestor)):
        return _folded(plan.base.labels)
    before = _folded(ancestor.stamp.labels if ancestor.stamp else None)
    return (_folded(plan.base.labels) | (had - before)) - (before - had)


def _folded(labels: Labels) -> frozenset[str]:
    return folded(labels) or frozenset()


# -- the document ----------------------------------------------------------------------------------


def _composed(
    sides: Sides, plan: Plan, texts: _Texts, labels: Labels, names: Markers
) -> MergedDocument | None:
    """Return the merged document, or None if the merged bytes say something else."""
    body, how = _body(sides, texts, names)
    title = merge_titles(ThreeTexts(*(text.title for text in texts)))
    head = _Head(plan.stamp, title, labels, how)
    front = head.merged(sides, names)
    if not front.conflicted and not head.fits(_joined(front, body, sides.ours.newline)):
        # The lines of both sides are not valid together, such as the same key twice.
        front = head.merged(sides, names, apart=True)
        if not front.conflicted:
            return None
    data = _joined(front, body, sides.ours.newline)
    return MergedDocument(data, front.conflicted or body.conflicted)


def _name(side: Side, found: Document) -> str:
    """Return the words at a conflict marker."""
    return f"{side.value}, v{found.stamp.version}" if found.stamp else f"{side.value}, a new page"


def _joined(front: MergedText, body: MergedText, newline: str) -> bytes:
    text = front.text + body.text
    if newline != "\n":
        text = text.replace("\r\n", "\n").replace("\n", newline)
    return text.encode()


def _body(sides: Sides, texts: _Texts, names: Markers) -> tuple[MergedText, Layout]:
    """Return the merged body as a file has it, and its layout."""
    laid = [layout.lay_surely(text.body) for text in texts]
    if None in laid:
        return merge_bodies(ThreeTexts(*(text.body for text in texts)), names), Layout.RAW
    merged = merge_bodies(ThreeTexts(*(body or "" for body in laid)), names)
    raw = sides.ours.layout is Layout.RAW and sides.theirs.layout is Layout.RAW
    if raw and not merged.conflicted:
        return merged._replace(text=layout.unlay(merged.text)), Layout.RAW
    return merged, Layout.LINES


class _Head(NamedTuple):
    """The values of the merged front matter. `title` and `labels` are None if each side keeps its.

    All other lines belong to people, and merge by lines.
    """

    stamp: Stamp
    title: str | None
    labels: Labels
    how: Layout

    def merged(self, sides: Sides, names: Markers, *, apart: bool = False) -> MergedText:
        """Return the merged front matter. With `apart`, all lines that differ are in a conflict."""
        ours, theirs = self._lines_of(sides.ours), self._lines_of(sides.theirs)
        if apart:
            return merge_texts(ThreeTexts("", ours, theirs), names)
        began = sides.ancestor or self._plain(sides.ours)
        return merge_texts(ThreeTexts(self._lines_of(began), ours, theirs), names)

    def _plain(self, found: Document) -> Document:
        """Return a document that has none of a person's own lines."""
        title = self.title or found.title
        return document.parse(document.render(title, "", self.stamp, labels=self.labels), "")

    def _lines_of(self, found: Document) -> str:
        """Return a document's front matter with the merged values, and LF at the ends of lines."""
        fields = Fields(title=self.title, labels=self.labels)
        text = document.update(found._replace(layout=self.how), self.stamp, fields).decode()
        front = text[: len(text) - (len(found.text) - found.body_start)].replace("\r\n", "\n")
        return front if front.endswith("\n") else f"{front}\n"

    def fits(self, data: bytes) -> bool:
        """Return whether a document has the merged values."""
        try:
            found = document.parse(data, "")
        except DocumentError:
            return False
        values = self.title in (None, found.title) and self.labels in (None, found.labels)
        return values and (found.stamp, found.layout) == (self.stamp, self.how)
