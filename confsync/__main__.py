"""`python -m confsync`, and the installed command."""

import os
import sys

from confsync.cli import main
from confsync.errors import Exit


def run() -> None:
    """Run the command line and end the process with its exit code."""
    code = main()
    if code == Exit.INTERRUPTED:
        # Python would wait for the threads whose answers nobody waits for any more.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    run()
