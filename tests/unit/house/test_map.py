"""CONTRIBUTING leads to places that exist, and each room says what it is for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import confsync

PACKAGE = Path(confsync.__file__).parent
CONTRIBUTING = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
# `room/module.py:name`, or `room/module.py:Class.method`.
_PLACE = re.compile(r"`((?:\w+/)+\w+\.py):([\w.]+)`")
_MODULE = re.compile(r"`((?:\w+/)*\w+\.py)`")
RETIRED = ("glance", "twin", "turns", "strays", "usual", "brief", "arenas", "often", "around")


def names_in(tree: ast.AST, above: str = "") -> set[str]:
    """Every class, function and method of a module, methods with their class."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(above + node.name)
            names |= (
                names_in(node, f"{above}{node.name}.") if isinstance(node, ast.ClassDef) else set()
            )
    return names


def test_every_call_of_the_two_flows_exists() -> None:
    places = _PLACE.findall(CONTRIBUTING)
    assert len(places) > 20
    for path, name in places:
        source = (PACKAGE / path).read_text(encoding="utf-8")
        assert name in names_in(ast.parse(source)), f"there is no {name} in {path}"


def test_every_module_that_is_named_exists() -> None:
    named = _MODULE.findall(CONTRIBUTING)
    assert len(named) > 60
    for path in named:
        places = [PACKAGE / path, PACKAGE.parent / path, *PACKAGE.rglob(path)]
        assert any(place.exists() for place in places), f"there is no {path}"


@pytest.mark.parametrize(
    "room", sorted(p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("__init__.py"))
)
def test_each_room_says_what_it_is_for(room: str) -> None:
    said = ast.get_docstring(ast.parse((PACKAGE / room).read_text(encoding="utf-8")))
    assert said and len(said.split()) > 8, f"{room} does not say what the room is for"


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_is_not_used_again(word: str) -> None:
    root = PACKAGE.parent
    retired = re.compile(rf"(?<![a-z]){word}(?![a-z])", re.IGNORECASE)
    here = Path(__file__)
    for path in [*PACKAGE.rglob("*.py"), *(root / "tests").rglob("*.py")]:
        found = None if path == here else retired.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path}: '{word}'"
