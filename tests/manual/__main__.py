"""Write what the commands of a page print now into the page: `python -m tests.manual PAGE…`.

An output that still matches stays as it is. Look at the rest before you commit it.
"""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
from pathlib import Path

from tests.manual.story import DOTS, Command, alike, matches, steps
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
        lines[step.first : step.last] = shortened(step.shown, printed)
    return "\n".join(lines)


def shortened(shown: str, printed: str) -> list[str]:
    """Return the lines of an output, and leave out what the page left out before.

    What stood for `...` is known if the lines before it and after it are still the same.
    """
    before, after = shown.split("\n"), printed.rstrip("\n").split("\n") if printed else []
    cut = [line for line in before if DOTS in line and line != DOTS]
    after = [next((short for short in cut if matches(short, line)), line) for line in after]
    matcher = difflib.SequenceMatcher(None, _alike_lines(before), _alike_lines(after), False)
    same = {-1: -1, len(before): len(after)}
    for block in matcher.get_matching_blocks():
        same |= {block.a + n: block.b + n for n in range(block.size)}
    for at in reversed([at for at, line in enumerate(before) if line == DOTS]):
        first, last = same.get(at - 1), same.get(at + 1)
        if first is not None and last is not None and first + 1 < last:
            after[first + 1 : last] = [DOTS]
    return after


def _alike_lines(lines: list[str]) -> list[str]:
    return [alike(line) for line in lines]


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
