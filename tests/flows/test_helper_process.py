"""A first pull that has its texts laid out in a second process: the mirror is that of one alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from confsync import helper_process
from confsync.helper_process import Helper
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk

PAGES = 120  # more than are durable together, so that the second process is asked several times


@pytest.fixture
def texts(wiki: Sandbox, desk_at: Callable[..., Desk]) -> dict[str, str]:
    """Return a space of many pages, and its documents as one process alone writes them."""
    for number in range(PAGES):
        wiki.store.create_page("ENG", f"Page {number}", f"<p>{number}</p><p>two</p>")
    return documents(desk_at("alone", copied=False))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the process of each call from now on: there are two, however few the pages."""
    monkeypatch.setattr(helper_process, "WORTH", 1)
    monkeypatch.setattr(helper_process, "_processors", lambda: 2)
    seen: list[int] = []
    call = Helper.call

    def watched(self: Helper, function: Any, given: Any) -> Any:
        seen.append(self._process.pid if self._process else 0)
        return call(self, function, given)

    monkeypatch.setattr(Helper, "call", watched)
    return seen


@pytest.fixture
def again(calls: list[int], desk_at: Callable[..., Desk]) -> Callable[[], dict[str, str]]:
    """Clones the space once more, and answers its documents; `status` calls all of them clean."""

    def clone() -> dict[str, str]:
        desk = desk_at("both", copied=False)
        found = documents(desk)
        assert desk.json("status").data["summary"] == {"clean": len(found)}
        return found

    return clone


def documents(desk: Desk) -> dict[str, str]:
    paths = desk.path("ENG").rglob("*.xhtml")
    return {path.relative_to(desk.root).as_posix(): path.read_text() for path in paths}


def test_the_documents_are_the_same(
    texts: dict[str, str], calls: list[int], again: Callable[[], dict[str, str]]
) -> None:
    assert len(texts) > PAGES
    assert again() == texts
    assert len(calls) > 1
    assert all(calls)


def test_texts_that_were_mixed_up_are_not_used(
    texts: dict[str, str],
    again: Callable[[], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = Helper.call
    monkeypatch.setattr(Helper, "call", lambda *given: call(*given)[::-1])
    assert again() == texts


def test_when_the_second_process_dies_the_pull_goes_on(
    texts: dict[str, str],
    calls: list[int],
    again: Callable[[], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = Helper.call

    def killed(self: Helper, function: Any, given: Any) -> Any:
        if len(calls) == 1 and self._process:
            self._process.kill()
        return call(self, function, given)

    monkeypatch.setattr(Helper, "call", killed)
    assert again() == texts
    assert calls[0]
    assert not calls[-1]
