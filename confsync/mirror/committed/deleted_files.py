"""The attachments whose files were deleted here on purpose, according to git.

A deletion belongs to a page and an attachment's name, not to a path: the document may have moved
since HEAD, and another document may be at its old path.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from confsync.document import stamp_reader
from confsync.document.attachments import names as attachments
from confsync.mirror import attachment_files as files
from confsync.mirror.git import repository
from confsync.mirror.git.repository import HeadFiles
from confsync.model.config import SpaceConfig
from confsync.model.stamp import Attached, Stamp


class DeletedFiles:
    """The deleted attachments of a mirror. It asks git only if a file is missing.

    Without spaces, nothing was deleted.
    """

    def __init__(self, root: Path = Path(), spaces: Iterable[SpaceConfig] = ()) -> None:
        self._root = root
        self._directories = [space.path for space in spaces]

    def beside(
        self, document: str, page_id: str, attached: Iterable[Attached]
    ) -> Mapping[str, str]:
        """Return the attachments of a document that were deleted here: name to HEAD's path.

        Raise FileError.
        """
        # A text is faster than a Path, and there are thousands of attachments.
        directory = os.path.join(self._root, attachments.directory_of(document))
        missing = [one for one in attached if not repository.stands(f"{directory}/{one.file}")]
        if not missing or not self._directories:
            return {}
        return {
            one.name: path
            for one in missing
            if (path := self._paths.get((page_id, one.name)))
            or (path := self._paths.get((document, one.name)))
        }

    @cached_property
    def _paths(self) -> Mapping[tuple[str, str], str]:
        """Return HEAD's files by owner and attachment name.

        The owner is the page's id, or the document's path if HEAD's document has no stamp.
        """
        head = repository.attachments_of_head(self._root, self._directories)
        stamps = {path: stamp_reader.stamp_in(raw) for path, raw in head.documents.items()}
        owned = {_key(path, stamps): path for path in head.paths - head.ownerless.keys()}
        return dict(_owners_of_ownerless(head, stamps)) | owned


def files_without_document(root: Path, spaces: Iterable[SpaceConfig], file: str) -> Iterator[str]:
    """Yield the files of a name in attachments directories without a document."""
    for space in spaces:
        for directory in files.orphans(root, space.path, frozenset()):
            owner = attachments.document_of(directory) or ""
            path = f"{directory}/{file}"
            if not repository.stands(root / owner) and repository.stands(root / path):
                yield path


def _key(path: str, stamps: Mapping[str, Stamp | None]) -> tuple[str, str]:
    """Return the owner of a file in HEAD, and the attachment's name."""
    document = attachments.document_of(path) or ""
    file = _file_of(path)
    stamp = stamps.get(document)
    if stamp is None:
        return document, file
    return stamp.id, {one.file: one.name for one in stamp.attachments}.get(file, file)


def _owners_of_ownerless(
    head: HeadFiles, stamps: Mapping[str, Stamp | None]
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield owner, name and path of files in HEAD without a document beside them.

    A commit that moved a document left such a file behind. Its owner is the only page whose stamp
    in HEAD has this name and these bytes. That page has no such file beside it.
    """
    wanted: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for document, stamp in stamps.items() if head.ownerless else ():
        directory = attachments.directory_of(document)
        for one in stamp.attachments if stamp else ():
            if stamp and f"{directory}/{one.file}" not in head.paths:
                wanted.setdefault((one.file, one.digest), []).append((stamp.id, one.name))
    for path, raw in head.ownerless.items():
        digest = attachments.digest_of(hashlib.sha256(raw))
        owners = wanted.get((_file_of(path), digest), [])
        if len(owners) == 1:
            yield owners[0], path


def _file_of(path: str) -> str:
    return unicodedata.normalize("NFC", path.rpartition("/")[2])
