"""The reversal of what a run did to the attachments of one document."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from confsync.bulk.runs import WrittenFile, WrittenPage
from confsync.commands.bulk.reversal import Refusal
from confsync.document.attachments import names as attachments
from confsync.mirror import attachment_files as files
from confsync.mirror.committed.old_files import old_file
from confsync.mirror.mirror import Mirror
from confsync.model.filenames import TEMPORARY
from confsync.model.stamp import Stamp


@dataclass(frozen=True, slots=True)
class FileStep:
    """A file to replace or to remove. `content` None means to remove it; `now` is its digest."""

    name: str
    path: str
    content: bytes | None
    now: str | None

    def carry_out(self, mirror: Mirror) -> str:
        """Write or remove the file. Return what was done. Raise FileError."""
        if self.content is None:
            mirror.discard(self.path, expected=self.now or "")
            return f"attachment '{self.name}' removed: 'confsync push --delete' deletes it"
        with mirror.nameless(self.path.rpartition("/")[0]) as place:
            source = place / f"{TEMPORARY}file"  # what a kill leaves, the next run removes
            source.write_bytes(self.content)
            mirror.put(self.path, source, expected=self.now)
        return f"attachment '{self.name}'"


def file_steps(
    mirror: Mirror, path: str, stamp: Stamp, page: WrittenPage
) -> Iterator[FileStep | Refusal]:
    """Yield what takes back each attachment of a run that is still as the run left it.

    Raise FileError.
    """
    last = {file.name: file for file in page.files}
    given = attachments.file_names(last, {one.name: one.file for one in stamp.attachments})
    for name, file in last.items():
        step = _step(mirror, path, page, file, given[name])
        if step is not None:
            yield step


def _step(
    mirror: Mirror, path: str, page: WrittenPage, file: WrittenFile, name: str
) -> FileStep | Refusal | None:
    """Return the step of one attachment, or None if it is as before the run already."""
    place = f"{attachments.directory_of(path)}/{name}"
    full = mirror.inside(place)
    now = files.digest_of(full, place)[0] if os.path.lexists(full) else None
    before, after = file.digests
    if now == before:
        return None
    if now != after:
        return Refusal(f"attachment '{file.name}' changed after that push, and stays")
    if before is None:
        return FileStep(file.name, place, None, now)
    former = f"{attachments.directory_of(page.path)}/{name}"
    content = old_file(mirror.root, {place, former}, before)
    if content is None:
        return Refusal(
            f"git does not have the earlier bytes of attachment '{file.name}'",
            "'confsync open {path}' opens the page, whose attachments list older versions",
        )
    return FileStep(file.name, place, content, now)
