"""Storage format as safe HTML: known tags without attributes, everything else escaped.

This suffices to read a page in the sandbox's browser. Macros appear as labelled boxes. With the
addresses of pages, files and people there are links and pictures too, as in the views of the APIs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

from ..store.storage_format import lexemes

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
# What a link or a picture refers to: the element, and the attributes that name it, best first
TARGETS = {
    "ri:page": ("ri:content-title",),
    "ri:blog-post": ("ri:content-title",),
    "ri:attachment": ("ri:filename",),
    "ri:url": ("ri:value",),
    "ri:space": ("ri:space-key",),
    "ri:shortcut": ("ri:parameter",),
    "ri:content-entity": ("ri:content-id",),
    "ri:user": ("ri:account-id", "ri:userkey", "ri:username"),
}
# An attribute that a reader sees, of elements without text
SHOWN = {"time": ("datetime",), "ac:emoticon": ("ac:emoji-fallback", "ac:name")}
_ENTITY = re.compile(r"&(?!#?\w+;)")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|/|#)", re.IGNORECASE)


# From an element, what it names and the key of its space to the attributes of a link to it
Addresses = Callable[[str, str, str], Mapping[str, str]]


def to_html(
    body: str, people: Mapping[str, str] | None = None, addresses: Addresses | None = None
) -> str:
    """Return HTML for `body`. Only the tags above and safe links become markup.

    `people` has the names of users by account id, user key or username.
    """
    return _Writer(people or {}, addresses or _no_address).html(body)


def _no_address(_element: str, _named: str, _space_key: str) -> Mapping[str, str]:
    return {}


class _Writer:
    """The HTML of one body so far.

    `link` is the place in `out` where the text of an open link begins. `target` is what that link
    names; it is shown only if the link has no text of its own. `address` has the attributes of
    that link. `picture` is the text for a picture, while one is open.
    """

    def __init__(self, people: Mapping[str, str], addresses: Addresses) -> None:
        self._people, self._addresses = people, addresses
        self._address: Mapping[str, str] = {}
        self._picture: str | None = None
        self._out: list[str] = []
        self._hidden = 0
        self._link: int | None = None
        self._target = ""

    def html(self, body: str) -> str:
        for text, match in lexemes(body):
            name = match["name"] if match else None
            if match is None or name is None:
                if not self._hidden:
                    self._out.append(_text(text))
            elif name in HIDDEN:
                empty = match["rest"].endswith("/")
                self._hidden += 0 if empty else -1 if match["close"] else 1
                self._hidden = max(0, self._hidden)
            elif not self._hidden:
                self._tag(name, match)
        self._end_link()
        return "".join(self._out)

    def _tag(self, name: str, match: re.Match[str]) -> None:
        if name == "ac:link":
            self._end_link()
            if not match["close"]:
                self._link, self._target = len(self._out), _attribute(match, "ac:anchor")
            if match["rest"].endswith("/"):
                self._end_link()
        elif name in TARGETS:
            self._refer(name, match)
        elif name == "ac:image":
            over = match["close"] or match["rest"].endswith("/")
            self._picture = None if over else _attribute(match, "ac:alt")
        else:
            self._out.append(_tag(name, match))

    def _refer(self, name: str, match: re.Match[str]) -> None:
        """Show what an element refers to, or keep it for the end of the link."""
        if match["close"]:
            return
        named = _first(match, TARGETS[name])
        address = self._addresses(name, named, _attribute(match, "ri:space-key"))
        if name == "ri:user":
            named = f"@{self._people.get(named, named)}"
        if address and self._picture is not None:
            self._out.append(_image(address, self._picture))
        elif self._link is None:
            self._out.append(_cite(named))
        else:
            self._target, self._address = named or self._target, address or self._address

    def _end_link(self) -> None:
        if self._link is None:
            return
        text, address = "".join(self._out[self._link :]), self._address
        if address:
            text = f"<a {_attributes(address)}>{text if text.strip() else escape(self._target)}</a>"
        elif not text.strip():
            text = _cite(self._target)
        self._out[self._link :] = [text]
        self._link, self._target, self._address = None, "", {}


def _attributes(given: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{escape(value)}"' for name, value in given.items())


def _image(address: Mapping[str, str], text: str) -> str:
    """Return a picture in the form of real views."""
    more = {name: value for name, value in address.items() if name != "href"}
    source = {"src": address["href"], "data-image-src": address["href"]}
    image = {"class": "confluence-embedded-image", "alt": text, "loading": "lazy", **source, **more}
    return f'<span class="confluence-embedded-file-wrapper"><img {_attributes(image)} /></span>'


def _cite(text: str) -> str:
    return f"<cite>{escape(text)}</cite>" if text else ""


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


def _first(match: re.Match[str], names: tuple[str, ...]) -> str:
    """Return the first of these attributes that an element has."""
    return next(filter(None, (_attribute(match, name) for name in names)), "")


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
    if name in SHOWN and not closing:
        return escape(_first(match, SHOWN[name]))
    return ""


def _pair(name: str, closing: bool, empty: bool) -> str:
    if closing:
        return f"</{name}>"
    return f"<{name}></{name}>" if empty else f"<{name}>"
