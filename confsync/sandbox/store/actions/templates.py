"""Templates for new pages: of the whole site, or of one space."""

from __future__ import annotations

from typing import NamedTuple

from ...errors import Invalid, Missing
from .. import storage_format
from ..queries import number
from ..spaces import Spaces


class Template(NamedTuple):
    """A template. `space_id` is None for one of the whole site."""

    id: str
    space_id: str | None
    name: str
    description: str
    body: str


class Templates(Spaces):
    """The templates of a store."""

    def templates(self, space_id: str | None) -> tuple[Template, ...]:
        """Return the templates of a space or of the site, by id."""
        rows = self.database.all(
            "SELECT id, space_id, name, description, body FROM templates"
            " WHERE space_id IS ? ORDER BY id",
            (space_id and number(space_id),),
        )
        return tuple(Template(str(row[0]), space_id, *map(str, row[2:])) for row in rows)

    def template(self, template_id: str) -> Template:
        row = self.database.one(
            "SELECT id, space_id, name, description, body FROM templates WHERE id = ?",
            (number(template_id),),
        )
        if row is None:
            raise Missing("template", template_id)
        space_id = None if row[1] is None else str(row[1])
        return Template(str(row[0]), space_id, *map(str, row[2:]))

    def save_template(self, given: Template) -> Template:
        """Save a template. One without an id gets a new one."""
        if not given.name.strip():
            raise Invalid("The name of a template must not be empty.")
        storage_format.check(given.body)
        body = storage_format.stored(given.body)
        space = given.space_id and number(given.space_id)
        with self.batch():
            new = number(given.id) if given.id else self.database.new_id()
            self.database.execute(
                "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?, ?)",
                (new, space, given.name, given.description, body),
            )
            return self.template(str(new))

    def remove_template(self, template_id: str) -> None:
        with self.batch():
            found = self.template(template_id)
            self.database.execute("DELETE FROM templates WHERE id = ?", (number(found.id),))
