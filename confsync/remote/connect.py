"""The opening of a connection: the kind of server and its address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NotVisibleError,
    PermissionDeniedError,
    ServerError,
    UsageError,
)
from confsync.model.url import check_url
from confsync.remote.client import Client
from confsync.remote.credentials import Credentials
from confsync.remote.protocol import Remote
from confsync.remote.rate_limit import Pace
from confsync.workers import Workers

# The site itself does not accept scoped tokens and OAuth, but this gateway does.
GATEWAY = "https://api.atlassian.com"
# The addresses that tell the flavor: the spaces in v2, and the user in v1.
_V2 = "api/v2/spaces"
_V1 = "rest/api/user/current"
_CLOUD_HOSTS = (".atlassian.net", ".jira-dev.com")


def open_remote(
    url: str,
    credentials: Credentials | None,
    *,
    flavor: str | None = None,
    jobs: int = 1,
    tell: Callable[[str], None] | None = None,
) -> Remote:
    """Open a connection. See `confsync.remote.open_remote`."""
    try:
        url = check_url(url)
    except ValueError as error:
        raise UsageError(str(error)) from None
    workers = Workers(jobs)
    pace = Pace(tell=tell) if tell else Pace()
    client = Client(url, credentials, pace=pace, elsewhere=lambda: gateway_of(url, pace), jobs=jobs)
    known = flavor or _known_flavor(url) or _asked_flavor(client)
    return _of(known, client, workers)


def _of(flavor: str, client: Client, workers: Workers) -> Remote:
    """Return the remote of a flavor. The modules of the other flavor are not loaded."""
    if flavor == "cloud":
        from confsync.remote.cloud.cloud import Cloud

        return Cloud(client, workers)
    from confsync.remote.datacenter.datacenter import DataCenter

    return DataCenter(client, workers)


def _known_flavor(url: str) -> str | None:
    host = urlsplit(url).hostname or ""
    at_gateway = url.startswith(f"{GATEWAY}/")
    return "cloud" if at_gateway or host.endswith(_CLOUD_HOSTS) else None


class Said(Enum):
    """The answer of an API to its first request. The credentials may be good or bad."""

    ANSWERS = auto()  # as this API does
    HIDES = auto()  # 404 "Not Found", as Cloud's v2 to bad credentials, and as some proxies
    FORBIDS = auto()  # 403, as Cloud's v1 to bad credentials
    REFUSES = auto()  # 401
    ABSENT = auto()  # anything that no API says


def flavor_of(v2: Said, v1: Said) -> str | None:
    """Return the flavor of a server by what its APIs say; None for no Confluence. Pure.

    Only Cloud has v2. Both have the address that is asked of v1. A proxy before a Data Center may
    answer the unknown address of v2 in any way.
    """
    match v2, v1:
        case (Said.ANSWERS, _) | (Said.HIDES, Said.FORBIDS):
            return "cloud"
        case (Said.HIDES | Said.ABSENT, Said.HIDES | Said.ABSENT):
            return None
        case _:
            return "datacenter"


def _asked_flavor(client: Client) -> str:
    """Ask both APIs. Raise ServerError if neither is there."""
    v2, _ = _said(client, _V2, {"limit": 1}, ("results",))
    if v2 is Said.ANSWERS:
        return "cloud"
    v1, error = _said(client, _V1, {}, ("type", "accountId", "username", "userKey"))
    found = flavor_of(v2, v1)
    if found is not None:
        return found
    if isinstance(error, ServerError):  # a redirect or a page for people: the message says which
        raise error
    raise ServerError(
        "there is no Confluence API at this URL",
        hint="correct the URL, also in .confsync.yaml; on Cloud it ends in /wiki",
    )


def _said(
    client: Client, path: str, params: Mapping[str, Any], keys: Iterable[str]
) -> tuple[Said, APIAccessError | None]:
    """Return what an API says, with its error. One of the keys is in a good answer.

    Raise NetworkError, RateLimitError, or ServerError for a server in trouble.
    """
    try:
        answer = client.get(path, params)
    except CredentialsError as error:
        return {404: Said.HIDES, 403: Said.FORBIDS}.get(error.status, Said.REFUSES), error
    except PermissionDeniedError as error:
        return Said.FORBIDS, error
    except NotVisibleError as error:
        return Said.ABSENT, error
    except ServerError as error:
        page_for_people = error.status == 0 and not error.truncated
        if page_for_people or error.status in (404, 410) or 300 <= error.status < 400:
            return Said.ABSENT, error
        raise
    return (Said.ANSWERS if any(key in answer for key in keys) else Said.ABSENT), None


def gateway_of(url: str, pace: Pace | None = None) -> str | None:
    """Return a Cloud site's base URL at Atlassian's gateway; None for any other server.

    The cloud id is public, so that the request needs no credentials.
    """
    site = urlsplit(url)
    if not (site.hostname or "").endswith(_CLOUD_HOSTS):
        return None
    client = Client(f"{site.scheme}://{site.netloc}", None, pace=pace)
    try:
        cloud_id = str(client.get("_edge/tenant_info").get("cloudId") or "")
    except APIAccessError:
        return None
    finally:
        client.close()
    return f"{GATEWAY}/ex/confluence/{cloud_id}/wiki" if cloud_id else None
