"""The layers of the house, read from the imports of every module.

Relative imports, imports inside functions and imports for types alone all count as arrows. The
sandbox is a house of its own: it imports nothing of confsync.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import confsync

PACKAGE = Path(confsync.__file__).parent

# Bottom to top: a room imports itself and what stands before it.
ORDER = (
    *("version", "errors", "failpoints", "workers", "helper_process", "progress"),
    *("model", "registry", "document", "mirror.state", "mirror.git", "mirror", "remote"),
    *("sync", "diff"),
    *("pull", "push", "merge", "history", "bulk"),
    *("commands", "cli", "api", "__init__", "__main__"),
)
# The rooms of the sandbox, bottom to top. What stands at its root is a room of its own.
SANDBOX = (
    *("errors", "faults", "ratelimit", "operations", "store", "short_link"),
    *("site", "parameters", "bodies"),
    *("v1", "cloud", "datacenter", "web", "app", "limits", "gate", "server", "seed", "__init__"),
)
# Rooms that do not know each other, in neither direction.
APART = (
    frozenset(["mirror", "remote"]),
    frozenset(["cloud", "datacenter"]),
    *(
        frozenset([one, other])
        for one in ("pull", "push", "merge", "history", "bulk")
        for other in ("pull", "push", "merge", "history", "bulk")
        if one < other
    ),
)
# Values and decisions: whole rooms, and modules in rooms that do more.
PURE = frozenset(
    [
        *("model", "registry", "document", "errors", "version"),
        *("mirror.config_file", "mirror.config_yaml", "mirror.selection", "mirror.state.regular"),
        *("sync.compare", "sync.attachments.compare", "merge.stamps"),
        *("diff.difference", "diff.html_alignment", "diff.html_blocks", "diff.html_flow"),
        *("diff.html_elements", "diff.html_page", "diff.html_reader", "diff.html_rows"),
        *("diff.html_shared", "diff.html_styles"),
    ]
)
# The standard library's ways out: what is pure has no business with them.
EFFECTS = frozenset(["socket", "http", "urllib.request", "subprocess", "threading", "tempfile"])
# Who alone may import what, wherever in the module; rooms, and modules of confsync.
ONLY = {
    "click": {"cli"},
    "rich": {"cli"},
    "markdown_it": {"cli.manual"},
    "atlassian": {"remote"},
    "requests": {"remote"},
    "requests_toolbelt": {"remote"},
    "git": {"mirror.git.repository"},
    "filelock": {"mirror.state.lock", "mirror.state.mutex"},
    "flask": {"sandbox"},
    "waitress": {"sandbox"},
    "werkzeug": {"sandbox"},
    "elementpath": {"bulk.xpath"},
}


@dataclass(frozen=True)
class Import:
    """An imported name. `top`: importing the module runs it; `types`: for types alone."""

    module: str
    name: str
    top: bool
    types: bool
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.name}"


def imports_of(module: str, source: str, *, package: bool = False) -> list[Import]:
    """Every import of a module's source, in functions and for types, too.

    `package` says that the source is a package's own, its `__init__`.
    """
    found: list[Import] = []

    def walk(node: ast.AST, top: bool, types: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for inner in node.body:
                walk(inner, False, True)
            for inner in node.orelse:
                walk(inner, top, types)
            return
        if isinstance(node, ast.Import):
            found.extend(
                Import(module, alias.name, top, types, node.lineno) for alias in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node, package=package)
            found.extend(
                Import(module, f"{base}.{alias.name}", top, types, node.lineno)
                for alias in node.names
            )
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            walk(child, top and not inside, types)

    walk(ast.parse(source), True, False)
    return found


def _base(module: str, node: ast.ImportFrom, *, package: bool) -> str:
    """Return the absolute name of what an import takes names from."""
    if not node.level:
        return node.module or ""
    parts = ["confsync", *module.split(".")]
    above = parts[: len(parts) - node.level + (1 if package else 0)]
    return ".".join([*above, *([node.module] if node.module else [])])


def sources() -> dict[str, str]:
    """Return the source of each module by its name below `confsync`; `__init__` is the package."""
    return {_name(path): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def packages() -> frozenset[str]:
    """Return the names of the modules that are packages."""
    return frozenset(_name(path) for path in PACKAGE.rglob("__init__.py"))


def room(module: str) -> str:
    """Return the entry of ORDER of a module, or the module's first name."""
    two = ".".join(module.split(".")[:2])
    return two if two in ORDER else module.partition(".")[0]


