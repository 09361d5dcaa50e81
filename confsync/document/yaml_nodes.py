"""YAML of anybody's as nodes: text with its place, never an object that a value stands for.

A date that is none, a list in a list without end, a reference to a reference: what makes a reader
of YAML fail, or fill the memory, is an error here with its place.
"""

from __future__ import annotations

from typing import Any

import yaml

from confsync.document import frontmatter

MAX_DEPTH = 50


class YAMLTextError(Exception):
    """What is wrong with a YAML text. `index` counts characters from 0, `line` lines from 1."""

    def __init__(self, problem: str, index: int, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.index = index
        self.line = line


def compose(text: str, what: str, *, fenced: bool = False) -> yaml.Node | None:
    """Return the root node of a text without references, None for an empty one.

    `what` names the text in a problem. A `fenced` text has its marks of begin and end with it,
    and none in it. Raises YAMLTextError.
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
    """Raise YAMLTextError for what no composer shall see: it would overflow the stack."""
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
        return "a second YAML document"
    if fenced and isinstance(event, yaml.DocumentEndEvent) and event.explicit:
        # What confsync adds would stand behind the end.
        return "ends with '...' before its '---'"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "no anchors or aliases, please"
    return "no tags, please" if getattr(event, "tag", None) else ""
