"""The pages of the manual, and which one a word means."""

from __future__ import annotations

import difflib
import posixpath
from pathlib import Path
from typing import NamedTuple

from confsync.errors import UsageError

MANUAL = Path(__file__).parents[2] / "manual"
SUFFIX = ".md"
# The groups of topics, by the directories of their pages, in the order of a list.
GROUPS = {
    "": "Start here",
    "guides": "Guides",
    "concepts": "Concepts",
    "reference": "Reference",
    "reference/commands": "Commands",
}
# The order in which a new user reads the pages of the first group.
_FIRST = ("index", "tutorial", "safety", "recovery", "troubleshooting")
_NEAR = 3


class Topic(NamedTuple):
    """One page of the manual. `place` is its path below the manual, without the suffix."""

    place: str

    @property
    def name(self) -> str:
        """The word that `confsync help` takes."""
        return posixpath.basename(self.place)

    @property
    def directory(self) -> str:
        """The page's directory below the manual, empty for the manual itself."""
        return posixpath.dirname(self.place)

    @property
    def text(self) -> str:
        """The page, in Markdown."""
        return (MANUAL / f"{self.place}{SUFFIX}").read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        """The first heading, without its mark."""
        heading, _, _ = self.text.partition("\n")
        return heading.lstrip("# ").replace("`", "")


def topics() -> list[Topic]:
    """Return every page that the manual has, in the order of a list."""
    paths = (path.relative_to(MANUAL) for path in MANUAL.rglob(f"*{SUFFIX}"))
    return sorted((Topic(path.with_suffix("").as_posix()) for path in paths), key=_rank)


def _rank(topic: Topic) -> tuple[int, int, str]:
    groups = list(GROUPS)
    group = groups.index(topic.directory) if topic.directory in GROUPS else len(groups)
    first = _FIRST.index(topic.name) if topic.name in _FIRST and not group else len(_FIRST)
    return group, first, topic.name


def find(word: str) -> Topic:
    """Return the page that a word means. Raises UsageError with the nearest names."""
    found = {topic.name: topic for topic in topics()}
    name = word.lower().removesuffix(SUFFIX)
    if name in found:
        return found[name]
    near = _near(name, list(found))
    if not near:
        raise UsageError(f"there is no topic '{word}'", hint="'confsync help' lists the topics")
    raise UsageError(
        f"there is no topic '{word}'; similar topics: {', '.join(near)}",
        hint=f"'confsync help {near[0]}' shows the nearest topic",
    )


def _near(name: str, names: list[str]) -> list[str]:
    """Return the names that look like one, and those that contain it or begin with its start."""
    alike = difflib.get_close_matches(name, names, _NEAR)
    inside = [other for other in names if len(name) > 1 and name in other]
    return list(dict.fromkeys([*inside, *alike]))[:_NEAR]


def page_of_link(page: Topic, target: str) -> str:
    """Return the name of the topic that a link of a page leads to, empty for anything else."""
    path, _, _ = target.partition("#")
    if not path.endswith(SUFFIX) or ":" in path:
        return ""
    place = posixpath.normpath(posixpath.join(page.directory, path)).removesuffix(SUFFIX)
    return "" if place.startswith("..") else posixpath.basename(place)
