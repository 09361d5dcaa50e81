"""The pages of the reference about the configuration and the environment."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.cli.manual.reference import markdown
from confsync.registry.configuration import MIRROR_KEYS, SPACE_KEYS, Key
from confsync.registry.environment import VARIABLES, Variable


def configuration() -> str:
    """Return the page of all keys of the configuration."""
    first = "After this page you can choose what a mirror holds, by the keys of `.confsync.yaml`."
    return markdown.page("Configuration", first, _configuration_blocks())


def _configuration_blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "`.confsync.yaml` stands at the root of a mirror. `confsync clone` and `confsync init` "
        "write it. It holds nothing secret; credentials come from "
        f"{markdown.link('reference/environment')}. An unknown key is an error that names the line."
    )
    yield markdown.paragraph("A configuration with every key:")
    yield markdown.code(example(), "yaml")
    for title, keys in (("Keys of the file", MIRROR_KEYS), ("Keys of a space", SPACE_KEYS)):
        yield markdown.heading(title)
        for key in keys:
            yield markdown.heading(key.name, 3)
            yield markdown.paragraph(key.meaning)
            yield markdown.items(_facts(key))


def _facts(key: Key) -> Iterator[str]:
    yield f"Value: {key.values}."
    yield f"Without it: {key.default}." if key.default else "It must be there."


def example() -> str:
    """Return a configuration that has every key."""
    lines: list[str] = []
    for key in MIRROR_KEYS:
        lines.append(key.example if key.name != "spaces" else "spaces:")
        if key.name == "spaces":
            marks = ("  - ", *["    "] * len(SPACE_KEYS))
            lines += [f"{mark}{one.example}" for mark, one in zip(marks, SPACE_KEYS, strict=False)]
    return "\n".join(lines)


def environment() -> str:
    """Return the page of all environment variables."""
    first = "After this page you can set up credentials, proxy and output by environment variables."
    return markdown.page("Environment variables", first, _environment_blocks())


def _environment_blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "confsync looks for credentials in the environment, then in the system's keyring "
        "(`confsync login`), then in `~/.netrc`. It never reads them from a file in the mirror."
    )
    yield markdown.paragraph("For Cloud, set your e-mail address and an API token:")
    yield markdown.code("export CONFSYNC_USER=me@acme.com\nexport CONFSYNC_TOKEN=TOKEN", "sh")
    yield markdown.paragraph("For Data Center, set a personal access token alone:")
    yield markdown.code("export CONFSYNC_TOKEN=TOKEN", "sh")
    for title, variables in VARIABLES.items():
        yield markdown.heading(title)
        yield markdown.items(map(_variable, variables))


def _variable(one: Variable) -> str:
    shown = f" Example: `{one.example}`." if one.example else ""
    return f"`{one.name}`: {one.meaning}{shown}"
