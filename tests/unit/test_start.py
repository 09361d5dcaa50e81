"""What a command loads before it does anything: a hook runs `check` at each commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Each costs a command that does not need it between 5 and 200 ms.
HEAVY = (
    *("atlassian", "requests", "urllib3", "git", "rich", "flask", "waitress", "sqlite3"),
    *("filelock", "concurrent", "tempfile", "logging", "confsync.sandbox", "confsync.remote.cloud"),
)
CODE = """
import sys
from confsync.cli import main
code = main(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("check", "ENG/one.xhtml"), ("status",)], ids=str
)
def test_a_short_command_loads_nothing_that_it_does_not_use(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / ".confsync.yaml").write_text("url: https://a.example/wiki\nspaces:\n  - key: ENG\n")
    (tmp_path / "ENG").mkdir()
    (tmp_path / "ENG/one.xhtml").write_text("---\ntitle: One\n---\n<p>one</p>\n")
    run = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = run.stderr.split()
    assert code == "0", run.stdout + run.stderr
    assert run.stdout
    assert not {name for name in HEAVY if name in loaded}


def test_the_version_is_told_without_any_verb() -> None:
    code = (
        "import sys\nfrom confsync.cli import main\nmain(['--version'])\n"
        "print(*(name for name in sys.modules if name.startswith(('confsync', 'yaml'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split("\n")[1].split()
    assert not {name for name in loaded if name.startswith(("confsync.commands", "confsync.cli.v"))}
    assert "yaml" not in loaded
