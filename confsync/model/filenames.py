"""What confsync calls the files and directories of a mirror, and where one begins.

It loads nothing: whoever only looks whether anything changed is done before a library is loaded.
"""

from __future__ import annotations

import os

# The configuration, at the root of a mirror.
CONFIG = ".confsync.yaml"
# What can be deleted at any time without losing work.
STATE = ".confsync"
# The pages whose documents pulls removed; unlike the state, git carries it.
REMOVED = ".confsync.removed"
# How a file is called while it is written; what a killed run left of these is swept away.
TEMPORARY = ".confsync-new-"
SUFFIX = ".xhtml"
FOLDER_FILE = ".folder.yaml"
# `guide.xhtml` has its files in `guide.attachments/`; no page's own directory has a dot.
ATTACHMENTS = ".attachments"
# Where a space's blog posts stand, below the day on which they were posted: blog/2026/03/07/
BLOG = "blog"


def root_above(start: str) -> str | None:
    """The nearest directory, from `start` upward, with a configuration.

    A link or a pipe of that name counts, too: to be refused, and not to be overlooked.
    """
    while not _is_file(os.path.join(start, CONFIG)):
        above = os.path.dirname(start)
        if above == start:
            return None
        start = above
    return start


def _is_file(path: str) -> bool:
    return os.path.isfile(path) or (os.path.lexists(path) and not os.path.isdir(path))
