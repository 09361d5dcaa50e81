"""Hints: the next command, with paths as a person types them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from confsync.model.shell import quoted

_PATH = re.compile(r"\{(?:path|at:([^{}]*))\}")


def fill(hint: str, path: str, shown: Callable[[str], str] = str) -> str:
    """Return a hint with the page's path for `{path}`, and with any other path for `{at:PATH}`.

    `shown` makes a mirror path a path to type here.
    """
    return _PATH.sub(lambda found: quoted(shown(path if found[1] is None else found[1])), hint)
