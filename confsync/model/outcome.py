"""The outcome of a page, as a value. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from confsync.errors import Exit
from confsync.model.hint import Standpoint, fill, typed

if TYPE_CHECKING:
    from confsync.model.page import Version


class Outcome(Enum):
    """The outcome of one page; in a dry run, its expected outcome.

    `status` uses the second half.
    """

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    ARCHIVED = "archived"
    MOVED = "moved"
    RENAMED = "renamed"
    PULLED = "pulled"
    REFRESHED = "refreshed"
    RESTAMPED = "restamped"
    MERGED = "merged"
    CONFLICTED = "conflicted"
    KEPT = "kept"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    FAILED = "failed"
    RESTORED = "restored"
    ANSWERED = "answered"
    RESOLVED = "resolved"

    CLEAN = "clean"
    MODIFIED = "modified"
    NEW = "new"
    BEHIND = "behind"
    COMMENTED = "commented"
    DIVERGED = "diverged"
    GONE = "gone"
    NOT_VISIBLE = "not-visible"
    UNTRACKED = "untracked"
    TRASHED = "trashed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class PageResult:
    """The result for one page.

    `base` and `remote` are version numbers; `version` is the remote one. `old_path` is the former
    path of a page that was moved or renamed. `note` says more about a success, such as its
    attachments.

    `editors` are the accounts of the people who changed the page's new attachments.
    """

    path: str
    outcome: Outcome
    id: str | None = None
    title: str = ""
    decision: str = ""
    base: int | None = None
    remote: int | None = None
    error: str = ""
    hint: str = ""
    exit: Exit = Exit.DONE
    version: Version | None = None
    editors: frozenset[str] = frozenset()
    old_path: str = ""
    note: str = ""

    def typed(self, standpoint: Standpoint) -> PageResult:
        """Return the result with its paths as a person types them at a standpoint."""
        if not (self.hint or self.error or self.note):
            return self
        error, note = typed(self.error, standpoint), typed(self.note, standpoint)
        hint = fill(self.hint, self.path, standpoint)
        return replace(self, error=error, hint=hint, note=note)

    def as_json(self) -> dict[str, object]:
        """Return the page's part of the JSON envelope."""
        return {
            "path": self.path,
            "old_path": self.old_path or None,
            "id": self.id,
            "title": self.title,
            "decision": self.decision,
            "outcome": self.outcome.value,
            "base": self.base,
            "remote": self.remote,
            "error": self.error or None,
            "note": self.note or None,
        }
