"""Write what the commands of a page print now into the page: `python -m tests.manual PAGE…`.

An output that still matches stays as it is. Look at the rest before you commit it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.manual.story import Command, matches, steps
from tests.manual.terminal import Terminal


def retyped(page: str, directory: Path) -> str:
    """Return the page with the output that its commands have today."""
    lines: list[str] = page.split("\n")
    found: list[tuple[Command, str]] = []
    with Terminal(directory) as terminal:
        terminal.begin(page)
        for step in steps(page):
            _, printed = terminal.take(step)
            if isinstance(step, Command) and not matches(step.shown, printed):
                found.append((step, printed))
    for step, printed in reversed(found):
        lines[step.first : step.last] = printed.rstrip("\n").split("\n") if printed else []
    return "\n".join(lines)


def _use_empty_home(home: Path) -> None:
    """Let no setting of this machine show in what git prints."""
    (home / ".gitconfig").write_text("[gc]\n\tauto = 0\n")
    os.environ.update(HOME=str(home), XDG_CONFIG_HOME=str(home), GIT_CONFIG_NOSYSTEM="1")
    for role in ("AUTHOR", "COMMITTER"):
        os.environ[f"GIT_{role}_NAME"] = "Test"
        os.environ[f"GIT_{role}_EMAIL"] = "test@example.com"


def main() -> None:
    for name in sys.argv[1:]:
        page = Path(name)
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as work:
            _use_empty_home(Path(home))
            text = retyped(page.read_text(encoding="utf-8"), Path(work))
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
