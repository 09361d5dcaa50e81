"""The options of a pull. A pull with nothing new loads this module, so it imports little."""

from __future__ import annotations

from dataclasses import dataclass, field

from confsync.mirror.selection import Selection
from confsync.pull.resolve.resolution import Resolution, Way


@dataclass(frozen=True, slots=True)
class PullOptions:
    """The options of a pull.

    `refresh` fetches the body of every page. `prune` removes unmodified documents of pages that are
    not visible or excluded. `resolution` decides pages that both sides changed; without it they are
    refused. `commit` commits the written files. If git cannot tell enough, as in a shallow clone,
    such a pull replaces no file unless `allow_shallow`.
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
        """Return whether a pull asks for all pages, and only for changes."""
        return self.selection.everything and not (self.refresh or self.prune or self.resolution)

    @property
    def gives_up(self) -> bool:
        """Return whether a side of the selected documents is given up."""
        return self.resolution is not None and self.resolution.way is not Way.MERGE

    def resolution_of(self, path: str) -> Resolution | None:
        """Return the resolution for a page's text, or None if only attachments are named."""
        return self.resolution if self.selection.meant_itself(path) else None
