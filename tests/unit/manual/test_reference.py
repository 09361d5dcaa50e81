"""The committed reference is the one that the program makes, and it has all that there is."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from confsync.cli.manual.reference import files
from confsync.cli.manual.reference.code_pages import by_seriousness
from confsync.cli.manual.reference.command_pages import context_of
from confsync.cli.manual.reference.json_page import example
from confsync.cli.manual.reference.schema import PARTS, schema
from confsync.cli.manual.topics import MANUAL
from confsync.errors import Exit, worst
from confsync.registry.commands import COMMANDS, CommandEntry
from confsync.registry.error_codes import ERROR_CODES
from confsync.registry.findings import FINDING_CODES
from confsync.registry.outcomes import OUTCOMES

REMAKE = "run 'python -m confsync.cli.manual reference', look, and commit"


def page(name: str) -> str:
    return (MANUAL / "reference" / f"{name}.md").read_text(encoding="utf-8")


def test_the_committed_reference_is_the_one_that_the_program_makes() -> None:
    assert files.differences(MANUAL) == [], REMAKE


def test_the_reference_is_written_where_it_differs_and_nowhere_else(tmp_path: Path) -> None:
    every = sorted(files.pages())
    assert files.write(tmp_path) == every
    assert files.differences(tmp_path) == []
    (tmp_path / "reference/json.md").write_text("edited")
    (tmp_path / "reference/commands/gone.md").write_text("a command that there was")
    (tmp_path / "reference/library.md").write_text("written by hand")
    assert files.write(tmp_path) == ["reference/commands/gone.md", "reference/json.md"]
    assert files.differences(tmp_path) == []
    assert (tmp_path / "reference/library.md").read_text() == "written by hand"


def test_one_command_makes_it(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "confsync.cli.manual", "reference", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == sorted(files.pages())
    assert files.differences(tmp_path) == []


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_page_of_a_command_has_all_that_its_help_has(entry: CommandEntry) -> None:
    name = entry.name
    context = context_of(name)
    text = page(f"commands/{name}")
    for option in context.command.get_params(context):
        for word in (*option.opts, *option.secondary_opts) if option.opts[0][0] == "-" else ():
            assert re.search(rf"`[^`]*{word}\b[^`]*`", text), f"{word} is not in {name}.md"
    for heading in ("Usage", "What it does", "Common options", "Exit codes", "Examples"):
        assert f"\n## {heading}\n" in text
    assert f"\nconfsync {name}" in text


def test_each_outcome_and_each_code_has_its_heading() -> None:
    outcomes = re.findall("^## (.+)$", page("outcomes"), re.MULTILINE)
    assert outcomes == [entry.outcome.value for entry in OUTCOMES]
    codes = re.findall("^### ([a-z-]+)", page("error-codes"), re.MULTILINE)
    every = sorted(entry.code for entry in ERROR_CODES)
    assert codes == every + sorted(entry.code for entry in FINDING_CODES)
    numbers = re.findall("^## ([0-9]+):", page("exit-codes"), re.MULTILINE)
    assert numbers == [str(int(one)) for one in Exit]


def test_the_most_serious_exit_code_comes_first() -> None:
    order = by_seriousness()
    assert order[-1] is Exit.DONE
    assert all(worst(one, other) is one for one, other in itertools.pairwise(order))


def test_the_schema_is_one_and_the_example_keeps_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(example())
    committed = json.loads((MANUAL / "reference/result.schema.json").read_text(encoding="utf-8"))
    assert committed == schema()
    for part in PARTS:
        assert f'"#/$defs/{part}"' in json.dumps(schema()), f"nothing uses {part}"


@pytest.mark.parametrize(
    "change",
    [
        {"pages": [{"path": "a"}]},
        {"outcome": "updated"},
        {"findings": []},
        {"command": "show"},
        {"command": "nothing"},
        {"exit": 7},
        {"summary": {"lost": 1}},
        {"errors": [{"code": "strange", "message": "", "hint": None}]},
    ],
    ids=str,
)
def test_the_schema_knows_what_is_no_envelope(change: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate({**example(), **change})
