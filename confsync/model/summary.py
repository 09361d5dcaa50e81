"""What is told where there is nothing to tell, without loading what tells of more.

The words and the envelope are those of `render` and `result`, which have them from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def pages(count: int) -> str:
    """So many pages, in words."""
    return f"{count} page" if count == 1 else f"{count} pages"


def clean(count: int) -> str:
    """The line of a status of so many documents, all of them clean."""
    return f"clean: {pages(count)}"


def envelope(
    command: str,
    exit_code: int,
    pages: Sequence[object] = (),
    errors: Sequence[object] = (),
    summary: Mapping[str, int] | None = None,
    **more: object,
) -> dict[str, object]:
    """The JSON envelope of a command; its keys are pinned by a contract test."""
    return {
        "confsync": 1,
        "command": command,
        "exit": exit_code,
        "pages": list(pages),
        "errors": list(errors),
        "summary": dict(summary or {}),
        **more,
    }