def own(name: str, modules: Mapping[str, str]) -> str:
    """Return the module of confsync that an imported name means; empty for any other library's."""
    if name != "confsync" and not name.startswith("confsync."):
        return ""
    parts = name.split(".")[1:]
    while parts and ".".join(parts) not in modules:
        parts.pop()
    # An unknown module is known by its room; a name of the package itself comes from there.
    first = name.split(".")[1] if "." in name else "__init__"
    return ".".join(parts) or (first if first in ORDER or first == "sandbox" else "__init__")


def violations(modules: Mapping[str, str], known: Mapping[str, str] | None = None) -> list[str]:
    """Return what breaks a rule, as `module:line: name`; `known` are all modules."""
    whole = {**(known or {}), **modules}
    inits = packages()
    return [
        str(found)
        for module, source in modules.items()
        for found in imports_of(module, source, package=module in inits)
        if _breaks(found, own(found.name, whole))
    ]


def _breaks(found: Import, other: str) -> bool:
    if found.module.partition(".")[0] == "sandbox":
        return bool(other) and (
            other.partition(".")[0] != "sandbox" or _breaks_sandbox(found, other)
        )
    if not other:
        return _breaks_outside(found)
    if other.partition(".")[0] == "sandbox":  # the extra may be missing, and its imports are slow
        return room(found.module) != "commands" or found.top
    if _pure(found.module) and not found.types and not _pure(other):
        return True
    here, there = room(found.module), room(other)
    if here not in ORDER or there not in ORDER:
        return True
    pair = {here.partition(".")[0], there.partition(".")[0]}
    return ORDER.index(there) > ORDER.index(here) or pair in APART


def _breaks_sandbox(found: Import, other: str) -> bool:
    """Return whether an import goes upward within the sandbox, or between its two flavours."""
    here, there = (f"{name}.__init__".split(".")[1] for name in (found.module, other))
    if here not in SANDBOX or there not in SANDBOX or {here, there} in APART:
        return True
    return SANDBOX.index(there) > SANDBOX.index(here)


def _breaks_outside(found: Import) -> bool:
    """Return whether a library is imported where it must not be. For types, nothing is loaded."""
    if found.types:
        return False
    library = found.name.partition(".")[0]
    if library in ONLY and not _within(found.module, ONLY[library]):
        return True
    if library == "git" and found.top:
        return True
    if not _pure(found.module):
        return False
    effect = any(f"{found.name}.".startswith(f"{name}.") for name in EFFECTS)
    return effect or library not in (*sys.stdlib_module_names, "yaml")


def _within(module: str, rooms: set[str]) -> bool:
    return any(f"{module}.".startswith(f"{name}.") for name in rooms)


def _pure(module: str) -> bool:
    return _within(module, set(PURE))


def unknown_rooms(modules: Mapping[str, str]) -> list[str]:
    """Modules that stand in no room of the design, or in none of the sandbox's."""
    inside = [m for m in modules if m.partition(".")[0] == "sandbox"]
    outside = [m for m in modules if m not in inside and room(m) not in ORDER]
    return outside + [m for m in inside if f"{m}.__init__".split(".")[1] not in SANDBOX]


def circles(modules: Mapping[str, str]) -> list[list[str]]:
    """Modules that import one another, directly or through others, each with the way round."""
    inits = packages()
    arrows = {
        module: {
            other
            for found in imports_of(module, source, package=module in inits)
            if (other := own(found.name, modules)) and other != module and other != "__init__"
        }
        for module, source in modules.items()
    }
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> None:
        for other in sorted(arrows.get(module, ())):
            if other in way:
                found.append([*way[way.index(other) :], other])
            elif other not in done:
                visit(other, [*way, other])
        done.add(module)

    for module in sorted(arrows):
        if module not in done:
            visit(module, [module])
    return found


def test_every_module_keeps_to_its_layer() -> None:
    modules = sources()
    assert violations(modules) == []


def test_every_module_stands_in_a_room_of_the_design() -> None:
    assert unknown_rooms(sources()) == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert circles(sources()) == []


def test_no_module_is_named_by_a_gerund() -> None:
    assert [m for m in sources() if m.endswith("ing")] == []


def test_every_package_says_what_it_is_for_and_what_must_not_enter_it() -> None:
    for package in packages() - {"__init__", ""}:
        text = ast.get_docstring(ast.parse(sources()[package])) or ""
        assert len([line for line in text.split(".") if line.strip()]) >= 2, package


def test_the_pure_modules_are_there() -> None:
    assert set(sources()) >= PURE


