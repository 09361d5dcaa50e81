"""The command `new`: a document without a stamp. A push creates its page."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from confsync.document import frontmatter
from confsync.document.paths import SUFFIX
from confsync.errors import UsageError
from confsync.mirror.entry import Entry, parsed, read
from confsync.mirror.index import Index
from confsync.mirror.mirror import Mirror, write_new
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Result
from confsync.model.shell import quoted
from confsync.sync.preflight.places import refused_new


def new(root: Mirror, name: str, title: str | None) -> Result:
    """Write a document at `name`, relative to the mirror. Raise UsageError, FileError."""
    inside = any(name.startswith(f"{space.path}/") for space in root.config.spaces)
    if not inside or not name.endswith(SUFFIX):
        spaces = ", ".join(f"{mentioned(space.path)}/" for space in root.config.spaces)
        raise UsageError(
            f"{mentioned(name)}: a document's name ends in {SUFFIX}, and it stands below {spaces}",
            hint=_command(_as_document(root, name), title) if PurePosixPath(name).name else "",
        )
    if title is None:
        raise UsageError(f"{mentioned(name)}: a new page needs a title", hint=_command(name, None))
    if not title.strip() or "\n" in title:
        raise UsageError("a title must be one line of text")
    text = f"---\ntitle: {frontmatter.scalar(title)}\n---\n<p />\n"
    path = Path(root.root, name)
    if not path.exists():  # else the file itself is in the way
        _refuse_unfit(root, parsed(name, text.encode()), title)
    write_new(path, text)
    post = any(space.posts and space.holds(name) for space in root.config.spaces)
    what = "blog post, dated the day of the push" if post else "page"
    page = PageResult(name, Outcome.CREATED, title=title)
    return Result("new", (page,), notes=(f"'confsync push' creates the {what}",))


def _as_document(root: Mirror, name: str) -> str:
    """Return the name of a document that is like a name which no document can have."""
    place = PurePosixPath(name).with_suffix(SUFFIX)
    space = root.config.spaces[0].path
    inside = any(one.holds(f"{place}") for one in root.config.spaces)
    return f"{place}" if inside else f"{space}/{place.name}"


def _command(name: str, title: str | None) -> str:
    """Return the hint that makes a document, with a title like its name if it has none yet."""
    words = PurePosixPath(name).stem.replace("-", " ").replace("_", " ").strip()
    title = title or f"{words[:1].upper()}{words[1:]}"
    return f"'confsync new {marked(name)} --title {quoted(title)}' makes it a document"


def _refuse_unfit(root: Mirror, entry: Entry, title: str) -> None:
    """Raise UsageError if a push would refuse a document that is not written yet."""
    index = Index(root.root)

    def reading(top: Path, path: str) -> Entry:
        return index.known(top, path) or read(top, path)

    scans = root.scan(reading)
    flaw = refused_new(root, scans, entry)
    if flaw is not None:
        command = f"confsync new {marked(flaw.fit or entry.path)} --title {quoted(title)}"
        hint = f"'{command}' would do" if flaw.fit else ""
        hint = hint or ("give another title with --title" if flaw.code == "title" else "")
        raise UsageError(f"{mentioned(entry.path)}: {flaw.message}", hint=hint)
