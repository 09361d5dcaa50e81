"""Tokens in the system's keyring, one for each Confluence. Needs the extra `keyring`."""

from __future__ import annotations

import json
from typing import Any

from confsync.errors import UsageError

SERVICE = "confsync"


def is_usable() -> bool:
    """Return whether tokens can be stored: the extra is installed, and the system has a keyring."""
    try:
        return bool(_keyring().get_keyring().priority > 0)
    except Exception:
        return False


def check() -> None:
    """Raise UsageError if no token can be stored, before anybody types one."""
    _keyring()


def load(url: str) -> tuple[str | None, str] | None:
    """Return user (None for a Bearer token) and token; None without a stored token or a keyring."""
    try:
        found = json.loads(_keyring().get_password(SERVICE, url) or "null")
    except Exception:
        # A keyring that is locked, broken or absent is no failure: .netrc comes next.
        return None
    if not isinstance(found, dict) or not isinstance(found.get("token"), str):
        return None
    user = found.get("user")
    return (user if isinstance(user, str) else None), found["token"]


def save(url: str, user: str | None, token: str) -> None:
    """Store a token. Raise UsageError without a working keyring."""
    try:
        _keyring().set_password(SERVICE, url, json.dumps({"user": user, "token": token}))
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"the keyring did not store the token: {type(error).__name__}") from None


def forget(url: str) -> bool:
    """Delete a token. Return whether there was one."""
    if load(url) is None:
        return False
    try:
        _keyring().delete_password(SERVICE, url)
    except Exception as error:
        raise UsageError(f"the keyring did not delete the token: {type(error).__name__}") from None
    return True


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        raise UsageError(
            "storing a token needs the package keyring", hint="pip install 'confsync[keyring]'"
        ) from None
    return keyring
