"""The steps of the store's writes. Call them inside `Database.write`."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Invalid, Missing, PostTaken, TitleTaken
from . import queries
from .database import Database
from .queries import number
from .rows import PAGE, POST, ROOT, FolderRow, PageRow, Parent, account_id

TITLE_LIMIT = 255
# The tables with what a page has besides its own row
PARTS = (
    *("content_labels", "attachments", "comments", "likes", "properties", "content_states"),
    *("drafts", "versions"),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One version of a page: its content, its author and its time (`at`, ISO 8601 in UTC)."""

    title: str
    body: str
    author: str
    message: str
    at: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A new node of the tree. `id` is given only to reproduce a known one."""

    type: str
    space_id: str
    title: str
    parent_id: str | None
    author: str
    at: str
    message: str = ""
    subtype: str | None = None
    id: str | None = None


def add_user(database: Database, name: str, email: str = "", token: str | None = None) -> None:
    """Add a user unless one has this name."""
    mail = email or f"{''.join(c for c in name.lower() if c.isalnum())}@example.com"
    database.execute(
        "INSERT INTO users VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
        (name, account_id(name), mail, token),
    )


def check_title(database: Database, space_id: str, title: str, page_id: str | None = None) -> None:
    """Raise `Invalid` for a title that a page cannot have.

    Current and archived pages own their titles, trashed pages do not.
    """
    _check_length(title)
    # the plus signs keep SQLite from searching by type and status instead of by title
    taken = database.one(
        "SELECT 1 FROM content WHERE space_id = ? AND title_key = ? AND +type = 'page'"
        " AND +status IN ('current', 'archived') AND id != ?",
        (number(space_id), title.lower(), number(page_id or "")),
    )
    if taken:
        space = database.one("SELECT key FROM spaces WHERE id = ?", (number(space_id),))
        raise TitleTaken(title, str(space[0]) if space else "")


def check_post(
    database: Database, space_id: str, title: str, at: str, post_id: str | None = None
) -> None:
    """Raise `Invalid` for a title that a blog post cannot have. `at` is when it was created.

    Two posts of the same day cannot share a title.
    """
    _check_length(title)
    taken = database.one(
        "SELECT 1 FROM content WHERE space_id = ? AND title_key = ? AND +type = 'blogpost'"
        " AND +status = 'current' AND substr(created_at, 1, 10) = ? AND id != ?",
        (number(space_id), title.lower(), at[:10], number(post_id or "")),
    )
    if taken:
        raise PostTaken(title)


def _check_length(title: str) -> None:
    if not title.strip():
        raise Invalid("Title cannot be empty.")
    if len(title) > TITLE_LIMIT:
        raise Invalid(f"Title cannot be longer than {TITLE_LIMIT} characters.")


def check_row(database: Database, row: PageRow, title: str) -> None:
    """Raise `Invalid` for a title that an existing page or blog post cannot have."""
    if row.type == POST:
        check_post(database, row.space_id, title, row.created_at, row.id)
    else:
        check_title(database, row.space_id, title, row.id)


def parent_id(
    database: Database, space_id: str, parent: Parent, *, hidden: bool = True
) -> str | None:
    """Return the id of the place of `parent`: None is the space's home page, ROOT no parent.

    Raise `Missing` if there is no such content, `Invalid` if it is in another space.
    """
    if parent is ROOT:
        return None
    if parent is None:
        row = database.one(
            "SELECT c.id FROM spaces s JOIN content c ON c.id = s.homepage_id"
            " WHERE s.id = ? AND c.status = 'current'",
            (number(space_id),),
        )
        return str(row[0]) if row else None
    found = database.one(
        "SELECT space_id, restricted FROM content WHERE id = ? AND status = 'current'"
        " AND type != 'blogpost'",
        (number(str(parent)),),
    )
    if found is None or (found[1] and not hidden):
        raise Missing("parent", str(parent))
    if str(found[0]) != space_id:
        raise Invalid("The parent content is in another space. Moving to it is not supported.")
    return str(parent)


def insert(database: Database, node: Node, body: str | None) -> str:
    """Add a node, for a page with its first version (`body`). Return its id."""
    add_user(database, node.author)
    wanted = number(node.id) if node.id else 0
    if wanted and database.one("SELECT 1 FROM content WHERE id = ?", (wanted,)):
        raise Invalid(f"There is already content with id [{wanted}]")
    new = wanted or database.new_id()
    if wanted:
        database.new_id(at_least=wanted)
    parent = number(node.parent_id) if node.parent_id else None
    place_in_tree = (number(node.space_id), parent, _last(database, node.parent_id))
    title = (node.title, node.title.lower())
    made = (node.author, node.message, node.author, node.at, node.at)
    database.execute(
        "INSERT INTO content (id, type, status, version, subtype, space_id, parent_id, position,"
        " title, title_key, author, message, creator, created_at, modified_at)"
        " VALUES (?,?,'current',1,?, ?,?,?, ?,?, ?,?,?,?,?)",
        (new, node.type, node.subtype, *place_in_tree, *title, *made),
    )
    if body is not None:
        edit = Edit(node.title, body, node.author, node.message, node.at)
        insert_version(database, str(new), 1, edit)
    return str(new)


def insert_space(database: Database, key: str, name: str, home: Edit) -> None:
    """Add a space with its home page."""
    space = database.new_id()
    check_title(database, str(space), home.title)
    node = Node("page", str(space), home.title, None, home.author, home.at, home.message)
    database.execute(
        "INSERT INTO spaces (id, key, name, creator, created_at) VALUES (?, ?, ?, ?, ?)",
        (space, key, name, home.author, home.at),
    )
    page = insert(database, node, home.body)
    database.execute("UPDATE spaces SET homepage_id = ? WHERE id = ?", (number(page), space))


def _last(database: Database, parent: str | None) -> int:
    """Return the position after all children of `parent`, none if they have none."""
    row = database.one(
        "SELECT coalesce(max(position), 0) + 1 FROM content WHERE parent_id IS ?",
        (number(parent) if parent else None,),
    )
    return (int(str(row[0])) or -1) if row else 1


def insert_version(database: Database, page_id: str, version: int, edit: Edit) -> None:
    """Add a version of a page or a comment."""
    database.execute(
        "INSERT INTO versions (content_id, number, title, author, message, created_at, body, minor)"
        " VALUES (?,?,?,?,?,?,?,?)",
        (
            number(page_id),
            version,
            edit.title,
            edit.author,
            edit.message,
            edit.at,
            edit.body,
            edit.minor,
        ),
    )


def save(database: Database, page: PageRow, edit: Edit, parent: str | None) -> None:
    """Add the next version of `page` and put it under `parent`.

    Raise `Invalid` for an impossible title and for a move under itself.
    """
    add_user(database, edit.author)
    check_row(database, page, edit.title)
    if page.type == POST and parent is not None:
        raise Invalid("A blog post has no parent.")
    if parent != page.parent_id:
        place(database, page.id, parent)
    insert_version(database, page.id, page.version + 1, edit)
    database.execute("DELETE FROM drafts WHERE content_id = ?", (number(page.id),))
    database.execute(
        "UPDATE content SET title = ?, title_key = ?, version = version + 1, author = ?,"
        " message = ?, modified_at = ?, minor = ? WHERE id = ?",
        (
            edit.title,
            edit.title.lower(),
            edit.author,
            edit.message,
            edit.at,
            edit.minor,
            number(page.id),
        ),
    )


def place(database: Database, content_id: str, parent: str | None) -> None:
    """Put content last under `parent`. Raise `Invalid` if that is the content or below it."""
    if parent is not None:
        above = {one for one, _ in queries.ancestors(database, parent)}
        if content_id == parent or content_id in above:
            raise Invalid("A page cannot be moved under itself or one of its descendants.")
    database.execute(
        "UPDATE content SET parent_id = ?, position = ? WHERE id = ?",
        (number(parent) if parent else None, _last(database, parent), number(content_id)),
    )


def retitle(database: Database, content_id: str, title: str) -> None:
    """Change the title of content without versions."""
    database.execute(
        "UPDATE content SET title = ?, title_key = ? WHERE id = ?",
        (title, title.lower(), number(content_id)),
    )


def remove(database: Database, folder: FolderRow) -> None:
    """Remove a folder. Its children move up to its parent."""
    above = number(folder.parent_id) if folder.parent_id else None
    folder_id = number(folder.id)
    database.execute("UPDATE content SET parent_id = ? WHERE parent_id = ?", (above, folder_id))
    database.execute("DELETE FROM content WHERE id = ?", (folder_id,))


def move_branch(database: Database, page: PageRow, space_id: str) -> None:
    """Move a page with everything below it under another space's home page."""
    if page.type == POST:
        check_post(database, space_id, page.title, page.created_at, page.id)
    for one in (page.id, *queries.descendants(database, page.id)):
        row = database.one("SELECT title, type FROM content WHERE id = ?", (number(one),))
        if row and row[1] == PAGE:
            check_title(database, space_id, str(row[0]), one)
        database.execute(
            "UPDATE content SET space_id = ? WHERE id = ?", (number(space_id), number(one))
        )
    if page.type != POST:
        place(database, page.id, parent_id(database, space_id, None))


