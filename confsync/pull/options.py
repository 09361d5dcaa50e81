"""What a pull is asked to do. A pull that finds nothing new loads this: it imports little."""

from __future__ import annotations

from dataclasses import dataclass, field

from confsync.mirror.selection import Selection
from confsync.pull.resolve.resolution import Resolution


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What a pull is asked to do.

    `refresh` fetches the body of every page. `prune` removes unmodified documents of pages that are
    not visible or excluded. `resolution` says what to do about pages that both sides changed;
    without it they are refused. `commit` commits what was written; where git cannot tell enough,
    such as in a shallow clone, it replaces no file unless `allow_shallow`.
    """

    selection: Selection = field(default_factory=Selection)
    dry_run: bool = False
    refresh: bool = False
    prune: bool = False
    allow_mass_delete: bool = False
    allow_mass_rollback: bool = False
    resolution: Resolution | None = None
    commit: bool = False
    allow_shallow: bool = False

    @property
    def is_plain(self) -> bool:
        """Return whether a pull asks for all pages, and for no more than what is new."""
        return self.selection.everything and not (self.refresh or self.prune or self.resolution)

    def resolution_of(self, path: str) -> Resolution | None:
        """Return what was asked for about a page's text; None if only attachments are named."""
        return self.resolution if self.selection.meant_itself(path) else None
