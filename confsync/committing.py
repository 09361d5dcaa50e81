"""Committing what a run wrote: one commit, those files alone, with the pages in its message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from confsync import gitrepo
from confsync.errors import ConfsyncError
from confsync.mirror import Mirror
from confsync.model import message_without_token
from confsync.rejection import names_of
from confsync.remote import Remote
from confsync.result import Outcome, PageResult, Problem, Result

_WROTE = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.DELETED,
    Outcome.MOVED,
    Outcome.PULLED,
    Outcome.REFRESHED,
    Outcome.RESTAMPED,
    Outcome.MERGED,
)


class Commit:
    """Made before a run, so that what was uncommitted then stays so; `of` commits afterwards.

    `theirs` says that the run brings other people's edits, who are then named as its authors.
    Raises FileError without a repository.
    """

    def __init__(self, mirror: Mirror, remote: Remote, *, theirs: bool) -> None:
        self._mirror = mirror
        self._remote = remote
        self._theirs = theirs
        self._dirty = gitrepo.dirty(mirror.root)

    def of(self, result: Result) -> Result:
        """The result, with what became of the commit."""
        written = self._mirror.written
        conflicted = {page.path for page in result.pages if page.outcome is Outcome.CONFLICTED}
        left = (self._dirty if self._theirs else set()) & written
        names = written - left - conflicted
        pages = [page for page in result.pages if page.outcome in _WROTE and page.path in names]
        try:
            made = gitrepo.commit(self._mirror.root, names, self._message(result.command, pages))
        except ConfsyncError as error:
            problem = Problem(error.code, f"not committed: {error.message}", error.hint, error.exit)
            return replace(result, errors=(*result.errors, problem))
        notes = [f"committed as {made}"] if made else []
        if left or conflicted:
            some = ", ".join(sorted(left | conflicted)[:3])
            notes.append(f"not committed, because they were changed here before: {some}")
        return replace(result, notes=(*result.notes, *notes))

    def _message(self, command: str, pages: list[PageResult]) -> str:
        count = f"{len(pages)} page{'' if len(pages) == 1 else 's'}"
        authors = {page.version.author for page in pages if page.version} - {""}
        names: Mapping[str, str] = (
            names_of(self._mirror, self._remote, authors) if self._theirs else {}
        )
        lines = [f"confsync {command}: {count}", ""]
        for page in pages:
            version = f"v{page.base} -> v{page.remote}" if page.base else f"v{page.remote}"
            if page.remote is None or page.base == page.remote:
                version = page.outcome.value
            lines.append(f"{page.path} {version}{self._who(page, names)}")
        if names:
            host = urlsplit(self._mirror.config.url).hostname
            lines += ["", *_trailers(names.items(), host or "confluence")]
        return "\n".join(lines)

    def _who(self, page: PageResult, names: Mapping[str, str]) -> str:
        if not self._theirs or page.version is None:
            return ""
        name = names.get(page.version.author, "")
        said = " ".join(message_without_token(page.version.message).split())
        told = ": ".join(part for part in (name, said) if part)
        return f" ({told})" if told else ""


def _trailers(names: Iterable[tuple[str, str]], host: str) -> list[str]:
    """A line for each author; Confluence tells no addresses, so these name the account."""
    return sorted(
        f"Co-authored-by: {_plain(name)} <{re.sub(r'[^A-Za-z0-9.-]+', '-', account)}@{host}>"
        for account, name in names
    )


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[<>\x00-\x1f\x7f-\x9f]", " ", name).split()) or "somebody"
