"""The context of every route: the store, the faults, and the user of the request."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import flask

from .errors import NOT_PERMITTED, servlet_page
from .faults import Faults
from .store.rows import UserRow, username
from .store.store import Store

CLOUD_ID = "5e3ad2a0-7c1b-4f0e-9b57-2f6f0c1de001"
CLOUD = "cloud"
DATACENTER = "datacenter"
# Keys in the WSGI environment: the site, and whether the request came by the gateway
SITE = "confsync.site"
BY_GATEWAY = "confsync.gateway"


@dataclass(frozen=True, slots=True)
class Site:
    """The served site. `version` is that of a Data Center.

    `classic_v1`: a Cloud site still has v1's content and spaces, at its own address.
    """

    store: Store
    faults: Faults
    flavor: str = CLOUD
    context: str = "/wiki"
    version: str = "9.3.1"
    classic_v1: bool = True

    def at_least(self, *version: int) -> bool:
        """Return whether the server's version is this one or a later one."""
        return tuple(int(part) for part in self.version.split(".")) >= version


class AuthenticationError(Exception):
    """The credentials are missing or wrong. Each API says so in its own, misleading way."""

    def __init__(self, *, anonymous: bool = False) -> None:
        super().__init__(NOT_PERMITTED)
        self.anonymous = anonymous


def site() -> Site:
    """Return the site of the current request."""
    return cast(Site, flask.request.environ[SITE])


def store() -> Store:
    return site().store


def behind_gateway() -> bool:
    """Return whether the request came as by api.atlassian.com."""
    return bool(flask.request.environ[BY_GATEWAY])


def as_proxy() -> bool:
    """Return whether the request came from a client that has the sandbox for its proxy.

    Only such a request has a whole address where others have a path (RFC 9112, 3.2.2).
    """
    return str(flask.request.environ.get("REQUEST_URI", "")).startswith("http://")


def base() -> str:
    """Return the site's base URL as this client reaches it, without a slash at the end."""
    if "base" not in flask.g:  # a listing needs it a hundred times a page
        flask.g.base = flask.request.host_url.rstrip("/") + site().context
    return str(flask.g.base)


def current_user() -> UserRow:
    """Return the user of the request's credentials: Basic with name and token, or Bearer.

    The name is the email address on Cloud and the username on Data Center.
    """
    header = flask.request.headers.get("Authorization", "")
    if not header:
        raise AuthenticationError(anonymous=True)
    scheme, _, value = header.partition(" ")
    name: str | None = None
    token = value.strip()
    if scheme.lower() == "basic":
        try:
            name, _, token = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise AuthenticationError from None
    elif scheme.lower() != "bearer":
        raise AuthenticationError
    for user in store().users():
        known = user.email if site().flavor == CLOUD else username(user.name)
        if user.token and user.token == token and name in (None, known):
            return user
    raise AuthenticationError


def unauthorized() -> flask.Response:
    """Answer as the servlet container does to missing or wrong credentials."""
    answer = flask.make_response(servlet_page(HTTPStatus.UNAUTHORIZED), HTTPStatus.UNAUTHORIZED)
    answer.headers["WWW-Authenticate"] = f'OAuth realm="{base()}"'
    answer.headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
    return answer