def test_the_core_loads_without_click_git_or_the_network_libraries() -> None:
    names = sorted(m for m in sources() if _pure(m))
    code = (
        "import sys\n"
        + "".join(f"import confsync.{name}\n" for name in names)
        + "print(sorted({'click', 'git', 'atlassian', 'requests', 'flask'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("document.layout", "import click"),
        ("document.layout", "def f():\n    import requests"),
        ("document.layout", "from confsync.mirror import mirror"),
        ("document.layout", "from confsync.mirror.mirror import Mirror"),
        ("document.layout", "import confsync.remote.cloud"),
        ("document.layout", "from ..mirror import mirror"),
        ("sync.compare", "import subprocess"),
        ("sync.compare", "from urllib.request import urlopen"),
        ("sync.compare", "if True:\n    import numpy"),
        ("sync.compare", "from . import fetch"),
        ("sync.fetch", "from confsync.commands.pages import pull"),
        ("sync.space_view", "from confsync.cli import render"),
        ("sync.scope", "from confsync import pull"),
        ("pull.run", "from confsync.push import send"),
        ("push.send", "def f():\n    from confsync.pull import run"),
        ("push.send", "from ..pull.run import Run"),
        ("mirror.scan", "from confsync.remote import Remote"),
        (
            "mirror.scan",
            "if TYPE_CHECKING:\n    from confsync.remote import Remote",
        ),
        ("mirror.scan", "import requests"),
        ("mirror.state.disk", "from confsync.mirror import scan"),
        ("mirror.git.head", "from confsync.mirror.scan import Entry"),
        ("mirror.git.repository", "import git"),
        (
            "mirror.git.repository",
            "try:\n    from git import Repo\nexcept ImportError:\n    pass",
        ),
        ("mirror.git.head", "def f():\n    import git"),
        ("remote.cloud", "from confsync.mirror.mirror import Mirror"),
        ("commands.pages.pull", "import click"),
        ("commands.pages.pull", "from confsync.cli.render import show"),
        ("commands.pages.pull", "def f():\n    from git import Repo"),
        ("commands.pages.pull", "from confsync.sandbox import Sandbox"),
        ("commands.pages.pull", "import atlassian.rest_client"),
        ("commands.pages.pull", "from confsync import connect"),
        ("commands.pages.pull", "from confsync.attic import thing"),
        ("sandbox.app", "from confsync.model.page import Page"),
        ("sandbox.app", "def f():\n    import confsync.document.storage_format"),
        ("sandbox.app", "from ..document.storage_format import check"),
        ("sandbox.cloud.pages", "from ..datacenter import api"),
        ("sandbox.datacenter.api", "from ..cloud.shapes import links"),
        ("sandbox.store.rows", "from ..site import base"),
        ("sandbox.v1.shapes", "def f():\n    from ..web import browser"),
        ("cli", "import git"),
        ("attic.chest", "from confsync.model import stamp"),
    ],
)
def test_a_violation_is_caught(module: str, source: str) -> None:
    assert len(violations({module: source}, sources())) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("document.layout", "import re\nfrom collections.abc import Mapping\nimport yaml"),
        (
            "document.document",
            "from confsync.document import layout\nfrom confsync.errors import DocumentError",
        ),
        ("cli", "import click\nfrom confsync.commands.pages import pull"),
        ("mirror.git.repository", "def f():\n    import git"),
        (
            "mirror.git.repository",
            "import typing\nif typing.TYPE_CHECKING:\n    from git import Repo",
        ),
        ("mirror.scan", "from confsync.mirror.git import head\nfrom .state import disk"),
        ("remote.client", "from atlassian.rest_client import AtlassianRestAPI"),
        ("sandbox.app", "import flask\nfrom confsync.sandbox.store.store import Store"),
        ("sandbox.app", "from .store import Store\nfrom . import v1"),
        ("sandbox", "from .app import App"),
        ("commands.setup.sandbox", "def f():\n    from confsync.sandbox import Sandbox"),
        ("__init__", "from confsync import api\nfrom confsync.errors import ConfsyncError"),
    ],
)
def test_what_is_allowed_is_not(module: str, source: str) -> None:
    assert violations({module: source}, sources()) == []


def test_a_module_in_no_room_is_named() -> None:
    assert unknown_rooms({"attic.chest": "", "pull.run": "", "sandbox.app": ""}) == ["attic.chest"]
    assert unknown_rooms({"sandbox.attic": "", "sandbox.v1.lists": ""}) == ["sandbox.attic"]


def test_a_circle_is_found_through_other_modules_and_types() -> None:
    modules = {
        "model.one": "from confsync.model import two",
        "model.two": "def f():\n    from . import three",
        "model.three": (
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from confsync.model.one import One"
        ),
    }
    assert circles(modules) == [["model.one", "model.two", "model.three", "model.one"]]
