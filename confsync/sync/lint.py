"""What `check` finds in a document: what no Confluence takes, and what it will drop or rewrite.

Offline. Places are lines and columns in the file, from 1.
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
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.lint import Finding, Severity
from confsync.model.stamp import Stamp
from confsync.sync.preflight import flaws_of

if TYPE_CHECKING:
    from confsync.document.attachments.pointers import Pointer

# What Confluence writes itself, by its documentation and in real bodies.
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


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole mirror tells about one document.

    `titles` are the pages of each space that is mirrored as a whole, without case. `committed` are
    the stamps that documents have in git, where the cache does not know those that they have here.
    """

    space: str = ""
    titles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    committed: Mapping[str, Stamp] = field(default_factory=dict)


def findings_of(mirror: Mirror, entry: Entry, known: Known) -> Iterator[Finding]:
    """Everything that is to be said of one document, errors first."""
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


def gather_bases(mirror: Mirror, entries: Iterable[Entry]) -> None:
    """Look for the bases that `findings_of` needs of some documents, in one go."""
    stamps = [
        found.stamp
        for entry in entries
        if (found := entry.document) and found.stamp and found.modified and _needs_base(found)
    ]
    if stamps:
        from confsync.sync import merge_base as bases

        bases.gather(mirror, stamps)


def _needs_base(found: Document) -> bool:
    if conflict_line(found, None):
        return True
    return next(_oddities(found.text, found.body_start), None) is not None


def _stand_ins(mirror: Mirror, path: str, found: Document) -> Iterator[tuple[str, Pointer]]:
    """The attachments' files that a push would refuse, since they only stand for others."""
    patterns = mirror.config.attachments
    if not patterns:
        return
    from confsync.mirror import attachment_files as files

    attached = found.stamp.attachments if found.stamp else ()
    shown = attachments.shown(found.body) | set(found.listed)
    yield from files.stand_ins(mirror.root, path, attached, files.Wanted(shown, patterns))


def _missing(mirror: Mirror, path: str, found: Document) -> Iterator[tuple[int, str]]:
    """Where in the file an attachment is shown that is nowhere, and why."""
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
    """What is to be said of a folder file that cannot be read."""
    return Finding(error.path, error.line, 1, Severity.ERROR, "folder", error.problem)


def unknown_to_cache(mirror: Mirror, entries: Iterable[Entry]) -> dict[str, bytes]:
    """The documents of which the cache cannot say whether their stamps were edited: their bytes."""
    return {
        entry.path: entry.raw
        for entry in entries
        if entry.document
        and (stamp := entry.document.stamp)
        and (stamp.version, stamp.digest) not in mirror.bases.versions(stamp.id)
    }


def _stamp_trouble(mirror: Mirror, found: Document, committed: Stamp | None) -> str:
    """Why a stamp seems to have been edited by hand, by what cache and git know; else empty."""
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
        f"the stamp says v{stamp.version}, digest {stamp.digest}, but by its {which} it is the one "
        f"that git's HEAD has with v{committed.version}, digest {committed.digest}"
    )


def _news(mirror: Mirror, found: Document) -> Iterator[tuple[int, str, str]]:
    """The oddities that a push would send: what the server holds already, it keeps."""
    odd = list(_oddities(found.text, found.body_start)) if found.modified else []
    if not odd or found.stamp is None:
        return iter(odd)
    from confsync.sync import merge_base as bases

    base = bases.find_here(mirror, found.stamp)
    kept = {message for _, _, message in _oddities(base[1])} if base else set()
    return (one for one in odd if one[2] not in kept)


def _oddities(text: str, start: int = 0) -> Iterator[tuple[int, str, str]]:
    """Yield offset, code and message of what Confluence takes and does not keep."""
    yield from sorted((*_unknown(text, start), *_styles(text, start)))
    for offset in _outside_cdata(text, start):
        why = "text of a macro outside its CDATA section: ']]>' inside one is ']]]]><![CDATA[>'"
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
    """Yield where a macro's plain text has something beside its CDATA sections."""
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
            yield link.offset, "link", f"there is no page '{link.title}' in {space} here"


def _properties(style: str) -> Iterator[str]:
    for declaration in style.split(";"):
        name, colon, _ = declaration.partition(":")
        if colon:
            yield name.strip().lower()
