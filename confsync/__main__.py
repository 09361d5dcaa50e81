"""The entry point of `python -m confsync` and of the installed command."""

import gc
import os
import sys

# Loaded modules stay to the end. Collecting garbage meanwhile costs a tenth of a short command.
gc.disable()

from confsync.cli import main  # noqa: E402 - see above

# Nearly nothing that a command allocates is part of a reference cycle.
GARBAGE = 100_000


def run() -> None:
    """Run the command line and end the process with its exit code."""
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        # This locale's encoding cannot write some page names, so files with these names cannot be
        # opened.
        os.execv(sys.executable, [sys.orig_argv[0], "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606
    gc.set_threshold(GARBAGE)
    gc.enable()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller closed it; no file may get its number
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - to the end
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 1
    # Every file is closed by now. A normal exit would free every object first. After ^C it would
    # also wait for threads whose answers are not needed.
    os._exit(code)


if __name__ == "__main__":
    run()
