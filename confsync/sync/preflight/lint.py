"""The findings of `check`: what Confluence refuses in a document, and what it drops or rewrites.

This module works offline. Places are lines and columns in the file, from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from confsync.document.attachments import names as attachments
from confsync.document.document import Document, conflict_line
from confsync.document.links import links
from confsync.document.markup import Kind, lexemes, tags
from confsync.errors import DocumentError, PointerError
from confsync.mirror.entry import Entry, read
from confsync.mirror.mirror import Mirror
from confsync.model.lint import Finding, Severity
from confsync.model.stamp import Stamp
from confsync.sync.preflight.places import in_words, unfit_name
from confsync.sync.preflight.text import Flaw, flaws_of
from confsync.sync.threads import dropped

if TYPE_CHECKING:
    from pathlib import Path

    from confsync.document.attachments.pointers import Pointer

# The elements that Confluence writes, by its documentation and in real bodies.
_AC = (
    "structured-macro parameter rich-text-body plain-text-body link link-body macro image caption "
    "plain-text-link-body emoticon layout layout-section layout-cell task-list task task-id "
    "task-uuid task-status task-body inline-comment-marker placeholder default-parameter "
    "adf-extension adf-node adf-attribute adf-content adf-fallback adf-mark adf-leaf adf-parameter "
    "adf-parameter-value adf-fragment-mark adf-fragment-mark-detail"
)
_RI = "page blog-post attachment url user space shortcut content-entity"
KNOWN = frozenset([f"ac:{n}" for n in _AC.split()] + [f"ri:{n}" for n in _RI.split()])
_KEPT = (
    "text-align width min-width height color background-color background border-color border-width "
    "margin-left margin-right margin-top margin-bottom padding-left vertical-align line-height "
    "list-style-type font-size font-weight font-style text-decoration display letter-spacing "
    "page-break-after page-break-before page-break-inside"
)
STYLES = frozenset(_KEPT.split())
_PLAIN_TEXT = "ac:plain-text-body"
_NOT_IN_LABELS = ",:;!?#&()^*@[]"
_ASTRAY = "its directory belongs to no page; 'confsync pull' puts it back"


@dataclass(frozen=True, slots=True)
class Known:
    """Facts of the whole mirror about one document.

    `titles` are the pages of each completely mirrored space, in case-folded form. `committed` are
    the stamps in git for documents whose own stamps are not in the cache.
    `refused` has the flaws of edited documents by their places and titles. `astray` are the
    documents in directories of no page, although their pages' parents have documents. With
    `drop_comments`, a text may drop open comments.
    """

    space: str = ""
    titles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    committed: Mapping[str, Stamp] = field(default_factory=dict)
    refused: Mapping[str, Flaw] = field(default_factory=dict)
    astray: frozenset[str] = frozenset()
    drop_comments: bool = False


def findings_of(mirror: Mirror, entry: Entry, known: Known) -> Iterator[Finding]:
    """Yield all findings of one document, errors first."""
    if entry.error:
        error = entry.error
        problem = (
            f"{error.problem}: {error.hint}" if isinstance(error, PointerError) else error.problem
        )
        yield Finding(entry.path, error.line, 1, Severity.ERROR, "document", problem)
        return
    found = entry.document
    if found is None:
        return
    for flaw in flaws_of(mirror, found):
        place = (entry.path, flaw.line, flaw.column)
        severity = Severity.WARNING if flaw.doubt else Severity.ERROR
        yield Finding(*place, severity, flaw.code, flaw.message)
    if refused := known.refused.get(entry.path):
        said = in_words(refused, entry.path)
        place = (entry.path, refused.line, refused.column)
        yield Finding(*place, Severity.ERROR, refused.code, said)
    elif found.stamp and (why := unfit_name(entry.path)):
        yield Finding(entry.path, 1, 1, Severity.WARNING, "windows-name", why)
    if entry.path in known.astray:
        yield Finding(entry.path, 1, 1, Severity.WARNING, "astray", _ASTRAY)
    if not known.drop_comments:
        yield from dropped.findings(mirror, entry.path, found)
    yield from _unfit_labels(mirror, entry.path, found)
    stamp = _stamp_trouble(mirror, found, known.committed.get(entry.path))
    if stamp:
        line = found.text.count("\n", 0, found.spans["confluence"].start) + 1
        yield Finding(entry.path, line, 1, Severity.WARNING, "stamp", stamp)
    for offset, code, message in (*_news(mirror, found), *_dead_links(found, known)):
        line, column = found.place(offset)
        yield Finding(entry.path, line, column, Severity.WARNING, code, message)
    for path, pointer in _stand_ins(mirror, entry.path, found):
        why = f"{pointer.what}: {pointer.hint(path)}"
        yield Finding(path, 1, 1, Severity.ERROR, "pointer", why)
    for offset, why in _missing(mirror, entry.path, found):
        line, column = found.place(offset)
        yield Finding(entry.path, line, column, Severity.WARNING, "attachment", why)


def _unfit_labels(mirror: Mirror, path: str, found: Document) -> Iterator[Finding]:
    """Yield a finding for each label that a push would add, and that Confluence refuses."""
    known = (found.stamp.labels if found.stamp else None) or ()
    for label in (found.labels or ()) if mirror.config.labels else ():
        if label not in known and any(c.isspace() or c in _NOT_IN_LABELS for c in label):
            line = found.text.count("\n", 0, found.spans["labels"].start) + 1
            why = f"Confluence refuses the label '{label}': no blanks, and none of {_NOT_IN_LABELS}"
            yield Finding(path, line, 1, Severity.WARNING, "label", why)


def gather_bases(mirror: Mirror, entries: Iterable[Entry]) -> None:
    """Look up the bases that `findings_of` needs, in one pass."""
    stamps = [
        found.stamp
        for entry in entries
        if (found := entry.document)
        and found.stamp
        and found.modified
        and _needs_base(mirror, entry.path, found)
    ]
    if stamps:
        from confsync.sync import merge_base as bases

        bases.gather(mirror, stamps)


def _needs_base(mirror: Mirror, path: str, found: Document) -> bool:
    if conflict_line(found, None) or dropped.needs_base(mirror, path, found):
        return True
    return next(_oddities(found.text, found.body_start), None) is not None


def _stand_ins(mirror: Mirror, path: str, found: Document) -> Iterator[tuple[str, Pointer]]:
    """Yield the pointer files that a push would refuse as attachments."""
    patterns = mirror.config.attachments
    if not patterns:
        return
    from confsync.mirror import attachment_files as files

    attached = found.stamp.attachments if found.stamp else ()
    shown = attachments.shown(found.body) | set(found.listed)
    yield from files.stand_ins(mirror.root, path, attached, files.Wanted(shown, patterns))


def _missing(mirror: Mirror, path: str, found: Document) -> Iterator[tuple[int, str]]:
    """Yield the offset and the message of each shown attachment that does not exist."""
    patterns = mirror.config.attachments
    if not patterns:
        return
    from confsync.mirror import attachment_files as files

    attached = found.stamp.attachments if found.stamp else ()
    known = files.names(mirror.root, path, attached) | {one.name for one in attached}
    known |= files.links(mirror.root, path, attached).keys()
    unfit = files.unfit(mirror.root, path, attached)
    for offset, name in attachments.places(found.text, found.body_start):
        if name in known or not attachments.managed(name, patterns):
            continue
        if name in unfit:
            yield offset, f"attachment '{name}': {files.MISNAMED}"
        else:
            yield offset, f"there is no attachment '{name}', here or on the page as it was pulled"


def broken_folder(error: DocumentError) -> Finding:
    """Return the finding for a folder file that cannot be read."""
    return Finding(error.path, error.line, 1, Severity.ERROR, "folder", error.problem)


class _OnDisk(Mapping[str, bytes]):
    """The bytes of documents by path. One without its bytes is read when it is needed."""

    def __init__(self, root: Path, entries: Iterable[Entry]) -> None:
        self._root = root
        self._entries = {entry.path: entry for entry in entries}

    def __getitem__(self, path: str) -> bytes:
        return self._entries[path].raw or read(self._root, path).raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def unknown_to_cache(mirror: Mirror, entries: Iterable[Entry]) -> Mapping[str, bytes]:
    """Return the bytes of documents whose stamps are not in the cache."""
    unknown = (
        entry
        for entry in entries
        if entry.document
        and (stamp := entry.document.stamp)
        and (stamp.version, stamp.digest) not in mirror.bases.versions(stamp.id)
    )
    return _OnDisk(mirror.root, unknown)


def _stamp_trouble(mirror: Mirror, found: Document, committed: Stamp | None) -> str:
    """Return why a stamp seems edited by hand, according to cache and git, else an empty text."""
    stamp = found.stamp
    if stamp is None:
        return ""
    known = mirror.bases.versions(stamp.id)
    of_digest = {version for version, digest in known if digest == stamp.digest}
    if of_digest and stamp.version not in of_digest:
        named = ", ".join(f"v{version}" for version in sorted(of_digest))
        return f"the stamp says v{stamp.version}, but its digest is that of {named}"
    if of_digest or committed is None or committed.id != stamp.id:
        return ""
    if (committed.digest == stamp.digest) == (committed.version == stamp.version):
        return ""
    which = "digest" if committed.digest == stamp.digest else "version"
    return (
        f"the stamp says v{stamp.version}, digest {stamp.digest}, but git's HEAD has the same "
        f"{which} with v{committed.version}, digest {committed.digest}"
    )


def _news(mirror: Mirror, found: Document) -> Iterator[tuple[int, str, str]]:
    """Return the oddities that a push would add to the page. The server's own oddities stay."""
    odd = list(_oddities(found.text, found.body_start)) if found.modified else []
    if not odd or found.stamp is None:
        return iter(odd)
    from confsync.sync import merge_base as bases

    base = bases.find_here(mirror, found.stamp)
    kept = {message for _, _, message in _oddities(base[1])} if base else set()
    return (one for one in odd if one[2] not in kept)


