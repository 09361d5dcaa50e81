"""The mass guards of a push: large changes of pages or attachments need permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from confsync.document import paths
from confsync.document.attachments.media_types import differs
from confsync.errors import MassChangeError, NotVisibleError
from confsync.mirror.attachment_files import head
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.hint import mentioned
from confsync.model.page import AttachmentInfo
from confsync.push.deletion.doomed import Doomed
from confsync.push.options import SpacePush
from confsync.remote import Remote
from confsync.sync.attachments.beside import Beside
from confsync.sync.deletion import Disposal
from confsync.sync.refusals import MASS, too_many


class SpaceChanges(NamedTuple):
    """The changes that the push of a space would make.

    `documents` are sent, and the pages `doomed` are deleted. `files` are the changed attachments by
    document.
    """

    space: SpacePush
    documents: list[Entry]
    doomed: list[Doomed]
    files: Mapping[str, Beside]

    @property
    def sent(self) -> dict[str, Beside]:
        """Return the changed attachments of the documents to send."""
        return {e.path: self.files[e.path] for e in self.documents if e.path in self.files}

    @property
    def deleted_files(self) -> list[str]:
        """Return the attachments that were deleted here, each after its document's path."""
        return [
            f"{mentioned(path)}: {name}" for path, one in self.files.items() for name in one.deleted
        ]


def refuse_mass_changes(changes: Sequence[SpaceChanges]) -> None:
    """Raise MassChangeError if a push changes more than a person may have meant.

    The caller checks each space, and all spaces together: a mistake in several small spaces is as
    large as a mistake in a large space.
    """
    for one in changes:
        _refuse_other_home(one.space)
        _refuse_emptied(one.space, one.doomed)
    _refuse_mass_move(changes)
    _refuse_mass_delete(changes)
    _refuse_mass_upload(changes)


def _refuse_other_home(space: SpacePush) -> None:
    """Raise MassChangeError if another page is at the home page's place."""
    scan, info = space.scan, space.reader.space
    home = scan.config.root or info.home
    if scan.tree.home and home and scan.tree.home != home:
        raise MassChangeError(
            f"{mentioned(scan.outer(paths.HOME + paths.SUFFIX))} is page {scan.tree.home}, "
            f"but the home page of {info.key} is {home}",
            hint="'confsync pull' puts the home page in its place",
        )


def _refuse_mass_move(changes: Sequence[SpaceChanges]) -> None:
    """Raise MassChangeError if a push would move a large part of the pages."""
    moved = [e.path for one in changes for e in one.documents if one.space.scan.moves(e)]
    total = sum(1 for one in changes for entry in one.space.scan.entries if entry.page_id)
    if too_many(len(moved), total) and not changes[0].space.options.allow_mass_move:
        raise MassChangeError(
            f"{_keys(changes)}: this push would move {len(moved)} of the {total} pages "
            f"(such as {', '.join(map(mentioned, moved[:3]))})",
            hint="'confsync status' lists them; 'confsync push --allow-mass-move' permits it",
        )


def _refuse_mass_delete(changes: Sequence[SpaceChanges]) -> None:
    """Raise MassChangeError for more than `MASS` deletions of pages or attachments."""
    pages = [mentioned(doomed.path) for one in changes for doomed in one.doomed]
    files = [name for one in changes for name in sorted(one.deleted_files)]
    for verb, what, named in (
        (_disposal(changes[0].space).value, "pages", pages),
        ("delete", "attachments", files),
    ):
        if len(named) <= MASS or changes[0].space.options.allow_mass_delete:
            continue
        some = ", ".join(named[:3])
        raise MassChangeError(
            f"{_keys(changes)}: this push would {verb} {len(named)} {what} (such as {some})",
            hint=_allow_delete(changes[0].space),
        )


def _disposal(space: SpacePush) -> Disposal:
    """Return where most pages of a push go."""
    return space.options.delete.disposal if space.options.delete else Disposal.TRASH


def _allow_delete(space: SpacePush) -> str:
    """Return the commands that list many deletions, and permit them."""
    asked = _disposal(space).options
    return (
        f"'confsync push {asked} --dry-run --allow-mass-delete' lists them; "
        f"'confsync push {asked} --allow-mass-delete' permits it"
    )


def _refuse_emptied(space: SpacePush, doomed: list[Doomed]) -> None:
    """Raise MassChangeError if a space has lost all its documents, such as an unmounted directory.

    A blog may be empty if the directory of its space exists.
    """
    scan, config = space.scan, space.scan.config
    stand = any(entry.page_id or entry.document is None for entry in scan.entries)
    empty = config.posts and (space.run.mirror.root / config.path).parent.is_dir()
    unnamed = [one for one in doomed if one.version is None]
    if stand or empty or len(unnamed) < 2 or space.options.allow_mass_delete:
        return
    why = f"{config.key}: there is no document in {mentioned(config.path)}/"
    what = f"this push would {_disposal(space).value} {len(doomed)} pages"
    raise MassChangeError(f"{why}: {what}", hint=_allow_delete(space))


def _refuse_mass_upload(changes: Sequence[SpaceChanges]) -> None:
    """Raise MassChangeError for many uploads that replace attachments with poorer files.

    A file is poorer if it has less than half the size, or surely another type than listed. The
    server is asked only if many attachments are replaced at all.
    """
    entries = (entry for one in changes for entry in one.space.scan.entries)
    stamps = [entry.document.stamp for entry in entries if entry.document]
    total = sum(len(stamp.attachments) for stamp in stamps if stamp)
    count = sum(len(files.replacing) for one in changes for files in one.sent.values())
    if changes[0].space.options.allow_mass_upload or not too_many(count, total):
        return
    poorer = [path for one in changes for path in _poorer_in(one)]
    if not too_many(len(poorer), total):
        return
    raise MassChangeError(
        f"{_keys(changes)}: this push would replace {len(poorer)} of the {total} attachments with "
        f"smaller files or files of another kind (such as {', '.join(poorer[:3])})",
        hint="'confsync push --dry-run --allow-mass-upload' lists their pages; "
        "'confsync push --allow-mass-upload' permits it",
    )


def _keys(changes: Sequence[SpaceChanges]) -> str:
    """Return the spaces' keys without duplicates; a blog has the key of its space."""
    return ", ".join(dict.fromkeys(one.space.scan.config.key for one in changes))


def _poorer_in(changes: SpaceChanges) -> Iterator[str]:
    """Yield the paths of a space's files that are poorer than the attachments they replace."""
    space = changes.space
    replaced = {path: names for path, one in changes.sent.items() if (names := one.replacing)}
    for entry in space.scan.entries:
        if entry.path in replaced and entry.page_id:
            infos = _attachments_of(space.reader.remote, entry.page_id)
            infos = [info for info in infos if info.name in replaced[entry.path]]
            yield from _poorer(space.run.mirror, changes.files[entry.path], infos)


def _attachments_of(remote: Remote, page_id: str) -> list[AttachmentInfo]:
    try:
        return list(remote.attachments(page_id))
    except NotVisibleError:
        return []  # the page's own check refuses the page


def _poorer(mirror: Mirror, files: Beside, infos: list[AttachmentInfo]) -> Iterator[str]:
    """Yield the paths of files that are poorer than the attachments they replace."""
    for info in infos:
        file = files.files[info.name]
        smaller = file.size * 2 < info.size
        if smaller or differs(info.media_type, head(mirror.root / file.path, file.path)):
            yield file.path
