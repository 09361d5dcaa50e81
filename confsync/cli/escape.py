"""Make text safe for a terminal, and a path safe for a shell."""

from __future__ import annotations

import re

# A server's titles and messages must not steer the terminal.
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
# What a shell takes for more than a letter of a name.
_SHELLS = re.compile(r"[\s\\\"'$`&|;<>()*?\[\]{}!#~]")


def safe(text: str) -> str:
    """Text with control characters made visible."""
    return re.sub(_CONTROL, lambda found: f"\\x{ord(found[0]):02x}", text)


def typed(path: str) -> str:
    """A path as it is typed in a shell; in double quotes, since a hint stands in single ones."""
    if not _SHELLS.search(path):
        return path
    return '"' + re.sub(r'([\\"$`])', r"\\\1", path) + '"'
