"""Limits of size: modules a folder, lines a module, lines and parameters a function.

Every module of the package counts, the sandbox's too. click decides how many parameters a command
has: the functions that click decorates are counted apart.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import confsync

PACKAGE = Path(confsync.__file__).parent
# At most so many modules stand side by side, besides the package's own.
MODULES = 15
LINES = 350
FUNCTION_LINES = 40
# Besides `self` and `cls`.
PARAMETERS = 5


def sources() -> Iterator[tuple[str, str]]:
    """Each module's path below the package, and its source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def folders() -> Iterator[tuple[str, int]]:
    """Each folder of the package, and how many modules stand in it besides its own."""
    for folder in sorted({path.parent for path in PACKAGE.rglob("*.py")}):
        count = sum(1 for path in folder.glob("*.py") if path.name != "__init__.py")
        yield folder.relative_to(PACKAGE).as_posix(), count


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a source, methods and functions within functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_click(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether click decorates a function: its parameters are a command's options."""
    names = {ast.unparse(decorator).partition("(")[0] for decorator in function.decorator_list}
    return any(name.startswith("click.") or name == "cli.command" for name in names)


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function has, from `def` to its last, docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the names of a function's parameters besides `self` and `cls`."""
    given = function.args
    every = (*given.posonlyargs, *given.args, *given.kwonlyargs)
    return [one.arg for one in every if one.arg not in ("self", "cls")]


def long_functions(source: str) -> Iterator[str]:
    """Yield the functions that are too long to read as a whole."""
    for function in functions(source):
        if not is_click(function) and lines_of(function) > FUNCTION_LINES:
            yield f"{function.name}: {lines_of(function)} lines"


def crowded_functions(source: str) -> Iterator[str]:
    """Yield the functions with more parameters than a caller keeps apart."""
    for function in functions(source):
        if not is_click(function) and len(parameters_of(function)) > PARAMETERS:
            yield f"{function.name}: {len(parameters_of(function))} parameters"


def test_no_folder_holds_more_modules_than_a_reader_can_survey() -> None:
    assert [(name, count) for name, count in folders() if count > MODULES] == []


def test_no_module_is_longer_than_a_reader_can_survey() -> None:
    counted = [(name, source.count("\n")) for name, source in sources()]
    assert [(name, count) for name, count in counted if count > LINES] == []


def too_large() -> dict[str, str]:
    """Return the functions over a limit, as ``module:function``, each with what is too much."""
    return {
        f"{name}:{one.partition(':')[0]}": one
        for name, source in sources()
        for one in (*long_functions(source), *crowded_functions(source))
    }


def test_no_function_is_longer_than_a_screen_or_has_more_parameters_than_a_caller_knows() -> None:
    assert too_large() == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(a, b, c, d, e, g): ...", ["f: 6 parameters"]),
        ("def f(a, /, b, c, *, d, e, g): ...", ["f: 6 parameters"]),
        ("class A:\n    def __init__(self, a, b, c, d, e, g): ...", ["__init__: 6 parameters"]),
        ("def f():\n    async def g(a, b, c, d, e, h): ...", ["g: 6 parameters"]),
        ("def f(a, b, c, d, e): ...", []),
        ("class A:\n    def f(self, a, b, c, d, e, *more, **about): ...", []),
        ("@cli.command()\n@click.option('-x')\ndef f(a, b, c, d, e, g): ...", []),
        ("@command_of(git)\ndef f(a, b, c, d, e, g): ...", ["f: 6 parameters"]),
    ],
)
def test_parameters_are_counted(source: str, said: list[str]) -> None:
    assert list(crowded_functions(source)) == said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f():\n" + "    pass\n" * 40, ["f: 41 lines"]),
        ("def f():\n" + "    pass\n" * 39, []),
        ("@cache\n@other\ndef f():\n" + "    pass\n" * 39, []),
        ('def f():\n    """' + "x\n" * 40 + '    """', ["f: 42 lines"]),
        ("class A:\n    def f(self):\n" + "        pass\n" * 40, ["f: 41 lines"]),
        ("@click.command\ndef f():\n" + "    pass\n" * 60, []),
    ],
)
def test_lines_are_counted(source: str, said: list[str]) -> None:
    assert list(long_functions(source)) == said
