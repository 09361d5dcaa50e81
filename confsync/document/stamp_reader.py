"""A fast reader for the stamp of a document. It reads thousands of old documents.

The parser of front matter decides. The fast pattern accepts only lines that the parser surely
accepts, and is thirty times as fast.
"""

from __future__ import annotations

import re

from confsync.document import frontmatter
from confsync.document.attachments.names import is_safe
from confsync.document.frontmatter_fast import PLAIN_TITLE
from confsync.document.paths import folded, is_day
from confsync.errors import DocumentError
from confsync.model.stamp import ATTACHMENT_ID, DIGEST_LENGTH, ID, VERSION, Attached, Stamp

# Bytes. The search for the end of the front matter stops here.
MOST = 1 << 20

# A line that only documents have, or the beginning of a body without front matter.
_OWN = re.compile(rb"^(?:title|labels|confluence)[ \t]*:|\A\s*(?:<|\Z)", re.MULTILINE)
_END = re.compile(rb"\n---[ \t]*\r?(?:\n|\Z)")
_BOM = "\ufeff".encode()
# Characters that mean nothing to YAML inside a double-quoted value or a comment.
_SHOWN = r"[^\"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
_WORDS = r"[A-Za-z][\w-]*(?:, [A-Za-z][\w-]*)*"
_LINE = (
    rf"(?:title: (?:{PLAIN_TITLE}|\"\w{_SHOWN}*\")"
    rf"|labels: \[(?:{_WORDS})?\]"
    r"|(?!title|labels|confluence|attachments)[A-Za-z][A-Za-z0-9_-]*: [A-Za-z][\w ./-]*"
    rf"|\#{_SHOWN}*)\n"
)
_DIGEST = rf"[0-9a-f]{{{DIGEST_LENGTH}}}"
_FILE = (
    rf"    \"(\w[\w. -]*)\": \{{(?:id: \"({ATTACHMENT_ID})\", )?"
    rf"version: ({VERSION}), digest: ({_DIGEST})\}}\n"
)
_PLAIN = re.compile(
    rf"---\n((?:{_LINE})*)confluence:\n"
    rf"  id: \"(?P<id>{ID})\"\n  version: (?P<version>{VERSION})\n"
    rf"  digest: (?P<digest>{_DIGEST})\n"
    rf"(?:  parent: (?:null|\"(?P<parent>{ID})\")\n(?P<top>  place: top\n)?"
    r"|  blogpost: \"(?P<posted>[0-9]{4}-[0-9]{2}-[0-9]{2})\"\n)"
    r"(?P<renamed>  name: outdated\n)?"
    rf"(?P<labels>  labels: \[(?:{_WORDS})?\]\n)?"
    rf"(?:  attachments:\n(?P<files>(?:{_FILE})+))?"
    rf"(?:  layout: raw\n)?((?:{_LINE})*)---\n?"
)
_KEY = re.compile(r"^([A-Za-z][A-Za-z0-9_-]*):", re.MULTILINE)
_FILES = re.compile(_FILE)


def stamp_in(raw: bytes) -> Stamp | None:
    """Return the stamp of a document; `raw` has at least the front matter.

    Return None if there is no stamp or the front matter is invalid. The body is not checked.
    """
    if b"confluence" not in raw:
        return None
    end = _END.search(raw)
    try:
        text = raw[: end.end() if end else len(raw)].removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return None
    return _plain(text.replace("\r\n", "\n")) or _parsed(text)


def is_text(raw: bytes) -> bool:
    """Return whether a document's content is readable text, valid or not.

    Return False if git stores the document through a filter: encrypted, compressed or as a pointer.
    """
    end = _END.search(raw)
    return _OWN.search(raw[: end.end() if end else MOST].removeprefix(_BOM)) is not None


def _plain(text: str) -> Stamp | None:
    """Return the stamp in front matter of plain lines, or None if the parser must decide."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    keys = _KEY.findall(text)
    posted, files = found["posted"], _FILES.findall(found["files"] or "")
    names = {folded(name) for name, *_ in files}
    good = "title" in keys and len(set(keys)) == len(keys) and len(names) == len(files)
    if not good or not all(is_safe(name) for name, *_ in files):
        return None
    if posted and not is_day(posted):
        return None
    return Stamp(
        found["id"],
        int(found["version"]),
        found["digest"],
        found["parent"],
        _listed(found["labels"]),
        found["top"] is not None,
        tuple(sorted((_attached(*one) for one in files), key=lambda one: one.name)),
        found["renamed"] is not None,
        posted,
    )


def _listed(line: str | None) -> tuple[str, ...] | None:
    if line is None:
        return None
    inside = line.partition("[")[2].partition("]")[0]
    return tuple(inside.split(", ")) if inside else ()


def _attached(name: str, number: str, version: str, digest: str) -> Attached:
    return Attached(name, int(version), digest, name, number)


def _parsed(text: str) -> Stamp | None:
    """Return the stamp as the parser reads it, or None if the parser refuses the front matter."""
    from confsync.document.frontmatter_yaml import FrontMatter

    try:
        start, end, _ = frontmatter.split(text, "")
        front = FrontMatter("", text, start, end)
        for check in (front.title, front.labels, front.listed):
            check()
        found = front.stamp()
    except DocumentError:
        return None
    return found[0] if found else None
