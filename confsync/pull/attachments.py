"""Attachments of a pull: downloaded first, then put in place, then stamped.

The order is essential. If a stamp names a version whose bytes are missing here, the next push
overwrites the new bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from confsync.document.attachments import names
from confsync.document.attachments.pointers import Pointer
from confsync.document.paths import Destination
from confsync.errors import ConfsyncError, Exit, worst
from confsync.mirror import attachment_files as files
from confsync.mirror.mirror import Mirror
from confsync.model.hint import TRASH
from confsync.model.stamp import Attached
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.remote import Remote
from confsync.sync.attachments.beside import (
    CONFLICTS,
    HERE,
    Beside,
    Downloaded,
    download_one,
    way_out,
    who_and_what,
)
from confsync.sync.attachments.compare import Decision, Sides, decide

_COPY = f"a copy of {{}} file is in {TRASH}"


@dataclass(frozen=True, slots=True)
class AttachmentChanges:
    """The changes of a pull to the attachments of one page.

    `given_up` maps attachments that a person named to the chosen resolution.
    """

    page_id: str
    beside: Beside
    sides: tuple[Sides, ...]
    given_up: Mapping[str, Resolution] = field(default_factory=dict)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(map(decide, self.sides))

    @property
    def tells(self) -> bool:
        """Return whether there is anything to do or to report."""
        here = (*HERE, *CONFLICTS)
        return bool(self.given_up) or any(decision in here for decision in self.decisions)

    @property
    def removed(self) -> tuple[str, ...]:
        """Return the files that it removes, by path."""
        directory = names.directory_of(self.beside.path)
        gone = (one.name for one in self.sides if decide(one) is Decision.REMOVE)
        return tuple(f"{directory}/{self.file(name)}" for name in gone)

    def keeping(self, kept: Collection[str]) -> AttachmentChanges:
        """Return the changes, which keep the files of these paths: git gave them back."""
        directory = names.directory_of(self.beside.path)
        sides = (
            replace(one, given_back=f"{directory}/{self.file(one.name)}" in kept)
            for one in self.sides
        )
        return replace(self, sides=tuple(sides))

    @property
    def rollbacks(self) -> int:
        """Return how many files the pull replaces by older versions."""
        fetched = (s for s in self.sides if decide(s) is Decision.FETCH and s.local is not None)
        return sum(map(_goes_back, fetched))

    def file(self, name: str) -> str:
        """Return the file name of an attachment: its present one, or the one that it gets."""
        held = {one.name: one.file for one in self.beside.attached}
        held |= {name: file.file for name, file in self.beside.files.items()}
        return names.file_names([one.name for one in self.sides], held)[name]


@dataclass(frozen=True, slots=True)
class AttachmentsResult:
    """The result of a page's attachments: their stamps, the count of changes, and the problems.

    `editors` are the accounts that made the new versions. `note` names the copies in the trash.
    """

    attached: tuple[Attached, ...]
    changed: int
    editors: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    hint: str = ""
    exit: Exit = Exit.DONE
    note: str = ""


def download(mirror: Mirror, remote: Remote, changes: AttachmentChanges) -> dict[str, Downloaded]:
    """Download the attachments that are needed, by name. No file of the mirror changes."""
    found: dict[str, Downloaded] = {}
    for sides in changes.sides:
        unknown = decide(sides) in (Decision.FETCH, Decision.UNKNOWN)
        if sides.remote and (unknown or sides.name in changes.given_up):
            found[sides.name] = download_one(mirror, remote, changes.page_id, sides.remote)
    return found


class _Placer:
    """Puts the attachments of one page in place, one after the other."""

    def __init__(
        self,
        mirror: Mirror,
        remote: Remote,
        place: Destination,
        changes: AttachmentChanges,
        found: Mapping[str, Downloaded],
    ) -> None:
        path = place.path
        self._mirror = mirror
        self._remote = remote
        self._changes = changes
        self._found = found
        self._directory = names.directory_of(path)
        self._path = path
        self._notes: list[str] = []

    def place_all(self) -> AttachmentsResult:
        kept: list[Attached] = []
        problems: list[str] = []
        hint, exit_ = "", Exit.DONE
        for sides in self._changes.sides:
            try:
                attached = self._one(sides)
            except _ConflictError as conflict:
                attached, exit_ = sides.base, worst(exit_, Exit.REFUSED)
                sides = self._read(sides)
                problems.append(self._pointer(sides.name) or str(conflict) or self._told(sides))
                file = self._changes.file(sides.name)
                hint = hint or self._real(sides.name) or way_out(self._path, file, sides)
            except ConfsyncError as error:
                attached, exit_ = sides.base, worst(exit_, error.exit)
                problems.append(self._pointer(sides.name) or f"{sides.name}: {error.message}")
                hint = hint or self._real(sides.name)
            if attached is not None:
                kept.append(attached)
        unmanaged = {one.name for one in self._changes.sides}
        kept += [one for one in self._changes.beside.attached if one.name not in unmanaged]
        after = tuple(sorted(kept, key=lambda one: one.name))
        before = files.by_name(self._changes.beside.attached)
        changed = {one.name for one in after if before.get(one.name) != one}
        changed |= before.keys() - {one.name for one in after}
        versions = [
            one.remote.version for one in self._changes.sides if one.name in changed and one.remote
        ]
        editors = frozenset(version.author for version in versions)
        note = ", ".join(dict.fromkeys(self._notes))
        return AttachmentsResult(after, len(changed), editors, tuple(problems), hint, exit_, note)

    def _told(self, sides: Sides) -> str:
        return who_and_what(self._mirror, self._remote, sides)

    def _one(self, sides: Sides) -> Attached | None:
        """Update one file. Return its attachment's stamp, or None if the attachment is gone."""
        found = self._found.get(sides.name)
        if found and found.error:
            raise found.error
        sides = self._read(sides)
        asked = self._changes.given_up.get(sides.name)
        if asked and asked.way is Way.OURS:
            return self._kept(sides, asked)
        match decide(sides):
            case Decision.DIVERGED | Decision.LOST | Decision.RESTORED if asked:
                return self._taken(sides, asked)
            case Decision.UPLOAD | Decision.DELETE if asked and asked.way is Way.THEIRS:
                return self._put(sides, keep=True)
            case Decision.DIVERGED | Decision.LOST | Decision.UNKNOWN | Decision.RESTORED:
                raise _ConflictError
            case Decision.FETCH:
                return self._put(sides, keep=_goes_back(sides))
            case Decision.STAMP:
                return self._stamped(sides, sides.local or "")
            case Decision.REMOVE:
                self._mirror.discard(self._file(sides.name), expected=sides.local or "")
                return None
            case Decision.FORGET:
                return None
            case Decision.NOTHING | Decision.UPLOAD | Decision.DELETE:
                return sides.base

    def _read(self, sides: Sides) -> Sides:
        """Return the sides with the digest of the server's bytes, if they were downloaded."""
        found = self._found.get(sides.name)
        return replace(sides, theirs=found.digest) if found and not found.error else sides

    def _taken(self, sides: Sides, asked: Resolution) -> Attached | None:
        """Take the server's file if a person gave up the local file."""
        if asked.way is not Way.THEIRS:
            raise _ConflictError
        return self._put(sides, keep=True)

    def _kept(self, sides: Sides, asked: Resolution) -> Attached | None:
        """Keep the local file over the version that a person named.

        The server's file goes to the trash if nothing on this side has its bytes.
        """
        now = sides.remote.version.number if sides.remote else sides.base and sides.base.version
        if asked.at != now:
            raise _ConflictError(f"{sides.name}: the server has v{now}, not v{asked.at}")
        if sides.remote is None:
            return None
        known = (sides.local, sides.base.digest if sides.base else None)
        download = self._found[sides.name].download
        if download and sides.theirs not in known:
            self._mirror.put_in_trash(self._file(sides.name), download.path)
            self._notes.append(_COPY.format("the server's"))
        return self._stamped(sides, sides.theirs or "")

    def _put(self, sides: Sides, *, keep: bool = False) -> Attached | None:
        if sides.remote is None:
            if sides.local is not None:
                self._mirror.discard(self._file(sides.name), expected=sides.local)
                self._notes.append(_COPY.format("your"))
            return None
        found = self._found[sides.name]
        if found.download is not None and found.digest != sides.local:
            source = found.download.path
            self._mirror.put(self._file(sides.name), source, expected=sides.local, keep=keep)
            if keep and sides.local is not None:
                self._notes.append(_COPY.format("your"))
        return self._stamped(sides, found.digest)

    def _stamped(self, sides: Sides, digest: str) -> Attached:
        if sides.remote is None:
            raise ValueError(f"{sides.name} is not on the server")
        number, file = sides.remote.version.number, self._changes.file(sides.name)
        return Attached(sides.name, number, digest, file, sides.remote.id)

    def _pointer(self, name: str) -> str:
        """Return the problem of a file that is a pointer, or an empty text for any other file."""
        pointer = self._stand_in(name)
        return f"{name}: {pointer.what}, and the server has another version" if pointer else ""

    def _real(self, name: str) -> str:
        """Return the hint that brings the real file."""
        stand_ins, file = self._changes.beside.stand_ins, self._file(name)
        pointer = stand_ins.get(file)
        if pointer:
            return pointer.hint(file)
        behind = stand_ins.get(self._directory)
        return behind.hint(self._directory) if behind else ""

    def _stand_in(self, name: str) -> Pointer | None:
        """Return the pointer for a file, or for its directory if that is a link."""
        stand_ins = self._changes.beside.stand_ins
        return stand_ins.get(self._file(name)) or stand_ins.get(self._directory)

    def _file(self, name: str) -> str:
        return f"{self._directory}/{self._changes.file(name)}"


def _goes_back(sides: Sides) -> bool:
    """Return whether the server has an older version than the stamp."""
    remote, base = sides.remote, sides.base
    return remote is not None and base is not None and remote.version.number < base.version


class _ConflictError(Exception):
    """Raised if both sides changed an attachment."""


def put_in_place(
    mirror: Mirror,
    remote: Remote,
    place: Destination,
    changes: AttachmentChanges,
    found: Mapping[str, Downloaded],
) -> AttachmentsResult:
    """Put the downloaded attachments in place beside the document. The moves must be done."""
    return _Placer(mirror, remote, place, changes, found).place_all()
