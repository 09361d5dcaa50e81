"""The names of a mirror's files and directories, and the search for a mirror's root.

It imports no library, so that a status without changes ends before any library is loaded.
"""

from __future__ import annotations

import os

# The configuration, at the root of a mirror.
CONFIG = ".confsync.yaml"
# May be deleted at any time without losing work.
STATE = ".confsync"
# In the state directory: what the files were like when there was nothing to report.
SNAPSHOT = "snapshot"
# Lists the pages whose documents pulls removed. Unlike the state directory, git carries it.
REMOVED = ".confsync.removed"
# The prefix of a file while it is written. A later command deletes what a killed run left.
TEMPORARY = ".confsync-new-"
# While a document moves, it stands in a directory with this name below its wanted parent.
MOVING = "moving~"
SUFFIX = ".xhtml"
FOLDER_FILE = ".folder.yaml"
# The attachments of `guide.xhtml` stand in `guide.attachments/`. No page's own directory has a dot.
ATTACHMENTS = ".attachments"
# The comments on the page of `guide.xhtml` stand in `guide.comments.yaml`, which is only read.
COMMENTS = ".comments.yaml"
# Blog posts stand below the day on which they were posted: blog/2026/03/07/
BLOG = "blog"


def root_above(start: str) -> str | None:
    """Return the nearest directory, from `start` upward, that has a configuration.

    A link or a pipe of that name counts: confsync must refuse it, and not overlook it.
    """
    while not _is_file(os.path.join(start, CONFIG)):
        above = os.path.dirname(start)
        if above == start:
            return None
        start = above
    return start


def _is_file(path: str) -> bool:
    return os.path.isfile(path) or (os.path.lexists(path) and not os.path.isdir(path))
