"""Every error that a user can meet: what happened, the exit code, and the next command.

Expected situations (a page that diverged, a rejected push) are decisions, not exceptions.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes. `worst` knows which is the most serious."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    REMOTE = 3
    LOCAL = 4
    CREDENTIALS = 5
    INTERRUPTED = 130


_SERIOUSNESS = (
    Exit.DONE,
    Exit.REFUSED,
    Exit.LOCAL,
    Exit.REMOTE,
    Exit.CREDENTIALS,
    Exit.INTERRUPTED,
    # Never meets another one: nothing has run by then.
    Exit.USAGE,
)


def worst(*codes: Exit) -> Exit:
    """The exit code of a batch: the most serious of its parts."""
    return max(codes, key=_SERIOUSNESS.index, default=Exit.DONE)


class ConfsyncError(Exception):
    """The root. `code` is stable and made for programs; `hint` names the next command.

    `message` is one line. `said` is what another program said about it, in lines.
    """

    exit = Exit.LOCAL
    code = "error"

    def __init__(self, message: str, *, hint: str = "", said: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.said = said


class UsageError(ConfsyncError):
    """The command line asks for something that cannot be."""

    exit = Exit.USAGE
    code = "usage"


class StoppedError(ConfsyncError):
    """The run was interrupted, such as by ^C."""

    exit = Exit.INTERRUPTED
    code = "interrupted"


class InternalError(ConfsyncError):
    """A mistake in confsync itself."""

    code = "internal"


class ConfigError(ConfsyncError):
    """The configuration is missing or wrong; names file and line where there is one."""

    code = "config"


class UntrustedError(ConfsyncError):
    """Credentials would go to a server that the environment does not vouch for."""

    code = "untrusted"


class LockedError(ConfsyncError):
    """Another confsync works on this mirror."""

    code = "locked"


class FileError(ConfsyncError):
    """A file cannot be read or written; names it."""

    code = "file"


class ChangedMeanwhileError(FileError):
    """A file is no longer what was read at the start; it was left alone."""

    code = "changed-meanwhile"


class DocumentError(ConfsyncError):
    """A document cannot be read. `line` counts from 1 in the file."""

    code = "document"

    def __init__(self, path: str, line: int, problem: str, *, hint: str = "") -> None:
        super().__init__(f"{path}:{line}: {problem}", hint=hint)
        self.path = path
        self.line = line
        self.problem = problem


class PointerError(DocumentError):
    """A file in the place of a document only stands for the real one, as Git LFS leaves it."""


class UnopenedError(DocumentError):
    """A file in the place of a document cannot be opened, or is no regular file, such as a link."""


class MassChangeError(ConfsyncError):
    """More would be moved or removed at once than anybody does by intent without saying so."""

    exit = Exit.REFUSED
    code = "mass-change"


class NotUnicodeError(ConfsyncError):
    """A text from the server that no file can hold."""

    code = "not-unicode"


class APIAccessError(ConfsyncError):
    """Anything that went wrong at the server or on the way. `status` is the HTTP status or 0.

    `retry_after` is the number of seconds that the server asks to wait, None if it names none.
    """

    exit = Exit.REMOTE
    code = "remote"
    retry_after: float | None = None

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class EnvironmentTroubleError(APIAccessError):
    """Something on this machine that requests need is not there, such as a certificate file."""

    exit = Exit.LOCAL
    code = "environment"

    def __init__(self, problem: str) -> None:
        super().__init__(
            problem, hint="check CONFSYNC_CLIENT_CERT, REQUESTS_CA_BUNDLE and HTTPS_PROXY"
        )


class NetworkError(APIAccessError):
    """No answer: not reachable, timed out, connection lost. A write may have landed."""

    code = "network"


class ServerError(APIAccessError):
    """The server failed (5xx) or answered something that is not an answer.

    `truncated` tells an answer that began well from one that never was JSON.
    """

    code = "server"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int = 0,
        truncated: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.truncated = truncated
        self.retry_after = retry_after


class RowError(ServerError):
    """One row of an answer cannot be used, such as for want of a title; the others can."""


class UnsettledError(APIAccessError):
    """A write may or may not have landed, and the server could not be asked."""

    code = "unsettled"

    def __init__(self, subject: str, failure: APIAccessError) -> None:
        super().__init__(
            f"{failure.message}; the next push finds out whether {subject} was written",
            hint=failure.hint,
            status=failure.status,
        )
        self.exit = failure.exit
        self.failure = failure


class RateLimitError(APIAccessError):
    """The server still said 429 after all the waiting that was allowed."""

    code = "rate-limit"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "try again later, with fewer --jobs",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, status=429)
        self.retry_after = retry_after


class CredentialsError(APIAccessError):
    """The server does not accept the credentials, or none were given."""

    exit = Exit.CREDENTIALS
    code = "credentials"


class PermissionDeniedError(APIAccessError):
    """The credentials are good, but this is not allowed."""

    exit = Exit.CREDENTIALS
    code = "permission"


class NotVisibleError(APIAccessError):
    """404: not there, or not to be seen. Never proof of a deletion."""

    exit = Exit.REFUSED
    code = "not-visible"


class SpaceNotFoundError(APIAccessError):
    """The configuration names a space that is not there, or not to be seen."""

    exit = Exit.LOCAL
    code = "space-not-found"


class WriteRefusedError(APIAccessError):
    """The server refused a write for what it says: title taken, malformed, too large."""

    exit = Exit.REFUSED
    code = "write-refused"


class VersionConflictError(APIAccessError):
    """The server's compare-and-swap said no: the page is not at the version given."""

    exit = Exit.REFUSED
    code = "version-conflict"

    def __init__(self, page_id: str, version: int, current_version: int | None = None) -> None:
        super().__init__(
            f"Version conflict updating page {page_id} (version {version} is stale)", status=409
        )
        self.page_id = page_id
        self.version = version
        self.current_version = current_version


# What no single page or space is to blame for: the next one would fare no better.
EVERYBODYS = (CredentialsError, NetworkError, RateLimitError)
