"""A pull's plan as values: what is done about each page of a space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from confsync.document.paths import Destination
from confsync.mirror.bulk_write import Prepared
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.model.event import Event
from confsync.model.outcome import PageResult
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Stamp
from confsync.pull.attachments import AttachmentChanges
from confsync.pull.placement import Placement
from confsync.sync.space_view import SpaceView


@dataclass(frozen=True, slots=True)
class Text:
    """A new page's document, which is written already and waits for its name.

    `info` is the page's as it came with its body.
    """

    stamp: Stamp
    info: PageInfo
    file: Prepared


@dataclass(frozen=True, slots=True)
class Step:
    """What to do about one page: the file's new bytes, or its removal, or only to tell.

    `before` is where the document stands now, None for a page that is new here. `after` is where it
    will stand once the moves are done, None where it stays or is removed.
    `entry` is None for a page that is new here. `base` is what the cache shall remember,
    `event` what the audit trail shall say, `shown` what is given up, and `seen` what a refusal
    tells of, so that it can be given up by name. `changes` is what to do about attachments,
    `sides` are those of a conflict that the file is written with.
    `new` is a page whose text is yet to be read, if it is not `ready`, and `top` whether it stands
    at the space's top for want of another place. `chosen` is one whose side a person named, who
    has decided about its labels, too.
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
    top: bool = False
    sides: tuple[str, str, str] | None = None
    chosen: bool = False
    after: Destination | None = None

    @property
    def destination(self) -> Destination:
        """Where the document stands once the moves are done."""
        return self.after or Destination(self.before or "")


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a pull will do to one space; complete before anything is done."""

    scan: SpaceScan
    steps: tuple[Step, ...]
    moves: Mapping[str, Destination]
    placement: Placement | None
    view: SpaceView
