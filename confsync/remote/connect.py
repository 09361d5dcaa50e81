"""The opening of a connection: the kind of server and its address."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NetworkError,
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


def _asked_flavor(client: Client) -> str:
    """Ask for the v2 API, which only Cloud has. Data Center answers with a page for people."""
    try:
        client.get("api/v2/spaces", {"limit": 1})
    except NetworkError:
        raise
    except ServerError as error:
        page_for_people = error.status == 0 and not error.truncated
        if page_for_people or error.status == 404 or 300 <= error.status < 400:
            return "datacenter"
        raise
    except CredentialsError as error:
        # v1 servers answer bad credentials with 401 at every address; v2 answers 404.
        return "cloud" if error.status == 404 else "datacenter"
    except PermissionDeniedError:
        return "datacenter"
    except NotVisibleError as error:
        # Neither API answers this. A proxy without a server behind it does.
        raise ServerError(
            f"there is no Confluence API at this URL ({error.message})",
            hint="correct the URL, also in .confsync.yaml; on Cloud it ends in /wiki",
        ) from None
    return "cloud"


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
