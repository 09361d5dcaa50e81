"""Escaping: text for a terminal and for a CI system's log, and paths for a shell."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from typing import TextIO

# A server's titles and messages must not control the terminal. These are control characters (C0,
# C1), bidirectional controls, invisible characters that join no letters, tags, and half surrogate
# pairs.
_UNSEEN = (
    "\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_CONTROL = f"[\x00-\x08\x0a-\x1f{_UNSEEN}]"
# The same for a text of several lines.
_CONTROL_BUT_LINES = f"[\x00-\x08\x0b-\x1f{_UNSEEN}]"
# GitHub obeys '::' at the start of a line, also after white space, and '##[' anywhere in a line.
# Azure obeys '##vso[', TeamCity '##teamcity['. Their runners also end a line at a lone carriage
# return.
_COMMAND = r"(?m:^|(?<=\r))(\s*)::|##(?=[A-Za-z]*\[)"
_IN_JSON = r"##(?=[A-Za-z]*\[)"
# One step through JSON's escapes: a pair for one character, half a pair, or any other escape.
_ESCAPES = r"(?s)\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(ud[89a-f][0-9a-f]{2})|.)"


def safe(text: str) -> str:
    """Return text of a server or a file as a part of one line.

    Nothing in it ends the line, controls the terminal or is a command to a CI system.
    """
    return without_commands(text if text.isprintable() else re.sub(_CONTROL, _shown, text))


def safe_lines(text: str) -> str:
    """Return a text of several lines in which nothing controls the terminal."""
    return re.sub(_CONTROL_BUT_LINES, _shown, text)


def without_commands(text: str) -> str:
    """Return a text, of one line or several, in which a CI system finds no command."""
    if "::" not in text and "##" not in text:
        return text
    return re.sub(
        _COMMAND, lambda found: "#\\x23" if found[1] is None else f"{found[1]}\\x3a:", text
    )


def is_read_by_ci(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether a CI system reads a stream and obeys its lines. It obeys none in a file."""
    if not is_ci(environment):
        return False
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return True


def is_ci(environment: Mapping[str, str]) -> bool:
    """Return whether the environment is that of a CI system."""
    return environment.get("CI", "").lower() not in ("", "0", "false")


def json_line(value: object) -> str:
    """Return a value as one line of JSON in ASCII, which every JSON reader accepts.

    Half a surrogate pair becomes the text of its escape. RFC 8259 does not define its meaning, and
    some readers refuse the whole text.
    """
    import json

    dumped = json.dumps(value)
    if "\\ud" in dumped:
        dumped = re.sub(_ESCAPES, lambda found: f"\\\\{found[1]}" if found[1] else found[0], dumped)
    return re.sub(_IN_JSON, r"#\\u0023", dumped) if "##" in dumped else dumped


def _shown(found: re.Match[str]) -> str:
    """Make a character visible, as Python writes it."""
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