def trash(database: Database, page: PageRow) -> None:
    """Move a page to the trash. Its children move up to its parent, as the documentation says."""
    above = number(page.parent_id) if page.parent_id else None
    database.execute(
        "UPDATE content SET parent_id = ? WHERE parent_id = ?", (above, number(page.id))
    )
    database.execute(
        "UPDATE content SET status = 'trashed', parent_id = NULL, trashed_from = ? WHERE id = ?",
        (above, number(page.id)),
    )


def restore(database: Database, page: PageRow) -> None:
    """Make a trashed or archived page current again: in its old place, or under the home page."""
    check_row(database, page, page.title)
    row = database.one("SELECT trashed_from FROM content WHERE id = ?", (number(page.id),))
    parent = page.parent_id
    if page.status == "trashed" and row and row[0] is not None:
        try:
            parent = parent_id(database, page.space_id, str(row[0]))
        except (Missing, Invalid):
            parent = parent_id(database, page.space_id, None)
    database.execute(
        "UPDATE content SET status = 'current', parent_id = ?, trashed_from = NULL WHERE id = ?",
        (number(parent) if parent else None, number(page.id)),
    )


def purge(database: Database, page_id: str) -> None:
    """Remove a page and all its versions."""
    gone = (number(page_id),)
    database.execute(
        "DELETE FROM attachment_versions WHERE attachment_id IN"
        " (SELECT id FROM attachments WHERE content_id = ?)",
        gone,
    )
    database.execute(
        "DELETE FROM versions WHERE content_id IN (SELECT id FROM comments WHERE content_id = ?)",
        gone,
    )
    for table in PARTS:
        database.execute(f"DELETE FROM {table} WHERE content_id = ?", gone)  # noqa: S608 - constants
    database.execute("DELETE FROM content WHERE id = ?", gone)


