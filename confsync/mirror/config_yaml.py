"""The YAML parser of the configuration. It reports each error with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import yaml

from confsync.document import yaml_nodes
from confsync.document.paths import SUFFIX, folded
from confsync.document.settings.names import KEY_LENGTH, KEYS, UNCOUNTED, name_of
from confsync.errors import ConfigError
from confsync.model.config import FILE_NAME, Comments, Config, SpaceConfig
from confsync.model.filenames import BLOG
from confsync.model.hint import mentioned
from confsync.model.stamp import Layout
from confsync.model.url import check_url

T = TypeVar("T")

_SPACE_KEY = re.compile(r"~?[A-Za-z0-9_.:-]{1,255}")
_LISTS = {"settings": "[width, emoji]", "properties": "[reviewed-by]"}
_PART = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]+")


def parse(text: str) -> Config:
    """Return a configuration from its text. Raise ConfigError with the line."""
    try:
        node = yaml_nodes.compose(text, "the configuration")
    except yaml_nodes.YAMLTextError as error:
        raise _error(error.line, error.problem) from None
    if node is None:
        raise _error(
            1, "the configuration is empty", hint="'confsync help configuration' shows its keys"
        )
    keys = _mapping(
        node,
        "the configuration",
        required=("url", "spaces"),
        optional=(
            "flavor",
            "layout",
            "labels",
            "attachments",
            "comments",
            "settings",
            "properties",
        ),
    )
    nodes = _items(keys["spaces"])
    spaces = _told_apart([_space(item) for item in nodes], [_line(item) for item in nodes])
    spaces = tuple(one for space in spaces for one in _with_blog(space))
    layout = _read(keys["layout"], "layout", Layout) if "layout" in keys else Layout.LINES
    flavor = _read(keys["flavor"], "flavor", _flavor) if "flavor" in keys else None
    labels = _read(keys["labels"], "labels", _yes) if "labels" in keys else False
    files = _patterns(keys["attachments"]) if "attachments" in keys else ()
    said = _read(keys["comments"], "comments", _comments) if "comments" in keys else Comments.OFF
    url = _read(keys["url"], "url", check_url)
    return Config(url, spaces, layout, flavor, labels, files, said, _settings(keys))


def _space(node: yaml.Node) -> SpaceConfig:
    keys = _mapping(
        node,
        "a space",
        required=("key",),
        optional=("path", "root", "include", "exclude", "archived", "blog"),
    )
    key = _read(keys["key"], "key", _space_key)
    return SpaceConfig(
        key,
        _read(keys.get("path", keys["key"]), "path", _directory),
        _read(keys["root"], "root", _page_id) if "root" in keys else None,
        _rules(keys["include"], "include") if "include" in keys else (),
        _rules(keys["exclude"], "exclude") if "exclude" in keys else (),
        _read(keys["archived"], "archived", _yes) if "archived" in keys else False,
        blog=_read(keys["blog"], "blog", _yes) if "blog" in keys else False,
    )


def _with_blog(space: SpaceConfig) -> tuple[SpaceConfig, ...]:
    """Return a space, with its blog as a second space if the blog is mirrored.

    `exclude` holds for both. `include` holds for posts only if a pattern begins with the blog's
    name.
    """
    if not space.blog:
        return (space,)
    path = f"{space.path}/{BLOG}"
    include = tuple(rule for rule in space.include if rule.startswith(f"{BLOG}/"))
    posts = SpaceConfig(space.key, path, None, include, space.exclude, posts=True)
    return space, posts


def _told_apart(spaces: list[SpaceConfig], lines: list[int]) -> tuple[SpaceConfig, ...]:
    """Return the spaces, each with the roots that are mirrored elsewhere; `lines` are theirs."""
    for number, space in enumerate(spaces):
        if any(_overlap(space.path, other.path) for other in spaces[:number]):
            raise _error(
                lines[number], f"the directory '{space.path}' overlaps with another space's"
            )
        for other in spaces[:number]:
            if space.key.casefold() != other.key.casefold():
                continue
            if space.root == other.root:
                what = f"page {space.root}" if space.root else f"the space '{space.key}'"
                raise _error(lines[number], f"{what} is already mirrored in '{other.path}'")
            if space.blog and other.blog:
                what = f"the blog of '{space.key}'"
                raise _error(lines[number], f"{what} is already mirrored in '{other.path}'")
    return tuple(
        space._replace(
            others=frozenset(
                other.root
                for other in spaces
                if other is not space
                and other.root
                and other.key.casefold() == space.key.casefold()
            ),
        )
        for space in spaces
    )


def _rules(node: yaml.Node, name: str) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _error(_line(node), f"{name} must be a list of page ids and patterns of paths")
    return tuple(_read(item, name, _rule) for item in node.value)


def _rule(text: str) -> str:
    if text.isascii() and text.isdecimal():
        return text
    if text.endswith(SUFFIX):
        raise ValueError(f"'{text}': a pattern must not end with {SUFFIX}")
    parts = text.split("/")
    if "\\" in text or not all(parts) or any(part in (".", "..") for part in parts):
        raise ValueError(
            f"'{text}' is neither a page id nor a pattern of paths below the space's directory, "
            "such as guide/**"
        )
    return text


def _patterns(node: yaml.Node) -> tuple[str, ...]:
    """Return the patterns of mirrored attachments: all, none, or a list."""
    if isinstance(node, yaml.ScalarNode):
        return ("*",) if _read(node, "attachments", _yes) else ()
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _error(
            _line(node), "attachments must be true, false, or a list of patterns: ['*.png']"
        )
    return tuple(_read(item, "attachments", str) for item in node.value)


def _settings(keys: dict[str, yaml.Node]) -> tuple[str, ...]:
    """Return the names of the managed settings: those of `settings`, then those of `properties`."""
    named = _list(keys, "settings", _setting)
    alone = {KEYS[name]: name for name in named}
    for key in (others := _list(keys, "properties", _property)):
        if key in alone:
            where = _line(keys["properties"])
            raise _error(where, f"properties: 'settings' has '{key}' already, as {alone[key]}")
    return (*named, *map(name_of, others))


def _list(keys: dict[str, yaml.Node], name: str, convert: Callable[[str], str]) -> tuple[str, ...]:
    """Return a list of different texts, or nothing without the key."""
    node = keys.get(name)
    if node is None:
        return ()
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _error(_line(node), f"{name} must be a list: {_LISTS[name]}")
    found = [_read(item, name, convert) for item in node.value]
    for number, text in enumerate(found):
        if text in found[:number]:
            raise _error(_line(node.value[number]), f"{name}: '{text}' occurs twice")
    return tuple(found)


def _setting(text: str) -> str:
    if text not in KEYS:
        raise ValueError(f"'{text}' is none of {', '.join(KEYS)}")
    return text


def _property(text: str) -> str:
    usable = text.strip() and len(text) <= KEY_LENGTH and text.isprintable()
    if not usable or text in UNCOUNTED:
        raise ValueError(f"'{text}' is not the key of a content property")
    return text


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"'{text}' is neither 'true' nor 'false'")
    return text == "true"


def _comments(text: str) -> Comments:
    if text not in ("true", "false", "notice"):
        raise ValueError(f"'{text}' is not 'true', 'false' or 'notice'")
    return Comments(text)


def _flavor(text: str) -> str:
    if text not in ("cloud", "datacenter"):
        raise ValueError(f"'{text}' is neither 'cloud' nor 'datacenter'")
    return text


def _space_key(text: str) -> str:
    if not _SPACE_KEY.fullmatch(text):
        raise ValueError(f"'{text}' is not a space key")
    return text


def _page_id(text: str) -> str:
    if not text.isascii() or not text.isdecimal():
        raise ValueError(f"'{text}' is not a page id")
    return text


def _directory(text: str) -> str:
    parts = text.split("/")
    if not all(_PART.fullmatch(part) and not part.startswith(".") for part in parts):
        raise ValueError(f"'{text}' is not a directory below the mirror, such as docs/ENG")
    return text


def _overlap(one: str, other: str) -> bool:
    one, other = f"{folded(one)}/", f"{folded(other)}/"
    return one.startswith(other) or other.startswith(one)


def _mapping(
    node: yaml.Node, what: str, *, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _error(_line(node), f"{what} must be 'key: value' lines")
    found: dict[str, yaml.Node] = {}
    known = (*required, *optional)
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "[…]"
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
            raise _error(_line(key), f"unknown key '{name}' in {what}", hint=hint)
        if name in found:
            raise _error(_line(key), f"'{name}' occurs twice in {what}")
        found[name] = value
    for name in required:
        if name not in found:
            raise _error(_line(node), f"{what} has no '{name}'")
    return found


def _items(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _error(_line(node), "spaces must be a list with at least one space")
    return list(node.value)


def _read(node: yaml.Node, name: str, convert: Callable[[str], T]) -> T:
    """Return one converted value. Raise ConfigError with the line if `convert` refuses it."""
    if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
        raise _error(_line(node), f"{name} must be text")
    try:
        return convert(str(node.value))
    except ValueError as error:
        raise _error(_line(node), f"{name}: {error}") from None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _error(line: int, problem: str, *, hint: str = "") -> ConfigError:
    return ConfigError(f"{mentioned(FILE_NAME)}:{line}: {problem}", hint=hint)
