"""The words of a `~`: which texts contain them."""

from __future__ import annotations

import re
from functools import lru_cache

_TERM = re.compile(r'"([^"]*)"|(\S+)')
_TAG = re.compile(r"<[^>]*>")
_OPERATORS = frozenset({"and", "or", "not"})


@lru_cache(maxsize=64)
def _patterns(query: str) -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each word or quoted phrase. `*` and `?` stand for other characters."""
    found: list[re.Pattern[str]] = []
    for phrase, word in _TERM.findall(query):
        if word.lower() in _OPERATORS:
            continue
        term = (phrase or word).rstrip("~")
        plain = r"\s+".join(re.escape(part) for part in term.split())
        plain = plain.replace(r"\*", r"\w*").replace(r"\?", r"\w")
        if plain:
            found.append(re.compile(rf"(?<!\w){plain}(?!\w)", re.IGNORECASE))
    return tuple(found)


def contains(query: str, text: str) -> bool:
    """Return whether all words of `query` stand in `text`, beside its markup."""
    patterns = _patterns(query)
    if not all(pattern.search(text) for pattern in patterns):
        return False
    if "<" not in text:
        return True
    plain = _TAG.sub(" ", text)
    return all(pattern.search(plain) for pattern in patterns)
