"""A fast reader for front matter that is exactly as confsync writes it, or has only a title.

It reads most documents of a space and most new ones, forty times as fast as the YAML parser. The
parser gives the same result and reads all other front matter.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from confsync.document.frontmatter import Span
from confsync.model.stamp import DIGEST_LENGTH, ID, VERSION, Stamp

# A title in which no character means anything to YAML, and front matter without optional keys.
PLAIN_TITLE = r"\w(?:[\w .,;!?/()+&'\"=@%$^*-]*[\w.!?)])?"
_PLAIN = re.compile(
    rf"---\ntitle: ({PLAIN_TITLE})\n"
    rf'(?:confluence:\n  id: "({ID})"\n  version: ({VERSION})\n'
    rf"  digest: ([0-9a-f]{{{DIGEST_LENGTH}}})\n"
    rf'  parent: (?:null|"({ID})")\n)?---\n'
)


class PlainFrontMatter(NamedTuple):
    """Front matter that needs no YAML parser: its values, and where the body starts.

    `stamp` is None for a new document.
    """

    title: str
    stamp: Stamp | None
    spans: dict[str, Span]
    body_start: int


def front_matter(text: str) -> PlainFrontMatter | None:
    """Return the front matter if it is as confsync writes it or has only a title, else None."""
    found = _PLAIN.match(text)
    if found is None:
        return None
    title, page_id, version, digest, parent = found.groups()
    start, end = found.span(1)
    spans = {"title": Span(start - 1, end)}
    if page_id is None:
        return PlainFrontMatter(title, None, spans, found.end())
    spans["confluence"] = Span(end + 1, found.end() - len("\n---\n"))
    return PlainFrontMatter(title, Stamp(page_id, int(version), digest, parent), spans, found.end())
