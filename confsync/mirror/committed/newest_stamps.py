"""The newest stamp of each page in git, to compare with a document that git may have put back.

A stamp counts if any commit reachable from HEAD has it in a document below the mirror, at any path.
The order of commits does not count.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from confsync.document import stamp_reader
from confsync.errors import FileError
from confsync.mirror.git import head, history
from confsync.mirror.git import repository as gitrepo
from confsync.mirror.git.history import Named
from confsync.mirror.state import refuted, stamp_index
from confsync.mirror.state.stamp_index import NewestFiles, Scene, StampIndex
from confsync.model.filenames import ATTACHMENTS, CONFIG, STATE, SUFFIX
from confsync.model.stamp import Attached, Property, Stamp, is_newer

_Value = TypeVar("_Value")
# The mark of HEAD in an index that was made without git.
_UNASKED = "?"
# Returns the stamps that are newer than one, the newest first.
Newer = Callable[[Stamp], tuple[Stamp, ...]]


@dataclass(frozen=True, slots=True)
class NewestStamps:
    """The stamps of a mirror's pages in the commits that are reachable from HEAD.

    `stamps` has the newest stamp of each page id: the stamp with the highest version, or either of
    two with the same version. `versions` has only its version. `attachments` has the newest stamp
    of each attachment by page id and name, and `properties` that of each content property. With
    `shallow` or `partial`, the clone lacks commits or blobs. With `encoded`, some committed
    documents are not text. With `unasked`, git is not installed. In all these cases an absent stamp
    proves nothing. All are empty without a repository or a commit.

    `candidates` and `attached` have all stamps, the newest first. After a renumbering or a restore,
    the server may never confirm the newest stamp. Then an older stamp may be right. `of_head` has
    the stamps of HEAD's own history. Stamps of attachments come only from HEAD's history.
    """

    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    attachments: NewestFiles = field(default_factory=lambda: NewestFiles(StampIndex(Scene())))
    properties: Mapping[str, Mapping[str, Property]] = field(default_factory=dict)
    shallow: bool = False
    partial: bool = False
    encoded: bool = False
    unasked: bool = False
    candidates: Mapping[str, tuple[Stamp, ...]] = field(default_factory=dict)
    attached: Mapping[str, Mapping[str, tuple[Attached, ...]]] = field(default_factory=dict)
    of_head: Mapping[str, tuple[Stamp, ...]] = field(default_factory=dict)

    @property
    def may_grow(self) -> bool:
        """Return whether more stamps may become known while HEAD stays the same commit."""
        return self.shallow or self.partial or self.unasked

    def is_merged(self, stamp: Stamp) -> bool:
        """Return whether HEAD's own history has a stamp."""
        return stamp in self.of_head.get(stamp.id, ())

    def newer_than(self, stamp: Stamp) -> tuple[Stamp, ...]:
        """Return the stamps that are newer than a stamp and differ from it, newest first."""
        if self.versions.get(stamp.id, 0) <= stamp.version:
            return ()  # nearly always
        return tuple(one for one in self.candidates.get(stamp.id, ()) if is_newer(one, stamp))

    def newer_attached(self, page_id: str, stamp: Attached) -> tuple[Attached, ...]:
        """Return the newer stamps of an attachment, as `newer_than` does for a page."""
        newest = self.attachments.get(page_id, {}).get(stamp.name)
        if newest is None:
            return ()
        return tuple(
            one
            for one in self.attached.get(page_id, {}).get(stamp.name, (newest,))
            if one.version > stamp.version and one.digest != stamp.digest
        )

    def newer_property(self, page_id: str, stamp: Property) -> bool:
        """Return whether git knows a newer stamp of a content property with another value."""
        newest = self.properties.get(page_id, {}).get(stamp.key)
        return bool(newest and newest.version > stamp.version and newest.digest != stamp.digest)


def likely(root: Path, git: NewestStamps) -> Newer:
    """Return a `newer_than` without the stamps that a server did not confirm earlier."""
    known = refuted.read(root / STATE)
    if not known:
        return git.newer_than
    return lambda stamp: tuple(
        one for one in git.newer_than(stamp) if refuted.line(one) not in known
    )


