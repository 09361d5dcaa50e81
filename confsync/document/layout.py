r"""The layout: a storage body as lines, and back, without losing a byte.

Most bodies are one very long line. If ``(\r?\n)*<`` follows a closing or empty block-level tag,
`lay` adds one ``\n`` after the tag. It adds one at the end of the body, and none in CDATA, comments
and ``<pre>``. `unlay` removes exactly these. For every string, well-formed or not,
``unlay(lay(body)) == body``. A newline is added only between a ``>`` and line ends before a ``<``.
No lexeme of the pattern begins or ends there, so both directions see the same lexemes. CRLF counts
as a line end. If git or an editor changes all line ends of a file, only the body's line ends
change.

The list of block-level tags is frozen. A change of the list changes how existing files are read,
and needs a new layout number in the stamp.
"""

from __future__ import annotations

import re
from functools import cache

_BLOCK = (
    r"p|t(?:d|r|h(?:ead)?|able|body|foot)|li|h[1-6r]|ul|ol|d[ltd]|div|col(?:group)?|blockquote|pre"
    r"|ac:(?:structured-macro|parameter|rich-text-body|plain-text-body"
    r"|layout(?:-section|-cell)?|task(?:-list|-id|-uuid|-status|-body)?)"
)
# A region that is not closed runs to the end of the text. Atomic groups keep the time linear for
# hostile input.
_PRE = r"pre(?:\s[^<>]*)?(?<!/)>(?>.*?(?:</pre>|\Z))"
_SKIP = rf"!(?:--(?>.*?(?:-->|\Z))|\[CDATA\[(?>.*?(?:\]\]>|\Z)))|{_PRE}"
_TAG = rf"(?>/(?:{_BLOCK})>|{_PRE}|(?:{_BLOCK})(?:/>|\s[^<>]*/>))"

# A split gives texts, block-ending tags and regions in turn. The "<" of both stands before the
# groups: a search for a fixed first letter is almost three times as fast.
_LAY = rf"<(?>({_TAG})(?=(?:\r?\n)*<)|({_SKIP}))"
_UNLAY = re.compile(rf"<(?>({_TAG})\n(?=(?:\r?\n)*<)|({_SKIP}))", re.DOTALL)

# Stands for an added newline for a moment. XML cannot have it.
MARK = "\0"


@cache
def _laying() -> re.Pattern[str]:
    """Return the compiled pattern.

    It is compiled late: a command that only reads saves a millisecond.
    """
    return re.compile(_LAY, re.DOTALL)


def lay(body: str) -> str:
    """Return the body laid out in lines, with a newline at the end."""
    return _joined(_laying().split(body), "\n") + "\n"


def unlay(text: str) -> str:
    """Return the body of a laid-out text. The last newline may be missing."""
    return _joined(_UNLAY.split(text.removesuffix("\n")), "")


def lay_surely(body: str) -> str | None:
    """Return what `lay` returns if `unlay` gives the body back, else None.

    It is enough that both directions find the same parts, because the parts make up the whole body.
    """
    parts = _laying().split(body)
    text = _joined(parts, "\n")
    return f"{text}\n" if _UNLAY.split(text) == parts else None


def lines_surely(body: str) -> list[str] | None:
    """Return the lines that `lay_surely` makes, without the newlines that it adds.

    A line of the layout may have line ends of the body in it. Return None for a body that has
    `MARK`, too.
    """
    parts = _laying().split(body)
    lines = _joined(parts, MARK).split(MARK)
    return lines if _UNLAY.split("\n".join(lines)) == parts else None


def _joined(parts: list[str], end: str) -> str:
    """Join the parts of a split, with `end` after each tag that ends a block."""
    one_by_one = iter(parts)
    groups = zip(one_by_one, one_by_one, one_by_one, strict=False)
    before = [f"{text}<{tag}{end}" if tag else f"{text}<{region}" for text, tag, region in groups]
    return "".join(before) + parts[-1]
