"""A shell in which the commands of a page are typed, one after the other."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

_END = "end-of-output"


class Shell:
    """A bash in a directory, with the given environment and no files of its own."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def type(self, text: str) -> tuple[int, str]:
        """Type a command. Return its exit code, and all that it prints."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"{{ {text}\n}} </dev/null; echo {_END} $?\n")
        self._bash.stdin.flush()
        lines: list[str] = []
        for line in self._bash.stdout:
            before, mark, code = line.partition(f"{_END} ")
            if mark:
                return int(code), "".join([*lines, before])
            lines.append(line)
        raise AssertionError(f"the shell ended: {''.join(lines)}")

    def close(self) -> None:
        """End the shell."""
        self._bash.communicate("exit\n")
