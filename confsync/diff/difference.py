"""The differences between two sides of a page, as values. Pure.

A side holds only what is compared. Labels, parent and attachments are present if they are managed,
in the words that people read.
"""

from __future__ import annotations

from dataclasses import dataclass

from confsync.document import frontmatter, layout


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a page. `name` says which side, such as ``base, v7``.

    `version` is the version number on the server, or None for a local text.
    """

    name: str
    title: str
    body: str
    labels: tuple[str, ...] | None = None
    parent: str | None = None
    attachments: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Both sides of one page; a side without the page is None. `path` is the document's."""

    path: str
    page_id: str | None
    old: Side | None
    new: Side | None

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that differ, of title, labels, parent, files, settings and body."""
        if self.old is None or self.new is None:
            return ("page",)
        old, new = self.old, self.new
        both = {
            "title": (old.title, new.title),
            "labels": (old.labels, new.labels),
            "parent": (old.parent, new.parent),
            "attachments": (old.attachments, new.attachments),
            "settings": (old.settings, new.settings),
            "body": (_plain(old.body), _plain(new.body)),
        }
        return tuple(name for name, (one, other) in both.items() if one != other)

    @property
    def texts(self) -> tuple[str, str]:
        """Return both sides as lines: title, other differing fields, and laid-out body."""
        fields = self.fields
        return _text(self.old, fields), _text(self.new, fields)

    @property
    def names(self) -> tuple[str, str]:
        """Return the names of the two texts in a diff."""
        return self._name(self.old), self._name(self.new)

    def _name(self, side: Side | None) -> str:
        return f"{self.path} ({side.name})" if side else "/dev/null"


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n") if "\r" in body else body


def _text(side: Side | None, fields: tuple[str, ...]) -> str:
    if side is None:
        return ""
    whole = fields == ("page",)
    lines = [f"title: {frontmatter.scalar(side.title)}"]
    if side.labels is not None and (whole or "labels" in fields):
        lines.append(f"labels: {frontmatter.flow(side.labels)}")
    if side.parent is not None and (whole or "parent" in fields):
        lines.append(f"parent: {side.parent}")
    if whole or "attachments" in fields:
        lines += [f"attachment: {attachment}" for attachment in side.attachments]
    if whole or "settings" in fields:
        lines += [f"setting: {setting}" for setting in side.settings]
    return "\n".join(lines) + f"\n---\n{layout.lay(_plain(side.body))}"
