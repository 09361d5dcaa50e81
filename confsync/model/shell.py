"""Words to type in a shell, as hints name them."""

from __future__ import annotations

import re

# What a shell reads as more than a character of a word.
_SPECIAL = r"""[\s'"\\$`&|;<>(){}\[\]*?!#~]"""


def quoted(word: str) -> str:
    """Return a word as typed in a shell: in double quotes, because a hint uses single quotes."""
    if word and not re.search(_SPECIAL, word):
        return word
    return '"' + re.sub(r'([\\"$`])', r"\\\1", word) + '"'
