"""The mass guards of a push: a change of too many pages or attachments waits for permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from confsync.document import paths
from confsync.document.attachments.media_types import differs
from confsync.errors import MassChangeError, NotVisibleError
from confsync.mirror.attachment_files import head
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.page import AttachmentInfo
from confsync.push.delete import Doomed
from confsync.push.options import SpacePush
from confsync.remote import Remote
from confsync.sync.attachments.beside import Beside
from confsync.sync.refusals import MASS, too_many


def refuse_mass_changes(
    space: SpacePush, documents: list[Entry], doomed: list[Doomed], files: Mapping[str, Beside]
) -> None:
    """Raise MassChangeError if the push of a space changes more than a person may have meant.

    `documents` are to be sent, the pages `doomed` to be deleted. `files` are the changed
    attachments, by document.
    """
    _refuse_mass_move(space, documents)
    _refuse_mass_delete(space, doomed, files)
    sent = {entry.path: files[entry.path] for entry in documents if entry.path in files}
    _refuse_mass_upload(space, sent)


def _refuse_mass_move(space: SpacePush, documents: list[Entry]) -> None:
    """Raise MassChangeError for a push that would move a good part of a space, or all its top."""
    scan, info = space.scan, space.reader.space
    home = scan.config.root or info.home
    if scan.tree.home and home and scan.tree.home != home:
        raise MassChangeError(
            f"{scan.outer(paths.HOME + paths.SUFFIX)} is page {scan.tree.home}, "
            f"but the home page of {info.key} is {home}",
            hint="'confsync pull' puts the home page in its place",
        )
    moved = [entry.path for entry in documents if scan.moves(entry)]
    total = len([entry for entry in scan.entries if entry.page_id])
    if too_many(len(moved), total) and not space.options.allow_mass_move:
        raise MassChangeError(
            f"{info.key}: this push would move {len(moved)} of the {total} pages "
            f"(such as {', '.join(moved[:3])})",
            hint="'confsync status' lists them; --allow-mass-move lets it happen",
        )


def _refuse_mass_delete(
    space: SpacePush, doomed: list[Doomed], files: Mapping[str, Beside]
) -> None:
    """Raise MassChangeError for more than `MASS` deletions of pages or of attachments."""
    gone = [f"{path}: {name}" for path, one in files.items() for name in sorted(one.deleted)]
    for what, named in (("pages", [one.path for one in doomed]), ("attachments", gone)):
        if len(named) <= MASS or space.options.allow_mass_delete:
            continue
        some = ", ".join(named[:3])
        raise MassChangeError(
            f"{space.scan.config.key}: this push would delete {len(named)} {what} (such as {some})",
            hint="'confsync push --delete --dry-run --allow-mass-delete' lists them; "
            "without --dry-run it lets that happen",
        )


def _refuse_mass_upload(space: SpacePush, files: Mapping[str, Beside]) -> None:
    """Raise MassChangeError for many uploads that replace attachments with poorer files.

    Poorer is a file of less than half the size, or certainly of another kind than the listing says.
    The server is asked only where so many are replaced at all.
    """
    scan, mirror = space.scan, space.run.mirror
    stamps = [entry.document.stamp for entry in scan.entries if entry.document]
    total = sum(len(stamp.attachments) for stamp in stamps if stamp)
    replaced = {path: names for path, one in files.items() if (names := one.replacing)}
    if space.options.allow_mass_upload or not too_many(sum(map(len, replaced.values())), total):
        return
    poorer: list[str] = []
    for entry in scan.entries:
        if entry.path in replaced and entry.page_id:
            infos = _attachments_of(space.reader.remote, entry.page_id)
            infos = [info for info in infos if info.name in replaced[entry.path]]
            poorer += _poorer(mirror, files[entry.path], infos)
    if not too_many(len(poorer), total):
        return
    raise MassChangeError(
        f"{scan.config.key}: this push would replace {len(poorer)} of the {total} attachments with "
        f"smaller files or files of another kind (such as {', '.join(poorer[:3])})",
        hint="'confsync push --dry-run --allow-mass-upload' lists their pages; "
        "without --dry-run it lets that happen",
    )


def _attachments_of(remote: Remote, page_id: str) -> list[AttachmentInfo]:
    try:
        return list(remote.attachments(page_id))
    except NotVisibleError:
        return []  # the page's own check refuses it


def _poorer(mirror: Mirror, files: Beside, infos: list[AttachmentInfo]) -> Iterator[str]:
    """Yield the paths of the files that are poorer than the attachments that they replace."""
    for info in infos:
        file = files.files[info.name]
        smaller = file.size * 2 < info.size
        if smaller or differs(info.media_type, head(mirror.root / file.path, file.path)):
            yield file.path
