"""The names of storage format's elements, grouped by how a reader sees them. Pure.

`html_reader` reads some other elements with functions of their own. It shows the remaining elements
as labels.
"""

from __future__ import annotations

MARKS = {
    **{name: name for name in ("strong", "em", "u", "s", "code", "sub", "sup")},
    **dict.fromkeys(("del", "strike"), "s"),
    **dict.fromkeys(("tt", "kbd"), "code"),
    **dict.fromkeys(("i", "cite"), "em"),
    "b": "strong",
    "ac:placeholder": "placeholder",
}
PARAGRAPHS = {
    **dict.fromkeys(("p", "div", "section", "article", "dd", "caption", "ac:caption"), "p"),
    **{name: name for name in ("h1", "h2", "h3", "h4", "h5", "h6")},
    "dt": "h6",
}
# Elements that only hold other elements.
HOLDERS = (
    *("span", "tbody", "thead", "tfoot", "dl", "ins", "font", "big", "small", "label", "abbr"),
    *("ac:layout", "ac:task-list", "ac:link-body", "ac:plain-text-link-body", "ac:adf-mark"),
    *("ac:adf-extension", "q", "figure", "figcaption", "center"),
)
UNSEEN = (
    *("col", "colgroup", "wbr", "ac:adf-fallback", "ac:task-id", "ac:task-uuid"),
    *("ac:adf-fragment-mark", "ac:adf-fragment-mark-detail"),
)
