"""Storage format as safe HTML: known tags without attributes, everything else escaped.

This suffices to read a page in the sandbox's browser. Macros appear as labelled boxes.
"""

from __future__ import annotations

import re
from html import escape, unescape

from .store.storage_format import lexemes

BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "pre", "blockquote", "hr")
TABLES = ("table", "thead", "tbody", "tfoot", "tr", "th", "td", "dl", "dt", "dd")
INLINE = ("strong", "em", "u", "s", "del", "ins", "code", "sub", "sup", "small", "br")
PLAIN = frozenset((*BLOCKS, *TABLES, *INLINE))
EMPTY = frozenset({"br", "hr"})
BOXES = {
    "ac:structured-macro": "div",
    "ac:rich-text-body": "div",
    "ac:task-list": "ul",
    "ac:task": "li",
    "ac:task-body": "span",
    "ac:inline-comment-marker": "mark",
    "ac:plain-text-body": "pre",
}
# Their text is for the macro, not for the reader
HIDDEN = frozenset({"ac:parameter", "ac:task-id", "ac:task-status", "ac:task-uuid"})
_ENTITY = re.compile(r"&(?!#?\w+;)")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|/|#)", re.IGNORECASE)


def to_html(body: str) -> str:
    """Return HTML for `body`. Only the tags above and safe links become markup."""
    out: list[str] = []
    skipping = 0
    for text, match in lexemes(body):
        name = match["name"] if match else None
        if match is None or name is None:
            if not skipping:
                out.append(_text(text))
        elif name in HIDDEN:
            empty = match["rest"].endswith("/")
            skipping = max(0, skipping + (0 if empty else -1 if match["close"] else 1))
        elif not skipping:
            out.append(_tag(name, match))
    return "".join(out)


def _text(text: str) -> str:
    if text.startswith("<![CDATA["):
        return escape(text[9:-3])
    if text.startswith(("<!--", "<?")):
        return ""
    # character references stay; a stray < or > in a raw body is escaped
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _attribute(match: re.Match[str], name: str) -> str:
    pattern = rf"(?:^|\s){re.escape(name)}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
    found = re.search(pattern, match["rest"])
    return unescape(found[1] or found[2] or "") if found else ""


def _tag(name: str, match: re.Match[str]) -> str:
    closing, empty = bool(match["close"]), match["rest"].endswith("/")
    if name in PLAIN:
        return _pair(name, closing, empty and name not in EMPTY)
    if name == "a":
        href = _attribute(match, "href")
        safe = href if _SAFE_LINK.match(href) else "#"
        return "</a>" if closing else f'<a href="{escape(safe)}" rel="noreferrer">'
    if name == "ac:structured-macro" and not closing:
        label = f"<small>{escape(_attribute(match, 'ac:name'))}</small>"
        return f'<div class="macro">{label}' + ("</div>" if empty else "")
    if name in BOXES:
        return _pair(BOXES[name], closing, empty)
    if name in ("ri:page", "ri:attachment"):
        title = _attribute(match, "ri:content-title") or _attribute(match, "ri:filename")
        return f"<cite>{escape(title)}</cite>"
    return ""


def _pair(name: str, closing: bool, empty: bool) -> str:
    if closing:
        return f"</{name}>"
    return f"<{name}></{name}>" if empty else f"<{name}>"
