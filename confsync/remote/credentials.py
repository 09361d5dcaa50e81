"""The credentials for a server, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Source(Enum):
    """Where credentials come from. The value says it behind a comma."""

    CALLER = "given by the program"
    ENVIRONMENT = "from the environment"
    KEYRING = "from the keyring"
    NETRC = "from ~/.netrc"
    TYPED = "as you typed them"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token: with a user name for Basic authentication, without one as a Bearer token.

    `certificate` is the path of a client certificate with its key, in PEM.
    """

    token: str = ""
    user: str | None = None
    certificate: str | None = None
    source: Source = Source.CALLER

    @property
    def who(self) -> str:
        """Return the name for a log, never the token."""
        return self.user or ("a token" if self.token else "anonymous (or ~/.netrc)")

    @property
    def told(self) -> str:
        """Return whose credentials these are, and their source; empty without any."""
        if self.token:
            return f"{self.user or 'a token alone'}, {self.source.value}"
        return "a client certificate" if self.certificate else ""

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"
