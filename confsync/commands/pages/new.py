"""new: a document without a stamp; `push` creates its page."""

from __future__ import annotations

from pathlib import Path

from confsync.document import frontmatter
from confsync.document.paths import SUFFIX
from confsync.errors import UsageError
from confsync.mirror import mirror
from confsync.mirror.mirror import Mirror
from confsync.model import filenames as paths
from confsync.model.config import FILE_NAME
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result


def new(root: Mirror, name: str, title: str) -> Result:
    """Write a document at `name`, relative to the mirror. Raises UsageError, FileError."""
    inside = any(name.startswith(f"{space.path}/") for space in root.config.spaces)
    if not inside or not name.endswith(SUFFIX):
        spaces = ", ".join(f"{space.path}/" for space in root.config.spaces)
        raise UsageError(f"{name}: a document ends in {SUFFIX} and stands below {spaces}")
    for space in root.config.spaces:
        if not space.blog and not space.posts and name.startswith(f"{space.path}/{paths.BLOG}/"):
            raise UsageError(
                f"{name}: a blog post, and the blog of {space.key} is not mirrored",
                hint=f"'blog: true' for {space.key} in {FILE_NAME} mirrors it",
            )
    if not title.strip() or "\n" in title:
        raise UsageError("a title is one line of text")
    path = Path(root.root, name)
    mirror.write_new(path, f"---\ntitle: {frontmatter.scalar(title)}\n---\n<p />\n")
    post = any(space.posts and space.holds(name) for space in root.config.spaces)
    what = "blog post, dated that day" if post else "page"
    page = PageResult(name, Outcome.CREATED, title=title)
    return Result("new", (page,), notes=(f"'confsync push' creates the {what}",))
