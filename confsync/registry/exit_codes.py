"""Every exit code, and what it means in general; `commands` says it for each command."""

from __future__ import annotations

from typing import NamedTuple

from confsync.errors import Exit


class ExitCode(NamedTuple):
    """One exit code: a few words, and what to do."""

    exit: Exit
    meaning: str
    next: str


EXIT_CODES = (
    ExitCode(Exit.DONE, "done", "There is nothing to do. Warnings do not change the exit code."),
    ExitCode(
        Exit.REFUSED,
        "refused",
        "A page or a check needs your decision. Each line says why, and the hint names a command.",
    ),
    ExitCode(
        Exit.USAGE,
        "wrong use",
        "Correct the command line. Nothing was done.",
    ),
    ExitCode(
        Exit.REMOTE,
        "the server cannot be asked",
        "Try again later: no network, a server in trouble, or too many requests.",
    ),
    ExitCode(
        Exit.LOCAL,
        "something local is wrong",
        "Correct the configuration, the document or the file that the message names.",
    ),
    ExitCode(
        Exit.CREDENTIALS,
        "credentials or permission",
        "Check the token and what your account may do: `confsync doctor`.",
    ),
    ExitCode(
        Exit.INTERRUPTED,
        "interrupted",
        "Run the command again. Every file is whole.",
    ),
)
