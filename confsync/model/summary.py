"""The output of a command that has nothing to report, without loading the code for more.

`render` and `result` take these words and this envelope from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def pages(count: int) -> str:
    """Return a number of pages in words."""
    return f"{count} page" if count == 1 else f"{count} pages"


def clean(count: int) -> str:
    """Return the line of `status` for a number of clean documents."""
    return f"clean: {pages(count)}"


def envelope(
    command: str,
    exit_code: int,
    pages: Sequence[object] = (),
    errors: Sequence[object] = (),
    summary: Mapping[str, int] | None = None,
    **more: object,
) -> dict[str, object]:
    """Return the JSON envelope of a command. A contract test pins its keys."""
    return {
        "confsync": 1,
        "command": command,
        "exit": exit_code,
        "pages": list(pages),
        "errors": list(errors),
        "summary": dict(summary or {}),
        **more,
    }
