"""What every route needs: the store, the faults, and who is asking."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import cast

import flask

from .errors import NOT_PERMITTED
from .faults import Faults
from .rows import UserRow
from .store import Store

CLOUD_ID = "5e3ad2a0-7c1b-4f0e-9b57-2f6f0c1de001"
SITE = "confsync.site"  # the key in the WSGI environment


@dataclass(frozen=True, slots=True)
class Site:
    """The served site."""

    store: Store
    faults: Faults


class AuthenticationError(Exception):
    """No or wrong credentials. Each API says it in its own, misleading way."""

    def __init__(self) -> None:
        super().__init__(NOT_PERMITTED)


def site() -> Site:
    """The site that the current request asks."""
    return cast(Site, flask.request.environ[SITE])


def store() -> Store:
    return site().store


def base() -> str:
    """The site's base URL as this client reaches it, without a slash at the end."""
    return flask.request.host_url + "wiki"


def current_user() -> UserRow:
    """Whose credentials the request carries: Basic with email and token, or Bearer with a token."""
    scheme, _, value = flask.request.headers.get("Authorization", "").partition(" ")
    email: str | None = None
    token = value.strip()
    if scheme.lower() == "basic":
        try:
            email, _, token = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise AuthenticationError from None
    elif scheme.lower() != "bearer":
        raise AuthenticationError
    for user in store().users():
        if user.token and user.token == token and email in (None, user.email):
            return user
    raise AuthenticationError
