"""The archiving of one page: ask the server, wait for its task, and look what became of the page.

The request is sent once, whatever becomes of its answer. Only the page itself tells whether it is
archived.
"""

from __future__ import annotations

import time

from confsync.errors import (
    APIAccessError,
    CredentialsError,
    NetworkError,
    NotVisibleError,
    PermissionDeniedError,
    ServerError,
    UnsettledError,
    WriteRefusedError,
)
from confsync.remote import Remote
from confsync.sync.deletion import is_archived
from confsync.sync.fetch import Reader

# Seconds between the questions about a task: a minute together.
TASK_PAUSES = (0.2, 0.3, 0.5, 1.0, 2.0, *[4.0] * 14)
# Seconds between the looks at a page whose task ended, or may never have begun.
LOOK_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)


def archive(reader: Reader, page_id: str, version: int) -> None:
    """Archive a page, and return when the server shows it as archived. Raise APIAccessError.

    `version` is the version of the page that was looked at.
    """
    error: APIAccessError
    try:
        _wait(reader.remote, reader.remote.archive(page_id))
        error = ServerError(
            "the server took the request, but has not archived the page yet",
            hint="run the command again",
        )
    except WriteRefusedError as refusal:
        error = WriteRefusedError(
            f"the server does not archive the page: {refusal.message}",
            hint=f"'confsync push --delete {page_id}@{version}' puts it into the trash instead",
            status=refusal.status,
        )
    except (NetworkError, ServerError, NotVisibleError) as failure:
        error = failure
    _look(reader, page_id, error)


def _wait(remote: Remote, task_id: str) -> None:
    """Return when a task ended, when its time is over, or when the server does not show it.

    Raise WriteRefusedError if the task failed, and APIAccessError.
    """
    for pause in (*TASK_PAUSES, None):
        try:
            task = remote.task(task_id)
        except (NotVisibleError, PermissionDeniedError, CredentialsError):
            return  # another permission than that for archiving
        if task.finished and not task.successful:
            said = f": {task.message}" if task.message else ""
            raise WriteRefusedError(f"its task failed{said}")
        if task.finished or pause is None:
            return
        time.sleep(pause)


def _look(reader: Reader, page_id: str, error: APIAccessError) -> None:
    """Return if the page is archived. Else raise the error.

    After a refusal one look is enough: perhaps a person archived the page meanwhile.
    """
    refused = isinstance(error, (NotVisibleError, WriteRefusedError))
    for pause in (*(() if refused else LOOK_PAUSES), None):
        try:
            found = reader.current({page_id: 1})[page_id]
        except APIAccessError as failure:
            raise UnsettledError(f"the archiving of page {page_id}", failure) from None
        if is_archived(found):
            return
        if pause is None:
            raise error
        time.sleep(pause)
