"""The hints in the code: the commands that its messages name in quotes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import confsync
from tests.hints.journal import HINT

PACKAGE = Path(confsync.__file__).parent
# What prints no hint: the server, the tables of the reference, and the makers of the manual.
_SILENT = ("sandbox/", "registry/", "cli/manual/reference/")
# What stands for a part of a hint that differs each time.
ANYTHING = "{}"


def hints() -> set[str]:
    """Return the hints of the code, each behind its module."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).as_posix()
        if not module.startswith(_SILENT):
            for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
                found |= {f"{module}: {hint[0].strip()}" for hint in HINT.finditer(text)}
    return found


def quoted_words() -> set[tuple[str, str]]:
    """Return what the texts of the code quote for a shell: module and expression."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for part in ast.walk(text) if isinstance(text, ast.JoinedStr) else ():
                if isinstance(part, ast.Call) and ast.unparse(part.func) == "quoted":
                    found.add((path.relative_to(PACKAGE).as_posix(), ast.unparse(part.args[0])))
    return found


def pattern_of(hint: str) -> re.Pattern[str]:
    """Return a pattern for what a hint of the code looks like in an output."""
    _, _, text = hint.partition(": ")
    return re.compile(".+?".join(map(re.escape, text.split(ANYTHING))))


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield the texts of a module, with `ANYTHING` for their variable parts, without docstrings."""
    silent = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
        elif isinstance(node, ast.Expr):
            silent.add(id(node.value))
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield _plain("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _plain(node.value)


def _plain(text: str) -> str:
    return re.sub(r"\{\w*\}", ANYTHING, text)
