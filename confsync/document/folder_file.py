"""The folder file: it names the id and the title of the Confluence folder of a directory."""

from __future__ import annotations

import re

import yaml

from confsync.document import yaml_nodes
from confsync.errors import DocumentError
from confsync.model.hint import marked
from confsync.model.page import Folder
from confsync.model.stamp import ID

# In bytes; the file has only an id and a title.
MAX_BYTES = 8192
_ID = re.compile(ID)
_HINT = "'rm {path} && confsync pull' writes the folder file again"


def parse(raw: bytes, path: str) -> tuple[str, str]:
    """Return id and title; `path` is for messages. Raise DocumentError with the line."""
    try:
        root = yaml_nodes.compose(raw.decode("utf-8"), "the folder file")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, line, "not UTF-8", hint=_hint(path)) from None
    except yaml_nodes.YAMLTextError as error:
        raise DocumentError(path, error.line, error.problem, hint=_hint(path)) from None
    if not isinstance(root, yaml.MappingNode):
        raise DocumentError(path, 1, "must be 'key: value' lines", hint=_hint(path))
    found: dict[str, str] = {}
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode) and key.value in ("id", "title"):
            if not isinstance(value, yaml.ScalarNode):
                line = value.start_mark.line + 1
                raise DocumentError(path, line, f"{key.value} must be text", hint=_hint(path))
            found[key.value] = str(value.value)
    if not _ID.fullmatch(found.get("id", "")):
        raise DocumentError(path, 1, "the folder has no valid 'id'", hint=_hint(path))
    return found["id"], found.get("title", "")


def _hint(path: str) -> str:
    return _HINT.format(path=marked(path))


def render(folder: Folder) -> bytes:
    known = {"id": folder.id, "title": folder.title}
    return yaml.safe_dump(known, sort_keys=False, allow_unicode=True).encode()
