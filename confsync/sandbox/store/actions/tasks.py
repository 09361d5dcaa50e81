"""The tasks in the bodies of pages and blog posts: `<ac:task>`.

A task has no row of its own. Its id is made of the page's id and of the id in the body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import Missing
from .. import queries
from ..queries import Selection
from ..rows import WRITTEN, PageRow
from ..state import State

_TASK = re.compile(
    r"<ac:task>(?:(?!</ac:task>).)*?<ac:task-id>(?P<id>\d+)</ac:task-id>"
    r"(?:(?!</ac:task>).)*?<ac:task-status>(?P<status>\w+)</ac:task-status>"
    r"\s*<ac:task-body>(?P<body>.*?)</ac:task-body>",
    re.DOTALL,
)
_PERSON = re.compile(r'<ri:user ri:account-id="([^"]+)"')
_DUE = re.compile(r'<time datetime="(\d{4}-\d{2}-\d{2})"')
PLACES = 10_000  # more tasks than a page has
COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task. `local_id` is that of the body, `person` an account id, `due` a day."""

    id: str
    local_id: str
    page: PageRow
    status: str
    body: str
    person: str | None
    due: str | None


class Tasks(State):
    """The tasks of a store."""

    def tasks(self) -> tuple[TaskRow, ...]:
        """Return the tasks of all current content that the API may see."""
        where = ("c.id IN (SELECT content_id FROM versions WHERE body LIKE ?)", ("%<ac:task>%",))
        selection = Selection(statuses=("current",), types=WRITTEN, where=where, bodies=True)
        rows = queries.pages(self.database, selection)
        return tuple(task for page in rows for task in _tasks(page))

    def task(self, task_id: str) -> TaskRow:
        for one in self.tasks():
            if one.id == task_id:
                return one
        raise Missing("task", task_id)

    def check_task(self, task_id: str, status: str) -> TaskRow:
        """Complete or reopen a task in its page's body, without a new version."""
        with self.batch():
            old = self.task(task_id)
            for match in _TASK.finditer(old.page.body):
                if match["id"] == old.local_id:
                    start, end = match.span("status")
                    body = old.page.body[:start] + status + old.page.body[end:]
                    self._rewrite(old.page, body)
            return self.task(task_id)


def _tasks(page: PageRow) -> list[TaskRow]:
    found: list[TaskRow] = []
    for match in _TASK.finditer(page.body):
        person, due = _PERSON.search(match["body"]), _DUE.search(match["body"])
        found.append(
            TaskRow(
                str(int(page.id) * PLACES + int(match["id"]) % PLACES),
                match["id"],
                page,
                match["status"],
                match["body"],
                person[1] if person else None,
                due[1] if due else None,
            )
        )
    return found
