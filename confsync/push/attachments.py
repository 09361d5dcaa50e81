"""The attachments of a push: they are sent before the page's text, and deleted after it.

Each attachment is compared directly before its upload. No server compares an attachment's version
itself, so a moment remains between the check and the request. A version that another person makes
in this moment stays in the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from confsync.document.attachments import names as attachments
from confsync.document.attachments.media_types import differs, is_foreign
from confsync.errors import (
    APIAccessError,
    FileError,
    NetworkError,
    NotVisibleError,
    ServerError,
    UnsettledError,
    WriteRefusedError,
)
from confsync.mirror import attachment_files as files
from confsync.mirror.committed.deleted_files import files_without_document
from confsync.mirror.committed.whereabouts import new_copies
from confsync.mirror.git.repository import stands
from confsync.mirror.git.trees import left_out_copies
from confsync.mirror.mirror import Mirror
from confsync.mirror.state import in_doubt, regular
from confsync.mirror.state.base_cache import STATE
from confsync.mirror.state.in_doubt import Doubt
from confsync.model.event import Event
from confsync.model.hint import marked, mentioned
from confsync.model.outcome import Outcome
from confsync.model.page import AttachmentInfo
from confsync.model.stamp import Attached, message_with_token
from confsync.push.write_page import may_pass, of_this_page
from confsync.remote import Remote
from confsync.sync.attachments.beside import (
    CONFLICTS,
    Beside,
    download_one,
    way_out,
    who_and_what,
)
from confsync.sync.attachments.compare import Decision, Sides, decide, token


class Asked(NamedTuple):
    """The choices of a person for attachments: `delete`, and send `other_kinds`."""

    delete: bool = False
    other_kinds: bool = False


class AttachmentConflict(Exception):  # noqa: N818 - it is expected, and told of as a refusal
    """Raised if an attachment must not be sent. Nothing more of the page is sent."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