class _Made(Mapping[str, _Value]):
    """A mapping whose values are made on request, because most are never needed."""

    def __init__(self, index: StampIndex, make: Callable[[str], _Value]) -> None:
        self._index = index
        self._make = make

    def __getitem__(self, key: str) -> _Value:
        if key not in self._index:
            raise KeyError(key)
        return self._make(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)


def collect(root: Path, directories: Sequence[str], since: str | None = None) -> NewestStamps:
    """Return the newest stamps in git of a mirror; `directories` are its spaces'.

    The history of the revision `since` counts too. Without `since`, git is not asked if HEAD did
    not change. Raise FileError if git fails, UsageError for an invalid revision.
    """
    index = of_head = index_of_head(root, directories)
    if since is not None and index.scene.commit:
        index = _with_history_of(root, index.copy(), since)
    scene = index.scene
    return NewestStamps(
        _Made(index, index.newest_of),
        _Made(index, index.version_of),
        NewestFiles(of_head),
        _Made(of_head, of_head.properties_of),
        shallow=bool(scene.shallow),
        partial=bool(scene.lacks_since),
        encoded=scene.encoded,
        unasked=scene.mark == _UNASKED,
        candidates=_Made(index, index.stamps_of),
        attached=_Made(of_head, of_head.attached_of),
        of_head=_Made(of_head, of_head.stamps_of),
    )


def index_of_head(root: Path, directories: Sequence[str]) -> StampIndex:
    """Return the index of HEAD's history: the stored one, the stored one extended, or a new one.

    Raise FileError.
    """
    mark = head.mark_of_head(os.fspath(root))
    if mark == "":
        return StampIndex(Scene())
    scene = Scene(
        mark or "",
        place=history.place_of(root),
        directories=tuple(directories),
        shallow=history.shallow_of(root),
    )
    kept = stamp_index.load(root)
    if kept is not None and mark == kept.scene.mark and _is_same(root, kept.scene, scene):
        return kept
    prefix = history.prefix_of(root)
    if prefix is None:
        return StampIndex(Scene(_UNASKED))
    commit = mark if mark and head.is_commit_id(mark) else history.commit_of_head(root)
    if not commit:
        return StampIndex(Scene())
    found = _Walk(root, prefix, scene._replace(commit=commit)).gathered(kept)
    found.save(root)
    return found


def remedy_of(root: Path, directories: Sequence[str]) -> str:
    """Return the command that fetches the missing history of a clone.

    Return an empty text if nothing is missing, or no remote has it. Raise FileError.
    """
    scene = index_of_head(root, directories).scene
    if not (scene.shallow or scene.lacks_since):
        return ""
    found = history.cut_of(root)
    return found._replace(partial=found.partial and bool(scene.lacks_since)).remedy


def _with_history_of(root: Path, index: StampIndex, since: str) -> StampIndex:
    """Return an index extended by the history of a revision."""
    with gitrepo.quiet(root) as command:
        commit = gitrepo.commit_of(command, since) if command else ""
    prefix = history.prefix_of(root) if commit else None
    if prefix is None:
        return index
    return _Walk(root, prefix, index.scene).extended(index, commit, index.scene.commit)


def _is_same(root: Path, kept: Scene, now: Scene) -> bool:
    """Return whether a stored index is for the same mirror of the same clone."""
    return (
        (kept.place, kept.directories, kept.shallow) == (now.place, now.directories, now.shallow)
        and kept.lacks_since in (0, history.moment_of_objects(root))
        and all(_is_other(root, place) == was for place, was in kept.others)
    )


def _is_other(root: Path, place: str) -> bool:
    """Return whether a directory below a mirror is a mirror of its own."""
    return (root / place / CONFIG).is_file()


class _Found(NamedTuple):
    """The contents of commits below a mirror.

    `blobs` are documents, each with its directory. `others` are directories with a configuration.
    With `lacking`, this clone lacks trees.
    """

    blobs: dict[tuple[str, str], None]
    others: set[str]
    lacking: bool


