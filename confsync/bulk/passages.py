"""The passages of a body: what a reader sees, its code and its parameters, with their places. Pure.

A passage is text without a break: that of a paragraph, a cell or a heading, across the tags inside
of it. Like a browser, it has one blank for each run of white space, and none at its ends. In code,
parameters and link targets white space stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from confsync.bulk.passage import WHITE, Part, Passage, pieces
from confsync.diff.html_elements import MARKS, UNSEEN
from confsync.document.markup import Kind, Lexeme, Names, edges

# The copy of a new element for programs that do not know it. No reader sees it beside the original.
_COPY = "ac:adf-fallback"
_CODE = frozenset(
    ["pre", "ac:plain-text-body", *(name for name, mark in MARKS.items() if mark == "code")]
)
_PARAMS = frozenset(["ac:parameter", "ac:default-parameter", "ac:adf-attribute"])
# Elements whose content is no text of the page.
_REGIONS: dict[str, Part | None] = {
    **dict.fromkeys((*UNSEEN, "ac:task-status", "style", "script")),
    _COPY: Part.TEXT,
    **dict.fromkeys(_CODE, Part.CODE),
    **dict.fromkeys(_PARAMS, Part.PARAMS),
}
del _REGIONS["wbr"]  # has no content, and parts no word
# Elements within a line of text, which end no passage.
_INLINE = frozenset(MARKS) | {
    *("span", "ins", "font", "big", "small", "label", "abbr", "q", "a", "wbr"),
    *("ac:link", "ac:link-body", "ac:plain-text-link-body", "ac:inline-comment-marker"),
    *("ri:page", "ri:blog-post", "ri:attachment", "ri:user", "ri:url", "ri:space", "ri:shortcut"),
    *("ri:content-entity", "ac:adf-mark"),
}
# An element that is shown by its target if it has no text.
_LINK = "ac:link"
_SPECIAL = {_LINK, *_REGIONS}
TARGETS = {
    "a": ("href",),
    "ac:link": ("ac:anchor",),
    "ri:page": ("ri:content-title",),
    "ri:blog-post": ("ri:content-title",),
    "ri:url": ("ri:value",),
}
_EVERYTHING = frozenset(Part)
_FLOWING = frozenset([Part.TEXT, Part.LINKS])


def passages(
    source: str, start: int = 0, parts: frozenset[Part] = _EVERYTHING, *, copies: bool = False
) -> Iterator[Passage]:
    """Yield the passages of a body that belong to `parts` and are not empty, as they end.

    With `copies`, also yield those of the copies that new elements have for older programs.
    `source` is a body, or a document whose body starts at `start`.
    """
    state = _State(parts, copies=copies)
    names = Names(_INLINE, frozenset(_SPECIAL.union(state.targets)))
    # Blanks between tags are no text of a page, but they are code.
    joined = parts <= _FLOWING
    for stop, following, tag in edges(source, names, start, joined=joined):
        part, is_wanted = state.part, state.is_wanted
        if tag is None or state.takes(tag, source, start):
            if is_wanted and start < stop and (found := Passage(source, part, start, stop)).text:
                yield found
            start = following
        if tag is not None and tag.name in state.targets and tag.kind is not Kind.CLOSE:
            yield from _targets(source, tag)
    if state.is_wanted and (found := Passage(source, state.part, start, len(source))).text:
        yield found


class _State:
    """The place of the reader in a body: the part, and the elements that make it one."""

    def __init__(self, parts: frozenset[Part], *, copies: bool) -> None:
        self.targets = TARGETS if Part.LINKS in parts else {}
        self._parts = parts
        self._copies = copies
        # The end of the last tag of a link.
        self._link = 0
        # The open elements that begin a part, each with what was outside of it.
        self._outside: list[tuple[str, Part | None, bool]] = []
        self._opened: Counter[str] = Counter()
        self._enter(Part.TEXT, False)

    def takes(self, tag: Lexeme, source: str, start: int) -> bool:
        """Take a tag. Return whether it ends a passage that begins at `start`."""
        changes = tag.name in _SPECIAL and self._changes(tag)
        if tag.name != _LINK:
            return changes or tag.name not in _INLINE
        begin, self._link = max(start, self._link), tag.end
        if tag.kind is Kind.CLOSE:
            return not _has_text(source, begin, tag.start)
        return tag.kind is Kind.EMPTY

    def _changes(self, tag: Lexeme) -> bool:
        """Take a tag that may begin or end a part. Return whether the part changes."""
        before = self._inside, self._is_copy
        name = tag.name
        if tag.kind is Kind.CLOSE:
            if self._opened[name]:
                self._leave(name)
            return (self._inside, self._is_copy) != before
        if name not in _REGIONS:
            return False
        is_kept = name == _COPY or self._inside in (Part.PARAMS, None)
        after = self._inside if is_kept else _REGIONS[name], self._is_copy or name == _COPY
        if tag.kind is Kind.OPEN:
            self._outside.append((name, *before))
            self._opened[name] += 1
            self._enter(*after)
        return after != before

    def _leave(self, name: str) -> None:
        """Go out of the innermost element of a name, and of those inside of it."""
        while True:
            last, part, is_copy = self._outside.pop()
            self._opened[last] -= 1
            if last == name:
                self._enter(part, is_copy)
                return

    def _enter(self, part: Part | None, is_copy: bool) -> None:
        self._inside = part
        self._is_copy = is_copy
        self.is_wanted = part in self._parts and (self._copies or not is_copy)
        self.part = part or Part.TEXT


def _has_text(source: str, start: int, end: int) -> bool:
    """Return whether there is text between two tags."""
    return any(source[one.start : one.end].strip(WHITE) for one in pieces(source, start, end))


def _targets(source: str, tag: Lexeme) -> Iterator[Passage]:
    """Yield the targets of links in a tag's attributes."""
    for found in tag.attributes():
        if found.name in TARGETS[tag.name] and found.value:
            yield Passage(source, Part.LINKS, found.start, found.end)
