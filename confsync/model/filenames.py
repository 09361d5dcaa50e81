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
    """The nearest directory, from `start` upward, with a configuration."""
    while not os.path.isfile(os.path.join(start, CONFIG)):
        above = os.path.dirname(start)
        if above == start:
            return None
        start = above
    return start