class _Walk(NamedTuple):
    """A walk through a history; `prefix` is the mirror's path in the repository."""

    root: Path
    prefix: str
    scene: Scene

    def gathered(self, kept: StampIndex | None) -> StampIndex:
        """Return the index of the scene's commit. Blobs in the stored index are not read again."""
        commit = self.scene.commit
        if kept is not None and self._extends(kept.scene):
            walk = self._replace(scene=self.scene._replace(others=kept.scene.others))
            return walk.extended(kept, commit, kept.scene.commit)
        found = self._found([commit])
        return self._filled(StampIndex(self._scene_of(found)), found, kept)

    def _extends(self, kept: Scene) -> bool:
        """Return whether an index lacks only what newer commits have."""
        if kept.lacks_since or not _is_same(self.root, kept, self.scene):
            return False
        return history.is_ancestor(self.root, kept.commit, self.scene.commit)

    def extended(self, index: StampIndex, commit: str, known: str) -> StampIndex:
        """Return an index extended by the history of a commit that `known` lacks."""
        found = self._found([commit], [known])
        scene = self._scene_of(found)
        before = {place for place, _ in self.scene.others}
        if any(is_one and place not in before for place, is_one in scene.others):
            # Documents of another mirror were counted as this mirror's.
            found = self._found([commit, known])
            return self._filled(StampIndex(scene), found, index)
        index.scene = scene._replace(encoded=index.scene.encoded)
        return self._filled(index, found, index)

    def _scene_of(self, found: _Found) -> Scene:
        places = sorted(found.others.union(place for place, _ in self.scene.others))
        others = tuple((place, _is_other(self.root, place)) for place in places)
        return self.scene._replace(others=others)

    def _found(self, tips: Sequence[str], without: Sequence[str] = ()) -> _Found:
        """Return the blobs and directories that some commits have and others lack."""
        found = _Found({}, set(), lacking=False)
        try:
            self._note(history.named_below(self.root, tips, without), found)
        except FileError:
            if not history.cut_of(self.root).partial:
                raise
            self._note(history.named_in(self.root, tips[0]), found)
            return found._replace(lacking=True)
        return found

    def _note(self, named: Iterable[Named], found: _Found) -> None:
        for one in named:
            place, _, name = one.path[len(self.prefix) :].rpartition("/")
            if name == CONFIG and place:
                found.others.add(place)
            elif name.endswith(SUFFIX) and not place.endswith(ATTACHMENTS):
                found.blobs[sys.intern(place), one.id] = None

    def _filled(self, index: StampIndex, found: _Found, known: StampIndex | None) -> StampIndex:
        """Return an index with the stamps of the found blobs."""
        before = {} if known is None else known.by_blob()
        have = index.by_blob()
        places = {place for place, _ in found.blobs}
        ours = {place for place in places if _is_ours(index.scene, place)}
        wanted = {blob: None for place, blob in found.blobs if place in ours}
        for blob in wanted.keys() & before.keys() - have.keys():
            index.add_row(*before[blob], blob)
        asked = [blob for blob in wanted if blob not in before]
        read = 0
        for blob, raw in history.contents_of(self.root, asked, stamp_reader.MOST):
            read += 1
            stamp = stamp_reader.stamp_in(raw)
            if stamp is not None:
                index.add(stamp, blob)
            elif not stamp_reader.is_text(raw):
                index.scene = index.scene._replace(encoded=True)
        if found.lacking or read < len(asked):
            moment = history.moment_of_objects(self.root) or 1
            index.scene = index.scene._replace(lacks_since=moment)
        return index


def _is_ours(scene: Scene, place: str) -> bool:
    """Return whether a directory belongs to a space, or at least to no other mirror."""
    if any(_is_below(place, directory) for directory in scene.directories):
        return True
    others = [other for other, is_one in scene.others if is_one]
    return not any(_is_below(place, other) for other in (*others, STATE))


def _is_below(place: str, directory: str) -> bool:
    return f"{place}/".startswith(f"{directory}/")
