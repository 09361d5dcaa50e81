"""A desk whose directory has a space in its name, so that each path of a hint needs its quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from confsync.sandbox import Sandbox
from tests.conformance import check_requests
from tests.flows.conftest import Desk, guide
from tests.flows.conftest import desk_at as desk_at_root
from tests.hints.table import STANDPOINTS

__all__ = ["desk_at_root", "guide"]


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that types hints where a person may stand; the standpoint ends its id."""
    if "desk_at" in metafunc.fixturenames:
        metafunc.parametrize("standpoint", STANDPOINTS)


@pytest.fixture
def wiki() -> Iterator[Sandbox]:
    """Yield a server of Cloud with an empty space ENG."""
    with Sandbox() as sandbox:
        sandbox.store.create_space("ENG", "Engineering", "Engineering")
        sandbox.clear_requests()
        yield sandbox
        check_requests(sandbox)


@pytest.fixture
def desk_at(desk_at_root: Callable[..., Desk], standpoint: str) -> Callable[..., Desk]:
    """Return a maker of desks. A person types at the root, in a directory below, or with `-C`."""

    def make(name: str = "mirror", *, clone: str | None = "ENG") -> Desk:
        desk = desk_at_root(name, clone=clone)
        desk.below = STANDPOINTS[standpoint] if clone else "."
        return desk

    return make


@pytest.fixture
def desk(guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone of ENG with the guide in it."""
    return desk_at("my mirror")


@pytest.fixture
def repo(desk: Desk) -> Desk:
    """Return the desk as a git repository with one commit."""
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
