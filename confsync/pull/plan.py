"""A pull's plan as values: the step for each page of a space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from confsync.document.paths import Destination
from confsync.mirror.bulk_write import Prepared
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.model.event import Event
from confsync.model.outcome import PageResult
from confsync.model.page import Page, PageInfo, PropertyInfo
from confsync.model.stamp import Stamp
from confsync.pull.attachments import AttachmentChanges
from confsync.pull.placement import Placement
from confsync.sync.space_view import SpaceView


@dataclass(frozen=True, slots=True)
class Text:
    """The document of a new page, already written and without a name.

    `info` came with the page's body.
    """

    stamp: Stamp
    info: PageInfo
    file: Prepared


@dataclass(frozen=True, slots=True)
class Step:
    """The step for one page: new bytes, a removal, or only a report.

    `before` is the document's present path, and `entry` the document; both are None for a page that
    is new here. `after` is the path after the moves, None if the document stays or is removed.
    `base` goes to the cache, and `event` to the audit trail. `seen` is the version that a refusal
    shows, so that a person can give it up by name. `shown` is the diff of a text that is given up.

    `changes` are the changes to attachments. `sides` are the texts of a conflict in the file. `new`
    is a page whose text must be fetched, unless it is `ready`. `properties` are its own. `top`
    means that the page stands at the space's top because it has no other place. `chosen` means
    that a person chose a side, which decides the labels too.
    """

    before: str | None
    result: PageResult
    entry: Entry | None = None
    data: bytes | None = None
    remove: bool = False
    base: tuple[Stamp, Page] | None = None
    discarded: bytes | None = None
    shown: str = ""
    seen: tuple[Stamp, Page] | None = None
    event: Event | None = None
    changes: AttachmentChanges | None = None
    new: PageInfo | None = None
    ready: Text | None = None
    properties: tuple[PropertyInfo, ...] = ()
    top: bool = False
    sides: tuple[str, str, str] | None = None
    chosen: bool = False
    after: Destination | None = None

    @property
    def destination(self) -> Destination:
        """Return the document's path after the moves."""
        return self.after or Destination(self.before or "")


@dataclass(frozen=True, slots=True)
class Plan:
    """The complete plan for one space, made before anything is changed."""

    scan: SpaceScan
    steps: tuple[Step, ...]
    moves: Mapping[str, Destination]
    placement: Placement | None
    view: SpaceView

    @property
    def paths(self) -> dict[str, str]:
        """Return the paths that the pages' documents have afterwards, by page id."""
        paths = {entry.page_id: entry.path for entry in self.scan.entries if entry.page_id}
        moved = {step.result.id: step.after.path for step in self.steps if step.after}
        return paths | {page_id: path for page_id, path in moved.items() if page_id}
