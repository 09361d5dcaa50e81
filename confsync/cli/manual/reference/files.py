"""The pages that are made from the program: what they are, and whether the committed ones agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from confsync.cli.manual.reference.code_pages import error_codes, exit_codes, outcomes
from confsync.cli.manual.reference.command_pages import command_pages
from confsync.cli.manual.reference.git_page import git_commands
from confsync.cli.manual.reference.json_page import SCHEMA_FILE, json_page
from confsync.cli.manual.reference.sandbox_page import sandbox_operations
from confsync.cli.manual.reference.schema import schema
from confsync.cli.manual.reference.setting_pages import configuration, environment
from confsync.cli.manual.topics import SUFFIX

# Where in the manual the pages are that are made, besides those of commands.
REFERENCE = "reference"
COMMANDS = f"{REFERENCE}/commands"
_MAKERS = {
    "configuration": configuration,
    "environment": environment,
    "error-codes": error_codes,
    "exit-codes": exit_codes,
    "git-commands": git_commands,
    "json": json_page,
    "outcomes": outcomes,
    "sandbox-operations": sandbox_operations,
}


def pages() -> dict[str, str]:
    """Return the text of each file of the reference that is made, by its path in the manual."""
    made = {f"{REFERENCE}/{name}{SUFFIX}": make() for name, make in _MAKERS.items()}
    made |= {f"{COMMANDS}/{name}{SUFFIX}": text for name, text in command_pages().items()}
    made[f"{REFERENCE}/{SCHEMA_FILE}"] = f"{json.dumps(schema(), indent=2)}\n"
    return made


def write(manual: Path) -> list[str]:
    """Write the files that are not yet as they are made; return their paths in the manual."""
    made = pages()
    changed = _differences(manual, made)
    for place in changed:
        path = manual / place
        if place in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[place], encoding="utf-8")
        else:
            path.unlink()
    return changed


def differences(manual: Path) -> list[str]:
    """Return the files that are not as they are made, and pages of commands that do not exist."""
    return _differences(manual, pages())


def _differences(manual: Path, made: Mapping[str, str]) -> list[str]:
    left = {path.relative_to(manual).as_posix() for path in (manual / COMMANDS).glob(f"*{SUFFIX}")}
    changed = [place for place, text in made.items() if _text_of(manual / place) != text]
    return sorted([*changed, *(left - made.keys())])


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
