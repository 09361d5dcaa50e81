"""The journal of intent: what people, and git for them, did to the documents of each page.

confsync has no entry here. What it sends has to have one: `oracle` looks that up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from confsync.model.stamp import Stamp

# The page of a document that has none yet.
NEW = ""


class Seen(NamedTuple):
    """The document of a page at a moment, or all those of no page yet.

    `files` are the lines of each file beside it. `settings` are names with digests of values.
    """

    path: str
    stamp: Stamp | None
    titles: frozenset[str]
    labels: frozenset[str]
    lines: frozenset[str]
    files: Mapping[str, frozenset[str]]
    settings: frozenset[tuple[str, str | None]] = frozenset()

    @property
    def place(self) -> str:
        return self.path.rpartition("/")[0]

    def beside(self, other: Seen | None) -> Seen:
        """Return two documents of one page as one, with all that both say."""
        if other is None:
            return self
        return self._replace(
            titles=self.titles | other.titles,
            labels=self.labels | other.labels,
            lines=self.lines | other.lines,
            files={**other.files, **self.files},
            settings=self.settings | other.settings,
        )


Sight = Mapping[str, Seen]


@dataclass
class Intent:
    """The actions of people on the document of one page, at every desk."""

    left: set[str] = field(default_factory=set)
    came: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    settings: set[tuple[str, str | None]] = field(default_factory=set)
    moved: bool = False


class Journal:
    """The entries of all desks. A key is a page's id, or ``ID/NAME`` of a file beside it."""

    def __init__(self) -> None:
        self.of: dict[str, Intent] = defaultdict(Intent)

    def note(self, before: Sight, after: Sight, *, gives_up: bool) -> None:
        """Write down what is different.

        `gives_up` says that the lines which left are wanted no more. They still are where a person
        changes to another branch.
        """
        nothing = Seen("", None, frozenset(), frozenset(), frozenset(), {})
        for page_id, now in after.items():
            then, intent = before.get(page_id, nothing), self.of[page_id]
            intent.came |= now.lines - then.lines
            intent.left |= then.lines - now.lines if gives_up else set()
            intent.labels |= now.labels ^ then.labels
            intent.settings |= now.settings - then.settings
            # Of two documents of a page, one was taken away: the person wants the other's title.
            intent.titles |= now.titles if then.titles - now.titles else now.titles - then.titles
            intent.moved |= now.place != then.place
            for name in now.files.keys() | then.files.keys():
                here, there = now.files.get(name, frozenset()), then.files.get(name, frozenset())
                self.of[f"{page_id}/{name}"].came |= here - there
                self.of[f"{page_id}/{name}"].left |= there - here if gives_up else set()

    def has_moves(self) -> bool:
        """Return whether anybody moved a document, which moves what stands below it, too."""
        return any(intent.moved for intent in self.of.values())

    def give_up(self, key: str, lines: Iterable[str]) -> None:
        """Note that a person gave up, by name, what a page or a file holds."""
        self.of[key].left.update(lines)


def keys(sight: Sight) -> set[str]:
    """Return the keys of the documents and files that stand there."""
    return {*sight, *(f"{page_id}/{name}" for page_id, one in sight.items() for name in one.files)}
