"""The entry of one error code: what confsync says, why, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from confsync.errors import Exit


class ErrorCode(NamedTuple):
    """One error code, as `--json` has it.

    `messages` are typical messages, with a name in braces for each part that varies. `exit` is the
    exit code of an error with this code; `Exit.DONE` belongs to a warning.
    """

    code: str
    exit: Exit
    messages: tuple[str, ...]
    cause: str
    remedy: str
