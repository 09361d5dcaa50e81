"""The command `new`: a document without a stamp. A push creates its page."""

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
    """Write a document at `name`, relative to the mirror. Raise UsageError, FileError."""
    inside = any(name.startswith(f"{space.path}/") for space in root.config.spaces)
    if not inside or not name.endswith(SUFFIX):
        spaces = ", ".join(f"{space.path}/" for space in root.config.spaces)
        raise UsageError(
            f"{name}: a document's name ends in {SUFFIX}, and it stands below {spaces}"
        )
    for space in root.config.spaces:
        if not space.blog and not space.posts and name.startswith(f"{space.path}/{paths.BLOG}/"):
            raise UsageError(
                f"{name}: a place for blog posts, but the blog of {space.key} is not mirrored",
                hint=f"add 'blog: true' to {space.key} in {FILE_NAME}",
            )
    if not title.strip() or "\n" in title:
        raise UsageError("a title must be one line of text")
    path = Path(root.root, name)
    mirror.write_new(path, f"---\ntitle: {frontmatter.scalar(title)}\n---\n<p />\n")
    post = any(space.posts and space.holds(name) for space in root.config.spaces)
    what = "blog post, dated the day of the push" if post else "page"
    page = PageResult(name, Outcome.CREATED, title=title)
    return Result("new", (page,), notes=(f"'confsync push' creates the {what}",))
