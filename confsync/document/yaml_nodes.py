"""YAML text as nodes with places, safe for text from any author.

Values stay text: no date, list or object is built. Invalid values, endless nesting and references
make other readers fail or fill the memory. Here they are errors with a place.
"""

from __future__ import annotations

from typing import Any

import yaml

from confsync.document import frontmatter

MAX_DEPTH = 50


class YAMLTextError(Exception):
    """A problem in a YAML text. `index` counts characters from 0, `line` lines from 1."""

    def __init__(self, problem: str, index: int, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.index = index
        self.line = line


def compose(text: str, what: str, *, fenced: bool = False) -> yaml.Node | None:
    """Return the root node of a YAML text without references, or None if the text is empty.

    `what` names the text in messages. A `fenced` text stands between two ``---`` lines, and must
    not contain the end of a YAML document. Raise YAMLTextError.
    """
    loader = frontmatter.loader()
    reader = None
    try:
        _refuse_trouble(text, what, loader, fenced=fenced)
        reader = loader(text)
        root: yaml.Node | None = reader.get_single_node()
    except yaml.reader.ReaderError as error:
        before = text.encode()[: int(error.position)].decode(errors="ignore")
        problem = f"{what}: {error.reason}"
        raise YAMLTextError(problem, len(before), before.count("\n") + 1) from None
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        index, line = (mark.index, mark.line + 1) if mark else (0, 1)
        raise YAMLTextError(f"{what}: {error.problem}", index, line) from None
    finally:
        if reader is not None:
            reader.dispose()
    return root


def _refuse_trouble(text: str, what: str, loader: Any, *, fenced: bool) -> None:
    """Raise YAMLTextError for YAML that would overflow the composer's stack or is not allowed."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        problem = _problem(event, fenced=fenced)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        start: Any = event.start_mark
        if depth > MAX_DEPTH:
            raise YAMLTextError(f"{what} is nested too deeply", start.index, start.line + 1)
        if problem:
            raise YAMLTextError(f"{what}: {problem}", start.index, start.line + 1)


def _problem(event: Any, *, fenced: bool) -> str:
    if fenced and isinstance(event, yaml.DocumentStartEvent) and event.explicit:
        return "a second YAML document is not allowed"
    if fenced and isinstance(event, yaml.DocumentEndEvent) and event.explicit:
        # The stamp that confsync adds would stand behind the end.
        return "the line '...' is not allowed before the closing '---'"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors and aliases are not allowed"
    return "tags are not allowed" if getattr(event, "tag", None) else ""
