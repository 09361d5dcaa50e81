"""The modules that a command loads at its start: a hook runs `check` at each commit."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from confsync.document.document import render
from confsync.model import stamp as model
from tests.modules import existing, own

# Each costs a command that does not need it between 5 and 200 ms.
HEAVY = (
    *("atlassian", "requests", "urllib3", "git", "rich", "flask", "waitress", "sqlite3"),
    *("filelock", "concurrent", "tempfile", "logging", "confsync.sandbox", "confsync.remote.cloud"),
)
# What a check of a document does not need: what servers answer, what is decided, git, attachments,
# what became of pages. Each dataclass there is 0.3 ms.
NOT_FOR_CHECK = (
    *(
        "model.page",
        "sync.compare",
        "sync.attachments.compare",
        "document.tree",
        "model.outcome",
        "model.event",
        "model.diagnosis",
        "diff.difference",
    ),
    *(
        "sync.renames",
        "sync.merge_base",
        "mirror.committed.deleted",
        "mirror.git.repository",
        "mirror.attachment_files",
        "sync.attachments.beside",
        "remote",
        "cli.render_pages",
    ),
)
CODE = """
import sys
import time
from confsync.cli import main
code = main(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""
STATUS = """
import sys
import click
before = set(sys.modules)
from confsync.cli import main
code = main(["status"])
print(*set(sys.modules) - before, file=sys.stderr)
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
    assert not existing(HEAVY) & set(loaded)


def test_a_check_loads_what_documents_speak_in_and_no_more(tmp_path: Path) -> None:
    (tmp_path / ".confsync.yaml").write_text("url: https://a.example/wiki\nspaces:\n  - key: ENG\n")
    (tmp_path / "ENG").mkdir()
    (tmp_path / "ENG/one.xhtml").write_text("---\ntitle: One\n---\n<p>one</p>\n")
    run = subprocess.run(
        [sys.executable, "-c", CODE, "check", "ENG/one.xhtml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "check: nothing found in 1 document\n"
    loaded = set(run.stderr.split())
    assert not own(NOT_FOR_CHECK) & loaded
    others = ("json", "shutil", "ctypes", "difflib", "click.shell_completion")
    assert not existing(others) & loaded


def test_a_merge_in_git_loads_no_library_of_git(tmp_path: Path) -> None:
    (tmp_path / ".confsync.yaml").write_text("url: https://a.example/wiki\nspaces:\n  - key: ENG\n")
    subprocess.run(["git", "init", "-q", "--template="], cwd=tmp_path, check=True)
    (tmp_path / "ENG").mkdir()
    was = "<p>one</p>\n<p>two</p>\n<p>three</p>\n"
    stamp = model.Stamp("7", 1, model.digest("One", was))
    bodies = (was, was.replace("one", "one, ours"), was.replace("three", "three, theirs"))
    for name, body in zip("OAB", bodies, strict=True):
        (tmp_path / name).write_bytes(render("One", body, stamp))
    run = subprocess.run(
        [sys.executable, "-c", CODE, "merge-driver", *"OAB", "ENG/one.xhtml", "7"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = run.stderr.split()
    assert code == "0", run.stderr
    assert "ours" in (tmp_path / "A").read_text()
    assert "theirs" in (tmp_path / "A").read_text()
    assert "git" not in loaded


def test_the_version_is_told_without_any_verb() -> None:
    code = (
        "import sys\nfrom confsync.cli import main\nmain(['--version'])\n"
        "print(*(name for name in sys.modules if name.startswith(('confsync', 'yaml'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split("\n")[1].split()
    assert not existing(["confsync.commands", "confsync.cli.page_verbs", "yaml"]) & set(loaded)


def test_a_command_that_asks_a_server_loads_one_module_of_the_library() -> None:
    code = (
        "import sys\nimport confsync.remote.client as client\n"
        "print(*(name for name in sys.modules if name.startswith(('atlassian', 'bs4'))))\n"
        "import atlassian, atlassian.rest_client\nfrom atlassian import Confluence\n"
        "from atlassian.rest_client import AtlassianRestAPI as used\n"
        "assert issubclass(Confluence, used) and used is client.AtlassianRestAPI\n"
        "assert atlassian.rest_client.AtlassianRestAPI is used and atlassian.Jira\n"
        "assert not hasattr(atlassian, 'nothing')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "atlassian.rest_client" in loaded
    assert not existing(["bs4", "atlassian.confluence", "atlassian.jira"]) & set(loaded)


def test_a_status_with_nothing_to_tell_loads_nothing_that_reads_a_document(tmp_path: Path) -> None:
    (tmp_path / ".confsync.yaml").write_text("url: https://a.example/wiki\nspaces:\n  - key: ENG\n")
    (tmp_path / "ENG").mkdir()
    (tmp_path / ".confsync").mkdir()
    digest = model.digest("One", "<p>one</p>")
    stamp = model.Stamp("7", 1, digest)
    document = tmp_path / "ENG/one.xhtml"
    document.write_bytes(render("One", "<p>one</p>", stamp))
    for _ in range(2):  # what is younger than the snapshot is looked at once more
        time.sleep(0.03)
        run = subprocess.run(
            [sys.executable, "-c", STATUS],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    assert run.stdout == "clean: 1 page\n"
    loaded = set(run.stderr.split())
    ours = {name.removeprefix("confsync.") for name in loaded if name.startswith("confsync.")}
    assert ours == {
        *(
            "model.summary",
            "errors",
            "model.filenames",
            "mirror.snapshot",
            "mirror.git.head",
            "mirror.walk",
        ),
        # No link is followed, and nothing believed that git may have put there.
        *("mirror.state", "mirror.state.mark", "mirror.state.regular"),
        *("cli", "cli.completion", "cli.options", "cli.fast_verbs", "cli.options", "cli.session"),
        *("model", "mirror", "mirror.git", "version"),
    }
    # What click loads is loaded before.
    more = ("yaml", "dataclasses", "pathlib", "hashlib", "json", "shutil", "subprocess")
    assert not existing([*HEAVY, *more]) & loaded


@pytest.mark.parametrize("name", ["mirror.deleted", "attic.chest", "model.nothing"])
def test_a_list_names_no_module_that_does_not_exist(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        own([*NOT_FOR_CHECK, name])