def _oddities(text: str, start: int = 0) -> Iterator[tuple[int, str, str]]:
    """Yield offset, code and message of markup that Confluence accepts and does not keep."""
    yield from sorted((*_unknown(text, start), *_styles(text, start)))
    for offset in _outside_cdata(text, start):
        why = "text outside the macro's CDATA section; inside it, write ']]>' as ']]]]><![CDATA[>'"
        yield offset, "cdata", why


def _unknown(text: str, start: int) -> Iterator[tuple[int, str, str]]:
    for prefix in ("ac:", "ri:"):
        for tag in tags(text, start, named=prefix):
            if tag.kind is not Kind.CLOSE and tag.name not in KNOWN:
                yield tag.start, "unknown-element", f"<{tag.name}> is unknown to Confluence"


def _styles(text: str, start: int) -> Iterator[tuple[int, str, str]]:
    if text.find("style", start) < 0:
        return
    for tag in tags(text, start, holding="style"):
        for attribute in tag.attributes():
            if attribute.name == "style":
                for name in _properties(attribute.value):
                    if name not in STYLES:
                        why = f"Confluence drops '{name}' from a style"
                        yield attribute.start, "style", why


def _outside_cdata(text: str, start: int) -> Iterator[int]:
    """Yield the offset of text beside the CDATA sections of a macro's plain-text body."""
    opened = 0
    for tag in tags(text, start, named=_PLAIN_TEXT):
        if tag.kind is Kind.CLOSE and opened:
            inside = text[opened : tag.start]
            found = tuple(lexemes(inside))
            beside = [one for one in found if one.kind is not Kind.CDATA]
            beside = [one for one in beside if inside[one.start : one.end].strip()]
            if beside and any(one.kind is Kind.CDATA for one in found):
                yield opened + beside[0].start
        opened = tag.end if tag.kind is Kind.OPEN else 0


def _dead_links(found: Document, known: Known) -> Iterator[tuple[int, str, str]]:
    for link in links(found.text, found.body_start):
        space = link.space or known.space
        titles = known.titles.get(space)
        if titles is not None and not link.post and link.title.casefold() not in titles:
            yield link.offset, "link", f"this mirror has no page '{link.title}' in {space}"


def _properties(style: str) -> Iterator[str]:
    for declaration in style.split(";"):
        name, colon, _ = declaration.partition(":")
        if colon:
            yield name.strip().lower()
