"""Git's pager, which shows a long text on a terminal a screen at a time, as git does."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping

# Git's defaults for its pager: quit if everything fits, keep colours, leave the screen as it is.
_DEFAULTS = {"LESS": "FRX", "LV": "-c"}
_NOT_FOUND = (127, 9009)


def command(environment: Mapping[str, str]) -> str:
    """Return the pager that git would use, from the user's settings only; empty for none."""
    from confsync.mirror.git import texts as gittext

    found = gittext.pager()
    if found is None:
        names = ("GIT_PAGER", "PAGER")
        found = next((environment[name] for name in names if name in environment), "less")
    return "" if found.strip() == "cat" else found.strip()


def show(text: str, environment: Mapping[str, str]) -> bool:
    """Show a text in the pager, and wait for its end. Return False if there is no pager."""
    wanted = command(environment)
    if not wanted or not text:
        return False
    # ^C is for the pager, which continues. It must not end confsync before the pager restores the
    # screen.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager = subprocess.Popen(  # noqa: S602 - the user's own setting; git, too, runs a shell
            wanted,
            shell=True,
            stdin=subprocess.PIPE,
            env={**_DEFAULTS, **environment},
        )
        try:
            pager.communicate(text.encode("utf-8", "replace"))
        except BrokenPipeError:
            pager.wait()
        return pager.returncode not in _NOT_FOUND
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
