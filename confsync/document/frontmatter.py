"""Front matter: how confsync writes it, and where it stands in a document's text.

Every YAML reader reads the written values back unchanged. `frontmatter_yaml` reads front matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from confsync.errors import DocumentError
from confsync.model.stamp import Layout, Stamp

FENCE = "---"
BOM = "\ufeff"
TOP = "top"
OUTDATED = "outdated"

# YAML allows keys of 1,024 characters; a longer key needs the explicit '?' form.
_LONG_KEY = 900
# Texts that YAML surely reads as plain strings. Other texts are tried first.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*|[1-9][0-9a-f]*[a-f][0-9a-f]*")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_MAX_NESTED = 50
_BARE_HINT = "a document starts with the lines '---', 'title: …' and '---'"

# The settings of a document without lines of settings.
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Span(NamedTuple):
    """A half-open range of characters in a document's text."""

    start: int
    end: int


def split(text: str, path: str) -> tuple[int, int, int]:
    """Return the offsets of the front matter's start and end, and of the body's start."""
    start = len(BOM) if text.startswith(BOM) else 0
    first_end = text.find("\n", start)
    if first_end < 0 or text[start:first_end].rstrip() != FENCE:
        problem = "no front matter: the first line must be '---'"
        raise DocumentError(path, 1, problem, hint=_BARE_HINT)
    front = first_end + 1
    for line_start, line_end in _lines(text, front):
        if text.startswith(FENCE, line_start) and text[line_start:line_end].rstrip() == FENCE:
            return front, line_start, min(line_end + 1, len(text))
    raise DocumentError(path, 1, "the front matter has no closing '---' line", hint=_BARE_HINT)


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the lines from `start`, split at LF alone: U+2028 and U+0085 are text."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def is_title(text: str) -> bool:
    """Return whether a document can have this title: one line that is not blank."""
    return bool(text.strip(" \t\r\n")) and "\n" not in text  # a page can be titled U+00A0


def block(stamp: Stamp, layout: Layout) -> list[str]:
    """Return the lines of the ``confluence:`` block."""
    lines = [
        "confluence:",
        f'  id: "{stamp.id}"',
        f"  version: {stamp.version}",
        f"  digest: {scalar(stamp.digest)}",
    ]
    if stamp.posted is not None:
        lines.append(f"  blogpost: {double_quoted(stamp.posted)}")
    else:
        lines.append("  parent: null" if stamp.parent is None else f'  parent: "{stamp.parent}"')
    if stamp.top:
        lines.append(f"  place: {TOP}")
    if stamp.renamed:
        lines.append(f"  name: {OUTDATED}")
    if stamp.labels is not None:
        lines.append(f"  labels: {flow(stamp.labels)}")
    if stamp.attachments:
        lines.append("  attachments:")
        for one in stamp.attachments:
            key = double_quoted(one.name)
            file = f", file: {double_quoted(one.file)}" if one.file != one.name else ""
            number = f'id: "{one.id}", ' if one.id else ""
            value = f"{{{number}version: {one.version}, digest: {scalar(one.digest)}{file}}}"
            long = len(key) > _LONG_KEY
            lines += [f"    ? {key}", f"    : {value}"] if long else [f"    {key}: {value}"]
    if stamp.properties:
        lines.append("  properties:")
        for held in stamp.properties:
            value = f"{{version: {held.version}, digest: {scalar(held.digest)}}}"
            lines.append(f"    {double_quoted(held.key)}: {value}")
    if layout is Layout.RAW:
        lines.append("  layout: raw")
    return lines


def scalar(text: str) -> str:
    """Return a value as YAML: plain if it reads back the same, else double-quoted."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return text if _reads_back(f"k: {text}", text) else double_quoted(text)


def flow(items: tuple[str, ...]) -> str:
    """Return a YAML list on one line."""
    return f"[{', '.join(i if _reads_back(f'k: [{i}]', [i]) else double_quoted(i) for i in items)}]"


@cache
def loader() -> type:
    """Return YAML's safe loader: the C version if there is one.

    The import takes some milliseconds, and plain text does not need it.
    """
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _reads_back(source: str, value: object) -> bool:
    """Return whether any YAML reader reads `source` as `value`."""
    import yaml

    if source.count("[") + source.count("{") > _MAX_NESTED:  # nested lists overflow the stack
        return False
    try:
        return bool(yaml.load(source, Loader=loader()) == {"k": value})  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValueError):
        return False


def double_quoted(text: str) -> str:
    """Return text as a double-quoted YAML value on one line."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumped: str = yaml.dump(
        text, Dumper=dumper, default_style='"', allow_unicode=True, width=2**31 - 1
    )
    return dumped.removesuffix("\n")
