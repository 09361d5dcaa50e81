"""The archive: Cloud's v1 begins a task, and tells how far the task is."""

from __future__ import annotations

from confsync.errors import ServerError
from confsync.model.page import Task
from confsync.remote import rows
from confsync.remote.client import Client

_API = "rest/api"


def begin(client: Client, page_id: str) -> str:
    """Ask once for the archiving of one page. Return the task's id. Raise APIAccessError.

    One page a request: only a Premium plan takes more.
    """
    answer = client.post(f"{_API}/content/archive", {"pages": [{"id": int(page_id)}]})
    task_id = str(answer.get("id") or "")
    if not task_id or not task_id.replace("-", "").isalnum():
        raise ServerError("the answer does not name the task that archives the page")
    return task_id


def task(client: Client, task_id: str) -> Task:
    """Return the state of a task. Raise APIAccessError."""
    row = client.get(f"{_API}/longtask/{task_id}")
    said = [*_texts(row, "errors"), *_texts(row, "messages")]
    successful = row.get("successful") is True
    return Task(row.get("finished") is True, successful, "" if successful else " ".join(said[:1]))


def _texts(row: rows.Row, key: str) -> list[str]:
    """Return the texts of a task's messages or errors."""
    found = row.get(key)
    parts = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [text for one in parts if (text := rows.words_of(one, "translation"))]
