"""A reader for front matter that people wrote. It reads values as the strings that stand there.

It keeps positions, so that confsync can replace a value and no other byte. Anchors, aliases, tags
and duplicate keys are errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import yaml

from confsync.document import frontmatter, yaml_nodes
from confsync.document.attachments import names as attachments
from confsync.document.frontmatter import OUTDATED, TOP, Span, is_title
from confsync.document.paths import folded, is_day
from confsync.document.settings.names import UNCOUNTED
from confsync.errors import DocumentError
from confsync.model.hint import marked
from confsync.model.stamp import (
    ATTACHMENT_ID,
    DIGEST_LENGTH,
    ID,
    VERSION,
    Attached,
    Layout,
    Property,
    Stamp,
)

if TYPE_CHECKING:
    from confsync.document.settings.lines import Edits

_STAMP_KEYS = (
    *("id", "version", "digest", "blogpost", "parent", "place", "name"),
    *("labels", "attachments", "properties", "layout"),
)
_LISTS = ("labels", "attachments", "properties")
_ATTACHED = ("version", "digest", "file", "id")
_PROPERTY = ("version", "digest")
_ID = re.compile(ID)
_ATTACHMENT_ID = re.compile(ATTACHMENT_ID)
_VERSION = re.compile(VERSION)
_DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")
_CONFLICT = re.compile(r"^(?:<{2,}|>{2,}) ", re.MULTILINE)
_STAMP_HINT = "'git diff {path}' shows the change; only confsync writes the confluence block"
_CONFLICT_HINT = (
    "keep the whole confluence block with the higher version, and delete the markers; "
    "then 'confsync check {path}'"
)


SETTINGS = frozenset(
    ["width", "emoji", "cover", "owner", "order", "restrictions", "state", "properties"]
)


class Value(NamedTuple):
    """A top-level value: its YAML node, and the range that a rewrite replaces."""

    node: yaml.Node
    span: Span


class FrontMatter:
    """The front matter of one document. Each error names the file and the line."""

    def __init__(self, path: str, text: str, start: int, end: int) -> None:
        self._path = path
        self._text = text
        self.offset = start
        self._source = text[start:end]
        self.values: Mapping[str, Value] = self._read()

    def title(self) -> str:
        """Return the title. Raise DocumentError if it is missing or not one line of text."""
        if "title" not in self.values:
            raise self.error(0, "no title in the front matter", "add a line 'title: …'")
        node = self.values["title"].node
        title = self._text_of(node, "title")
        if not is_title(title):
            raise self.error(node, "title must be one line of text")
        return title

    def labels(self) -> tuple[str, ...] | None:
        """Return the labels, or None if confsync does not manage them."""
        value = self.values.get("labels")
        return self._list_of(value.node) if value else None

    def listed(self) -> tuple[str, ...]:
        """Return the attachments to send although the body does not show them."""
        value = self.values.get("attachments")
        if value is None or not isinstance(value.node, yaml.SequenceNode):
            return ()  # a key of the user's own
        return self._list_of(value.node)

    def settings(self) -> Mapping[str, str]:
        """Return the lines of settings, as `document.settings` reads them."""
        if not SETTINGS & self.values.keys():
            return {}
        from confsync.document.settings import lines  # most documents have no such lines

        return lines.read(self)

    def stamp(self) -> tuple[Stamp, Layout] | None:
        """Return the stamp and the body's layout, or None if the page is not created yet."""
        if "confluence" not in self.values:
            return None
        block = self.values["confluence"].node
        if not isinstance(block, yaml.MappingNode):
            raise self.error(block, "confluence must be the block that confsync wrote", _STAMP_HINT)
        nodes = self._stamp_nodes(block)
        texts = {
            name: self._stamp_text(name, node) for name, node in nodes.items() if name not in _LISTS
        }
        parent = texts.get("parent")
        if "blogpost" in texts and (parent not in (None, "null") or "place" in texts):
            raise self.error(block, "a blog post has no parent and no place", _STAMP_HINT)
        stamp = Stamp(
            texts["id"],
            int(texts["version"]),
            texts["digest"],
            None if parent == "null" else parent,
            self._list_of(nodes["labels"]) if "labels" in nodes else None,
            "place" in texts,
            self._attachments(nodes["attachments"]) if "attachments" in nodes else (),
            "name" in texts,
            texts.get("blogpost"),
            self._properties(nodes["properties"]) if "properties" in nodes else (),
        )
        return stamp, Layout(texts.get("layout", Layout.LINES.value))

    def _stamp_nodes(self, block: yaml.MappingNode) -> dict[str, yaml.Node]:
        return self._nodes(block, _STAMP_KEYS, ("id", "version", "digest"), "the confluence block")

    def _nodes(
        self, block: yaml.MappingNode, known: tuple[str, ...], required: tuple[str, ...], what: str
    ) -> dict[str, yaml.Node]:
        nodes: dict[str, yaml.Node] = {}
        for key, node in block.value:
            name = str(key.value)
            if name not in known:
                raise self.error(key, f"unknown key '{name}' in {what}", _STAMP_HINT)
            if name in nodes:
                raise self.error(key, f"'{name}' occurs twice in the stamp", _STAMP_HINT)
            nodes[name] = node
        for name in required:
            if name not in nodes:
                raise self.error(block, f"{what} has no '{name}'", _STAMP_HINT)
        return nodes

    def _attachments(self, block: yaml.Node) -> tuple[Attached, ...]:
        """Return the stamps of the attachments, sorted by name.

        Refuse file names that leave the directory.
        """
        found: dict[str, Attached] = {}
        for key, node in self._mapping(block, "attachments").value:
            name = self._text_of(key, "an attachment's name")
            if name in found:
                raise self.error(key, f"'{name}' occurs twice in the stamp", _STAMP_HINT)
            parts = self._mapping(node, f"attachment '{name}'")
            nodes = self._nodes(parts, _ATTACHED, _ATTACHED[:2], f"attachment '{name}'")
            texts = {part: self._stamp_text(part, nodes[part]) for part in _ATTACHED[:2]}
            file = self._text_of(nodes["file"], "file") if "file" in nodes else name
            if not attachments.is_safe(file):
                raise self.error(node, f"'{file}' is not a safe file name", _STAMP_HINT)
            number = self._attachment_id(nodes["id"]) if "id" in nodes else ""
            found[name] = Attached(name, int(texts["version"]), texts["digest"], file, number)
        files = {folded(one.file) for one in found.values()}
        if len(files) < len(found):
            raise self.error(block, "two attachments have the same file", _STAMP_HINT)
        return tuple(found[name] for name in sorted(found))

    def _properties(self, block: yaml.Node) -> tuple[Property, ...]:
        """Return the stamps of the content properties, sorted by key."""
        found: dict[str, Property] = {}
        for key, node in self._mapping(block, "properties").value:
            name = self._text_of(key, "a property's key")
            if name in found:
                raise self.error(key, f"'{name}' occurs twice in the stamp", _STAMP_HINT)
            parts = self._mapping(node, f"property '{name}'")
            nodes = self._nodes(parts, _PROPERTY, _PROPERTY, f"property '{name}'")
            # No server counts versions of some settings.
            counted = name not in UNCOUNTED
            number = self._stamp_text("version", nodes["version"]) if counted else "0"
            value = self._stamp_text("digest", nodes["digest"])
            found[name] = Property(name, int(number), value)
        return tuple(found[name] for name in sorted(found))

    def _attachment_id(self, node: yaml.Node) -> str:
        text = self._text_of(node, "id")
        if not _ATTACHMENT_ID.fullmatch(text):
            raise self.error(node, f"'{text}' is not a valid id", _STAMP_HINT)
        return text

    def _mapping(self, node: yaml.Node, what: str) -> yaml.MappingNode:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, f"{what} must be as confsync wrote it", _STAMP_HINT)
        return node

    def _stamp_text(self, name: str, node: yaml.Node) -> str:
        text = self._text_of(node, name)
        good = {
            "id": _ID.fullmatch(text) is not None,
            "version": _VERSION.fullmatch(text) is not None,
            "digest": _DIGEST.fullmatch(text) is not None,
            "blogpost": is_day(text),
            "parent": text == "null" or _ID.fullmatch(text) is not None,
            "place": text == TOP,
            "name": text == OUTDATED,
            "layout": text == Layout.RAW.value,
        }[name]
        if not good:
            raise self.error(node, f"'{text}' is not a valid {name}", _STAMP_HINT)
        return text

    def _text_of(self, node: yaml.Node, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(node, f"{name} must be text")
        return str(node.value)

    def _list_of(self, node: yaml.Node) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, "labels must be a list ('[]' means none)")
        return tuple(self._text_of(item, "a label") for item in node.value)

    def _read(self) -> dict[str, Value]:
        """Return the top-level values by key."""
        conflict = _CONFLICT.search(self._source)
        if conflict:
            raise self.error(
                conflict.start(), "conflict marker in the front matter", _CONFLICT_HINT
            )
        root = self._compose()
        if root is None:
            return {}
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise self.error(root, "front matter must be 'key: value' lines")
        values: dict[str, Value] = {}
        for key, node in root.value:
            name = self._text_of(key, "a key of the front matter")
            if name in values:
                raise self.error(key, f"'{name}' occurs twice in the front matter")
            if key.start_mark.column != 0:
                raise self.error(key, "keys of the front matter must start their line")
            values[name] = Value(node, self._span(name, key, node))
        return values

    def _compose(self) -> yaml.Node | None:
        try:
            return yaml_nodes.compose(self._source, "front matter", fenced=True)
        except yaml_nodes.YAMLTextError as error:
            raise self.error(error.index, error.problem) from None

    def _span(self, name: str, key: yaml.Node, node: yaml.Node) -> Span:
        """Return the range that a rewrite replaces.

        For the ``confluence:`` block these are all its lines. For another key it is the value with
        one space before it. Comments and more spaces before the value stay.
        """
        if name != "confluence":
            return self.span_of(node)
        end = len(self._source[: _end(node)].rstrip("\r\n"))
        line_end = self._source.find("\n", end)
        end = len(self._source) if line_end < 0 else line_end
        end -= self._source[:end].endswith("\r")
        return Span(self.offset + key.start_mark.index, self.offset + end)

    def span_of(self, node: yaml.Node) -> Span:
        """Return the range of a value in the document's text, with one space before it."""
        end = len(self._source[: _end(node)].rstrip("\r\n"))
        start = int(node.start_mark.index)
        start -= self._source.startswith(" ", start - 1)
        return Span(self.offset + start, self.offset + max(start, end))

    def error(self, where: yaml.Node | int, problem: str, hint: str = "") -> DocumentError:
        """Return the error of a place in the front matter, with its line."""
        index = where if isinstance(where, int) else where.start_mark.index
        line = self._text.count("\n", 0, self.offset + index) + 1
        hint = hint.replace("{path}", marked(self._path))
        return DocumentError(self._path, line, problem, hint=hint)


def _end(node: yaml.Node) -> int:
    """Return where a node's own text ends. libyaml ends a block collection at the next token."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def settings_edits(text: str, changes: Mapping[str, str | None], newline: str) -> Edits:
    """Return the edits of a document's text that give settings new values. Raise DocumentError."""
    from confsync.document.settings import lines

    start, end, _ = frontmatter.split(text, "")
    return lines.edits(FrontMatter("", text, start, end), changes, newline)
