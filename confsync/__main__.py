"""`python -m confsync`, and the installed command."""

import gc
import os
import sys

# What is loaded stays to the end, so looking for garbage meanwhile is a tenth of a short command.
gc.disable()

from confsync.cli import main  # noqa: E402 - see above

# Of what a command makes nearly nothing is part of a circle.
GARBAGE = 100_000


def run() -> None:
    """Run the command line and end the process with its exit code."""
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        # Pages have names that this locale's encoding lacks: their files could not even be opened.
        os.execv(sys.executable, [sys.orig_argv[0], "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606
    gc.set_threshold(GARBAGE)
    gc.enable()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us; its number must be no file's
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - to the end
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    # Every file is closed by now. Python would take everything apart first, and after ^C wait for
    # threads whose answers nobody waits for any more.
    os._exit(code)


if __name__ == "__main__":
    run()
