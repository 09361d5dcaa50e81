"""The file of a page's comments: `guide.comments.yaml`. Pure.

A digest of everything else in the file says whether it was changed since confsync wrote it.
The same threads are always the same bytes, so that git shows only what changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import yaml

from confsync.document import yaml_nodes
from confsync.model.page import Resolution, Said, Thread
from confsync.model.stamp import DIGEST_LENGTH

# A file that begins otherwise is not confsync's.
_FIRST = b"# The comments on this page"
_HEAD = """\
# The comments on this page. Pulls write this file, and no push sends it.
# To answer a comment: confsync comment PATH --reply ID -m TEXT
"""
_DIGEST = re.compile(rb"^digest: ([0-9a-f]{32})\r?\n", re.MULTILINE)
_STATES = {state.value: state for state in Resolution}


class Written(NamedTuple):
    """The content of a file: the page's id and its threads."""

    page: str
    threads: tuple[Thread, ...]


def as_bytes(written: Written) -> bytes:
    """Return the file of a page's threads."""
    data = {"page": written.page, "threads": [_thread(one) for one in written.threads]}
    text = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=88,
    )
    rest = f"{_HEAD}{text}".encode("utf-8", "replace")
    line = f"digest: {_digest(rest)}\n".encode()
    return rest.replace(b"\nthreads:", b"\n" + line + b"threads:", 1)


def is_ours(data: bytes) -> bool:
    """Return whether confsync wrote a file, whatever became of it since."""
    return data.startswith(_FIRST)


def is_changed(data: bytes) -> bool:
    """Return whether a file is not as confsync wrote it. Line ends alone are no change."""
    found = _DIGEST.search(data)
    if found is None:
        return True
    rest = data[: found.start()] + data[found.end() :]
    return _digest(rest) != found[1].decode()


def read(data: bytes) -> Written | None:
    """Return the content of a file; None if confsync did not write all of it."""
    if not is_ours(data) or is_changed(data):
        return None
    try:
        root = yaml_nodes.compose(data.decode("utf-8"), "the comments")
        return _written(_plain(root))
    except (yaml_nodes.YAMLTextError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        return None


def _digest(rest: bytes) -> str:
    return hashlib.sha256(rest.replace(b"\r\n", b"\n")).hexdigest()[:DIGEST_LENGTH]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def _thread(thread: Thread) -> dict[str, Any]:
    said = _said(thread.said)
    found: dict[str, Any] = {"id": said.pop("id")}
    if thread.state is not None:
        found |= {"state": thread.state.value, "words": thread.words, "marker": thread.marker}
    found |= said
    if thread.replies:
        found["replies"] = [_said(one) for one in thread.replies]
    return found


def _said(said: Said) -> dict[str, Any]:
    return {"id": said.id, "author": said.author, "date": said.time, "text": said.text}


def _plain(node: yaml.Node | None) -> Any:
    """Return the values of a node: mappings, lists and texts."""
    match node:
        case yaml.MappingNode():
            return {key.value: _plain(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_plain(value) for value in node.value]
        case _:
            return node.value if node else None


def _written(root: Any) -> Written:
    return Written(root["page"], tuple(_threads(root["threads"])))


def _threads(found: Iterable[dict[str, Any]]) -> Iterator[Thread]:
    for one in found:
        replies = tuple(map(_said_of, one.get("replies", ())))
        state = _STATES[one["state"]] if "state" in one else None
        about = one.get("words", ""), one.get("marker", "")
        yield Thread(_said_of(one), replies, state, *about)


def _said_of(one: dict[str, Any]) -> Said:
    return Said(one["id"], one["author"], one["date"], one["text"])
