"""A desk whose directory has a space in its name, so that each path of a hint needs its quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, desk_at, guide

__all__ = ["desk_at", "guide"]


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """A server of Cloud with an empty space ENG."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        sandbox.clear_requests()
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def desk(guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """A clone of ENG with the guide in it."""
    return desk_at("my mirror")


@pytest.fixture
def repo(desk: Desk) -> Desk:
    """The desk as a git repository with one commit."""
    desk.git("init", "-q", "-b", "main", "--template=")
    commit(desk)
    return desk


def commit(desk: Desk) -> None:
    """Commit everything that stands at a desk."""
    desk.git("add", "-A")
    desk.git("commit", "-qm", "x", "--allow-empty")


def configure(desk: Desk, lines: str) -> None:
    """Add lines to the configuration of a desk."""
    path = desk.path(".confsync.yaml")
    path.write_text(path.read_text() + lines)
