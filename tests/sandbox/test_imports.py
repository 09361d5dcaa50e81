from __future__ import annotations

import ast
import sys
from pathlib import Path

import confsync.sandbox

ALLOWED = {"flask", "jinja2", "markupsafe", "waitress", "werkzeug", "_typeshed"}
SANDBOX = Path(confsync.sandbox.__file__).parent
FILES = sorted(SANDBOX.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a module imports; `.` is its own, `..` the others."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level or (node.module or "").partition(".")[0])
    return found


def test_the_sandbox_imports_nothing_else_of_confsync() -> None:
    assert len(FILES) > 10
    for path in FILES:
        inside = {"." * n for n in range(1, 2 + len(path.parent.relative_to(SANDBOX).parts))}
        foreign = imported(path) - ALLOWED - inside - sys.stdlib_module_names
        assert not foreign, f"{path.name} imports {foreign}"


def test_the_check_sees_an_import_of_the_client(tmp_path: Path) -> None:
    path = tmp_path / "wrong.py"
    path.write_text(
        "import confsync.model.stamp\nfrom ..remote import cloud\nfrom . import store\n"
    )
    assert imported(path) == {"confsync", "..", "."}
