"""The errors about credentials: none, or refused ones. Each says which were tried."""

from __future__ import annotations

from confsync.errors import CredentialsError, NoCredentialsError
from confsync.remote import token_store
from confsync.remote.credentials import Credentials, Source

NOT_ACCEPTED = "the credentials are not accepted"
_SET = "set CONFSYNC_TOKEN, and on Cloud CONFSYNC_USER (your e-mail address)"
_HINTS = {
    Source.CALLER: "check the user and the token; a personal access token needs no user",
    Source.ENVIRONMENT: "check CONFSYNC_TOKEN, and on Cloud CONFSYNC_USER (your e-mail address)",
    Source.KEYRING: "'confsync login {url}' stores another token",
    Source.NETRC: "correct the login and the password of this server in ~/.netrc",
    Source.TYPED: "Cloud: --user with your e-mail address; Data Center: a token without a user",
}


def no_credentials(url: str, status: int = 0) -> NoCredentialsError:
    """Return the error for a server that wants credentials where there are none."""
    return NoCredentialsError(
        "no credentials: CONFSYNC_TOKEN, the keyring and ~/.netrc have none",
        hint=f"'confsync login {url}' asks for a token and keeps it"
        if token_store.is_usable()
        else _SET,
        status=status,
    )


def refused(tried: Credentials, url: str, error: CredentialsError) -> CredentialsError:
    """Return the error for credentials that the server at `url` does not accept.

    It says whose they are and where they come from, and what the server said.
    """
    if not tried.told:
        return no_credentials(url, error.status)
    said = error.message.removeprefix(NOT_ACCEPTED).removeprefix(": ")
    return CredentialsError(
        f"the credentials are not accepted ({tried.told})" + (f": {said}" if said else ""),
        hint=_HINTS[tried.source].format(url=url),
        status=error.status,
    )
