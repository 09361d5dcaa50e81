"""Each error code, outcome, exit code, variable and key has its entry, and each entry exists."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator

import click
import pytest

import confsync
from confsync.cli import cli
from confsync.cli.manual.reference.command_pages import argument_names, context_of
from confsync.cli.manual.reference.setting_pages import example
from confsync.cli.options import is_common
from confsync.errors import ConfigError, ConfsyncError, Exit
from confsync.mirror.config_yaml import parse
from confsync.model.config import Config, SpaceConfig
from confsync.model.outcome import Outcome
from confsync.registry.commands import COMMANDS, CommandEntry
from confsync.registry.configuration import MIRROR_KEYS, SPACE_KEYS, Key
from confsync.registry.environment import VARIABLES
from confsync.registry.error_codes import ERROR_CODES, ErrorCode
from confsync.registry.exit_codes import EXIT_CODES
from confsync.registry.findings import FINDING_CODES
from confsync.registry.outcomes import OUTCOMES
from tests.unit.manual import sources

# The package's source is read and parsed once, in one process.
pytestmark = pytest.mark.xdist_group("registries")

# Libraries read these: requests, shutil and click.
OF_LIBRARIES = frozenset(
    [
        *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC"),
        *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "COLUMNS", "BROWSER"),
    ]
)
# What a reader needs no registry for.
OF_NO_PAGE = frozenset(["FRX"])
# The configuration has this key's values among the settings.
AMONG_SETTINGS = frozenset(["properties"])


def classes(root: type[ConfsyncError]) -> Iterator[type[ConfsyncError]]:
    """Yield an error class and all below it."""
    yield root
    for below in root.__subclasses__():
        yield from classes(below)


def loaded_errors() -> dict[str, Exit]:
    """Return the code of every error class of the package, with its exit code."""
    for module in pkgutil.walk_packages(confsync.__path__, "confsync."):
        if not module.name.endswith("__main__") and ".sandbox" not in module.name:
            importlib.import_module(module.name)
    return {error.code: error.exit for error in classes(ConfsyncError)}


def twice(names: Iterable[object]) -> list[object]:
    return [name for name, count in Counter(names).items() if count > 1]


def test_each_error_code_has_one_entry_with_its_exit_code() -> None:
    entries = {entry.code: entry.exit for entry in ERROR_CODES}
    assert twice(entry.code for entry in ERROR_CODES) == []
    assert entries == {**sources.problem_codes(), **loaded_errors()}


def test_each_code_of_a_finding_has_one_entry() -> None:
    assert twice(entry.code for entry in FINDING_CODES) == []
    assert {entry.code for entry in FINDING_CODES} == sources.finding_codes()


@pytest.mark.parametrize("entry", ERROR_CODES, ids=lambda entry: entry.code)
def test_each_message_of_an_entry_is_one_of_the_programs(
    entry: ErrorCode,
) -> None:
    assert {sources.skeleton(text) for text in entry.messages} - sources.skeletons() == set()


def test_each_outcome_has_one_entry_in_the_order_of_the_enum() -> None:
    assert [entry.outcome for entry in OUTCOMES] == list(Outcome)
    named = {name for entry in OUTCOMES for name in entry.commands}
    assert named <= {entry.name for entry in COMMANDS}


def test_each_exit_code_has_one_entry() -> None:
    assert [entry.exit for entry in EXIT_CODES] == list(Exit)


def test_each_environment_variable_has_one_entry() -> None:
    names = [one.name for group in VARIABLES.values() for one in group]
    assert twice(names) == []
    assert set(names) - OF_LIBRARIES == sources.environment_names() - OF_NO_PAGE


def test_each_key_of_the_configuration_has_one_entry() -> None:
    of_a_run = {"every"}
    assert {key.name for key in MIRROR_KEYS} - AMONG_SETTINGS == set(Config._fields) - of_a_run
    made = {"others", "posts"}  # by confsync, of the other entries
    assert {key.name for key in SPACE_KEYS} == set(SpaceConfig._fields) - made


@pytest.mark.parametrize(
    ("text", "keys"),
    [("qqqqqq: 1", MIRROR_KEYS), ("url: u\nspaces:\n  - qqqqqq: 1", SPACE_KEYS)],
    ids=["of the file", "of a space"],
)
def test_the_reader_of_the_configuration_knows_these_keys(text: str, keys: tuple[Key, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    known = caught.value.hint.removeprefix("known here: ").split(", ")
    assert set(known) == {key.name for key in keys}


def test_a_key_without_a_default_must_be_there() -> None:
    for key in MIRROR_KEYS:
        lines = [one.example for one in MIRROR_KEYS if one is not key]
        if key.default:
            parse("\n".join(lines))
        else:
            with pytest.raises(ConfigError, match=f"has no '{key.name}'"):
                parse("\n".join(lines))


def test_the_example_of_the_configuration_sets_every_key() -> None:
    found = parse(example())
    defaults = parse("url: https://other.example/wiki\nspaces:\n  - key: OTHER")
    names = [key.name for key in MIRROR_KEYS if key.name not in AMONG_SETTINGS]
    assert any(name.startswith("properties.") for name in found.settings)
    assert [name for name in names if _same(found, defaults, name)] == ["layout"]
    space, plain = found.spaces[0], defaults.spaces[0]
    assert [key.name for key in SPACE_KEYS if _same(space, plain, key.name)] == []


def _same(one: object, other: object, name: str) -> bool:
    return bool(getattr(one, name) == getattr(other, name))


def test_each_command_has_one_entry() -> None:
    assert [entry.name for entry in COMMANDS] == cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_each_argument_of_a_command_has_its_meaning(entry: CommandEntry) -> None:
    context = context_of(entry.name)
    assert list(entry.arguments) == argument_names(context.command)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_each_option_of_a_command_has_its_meaning(entry: CommandEntry) -> None:
    context = context_of(entry.name)
    options = [one for one in context.command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []
    assert sum(map(is_common, options)) == sum(map(is_common, cli.params))
