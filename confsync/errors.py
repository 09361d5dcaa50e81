"""Every error that a user can meet: its message, its exit code, and the next command.

Expected situations, such as a rejected push, are decisions and no exceptions.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes. `worst` returns the most serious of several."""

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
    # Stands alone: a usage error ends a command before anything ran.
    Exit.USAGE,
)


def worst(*codes: Exit) -> Exit:
    """Return the exit code of a batch: the most serious of its parts."""
    return max(codes, key=_SERIOUSNESS.index, default=Exit.DONE)


class ConfsyncError(Exception):
    """The base of all errors of confsync.

    `code` is stable and made for programs. `message` is one line, and `str` returns it without the
    marks of its paths. `hint` names the next command.
    `said` is the output of another program about the error, in lines.
    """

    exit = Exit.LOCAL
    code = "error"

    def __init__(self, message: str, *, hint: str = "", said: str = "") -> None:
        super().__init__(message.replace("\0", ""))
        self.message = message
        self.hint = hint
        self.said = said


class UsageError(ConfsyncError):
    """The command line asks for something impossible."""

    exit = Exit.USAGE
    code = "usage"


class StoppedError(ConfsyncError):
    """The run was interrupted, such as by ^C."""

    exit = Exit.INTERRUPTED
    code = "interrupted"


class InternalError(ConfsyncError):
    """A defect of confsync itself."""

    code = "internal"


class ConfigError(ConfsyncError):
    """The configuration is missing or wrong.

    The message names the file, and the line if there is one.
    """

    code = "config"


class UntrustedError(ConfsyncError):
    """Credentials would go to a server that the environment does not name."""

    code = "untrusted"


class LockedError(ConfsyncError):
    """Another confsync works on this mirror."""

    code = "locked"


class FileError(ConfsyncError):
    """A file cannot be read or written. The message names the file."""

    code = "file"


class ChangedMeanwhileError(FileError):
    """A file changed after confsync read it, so confsync left it alone."""

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
    """A file in a document's place is only a pointer to the real one, such as one of Git LFS."""


class UnopenedError(DocumentError):
    """A file in a document's place cannot be opened, or is not a regular file, such as a link."""


class MassChangeError(ConfsyncError):
    """A command would move or remove many pages, and no option permits that."""

    exit = Exit.REFUSED
    code = "mass-change"


class NotUnicodeError(ConfsyncError):
    """A text from the server has characters that no file can hold."""

    code = "not-unicode"


class APIAccessError(ConfsyncError):
    """A failure at the server or on the way to it. `status` is the HTTP status, or 0.

    `retry_after` is how many seconds the server asks to wait, or None if the server does not say.
    """

    exit = Exit.REMOTE
    code = "remote"
    retry_after: float | None = None

    def __init__(self, message: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class EnvironmentTroubleError(APIAccessError):
    """Something on this machine that requests need is missing, such as a certificate file."""

    exit = Exit.LOCAL
    code = "environment"

    def __init__(self, problem: str) -> None:
        super().__init__(
            problem, hint="correct CONFSYNC_CLIENT_CERT, REQUESTS_CA_BUNDLE or HTTPS_PROXY"
        )


class NetworkError(APIAccessError):
    """The server did not answer: not reachable, timed out, or connection lost.

    A write may have succeeded.
    """

    code = "network"


class ServerError(APIAccessError):
    """The server failed (5xx), or sent something that is not a valid answer.

    `truncated` marks an answer that began as valid JSON and broke off.
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
    """One row of an answer is unusable, such as a row without a title.

    The other rows are usable.
    """


class UnsettledError(APIAccessError):
    """A write may or may not have succeeded, and confsync could not ask the server."""

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
    """The server still answered 429 after all the waiting that is allowed."""

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
    """The server does not accept the credentials, or there are none."""

    exit = Exit.CREDENTIALS
    code = "credentials"


class NoCredentialsError(CredentialsError):
    """The server wants credentials, and there are none."""


class PermissionDeniedError(APIAccessError):
    """The server accepts the credentials, but forbids this request."""

    exit = Exit.CREDENTIALS
    code = "permission"


class NotVisibleError(APIAccessError):
    """The server answered 404: the page is missing or hidden. This never proves a deletion."""

    exit = Exit.REFUSED
    code = "not-visible"


class SpaceNotFoundError(APIAccessError):
    """The configuration names a space that is missing or hidden."""

    exit = Exit.LOCAL
    code = "space-not-found"


class WriteRefusedError(APIAccessError):
    """The server refused the content of a write: title taken, malformed, or too large."""

    exit = Exit.REFUSED
    code = "write-refused"


class VersionConflictError(APIAccessError):
    """The server's own comparison refused a write: the page is not at the given version."""

    exit = Exit.REFUSED
    code = "version-conflict"

    def __init__(self, page_id: str, version: int, current_version: int | None = None) -> None:
        super().__init__(
            f"Version conflict updating page {page_id} (version {version} is stale)", status=409
        )
        self.page_id = page_id
        self.version = version
        self.current_version = current_version


class DroppedCommentError(APIAccessError):
    """A text lacks the marker of an open comment, so the comment would lose its words."""

    exit = Exit.REFUSED
    code = "dropped-comment"

    def __init__(self, page_id: str, comments: tuple[str, ...], why: str) -> None:
        super().__init__(f"page {page_id}: {why}")
        self.page_id = page_id
        self.comments = comments


# Failures that concern no single page or space: the next request would fail, too.
EVERYBODYS = (CredentialsError, NetworkError, RateLimitError)
