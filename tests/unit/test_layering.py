"""The layers of the design, read from the imports of every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import confsync

PACKAGE = Path(confsync.__file__).parent

PURE = frozenset(
    [
        *("model", "errors", "layout", "frontmatter", "document", "paths", "compare", "storage"),
        *("config", "address", "selection", "result", "attachments", "usual", "filenames", "brief"),
        *("answers", "event", "findings", "diagnosis", "outcome", "sides", "nodes", "links"),
        *("difference", "sidebyside", "frontreader", "configreader"),
    ]
)
# Local input and output, which knows nothing of the network.
LOCAL = frozenset(
    [
        *(
            "mirror",
            "scan",
            "basestore",
            "gitrepo",
            "worktree",
            "committed",
            "disk",
            "audit",
            "steps",
        ),
        *("removals", "standing", "glance", "index", "githead"),
    ]
)
# The standard library's ways out: what is pure has no business with them.
EFFECTS = frozenset(["socket", "http", "urllib.request", "subprocess", "threading", "tempfile"])
# Who alone may import what, wherever in the module; modules and packages of confsync.
ONLY = {
    "click": {"cli", "render"},
    "rich": {"cli", "render"},
    "atlassian": {"remote"},
    "requests": {"remote"},
    "requests_toolbelt": {"remote"},
    "git": {"gitrepo"},
    "filelock": {"locking"},
    "flask": {"sandbox"},
    "waitress": {"sandbox"},
    "werkzeug": {"sandbox"},
}


@dataclass(frozen=True)
class Import:
    """One imported name. `top` is whether importing the module runs it."""

    module: str
    name: str
    top: bool
    line: int


def imports_of(module: str, source: str) -> list[Import]:
    """Every import of a module's source, also those inside functions; not those for types alone."""
    found: list[Import] = []

    def walk(node: ast.AST, top: bool) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                walk(other, top)
            return
        if isinstance(node, ast.Import):
            found.extend(Import(module, alias.name, top, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(part for part in (_package(module, node.level), node.module) if part)
            found.extend(
                Import(module, f"{base}.{alias.name}", top, node.lineno) for alias in node.names
            )
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            walk(child, top and not inside)

    walk(ast.parse(source), True)
    return found


def _package(module: str, level: int) -> str:
    """What the dots of a relative import mean; packages of confsync have no packages."""
    layer = module.partition(".")[0]
    inside = (PACKAGE / layer).is_dir() and level == 1
    return "" if level == 0 else f"confsync.{layer}" if inside else "confsync"


def sources() -> dict[str, str]:
    """Every module of the package by its name below `confsync`."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): (
            path.read_text(encoding="utf-8")
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def violations(modules: dict[str, str]) -> list[str]:
    """What breaks a rule, as `module:line: name`."""
    return [
        f"{found.module}:{found.line}: {found.name}"
        for module, source in modules.items()
        for found in imports_of(module, source)
        if _breaks(found)
    ]


def _breaks(found: Import) -> bool:
    layer = found.module.partition(".")[0]
    package = found.name.partition(".")[0]
    own = found.name.removeprefix("confsync.").partition(".")[0] if package == "confsync" else ""
    if package in ONLY and layer not in ONLY[package]:
        return True
    if package == "git" and found.top:
        return True
    if layer == "sandbox":
        return package == "confsync" and own != "sandbox"
    if own == "sandbox":  # the extra may be missing, and its imports are slow
        return layer != "commands" or found.top
    if layer in PURE:
        foreign = package not in (*sys.stdlib_module_names, "yaml", "confsync")
        effect = any(f"{found.name}.".startswith(f"{name}.") for name in EFFECTS)
        return foreign or effect or (package == "confsync" and own not in PURE)
    if own in ("cli", "render"):
        return layer not in ("cli", "render", "__main__")
    if layer == "remote":
        return own in ("commands", "mirror", "scan", "gitrepo", "basestore")
    if layer in LOCAL:
        return own in ("remote", "commands", "reading", "view")
    if layer != "commands":
        return own == "commands" and layer not in ("cli", "__main__")
    return False


def test_every_module_keeps_to_its_layer() -> None:
    assert violations(sources()) == []


def test_the_pure_modules_are_there() -> None:
    assert set(sources()) >= PURE


def test_the_core_loads_without_click_git_or_the_network_libraries() -> None:
    code = (
        "import sys\n"
        + "".join(f"import confsync.{name}\n" for name in sorted(PURE))
        + "print(sorted({'click', 'git', 'atlassian', 'requests', 'flask'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("layout", "import click"),
        ("layout", "def f():\n    import requests"),
        ("layout", "from confsync import mirror"),
        ("layout", "from confsync.mirror import Mirror"),
        ("layout", "import confsync.remote.cloud"),
        ("compare", "import subprocess"),
        ("compare", "from urllib.request import urlopen"),
        ("compare", "if True:\n    import numpy"),
        ("commands.pull", "import click"),
        ("commands.pull", "from confsync.render import show"),
        ("commands.pull", "def f():\n    from git import Repo"),
        ("commands.pull", "from confsync.sandbox import Sandbox"),
        ("commands.pull", "import atlassian.rest_client"),
        ("gitrepo", "import git"),
        ("gitrepo", "try:\n    from git import Repo\nexcept ImportError:\n    pass"),
        ("mirror", "from confsync.remote import Remote"),
        ("remote.cloud", "from confsync.mirror import Mirror"),
        ("reading", "from confsync.commands import pull"),
        ("view", "from confsync import render"),
        ("sandbox.app", "from confsync.model import Page"),
        ("sandbox.app", "def f():\n    import confsync.storage"),
        ("sandbox.app", "from ..storage import check"),
        ("layout", "from . import mirror"),
        ("scan", "import requests"),
        ("cli", "import git"),
    ],
)
def test_a_violation_is_caught(module: str, source: str) -> None:
    assert len(violations({module: source})) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("layout", "import re\nfrom collections.abc import Mapping\nimport yaml"),
        ("document", "from confsync import layout\nfrom confsync.errors import DocumentError"),
        ("cli", "import click\nfrom confsync.commands import pull"),
        ("gitrepo", "def f():\n    import git"),
        (
            "gitrepo",
            "import typing\nif typing.TYPE_CHECKING:\n    from git import Repo",
        ),
        ("remote.client", "from atlassian.rest_client import AtlassianRestAPI"),
        ("sandbox.app", "import flask\nfrom confsync.sandbox.store import Store"),
        ("sandbox.app", "from .store import Store\nfrom . import v1"),
        ("sandbox", "from .app import App"),
        ("commands.sandbox", "def f():\n    from confsync.sandbox import Sandbox"),
    ],
)
def test_what_is_allowed_is_not(module: str, source: str) -> None:
    assert violations({module: source}) == []