class Uploading:
    """The attachments of one page that were changed here."""

    def __init__(
        self, mirror: Mirror, remote: Remote, page_id: str, beside: Beside, asked: Asked
    ) -> None:
        self._mirror = mirror
        self._remote = remote
        self._page = page_id
        self._beside = beside
        self._asked = asked
        self._doomed: list[Sides] = []
        # Names that the server changed, as some servers do with quotes: old to new.
        self.renamed: dict[str, str] = {}
        self._attached = dict(files.by_name(beside.attached))

    @property
    def attached(self) -> tuple[Attached, ...]:
        """Return the attachments for the stamp, after the uploads so far."""
        return tuple(self._attached[name] for name in sorted(self._attached))

    def check(self) -> list[Sides]:
        """Return every changed attachment, if all of them may be sent.

        Raise AttachmentConflict, APIAccessError, FileError.
        """
        decided = list(self._decided())
        for sides in decided:
            if decide(sides) in CONFLICTS:
                raise self._conflict(sides)
            if decide(sides) is Decision.UPLOAD and not self._asked.other_kinds:
                self._refuse_other_kind(sides)
        return decided

    def upload(self, message: str) -> None:
        """Check every changed attachment, then upload. Raise what `check` does."""
        for sides in self.check():
            match decide(sides):
                case Decision.UPLOAD:
                    self._one(sides, message)
                case Decision.STAMP if sides.remote:
                    self._stamp(sides, sides.remote, sides.local or "")
                case Decision.FORGET:
                    self._attached.pop(sides.name, None)
                case Decision.DELETE if self._asked.delete:
                    self._doomed.append(sides)

    def delete(self) -> str:
        """Delete the attachments that were deleted here. Return why some of them were kept.

        No page shows them any more. Raise APIAccessError, FileError.
        """
        kept = []
        for sides in self._doomed:
            if sides.remote is None:
                continue
            if why := self._seen_again(sides, sides.remote.size):
                kept.append(f"{sides.name}: {why}")
                continue
            try:
                self._remote.delete_attachment(self._page, sides.remote.id)
            except (NetworkError, ServerError, NotVisibleError) as error:
                # Cloud answers 404 also to a user who may only read.
                now = self._again(sides, error).remote
                if now is not None and now.id == sides.remote.id:
                    raise
            self._note(Outcome.DELETED.value, sides, None, None)
            self._attached.pop(sides.name, None)
            self._mirror.note_gone(self._beside.deleted[sides.name])
        return "; ".join(kept)

    def _seen_again(self, sides: Sides, size: int) -> str:
        """Return why an attachment is not deleted: its file came back, or is elsewhere.

        The caller asks directly before the request. A copy that belongs to another attachment, such
        as after a new name in this push, does not count. A file of the same name without a document
        may be the edited file of an interrupted move.
        """
        root, base = self._mirror.root, sides.base
        if base is None:
            return ""
        directory = attachments.directory_of(self._beside.path)
        path = f"{directory}/{base.file}"
        if stands(root / path):
            return f"{mentioned(path)} is here again; run the command again"
        own = {
            (self._beside.path, each.file) for each in self.attached if each.digest == base.digest
        }
        for copy in new_copies(root, base.digest, size):
            if (attachments.document_of(copy), copy.rpartition("/")[2]) not in own:
                place = mentioned(copy)
                return f"its file is at {place} now; move it back, or delete it there as well"
        for copy in left_out_copies(root, path):
            return f"git has its file at {mentioned(copy)}, which this sparse checkout leaves out"
        for stray in files_without_document(root, self._mirror.config.spaces, base.file):
            return f"{mentioned(stray)} may be its file; move it back, or delete it there as well"
        return ""

    # -- one attachment ----------------------------------------------------------------------------

    def _decided(self) -> Iterator[Sides]:
        """Yield the attachments that were changed here, each with the server's state."""
        infos = tuple(self._remote.attachments(self._page))
        self._beside = self._beside.facing(infos)
        for sides in self._beside.sides(infos):
            if sides.modified or sides.deleted or sides.seems_restored:
                yield self._known(sides)

    def _known(self, sides: Sides) -> Sides:
        """Return the sides, with the digest of the server's file if the decision needs it."""
        if decide(sides) is not Decision.UNKNOWN or sides.remote is None:
            return sides
        found = download_one(self._mirror, self._remote, self._page, sides.remote)
        if found.error:
            raise found.error
        return replace(sides, theirs=found.digest)

    def _refuse_other_kind(self, sides: Sides) -> None:
        """Raise AttachmentConflict if a file surely has another type than the old attachment.

        The server's file is read only if the local file does not have the listed type: an
        attachment that had another type before may keep it.
        """
        info = sides.remote
        if info is None:
            return
        path = self._beside.files[sides.name].path
        if not is_foreign(info.media_type, files.head(self._mirror.root / path, path)):
            return
        found = download_one(self._mirror, self._remote, self._page, info)
        if found.download is None:
            raise found.error or ServerError(f"{sides.name}: cannot be read")
        if differs(info.media_type, files.head(found.download.path, info.name)):
            return
        raise AttachmentConflict(
            f"{mentioned(path)} is not {info.media_type}, "
            "the type of the attachment that it replaces",
            f"'confsync push --allow-mass-upload {marked(self._beside.path)}' sends it",
        )

    def _one(self, sides: Sides, message: str, *, again: bool = True) -> None:
        """Upload one attachment. `again` allows one more try, if the server has not changed."""
        name, local = sides.name, sides.local or ""
        path = self._beside.files[name].path
        sent = _Hashing(self._mirror.root / path, path)
        mark = token(name, sides.base, local)
        try:
            info = self._remote.upload(
                self._page,
                name,
                sent.open,
                comment=message_with_token(mark, message),
                replaces=sides.remote,
            )
        except (NetworkError, ServerError, WriteRefusedError) as error:
            now = self._again(sides, error)
            match decide(now):
                case Decision.STAMP if now.remote:
                    info = now.remote
                case Decision.UPLOAD if again and may_pass(error):
                    self._one(now, message, again=False)
                    return
                case Decision.DIVERGED:
                    raise self._conflict(now) from None
                case _:
                    raise of_this_page(error, "attachment") from None
        if info.name != name:
            self.renamed[name] = info.name
        self._stamp(sides, info, sent.digest or local)
        self._note("attached", sides, info.version.number, sent.digest or local)

    def _again(self, sides: Sides, error: APIAccessError) -> Sides:
        """Return the same attachment with the server's present state. Raise UnsettledError."""
        try:
            infos = {info.name: info for info in self._remote.attachments(self._page)}
            return self._known(replace(sides, remote=infos.get(sides.name), theirs=None))
        except APIAccessError as failure:
            if isinstance(error, WriteRefusedError):
                raise error from None
            base = sides.base.version if sides.base else 0
            what, digest = f"attachment '{sides.name}' of page {self._page}", sides.local or ""
            mark = token(sides.name, sides.base, digest)
            doubt = Doubt(self._beside.path, mark, digest, self._page, base, file=sides.name)
            in_doubt.note(self._mirror.root / STATE, doubt)
            raise UnsettledError(what, failure) from None

    def _stamp(self, sides: Sides, info: AttachmentInfo, digest: str) -> None:
        file = self._beside.files[sides.name].file
        number = info.version.number
        self._attached[sides.name] = Attached(sides.name, number, digest, file, info.id)

    def _conflict(self, sides: Sides) -> AttachmentConflict:
        base, found = sides.base, self._beside.files.get(sides.name)
        file = found.file if found else base.file if base else sides.name
        return AttachmentConflict(
            who_and_what(self._mirror, self._remote, sides), way_out(self._beside.path, file, sides)
        )

    def _note(self, what: str, sides: Sides, version: int | None, after: str | None) -> None:
        base, before = (sides.base.version, sides.base.digest) if sides.base else (None, None)
        path = f"{attachments.directory_of(self._beside.path)}/{sides.name}"
        who = self._remote.who
        self._mirror.audit.add(Event(what, self._page, path, base, version, before, after, who))
        if found := self._beside.files.get(sides.name):
            self._mirror.written.add(found.path)


class _Hashing:
    """A file to send, with the digest of the bytes that were sent."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self.digest = ""

    def open(self) -> BinaryIO:
        try:
            return _Reader(open(regular.opened(self._path), "rb"), self)  # type: ignore[return-value]
        except OSError as error:
            raise FileError(f"{self._name}: cannot be read: {error.strerror}") from None


class _Reader:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO, of: _Hashing) -> None:
        self._file = file
        self._of = of
        self._hashed = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._hashed.update(piece)
        self._of.digest = attachments.digest_of(self._hashed)
        return piece

    def fileno(self) -> int:
        return self._file.fileno()

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()
