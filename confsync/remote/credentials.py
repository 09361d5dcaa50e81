"""The credentials for a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token: with a user name for Basic authentication, without one as a Bearer token.

    `certificate` is the path of a client certificate with its key, in PEM.
    """

    token: str = ""
    user: str | None = None
    certificate: str | None = None

    @property
    def who(self) -> str:
        """Return the name for a log, never the token."""
        return self.user or ("a token" if self.token else "anonymous (or ~/.netrc)")

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"
