"""The files that attachments are downloaded to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.mirror import attachment_files as files
from confsync.model.page import AttachmentInfo, Version

INFO = AttachmentInfo("att1", "a.bin", Version(1), 5)


@pytest.fixture
def download(tmp_path: Path) -> Callable[..., bytes]:
    """Write pieces to the download of `INFO`; None begins again. Return the file's content."""

    def run(*pieces: bytes | None) -> bytes:
        with files.downloading(tmp_path, INFO) as opened:
            assert opened.size <= INFO.size
            for piece in pieces:
                size = 0 if piece is None else opened.size + len(piece)
                opened.restart() if piece is None else opened.write(piece)
                assert opened.size == size
        return opened.path.read_bytes()

    return run


def test_a_download_that_begins_anew_keeps_no_hole(download: Callable[..., bytes]) -> None:
    assert download(b"old", None, b"new") == b"new"
    assert download(None, b"01234") == b"01234"


def test_a_download_that_is_too_long_begins_anew(download: Callable[..., bytes]) -> None:
    assert download(b"longer than the listing says") == b"longer than the listing says"
    assert download() == b""
    assert download(b"longer than the listing says") == b"longer than the listing says"
    assert download(b"01234") == b"01234"


def test_a_download_goes_on_behind_what_is_there(download: Callable[..., bytes]) -> None:
    assert download(b"01") == b"01"
    assert download(b"234") == b"01234"
