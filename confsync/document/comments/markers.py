"""The markers of inline comments in a body: which comments, and which words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from confsync.document.markup import Kind, decoded, lexemes

ELEMENT = "ac:inline-comment-marker"


def words_of(body: str) -> dict[str, str]:
    """Return the words that each marker encloses, by the marker's reference.

    Several markers of one comment are one text. A marker that encloses nothing has an empty text.
    """
    if ELEMENT not in body:
        return {}
    found: dict[str, list[str]] = {}
    opened: list[str] = []
    for lexeme in lexemes(body):
        if lexeme.name == ELEMENT:
            if lexeme.kind is Kind.CLOSE:
                del opened[-1:]
                continue
            ref = lexeme.get("ac:ref") or ""
            found.setdefault(ref, [])
            opened += [ref] if lexeme.kind is Kind.OPEN else []
        elif opened and lexeme.kind in (Kind.TEXT, Kind.CDATA):
            text = body[lexeme.start : lexeme.end]
            for ref in opened:
                found[ref].append(decoded(text) if lexeme.kind is Kind.TEXT else text)
    found.pop("", None)
    return {ref: " ".join("".join(parts).split()) for ref, parts in found.items()}


def dropped(base: str, body: str) -> Mapping[str, str]:
    """Return the comments whose words a body has no marker for any more, each with its words.

    The words of a picture or another element are empty. Such a marker counts while it is there.
    """
    before = words_of(base)
    if not before:
        return {}
    now = words_of(body)
    return {ref: text for ref, text in before.items() if ref not in now or (text and not now[ref])}
