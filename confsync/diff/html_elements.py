"""The names of storage format's elements, by what a reader of the page sees of them. Pure.

An element that stands in none of these is read by a function of its own, or named in a label.
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
# What only holds other things.
HOLDERS = (
    *("span", "tbody", "thead", "tfoot", "dl", "ins", "font", "big", "small", "label", "abbr"),
    *("ac:layout", "ac:task-list", "ac:link-body", "ac:plain-text-link-body", "ac:adf-mark"),
    *("ac:adf-extension", "q", "figure", "figcaption", "center"),
)
UNSEEN = (
    *("col", "colgroup", "wbr", "ac:adf-fallback", "ac:task-id", "ac:task-uuid"),
    *("ac:adf-fragment-mark", "ac:adf-fragment-mark-detail"),
)
