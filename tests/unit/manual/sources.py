"""Read the package's source for the tests of the registries."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import confsync
from confsync.errors import Exit

PACKAGE = Path(confsync.__file__).parent
# What these have is no part of what the program says: the look-alike, and the registries.
APART = ("sandbox", "registry")
CODE = re.compile(r"[a-z]+(-[a-z]+)*")


@functools.cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Return each module's path below the package, and its syntax tree."""
    places = (path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py")))
    return tuple(
        (place.as_posix(), ast.parse((PACKAGE / place).read_text(encoding="utf-8")))
        for place in places
        if place.parts[0] not in APART
    )


def calls(*names: str) -> Iterator[ast.Call]:
    """Yield every call of functions or classes with these names."""
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield node


def text_of(node: ast.AST) -> str:
    """Return the string of a node, empty for other nodes."""
    found = node.value if isinstance(node, ast.Constant) else None
    return found if isinstance(found, str) else ""


def problem_codes() -> dict[str, Exit]:
    """Return the codes that a `Problem` is made with, each with its exit code."""
    found: dict[str, Exit] = {}
    for call in calls("Problem", "Doubt"):
        code = ast.unparse(call.args[0])
        if text_of(call.args[0]):
            found[text_of(call.args[0])] = _exit_of(call)
        elif ast.unparse(call.func) == "Problem":  # the code of an error or of a doubt
            assert code.endswith(".code"), ast.unparse(call)
    return found


def _exit_of(call: ast.Call) -> Exit:
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    named = [ast.unparse(one) for one in given]
    exits = [one.removeprefix("Exit.") for one in named if one.startswith("Exit.")]
    return Exit[exits[0]] if exits else Exit.LOCAL


def finding_codes() -> set[str]:
    """Return the codes that a `Finding` or a `Flaw` is made with."""
    given = [arg for call in calls("Finding", "Flaw") for arg in call.args]
    for place, tree in trees():
        if place == "sync/preflight/lint.py":
            yielded = (n.value for n in ast.walk(tree) if isinstance(n, ast.Yield))
            given += [one.elts[1] for one in yielded if isinstance(one, ast.Tuple) and one.elts[2:]]
    return {text_of(one) for one in given if CODE.fullmatch(text_of(one))}


def skeleton(text: str) -> str:
    """Return a message with `{}` in the place of each part that varies."""
    return re.sub(r"\{[^{}]*\}", "{}", text)


@functools.cache
def skeletons() -> frozenset[str]:
    """Return every string of the source, with `{}` for what an f-string puts in."""
    found: set[str] = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                found.add("".join(text_of(one) or "{}" for one in node.values))
            found.add(text_of(node))
    return frozenset(found)


def environment_names() -> set[str]:
    """Return the names of environment variables in the rooms that read the environment."""
    named = re.compile(r"_?[A-Z]+(_[A-Z]+)+|CI|PAGER|LESS|LV")
    found: set[str] = set()
    for place, tree in trees():
        if place.startswith("cli/"):
            texts = map(text_of, ast.walk(tree))
            found |= {text for text in texts if named.fullmatch(text)}
    for call in calls("os.environ.get"):
        found.add(text_of(call.args[0]))
    return found
