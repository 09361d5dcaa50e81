"""Settings in front matter: reading them, and the edits that change them and no other byte.

The lines `width`, `emoji` and `cover` hold text, and `properties` holds a map of JSON values. A
plain `null`, or no value, means that the page has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import yaml

from confsync.document import frontmatter
from confsync.document.frontmatter import Span
from confsync.document.settings.names import KEYS, PROPERTIES, key_of, name_of
from confsync.document.settings.values import INVALID, canonical
from confsync.errors import DocumentError

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?(?:[eE][+-]?[0-9]{1,3})?")
_NULL = ("", "~", "null", "Null", "NULL")
_WORDS = {"true": True, "false": False}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NO_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


class Place(Protocol):
    """A top-level value of front matter, and the range that a rewrite replaces."""

    @property
    def node(self) -> yaml.Node: ...

    @property
    def span(self) -> Span: ...


class Front(Protocol):
    """Front matter with the places of its values, as `frontmatter_yaml` reads it."""

    offset: int

    @property
    def values(self) -> Mapping[str, Place]: ...

    def span_of(self, node: yaml.Node) -> Span: ...

    def error(self, where: yaml.Node, problem: str) -> DocumentError: ...


class Edits(NamedTuple):
    """The changes of front matter: replaced ranges of the text, and lines that are new."""

    spans: tuple[tuple[Span, str], ...] = ()
    lines: tuple[str, ...] = ()


def read(front: Front) -> dict[str, str]:
    """Return the settings of front matter by name, as canonical JSON.

    A value that is no JSON is `INVALID`, and so is `properties` if it is no map. The caller knows
    which settings are managed.
    """
    found: dict[str, str] = {}
    for name in KEYS.keys() & front.values.keys():
        node = front.values[name].node
        plain = isinstance(node, yaml.ScalarNode) and not _is_null(node)
        found[name] = canonical(str(node.value)) if plain else _value(node)
    block = front.values.get(PROPERTIES)
    if block is not None and not isinstance(block.node, yaml.MappingNode):
        return found if _is_null(block.node) else {**found, PROPERTIES: INVALID}
    if block is not None:
        for key, node in block.node.value:
            if isinstance(key, yaml.ScalarNode):
                name = name_of(str(key.value))
                found[name] = INVALID if name in found else _value(node)
    return found


def edits(front: Front, changes: Mapping[str, str | None], newline: str) -> Edits:
    """Return the edits of front matter that give settings new values. Raise DocumentError."""
    spans: list[tuple[Span, str]] = []
    lines: list[str] = []
    inside: dict[str, str] = {}
    for name, value in sorted(changes.items()):
        text = "null" if value is None else _text(name, json.loads(value))
        if name not in KEYS:
            inside[key_of(name)] = text
        elif name in front.values:
            spans.append((front.values[name].span, f" {text}"))
        else:
            lines.append(f"{name}: {text}")
    if inside and PROPERTIES not in front.values:
        lines += [f"{PROPERTIES}:", *(f"  {_key(key)}: {inside[key]}" for key in inside)]
    elif inside:
        spans += _inside(front, inside, newline)
    return Edits(tuple(spans), tuple(lines))


def _inside(front: Front, texts: Mapping[str, str], newline: str) -> Iterator[tuple[Span, str]]:
    """Yield the edits of the map `properties`. A new key stands before the others."""
    block = front.values[PROPERTIES]
    node = block.node
    if isinstance(node, yaml.ScalarNode) and _is_null(node):
        lines = (f"{newline}  {_key(key)}: {text}" for key, text in texts.items())
        yield block.span, "".join(lines)
        return
    if not isinstance(node, yaml.MappingNode):
        raise front.error(node, "properties must be 'key: value' lines")
    held = {str(key.value): value for key, value in node.value}
    for key in texts.keys() & held.keys():
        yield front.span_of(held[key]), f" {texts[key]}"
    new = [f"{_key(key)}: {text}" for key, text in texts.items() if key not in held]
    if not new:
        return
    if node.flow_style:
        at = front.offset + node.start_mark.index + 1
        yield Span(at, at), ", ".join(new) + (", " if held else "")
    else:
        first = node.value[0][0].start_mark
        at, indent = front.offset + first.index, " " * first.column
        yield Span(at, at), "".join(f"{line}{newline}{indent}" for line in new)


# -- values ----------------------------------------------------------------------------------------


def _is_plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style


def _is_null(node: yaml.Node) -> bool:
    return _is_plain(node) and node.value in _NULL


def _value(node: yaml.Node) -> str:
    """Return a YAML value as canonical JSON, or `INVALID`."""
    try:
        return canonical(_json(node))
    except ValueError:
        return INVALID


def _json(node: yaml.Node) -> object:
    """Return a YAML value as JSON reads it. Raise ValueError if JSON has no such value."""
    if isinstance(node, yaml.SequenceNode):
        return [_json(one) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        keys = [_key_of(key) for key, _ in node.value]
        if len(set(keys)) < len(keys):
            raise ValueError("a key occurs twice")
        return {key: _json(value) for key, (_, value) in zip(keys, node.value, strict=True)}
    text = str(node.value)
    if not _is_plain(node):
        return text
    if _is_null(node):
        return None
    if _NUMBER.fullmatch(text):
        return json.loads(text)
    return _WORDS.get(text, text)


def _key_of(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError("a key must be text")
    return str(node.value)


def _text(name: str, value: object) -> str:
    """Return a JSON value as YAML on one line."""
    if name in KEYS and isinstance(value, str):
        return frontmatter.scalar(value)
    return _flow(value)


def _flow(value: object) -> str:
    if isinstance(value, str):
        return _key(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)}: {_flow(one)}' for key, one in value.items())}}}"
    return json.dumps(value)


def _key(text: str) -> str:
    """Return text that YAML and JSON read as this text: plain if it is one word, else quoted."""
    if _WORD.fullmatch(text) and text.lower() not in _NO_WORDS:
        return text
    return frontmatter.double_quoted(text)
