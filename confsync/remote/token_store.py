"""Tokens in the system's keyring, by the Confluence they are for. Needs the extra `keyring`."""

from __future__ import annotations

import json
from typing import Any

from confsync.errors import UsageError

SERVICE = "confsync"


def load(url: str) -> tuple[str | None, str] | None:
    """User (None for a Bearer token) and token; None where nothing is kept or no keyring is."""
    try:
        found = json.loads(_keyring().get_password(SERVICE, url) or "null")
    except Exception:
        # A keyring that is locked, broken or absent is no reason to fail: .netrc comes next.
        return None
    if not isinstance(found, dict) or not isinstance(found.get("token"), str):
        return None
    user = found.get("user")
    return (user if isinstance(user, str) else None), found["token"]


def save(url: str, user: str | None, token: str) -> None:
    """Keep a token. Raises UsageError without a keyring that works."""
    try:
        _keyring().set_password(SERVICE, url, json.dumps({"user": user, "token": token}))
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"the keyring does not take it: {type(error).__name__}") from None


def forget(url: str) -> bool:
    """Whether there was a token to forget."""
    if load(url) is None:
        return False
    try:
        _keyring().delete_password(SERVICE, url)
    except Exception as error:
        raise UsageError(f"the keyring does not let go of it: {type(error).__name__}") from None
    return True


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        raise UsageError(
            "keeping tokens needs the package keyring", hint="pip install 'confsync[keyring]'"
        ) from None
    return keyring