def drop_version(database: Database, page: PageRow, version: int) -> None:
    """Remove an old version. Later versions get the next lower number."""
    if not 0 < version < page.version:
        raise Invalid("Only an old version can be deleted.")
    database.execute(
        "DELETE FROM versions WHERE content_id = ? AND number = ?",
        (number(page.id), version),
    )
    database.execute(
        "UPDATE versions SET number = number - 1 WHERE content_id = ? AND number > ?",
        (number(page.id), version),
    )
    database.execute("UPDATE content SET version = version - 1 WHERE id = ?", (number(page.id),))


def add_label(database: Database, page_id: str, name: str) -> None:
    """Add a global label to a page. Labels are in lower case and have no blanks."""
    wanted = name.lower()
    if not wanted or any(c.isspace() or c in ",:;!?#&()^*@~[]" for c in wanted):
        raise Invalid(f"The label '{name}' contains characters that are not allowed.")
    row = database.one("SELECT id FROM labels WHERE name = ?", (wanted,))
    label = row[0] if row else database.new_id()
    if row is None:
        database.execute("INSERT INTO labels VALUES (?, ?)", (label, wanted))
    database.execute("INSERT OR IGNORE INTO content_labels VALUES (?, ?)", (number(page_id), label))


def remove_label(database: Database, page_id: str, name: str) -> None:
    """Remove a label from a page. A missing label is no error."""
    database.execute(
        "DELETE FROM content_labels WHERE content_id = ?"
        " AND label_id IN (SELECT id FROM labels WHERE name = ?)",
        (number(page_id), name.lower()),
    )
