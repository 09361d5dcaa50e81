r"""The layout: a storage body as lines, and back, without losing a byte.

Most bodies are one enormous line. `lay` adds one ``\n`` after each closing or empty block-level
tag that is followed by ``(\r?\n)*<``, outside CDATA, comments and ``<pre>``, and one at the end;
`unlay` removes exactly those. For every string, well-formed or not, ``unlay(lay(body)) == body``:
a newline is only ever added between a ``>`` and a run of line ends before a ``<``, where no lexeme
of the pattern can begin or end, so both directions see the same lexemes. CRLF counts as a line end
so that git or an editor, changing all of a file's, changes the body's and nothing else.

The list of block-level tags is frozen. Changing it changes how existing files are read, and
needs a new layout number in the stamp.
"""

from __future__ import annotations

import re
from functools import cache

_BLOCK = (
    r"p|t(?:d|r|h(?:ead)?|able|body|foot)|li|h[1-6r]|ul|ol|d[ltd]|div|col(?:group)?|blockquote|pre"
    r"|ac:(?:structured-macro|parameter|rich-text-body|plain-text-body"
    r"|layout(?:-section|-cell)?|task(?:-list|-id|-uuid|-status|-body)?)"
)
# Regions run to the end of the text when nothing closes them. Atomic groups keep every alternative
# from giving back what it read, so that hostile input costs linear time.
_PRE = r"pre(?:\s[^<>]*)?(?<!/)>(?>.*?(?:</pre>|\Z))"
_SKIP = rf"!(?:--(?>.*?(?:-->|\Z))|\[CDATA\[(?>.*?(?:\]\]>|\Z)))|{_PRE}"
_TAG = rf"(?>/(?:{_BLOCK})>|{_PRE}|(?:{_BLOCK})(?:/>|\s[^<>]*/>))"

# A split gives what stands between two lexemes, a tag that ends a block, and a region, alternately.
# The "<" of both stands before the groups: a pattern that begins with a letter is searched for
# almost three times as fast as one that begins with a choice.
_LAY = rf"<(?>({_TAG})(?=(?:\r?\n)*<)|({_SKIP}))"
_UNLAY = re.compile(rf"<(?>({_TAG})\n(?=(?:\r?\n)*<)|({_SKIP}))", re.DOTALL)


@cache
def _laying() -> re.Pattern[str]:
    """Compiled when it is needed: who only reads documents waits a millisecond less."""
    return re.compile(_LAY, re.DOTALL)


def lay(body: str) -> str:
    """The body laid out in lines, with a newline at the end."""
    return _joined(_laying().split(body), "\n") + "\n"


def unlay(text: str) -> str:
    """The body of a laid-out text. A missing last newline (some editors) loses nothing."""
    return _joined(_UNLAY.split(text.removesuffix("\n")), "")


def lay_surely(body: str) -> str | None:
    """What `lay` makes of a body, after making sure that `unlay` gives it back; None if not.

    It is enough that both directions find the same parts: a body is nothing else.
    """
    parts = _laying().split(body)
    text = _joined(parts, "\n")
    return f"{text}\n" if _UNLAY.split(text) == parts else None


def _joined(parts: list[str], end: str) -> str:
    """The text that was split into such parts, with something after each tag that ends a block."""
    one_by_one = iter(parts)
    groups = zip(one_by_one, one_by_one, one_by_one, strict=False)
    before = [f"{text}<{tag}{end}" if tag else f"{text}<{region}" for text, tag, region in groups]
    return "".join(before) + parts[-1]
