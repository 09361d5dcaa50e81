"""Characters in the place of code, so that no line of a terminal ends in it."""

from __future__ import annotations

# Both are in Unicode's areas for private use, so no page of the manual has them.
_SPACE = "\ue000"
_FIRST_LINE = 0xF0000


class Unbroken:
    """Code that was taken out of a page, to be put back when all lines have their ends."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def words(self, code: str) -> str:
        """Return a code with other characters for its spaces. Its width stays."""
        return code.replace(" ", _SPACE)

    def line(self, code: str) -> str:
        """Return one character for a code of any width."""
        self._lines.append(code)
        return chr(_FIRST_LINE + len(self._lines) - 1)

    def restored(self, text: str) -> str:
        """Return a text with its code."""
        lines = {_FIRST_LINE + number: line for number, line in enumerate(self._lines)}
        return text.translate({**lines, ord(_SPACE): " "})


def has_line(text: str) -> bool:
    """Return whether a character of a text stands for a code of any width."""
    return any(ord(character) >= _FIRST_LINE for character in text)
