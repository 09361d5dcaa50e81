"""The files of pages, with all their versions."""

from __future__ import annotations

import mimetypes
from typing import NamedTuple, Unpack

from ..errors import Invalid, Missing
from . import changes
from .bulk import ATTACHMENTS, PREFIX, attachment_row
from .options import Attach
from .queries import number
from .rows import AttachmentRow, VersionRow
from .state import State

_TAKEN = "Cannot add a new attachment with same file name as an existing attachment: "


def _key(attachment_id: str) -> int:
    return number(attachment_id.removeprefix(PREFIX))


class Upload(NamedTuple):
    """The content of an upload: the bytes, and the name and the type of the part."""

    data: bytes
    title: str
    media_type: str


class Attachments(State):
    """The attachments of a store.

    Ids are `att` and a number; reading also accepts the number alone.
    """

    def attachments(self, page_id: str, title: str | None = None) -> tuple[AttachmentRow, ...]:
        """Return a page's files in the order of their creation, or its file with this name."""
        rows = self.database.all(
            f"{ATTACHMENTS} WHERE a.content_id = ? AND (? IS NULL OR a.title = ?) ORDER BY a.id",
            (number(page_id), title, title),
        )
        return tuple(attachment_row(row) for row in rows)

    def attachment(self, attachment_id: str) -> AttachmentRow:
        row = self.database.one(f"{ATTACHMENTS} WHERE a.id = ?", (_key(attachment_id),))
        if row is None:
            raise Missing("attachment", attachment_id)
        return attachment_row(row)

    def attachment_data(self, attachment_id: str, version: int | None = None) -> bytes:
        """Return the bytes of the file now, or at a version."""
        wanted = self.attachment(attachment_id).version if version is None else version
        row = self.database.one(
            "SELECT data FROM attachment_versions WHERE attachment_id = ? AND number = ?",
            (_key(attachment_id), wanted),
        )
        if row is None:
            raise Missing("attachment", attachment_id)
        return row[0] if isinstance(row[0], bytes) else b""

    def all_attachments(self) -> tuple[AttachmentRow, ...]:
        """Return the files of all current content that the API may see."""
        rows = self.database.all(
            f"{ATTACHMENTS} JOIN content c ON c.id = a.content_id"
            " WHERE c.restricted = 0 AND c.status = 'current' ORDER BY a.id"
        )
        return tuple(attachment_row(row) for row in rows)

    def attachment_versions(self, attachment_id: str) -> tuple[VersionRow, ...]:
        """Return a file's versions without their bytes, oldest first."""
        title = self.attachment(attachment_id).title
        rows = self.database.all(
            "SELECT number, author, comment, created_at FROM attachment_versions"
            " WHERE attachment_id = ? ORDER BY number",
            (_key(attachment_id),),
        )
        return tuple(
            VersionRow(int(str(row[0])), title, "", str(row[1]), str(row[2]), str(row[3]))
            for row in rows
        )

    def attach(
        self,
        page_id: str,
        title: str,
        data: bytes,
        media_type: str | None = None,
        **about: Unpack[Attach],
    ) -> AttachmentRow:
        """Add a new file. Raise `Invalid` if the page has one of this name."""
        kind = media_type or mimetypes.guess_type(title)[0] or "application/octet-stream"
        with self.batch():
            page = self.page(page_id)
            if self.attachments(page.id, title):
                raise Invalid(f"{_TAKEN}{title}")
            new = self.database.new_id()
            self.database.execute(
                "INSERT INTO attachments VALUES (?, ?, ?, ?, 0)",
                (new, number(page.id), title, kind),
            )
            author, comment = about.get("author", "Ana"), about.get("comment", "")
            return self.replace_attachment(f"{PREFIX}{new}", data, author, comment)

    def replace_attachment(
        self, attachment_id: str, data: bytes, author: str = "Ana", comment: str = ""
    ) -> AttachmentRow:
        """Add a version of a file."""
        key = _key(attachment_id)
        with self.batch():
            row = self.database.one("SELECT version FROM attachments WHERE id = ?", (key,))
            if row is None:
                raise Missing("attachment", attachment_id)
            changes.add_user(self.database, author)
            self.database.execute(
                "INSERT INTO attachment_versions VALUES (?, ?, ?, ?, ?, ?)",
                (key, int(str(row[0])) + 1, author, comment, self._at(), data),
            )
            self.database.execute(
                "UPDATE attachments SET version = version + 1 WHERE id = ?", (key,)
            )
            return self.attachment(attachment_id)

    def upload(
        self, attachment_id: str, sent: Upload, author: str = "Ana", comment: str = ""
    ) -> AttachmentRow:
        """Add a version of a file, with the name and the type that were sent.

        Raise `Invalid` if the page has another file of this name.
        """
        with self.batch():
            row = self.attachment(attachment_id)
            if any(other.id != row.id for other in self.attachments(row.page_id, sent.title)):
                raise Invalid(f"{_TAKEN}{sent.title}")
            self.describe_attachment(row.id, sent.title, sent.media_type)
            return self.replace_attachment(row.id, sent.data, author, comment)

    def describe_attachment(self, attachment_id: str, title: str, media_type: str) -> AttachmentRow:
        """Give a file another name or type, without a new version."""
        with self.batch():
            self.database.execute(
                "UPDATE attachments SET title = ?, media_type = ? WHERE id = ?",
                (title, media_type, _key(attachment_id)),
            )
            return self.attachment(attachment_id)

    def move_attachment(self, attachment_id: str, page_id: str, title: str) -> AttachmentRow:
        """Move a file to a page, and give it a name. Raise `Invalid` if the name is taken there."""
        with self.batch():
            row, page = self.attachment(attachment_id), self.page(page_id)
            if any(other.id != row.id for other in self.attachments(page.id, title)):
                raise Invalid(f"{_TAKEN}{title}")
            self.database.execute(
                "UPDATE attachments SET content_id = ?, title = ? WHERE id = ?",
                (number(page.id), title, _key(row.id)),
            )
            return self.attachment(row.id)

    def remove_attachment(self, attachment_id: str) -> None:
        """Delete a file with all its versions."""
        key = _key(attachment_id)
        with self.batch():
            self.attachment(attachment_id)
            self.database.execute("DELETE FROM attachment_versions WHERE attachment_id = ?", (key,))
            self.database.execute("DELETE FROM content_labels WHERE content_id = ?", (key,))
            self.database.execute("DELETE FROM attachments WHERE id = ?", (key,))

    def remove_attachment_version(self, attachment_id: str, version: int) -> None:
        """Delete an old version of a file. Later versions keep their numbers."""
        if version not in [one.number for one in self.attachment_versions(attachment_id)]:
            raise Missing("version", str(version))
        if version == self.attachment(attachment_id).version:
            raise Invalid("The current version of an attachment cannot be deleted.")
        with self.batch():
            self.database.execute(
                "DELETE FROM attachment_versions WHERE attachment_id = ? AND number = ?",
                (_key(attachment_id), version),
            )
