"""The text of a comment as a reader sees it. Pure.

Paragraphs, items and rows are lines of their own. A person who is named is `@` and the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from confsync.document.markup import Kind, Lexeme, decoded, lexemes

# Elements after which a new line begins.
_BLOCKS = frozenset(
    {
        *("p", "div", "li", "tr", "table", "ul", "ol", "blockquote", "pre", "hr", "br"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("ac:structured-macro", "ac:plain-text-body", "ac:task"),
    }
)
# Elements whose content is no text.
_UNSEEN = frozenset(["ac:parameter", "ac:task-id", "ac:task-uuid", "ac:task-status", "style"])
_PEOPLE = ("ri:account-id", "ri:userkey", "ri:username")
_BLANKS = re.compile(r"[ \t\r\n\xa0]+")


def text_of(body: str, names: Mapping[str, str]) -> str:
    """Return the text of a body in storage format; `names` are those of people, by id."""
    found: list[str] = []
    unseen = 0
    for lexeme in lexemes(body):
        if lexeme.name in _UNSEEN:
            unseen += {Kind.OPEN: 1, Kind.CLOSE: -1}.get(lexeme.kind, 0)
        elif unseen > 0:
            continue
        else:
            found.append(_shown(body, lexeme, names))
    lines = (line.strip(" ") for line in "".join(found).split("\n"))
    return "\n".join(line for line in lines if line)


def people_in(bodies: Iterable[str]) -> set[str]:
    """Return the ids of the people whom some bodies name."""
    tags = (one for body in bodies for one in lexemes(body) if one.name == "ri:user")
    return {found for tag in tags if (found := _person(tag))}


def _person(tag: Lexeme) -> str:
    return next((found for name in _PEOPLE if (found := tag.get(name))), "")


def _shown(body: str, lexeme: Lexeme, names: Mapping[str, str]) -> str:
    match lexeme.kind:
        case Kind.TEXT:
            return _BLANKS.sub(" ", decoded(body[lexeme.start : lexeme.end]))
        case Kind.CDATA:
            return body[lexeme.start + len("<![CDATA[") : lexeme.end].removesuffix("]]>")
        case Kind.COMMENT:
            return ""
    if lexeme.name in _BLOCKS:
        return "\n- " if lexeme.name == "li" and lexeme.kind is Kind.OPEN else "\n"
    if lexeme.kind is Kind.CLOSE:
        return ""
    if lexeme.name == "ri:user" and (person := _person(lexeme)):
        return f"@{names.get(person) or person}"
    if lexeme.name in ("td", "th"):
        return " "
    if lexeme.name == "time":
        return lexeme.get("datetime") or ""
    emoji = lexeme.get("ac:emoji-fallback") if lexeme.name == "ac:emoticon" else None
    return emoji or ""
