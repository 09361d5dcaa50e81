"""The scan for secrets finds them; that no other test leaks one is what the scan is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.sandbox import Sandbox
from tests.conftest import SECRETS, files_with
from tests.flows.conftest import Desk


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_a_file_is_found(tmp_path: Path, secret: bytes) -> None:
    leak = tmp_path / "deep/er/log.txt"
    leak.parent.mkdir(parents=True)
    leak.write_bytes(b"before " + secret + b" after")
    assert files_with(tmp_path, SECRETS) == [leak]
    (tmp_path / "confluence.sqlite").write_bytes(secret)
    assert files_with(tmp_path, SECRETS) == [leak]
    leak.unlink()


def test_a_secret_in_what_is_printed_is_found(
    wiki: Sandbox, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confsync.remote import client

    monkeypatch.setattr(client.Credentials, "who", property(lambda self: self.token))
    wiki.store.edit(wiki.store.space("ENG").homepage_id, "<p>x</p>", author="Ana")
    desk("pull", "-vv")
    monkeypatch.setattr(client.log, "info", lambda *_: print(wiki.token))
    with pytest.raises(AssertionError, match="a token is printed"):
        desk("status", "--remote")
