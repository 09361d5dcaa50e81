"""The configuration: every key is known, every mistake is told with its line."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
import yaml

from confsync.errors import ConfigError, Exit, UsageError
from confsync.mirror import config_file as config
from confsync.mirror import config_yaml
from confsync.mirror.config_file import dump, find_root, parse, settings_for
from confsync.model.config import Config, SpaceConfig
from confsync.model.stamp import Layout
from confsync.model.url import check_url

EXAMPLE = Path(__file__).parents[3] / ".confsync.example.yaml"

GOOD = """\
url: https://acme.atlassian.net/wiki
spaces:
  - key: ENG
    path: docs/ENG
  - key: OPS
    root: "98304"
layout: raw
"""


def test_a_whole_configuration() -> None:
    assert parse(GOOD) == Config(
        "https://acme.atlassian.net/wiki",
        (SpaceConfig("ENG", "docs/ENG"), SpaceConfig("OPS", "OPS", "98304")),
        Layout.RAW,
    )


def test_rules_say_what_of_a_space_is_mirrored() -> None:
    found = parse(
        "url: https://a.example\n"
        "spaces:\n"
        "  - key: ENG\n"
        "    include: [guide, guide/**, 123]\n"
        "    exclude:\n"
        "      - archive/*\n"
        "    archived: true\n"
    )
    (space,) = found.spaces
    assert space.include == ("guide", "guide/**", "123")
    assert space.exclude == ("archive/*",)
    assert space.archived


def test_each_subtree_knows_the_other_ones_of_its_space() -> None:
    found = parse(
        "url: https://a.example\n"
        "spaces: [{key: ENG}, {key: eng, path: a, root: 1}, {key: ENG, path: b, root: 2},"
        " {key: OPS, root: 3}]\n"
    )
    assert [sorted(space.others) for space in found.spaces] == [["1", "2"], ["2"], ["1"], []]


def test_the_path_is_the_key_and_the_layout_is_lines_where_nothing_else_is_said() -> None:
    found = parse("url: https://a.example\nspaces: [{key: ENG}]\n")
    assert found == Config("https://a.example", (SpaceConfig("ENG", "ENG"),), Layout.LINES)


def test_values_are_the_text_that_stands_there() -> None:
    found = parse("url: https://a.example\nspaces: [{key: 2024, path: on, root: 0123}]\n")
    assert found.spaces == (SpaceConfig("2024", "on", "0123"),)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "is empty"),
        ("# nothing\n", 1, "is empty"),
        ("- a\n", 1, "must be 'key: value' lines"),
        ("url\n", 1, "must be 'key: value' lines"),
        (GOOD + "token: x\n", 8, "unknown key 'token'"),
        (GOOD.replace("    root", "    rout"), 6, "unknown key 'rout'"),
        (GOOD.replace("    path", "    url"), 4, "unknown key 'url'"),
        (GOOD + "layout: raw\n", 8, "'layout' occurs twice"),
        (GOOD.replace("    path", "    key"), 4, "'key' occurs twice"),
        ("# x\nspaces: [{key: ENG}]\n", 2, "has no 'url'"),
        ("url: https://a.example\n", 1, "has no 'spaces'"),
        (GOOD.replace("- key: OPS\n    root", "- root"), 5, "has no 'key'"),
        (GOOD.replace("layout: raw", "layout: pretty"), 7, "layout"),
        (GOOD.replace("layout: raw", "layout: [raw]"), 7, "layout must be text"),
        (GOOD.replace("layout: raw", "layout:"), 7, "layout must be text"),
        (GOOD.replace("docs/ENG", "[docs]"), 4, "path must be text"),
        (GOOD.replace("docs/ENG", "~"), 4, "path must be text"),
        (GOOD.replace("docs/ENG", "../ENG"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", "/docs"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", "docs/"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", "docs//ENG"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", "docs\\ENG"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", ".git"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", ".confsync/x"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", "C:/docs"), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", '""'), 4, "is not a directory below the mirror"),
        (GOOD.replace("docs/ENG", "OPS"), 5, "'OPS' overlaps"),
        (GOOD.replace("docs/ENG", "ops"), 5, "'OPS' overlaps"),
        (GOOD.replace("docs/ENG", "ops/eng"), 5, "'OPS' overlaps"),
        (GOOD.replace("key: ENG", "key: E NG"), 3, "is not a space key"),
        (GOOD.replace("key: ENG", "key: [ENG]"), 3, "key must be text"),
        (GOOD.replace('"98304"', "guide"), 6, "is not a page id"),
        (GOOD.replace('"98304"', "-1"), 6, "is not a page id"),
        (GOOD.replace('"98304"', '"٣"'), 6, "is not a page id"),
        (GOOD.replace("    root", "    include: guide\n    root"), 6, "must be a list of page ids"),
        (GOOD.replace("    root", "    include: []\n    root"), 6, "must be a list of page ids"),
        (
            GOOD.replace("    root", "    exclude: [a.xhtml]\n    root"),
            6,
            "must not end with .xhtml",
        ),
        (GOOD.replace("    root", "    exclude: [/a]\n    root"), 6, "neither a page id nor"),
        (GOOD.replace("    root", "    exclude: [a/../b]\n    root"), 6, "neither a page id nor"),
        (GOOD.replace("    root", "    exclude: [[a]]\n    root"), 6, "exclude must be text"),
        (
            GOOD.replace("    root", "    exclude:\n    - a\n    - ''\n    root"),
            8,
            "neither a page",
        ),
        (GOOD.replace("    root", "    archived: yes\n    root"), 6, "neither 'true' nor 'false'"),
        (
            GOOD.replace("ENG\n    path: docs/ENG", "ops\n    path: x\n    root: '98304'"),
            6,
            "already",
        ),
        (
            "url: https://a.example\nspaces: [{key: A}, {key: a, path: b}]\n",
            2,
            "already mirrored in 'A'",
        ),
        ("url: https://a.example\nspaces: ENG\n", 2, "must be a list"),
        ("url: https://a.example\nspaces: []\n", 2, "at least one space"),
        ("url: https://a.example\nspaces: [ENG]\n", 2, "must be 'key: value' lines"),
        ("url: https://a.example\nspaces: {key: ENG}\n", 2, "must be a list"),
        (GOOD.replace("https://acme", "http://acme"), 1, "unencrypted"),
        (GOOD.replace("https://acme", "ftp://acme"), 1, "is not a URL"),
        (GOOD.replace("https://acme", "https://me:secret@acme"), 1, "contains credentials"),
        (GOOD.replace("net/wiki", "net/wiki?x=1"), 1, "query or fragment"),
        (GOOD.replace("https://acme.atlassian.net", "'https://[::1'"), 1, ""),
        (GOOD.replace("layout: raw", "layout: 'raw"), 8, ""),
        (GOOD.replace("    path", "\tpath"), 4, ""),
        (GOOD + "x: *a\n", 8, "alias"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert str(caught.value).startswith(f".confsync.yaml:{line}: ")
    assert problem in caught.value.message
    assert caught.value.exit is Exit.LOCAL


@pytest.mark.parametrize("key", ["..", ".", ".git", ".confsync", "a:b"])
def test_a_key_that_is_no_directory_needs_a_path(key: str) -> None:
    with pytest.raises(ConfigError, match=r":3: path: .* is not a directory below the mirror"):
        parse(f"url: https://a.example\nspaces:\n  - key: '{key}'\n")
    found = parse(f"url: https://a.example\nspaces:\n  - {{key: '{key}', path: docs}}\n")
    assert found.spaces == (SpaceConfig(key, "docs"),)


def test_a_key_that_is_nearly_known_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(GOOD.replace("layout", "layuot"))
    assert caught.value.hint == "did you mean 'layout'?"


def test_credentials_are_never_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(GOOD.replace("https://acme", "https://me:s3cret@acme"))
    assert "s3cret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8090", "http://127.0.0.1:1/c", "http://[::1]:8090", "https://a.b/wiki"],
)
def test_plain_http_is_for_this_machine_alone(url: str) -> None:
    assert check_url(url + "/") == url


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.evil.com", "http://localhost.evil.com", "http://10.0.0.1", "https://"]
)
def test_what_only_looks_like_this_machine_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"unencrypted|is not a URL"):
        check_url(url)


def test_the_example_is_a_good_configuration() -> None:
    found = parse(EXAMPLE.read_text(encoding="utf-8"))
    assert [space.path for space in found.spaces] == ["docs/ENG", "docs/ENG/blog", "docs/runbooks"]


def test_the_example_shows_every_key_that_the_code_knows() -> None:
    shown = _keys(yaml.safe_load(EXAMPLE.read_bytes()))
    known = _known_keys()
    assert known >= {"url", "spaces", "key"}
    assert shown == known


def test_the_example_says_something_about_every_key() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").split("\n")
    comments = "\n".join(line for line in lines if line.startswith("#"))
    for key in yaml.safe_load(EXAMPLE.read_bytes()):
        (at,) = (number for number, line in enumerate(lines) if line.startswith(f"{key}:"))
        assert lines[at - 1].startswith("# "), f"nothing above '{key}'"
    assert all(f"'{key}'" in comments for key in ("path", "root"))


def _known_keys() -> set[str]:
    """Return the keys that `configreader` asks `_mapping` for, read from its source."""
    calls = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(config_yaml)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_mapping"
    ]
    keywords = [keyword for call in calls for keyword in call.keywords]
    return {name for keyword in keywords for name in ast.literal_eval(keyword.value)}


def _keys(data: object) -> set[str]:
    if isinstance(data, dict):
        return set(data) | {key for value in data.values() for key in _keys(value)}
    if isinstance(data, list):
        return {key for item in data for key in _keys(item)}
    return set()


# -- finding, loading, writing ---------------------------------------------------------------------


def test_the_root_is_found_upward(tmp_path: Path) -> None:
    below = tmp_path / "docs" / "ENG"
    below.mkdir(parents=True)
    (tmp_path / ".confsync.yaml").write_text(GOOD)
    assert find_root(below) == tmp_path
    assert config.load(tmp_path) == parse(GOOD)


def test_no_root_is_told_with_where_it_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / ".confsync.yaml").mkdir()
    with pytest.raises(ConfigError) as caught:
        find_root(tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "confsync clone" in caught.value.hint


def test_a_configuration_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / ".confsync.yaml").write_bytes(b"url: \xff\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path)


def test_what_is_dumped_is_read() -> None:
    assert parse(dump(parse(GOOD))) == parse(GOOD)
    made = settings_for(
        "https://a.example/wiki/", [SpaceConfig("ENG", "ENG"), SpaceConfig("OPS", "OPS")]
    )
    assert made.url == "https://a.example/wiki"
    assert parse(dump(made)) == made
    below = SpaceConfig("ENG", "ENG", "7")
    assert settings_for("https://a.example", [below]).spaces == (below,)
    blog = settings_for("https://a.example", [SpaceConfig("ENG", "ENG", blog=True)])
    assert [space.posts for space in blog.spaces] == [False, True]


@pytest.mark.parametrize(
    ("url", "keys", "root"),
    [
        ("http://a.example", ["ENG"], None),
        ("https://a.example", ["E G"], None),
        ("https://a.example", ["ENG"], "x"),
        ("https://a.example", ["ENG", "eng"], None),
        ("https://a.example", [".."], None),
    ],
)
def test_settings_that_cannot_be_are_a_usage_error(
    url: str, keys: list[str], root: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        settings_for(url, [SpaceConfig(key, key, root) for key in keys])
    assert ".confsync.yaml:" not in str(caught.value)
