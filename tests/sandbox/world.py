"""A world of content for each operation of the sandbox, and the path that leads to it."""

from __future__ import annotations

from dataclasses import dataclass

from confsync.sandbox import PageRow, SpaceRow, Store
from confsync.sandbox.operations import Operation
from confsync.sandbox.store.actions.custom_content import CustomText
from confsync.sandbox.store.actions.templates import Template
from confsync.sandbox.store.rows import user_key

TASK = (
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    "<ac:task-body>Do</ac:task-body></ac:task></ac:task-list>"
)
FIXED = {"{type}": "page", "{to}": "view", "{labelName}": "ops", "{versionNumber}": "1"}


@dataclass(frozen=True)
class World:
    """New content for one operation, in a store that all share."""

    store: Store
    page: PageRow
    other: PageRow
    post: PageRow
    space: SpaceRow
    ids: dict[str, str]


def world(store: Store, number: int) -> World:
    page = store.create_page("ENG", f"Guide {number}", f"<p>one</p>{TASK}", labels=["ops"])
    other = store.create_page("ENG", f"Other {number}", "<p>x</p>", page.id)
    post = store.create_post("ENG", f"News {number}", "<p>one</p>")
    store.trash(store.create_page("ENG", f"Gone {number}", "<p>x</p>").id)
    for name in store.watchers("label", "ops"):
        store.watch("label", "ops", name, on=False)
    folder = store.create_folder("ENG", f"Folder {number}")
    places = {
        f"{kind}s": store.create_other(kind, "ENG", f"{kind} {number}", None, "Me").id
        for kind in ("database", "embed")
    }
    store.allow_only(page.id, "read", users=["Me"], groups=["confluence-users"])
    store.label_space("ENG", "ops", "team")
    store.conversions["done"] = ("view", "<p>x</p>")
    board = store.create_whiteboard("ENG", f"Board {number}")
    page = store.edit(page.id, f"<p>one two</p>{TASK}")
    file = store.attach(page.id, "a.txt", b"data")
    text = CustomText("Note", "<p>x</p>", "storage", "Me")
    custom = store.add_custom_content("ac:app:note", page.space_id, ("page", page.id), text)
    file = store.replace_attachment(file.id, b"more")
    said, marked = store.add_comment(page.id, "<p>hm</p>"), store.comment(page.id, "one")
    (inline,) = [row for row in store.comments(page.id) if row.ref == marked]
    (task,) = [row for row in store.tasks() if row.page.id == page.id]
    ids = {
        **places,
        "pages": page.id,
        "blogposts": post.id,
        "folders": folder.id,
        "whiteboards": board.id,
        "attachments": file.id,
        "attachment": file.id,
        "footer-comments": said.id,
        "comments": said.id,
        "inline-comments": inline.id,
        "tasks": task.id,
        "labels": store.labels(page.id)[0].id,
        "spaces": page.space_id,
        "space": "ENG",
        "content": page.id,
        "label": "ops",
        "move": "append",
        "append": store.space("ENG").homepage_id,
        "versions": "1",
        "property": "k",
        "longtask": store.finish("job").id,
        "group": "confluence-users",
        "user": user_key(store.add_user("Bo").name),
        "byOperation": "read",
        "byGroupId": "confluence-users",
        "category": "ops",
        "async": "done",
        "version": "1",
        "custom-content": custom.id,
        "template": store.save_template(Template("", None, "T", "", "<p>x</p>")).id,
    }
    return World(store, page, other, post, store.create_space(f"S{number}"), ids)


def changes_a_space(operation: Operation) -> bool:
    return operation.path.endswith("{spaceKey}") and operation.method != "GET"


def path_of(operation: Operation, made: World) -> str:
    """Return the operation's path with the ids of the world in it."""
    parts: list[str] = []
    ids = made.ids
    if "/space" in operation.path and (changes_a_space(operation) or "/propert" in operation.path):
        ids = {**ids, "spaces": made.space.id, "space": made.space.key}
    for part in operation.path.strip("/").split("/"):
        if not part.startswith("{"):
            parts.append(part)
        elif part in FIXED:
            parts.append(FIXED[part])
        elif parts[-1] == "properties":
            owner = made.store.add_property(parts[1], "k", 1, "Me")
            parts.append(owner.id)
        else:
            parts.append(ids[parts[-1]])
    found = "/" + "/".join(parts)
    if operation.document == "datacenter" and "/property" in found:
        owner_id = made.space.id if "/space/" in found else made.page.id
        made.store.add_property(owner_id, "k", 1, "Me")
    return found.replace("/property/k", "/property/n") if operation.method == "POST" else found
