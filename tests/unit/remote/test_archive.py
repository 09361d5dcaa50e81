"""The answers of a Cloud about the archiving of a page, checked before they are used."""

from __future__ import annotations

from typing import Any, cast

import pytest

from confsync.errors import ServerError
from confsync.model.page import Task
from confsync.remote.client import Client
from confsync.remote.cloud import archive


class Answers:
    """A client whose answers are all the same. It notes the requests."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Any]] = []

    def post(self, path: str, body: Any) -> dict[str, Any]:
        self.asked.append((path, body))
        return self.answer

    def get(self, path: str) -> dict[str, Any]:
        self.asked.append((path, None))
        return self.answer


def begun(answer: dict[str, Any]) -> str:
    return archive.begin(cast(Client, Answers(answer)), "98310")


def test_one_page_is_named_by_its_number() -> None:
    client = Answers({"id": "7a-b"})
    assert archive.begin(cast(Client, client), "98310") == "7a-b"
    assert client.asked == [("rest/api/content/archive", {"pages": [{"id": 98310}]})]


@pytest.mark.parametrize(
    "answer", [{}, {"id": None}, {"id": ""}, {"id": "../../content/7"}, {"id": "7?x=1"}, {"id": {}}]
)
def test_an_id_that_is_none_of_a_task_is_not_asked_for(answer: dict[str, Any]) -> None:
    with pytest.raises(ServerError, match="does not name the task"):
        begun(answer)


@pytest.mark.parametrize(
    ("answer", "task"),
    [
        ({"finished": True, "successful": True, "messages": []}, Task(True, True)),
        ({"finished": False, "successful": True}, Task(False, True)),
        ({}, Task(False)),
        ({"finished": "yes", "successful": 1}, Task(False)),
        (
            {"finished": True, "successful": False, "messages": [{"translation": "No."}]},
            Task(True, False, "No."),
        ),
        (
            {
                "finished": True,
                "successful": False,
                "errors": [7, {"translation": "First."}],
                "messages": [{"translation": "Then."}],
            },
            Task(True, False, "First."),
        ),
        ({"finished": True, "successful": False, "errors": "x"}, Task(True)),
    ],
)
def test_a_task_says_whether_it_ended_and_why_it_failed(answer: dict[str, Any], task: Task) -> None:
    client = Answers(answer)
    assert archive.task(cast(Client, client), "7") == task
    assert client.asked == [("rest/api/longtask/7", None)]
