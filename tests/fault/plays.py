"""The plays: every command that writes, with as much to do as there can be."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from confsync.sandbox import Store
from tests.fault.conftest import Play, body


def _edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / "ENG" / name
    text = path.read_text()
    assert text.count(old) == 1, (name, old)
    path.write_text(text.replace(old, new))


def _colleague(store: Store, ids: dict[str, str]) -> None:
    store.edit(ids["Leaf"], body("Leaf, new"), author="Ana")
    store.edit(ids["Guide"], title="Handbook", author="Ana")
    store.edit(ids["Part"], parent=ids["State"], author="Ana")
    store.set_state(ids["State"])
    store.trash(ids["Gone"])
    new = store.create_page("ENG", "New", body("new"), parent=ids["Both"])
    store.create_page("ENG", "Newer", body("newer"), parent=new.id)
    store.add_labels(ids["Both"], ["hers"])


def _some_edits(root: Path) -> None:
    _edit(root, "mine.xhtml", "Mine two", "Mine two, edited")
    (root / "ENG/both.xhtml").rename(root / "ENG/former.xhtml")
    _edit(root, "former.xhtml", "\n  parent:", "\n  name: outdated\n  parent:")


def _another_space(store: Store, ids: dict[str, str]) -> None:
    home = store.create_space("OPS", "Operations", "Home of OPS").homepage_id
    for title in ("One", "Two", "Three"):
        row = store.create_page("OPS", f"OPS {title}", body(title), parent=home)
        store.create_page("OPS", f"Below {title}", body(f"below {title}"), parent=row.id)


def _both_spaces(store: Store, ids: dict[str, str]) -> None:
    _colleague(store, ids)
    _another_space(store, ids)


def _mirror_both(root: Path) -> None:
    """Configure the other space, which no pull has brought yet."""
    config = root / ".confsync.yaml"
    text = config.read_text()
    assert text.count("spaces:\n") == 1
    config.write_text(text.replace("spaces:\n", "spaces:\n- key: OPS\n  path: OPS\n"))


def _edits_in_one(root: Path) -> None:
    _mirror_both(root)
    _some_edits(root)


def _much_to_push(root: Path) -> None:
    _edit(root, "mine.xhtml", "Mine two", "Mine two, edited")
    _edit(root, "mine.xhtml", "\nlabels: [old]", "\nlabels: [mine]")
    _edit(root, "both.xhtml", "title: Both", "title: Renamed")
    (root / "ENG/state").mkdir()
    (root / "ENG/clash.xhtml").rename(root / "ENG/state/clash.xhtml")
    (root / "ENG/new.xhtml").write_text("---\ntitle: New\nlabels: [a, b]\n---\n<p>new</p>\n")
    (root / "ENG/new").mkdir()
    (root / "ENG/new/newer.xhtml").write_text("---\ntitle: Newer\n---\n<p>newer</p>\n")


def _comments(store: Store, ids: dict[str, str]) -> None:
    """Inline comments on three pages, one of them with a new version, and one at the end."""
    store.clock = lambda: datetime(2026, 3, 7, tzinfo=UTC)
    store.comment(ids["Leaf"], "three")
    store.edit(ids["Guide"], title="Handbook", author="Ana")
    for title in ("Guide", "Mine"):
        store.comment(ids[title], "two")
    store.add_comment(ids["Both"], body("Why?"), "Ben")


def _first_comments(store: Store, ids: dict[str, str]) -> None:
    store.clock = lambda: datetime(2026, 3, 1, tzinfo=UTC)
    for title in ("Guide", "Leaf", "Mine", "Gone"):
        store.add_comment(ids[title], body("Why?"), "Ben")


def _more_comments(store: Store, ids: dict[str, str]) -> None:
    """Comment, and move, rename and trash pages that have comments."""
    _comments(store, ids)
    store.reply(store.comments(ids["Leaf"])[0].id, body("So."), "Ana")
    store.edit(ids["Leaf"], parent=ids["State"], author="Ana")
    store.trash(ids["Gone"])
    new = store.create_page("ENG", "New", body("new")).id
    store.add_comment(new, body("New?"), "Ben")


def _my_note(root: Path) -> None:
    _edit(root, "mine.comments.yaml", "Why?", "Why not?")


def _interwoven(root: Path) -> None:
    """Pass a title on, and let a parent and its child change places, all below a new page."""
    _edit(root, "both.xhtml", "title: Both", "title: Clash")
    _edit(root, "clash.xhtml", "title: Clash", "title: Third")
    (root / "ENG/new.xhtml").write_text("---\ntitle: Both\n---\n<p>new</p>\n")
    (root / "ENG/new").mkdir()
    (root / "ENG/guide/part.xhtml").rename(root / "ENG/new/part.xhtml")
    (root / "ENG/new/part").mkdir()
    (root / "ENG/guide.xhtml").rename(root / "ENG/new/part/guide.xhtml")


def _delete(root: Path) -> None:
    subprocess.run(["git", "rm", "-qr", "ENG/guide.xhtml", "ENG/guide"], cwd=root, check=True)


def _both_sides(store: Store, ids: dict[str, str]) -> None:
    text = body("Both one, hers", "Both two", "Both three", "Both four")
    store.edit(ids["Both"], text, author="Ana")
    text = body("Clash one, hers", "Clash two", "Clash three", "Clash four")
    store.edit(ids["Clash"], text, author="Ana")
    store.edit(ids["Leaf"], body("Leaf, new"), author="Ana")


def _both_here(root: Path) -> None:
    _edit(root, "both.xhtml", "Both four", "Both four, mine")
    _edit(root, "clash.xhtml", "Clash one", "Clash one, mine")


def _colleagues_files(store: Store, ids: dict[str, str]) -> None:
    first, second = store.attachments(ids["Mine"])
    store.replace_attachment(first.id, b"hers", "Ana")
    store.remove_attachment(second.id)
    store.attach(ids["Leaf"], "new/name.txt", b"new")
    # With the files that stand beside it, both by its name and by its place.
    store.edit(ids["Guide"], title="Handbook", parent=ids["State"], author="Ana")
    store.trash(ids["Gone"])


def _my_files(root: Path) -> None:
    (root / "ENG/mine.attachments/a.txt").write_text("mine")
    (root / "ENG/mine.attachments/b.txt").unlink()
    _shows(root, "both.xhtml", "title: Both", "n.txt")
    (root / "ENG/new.xhtml").write_text("---\ntitle: New\n---\n<p>new</p>\n")
    _shows(root, "new.xhtml", "title: New", "o.txt")


def _shows(root: Path, name: str, title: str, file: str) -> None:
    image = f'<p><ac:image><ri:attachment ri:filename="{file}" /></ac:image></p>'
    path = root / "ENG" / name
    path.write_text(f"{path.read_text()}{image}\n")
    directory = path.with_suffix(".attachments")
    directory.mkdir()
    (directory / file).write_text(f"{title} {file}")


def _two_versions(store: Store, ids: dict[str, str]) -> None:
    for title in ("Mine", "Both", "Clash"):
        store.edit(ids[title], body(f"{title}, second"))


def _folders(store: Store, ids: dict[str, str]) -> None:
    """Part, with Leaf below it, stands in Inner in Outer, State in Outer."""
    ids["Outer"] = store.create_folder("ENG", "Outer", parent=ids["Home"]).id
    ids["Inner"] = store.create_folder("ENG", "Inner", parent=ids["Outer"]).id
    store.edit(ids["Part"], parent=ids["Inner"])
    store.edit(ids["State"], parent=ids["Outer"])


def _colleagues_folders(store: Store, ids: dict[str, str]) -> None:
    store.change_folder(ids["Inner"], "Within")
    store.change_folder(ids["Inner"], parent=ids["Guide"])
    store.edit(ids["Leaf"], body("Leaf, new"), author="Ana")
    store.edit(ids["State"], parent=ids["Home"], author="Ana")
    store.create_page("ENG", "New", body("new"), parent=ids["Inner"])
    store.edit(ids["Both"], title="BOTH", author="Ana")
    store.archive(ids["Gone"])


def _into_folders(root: Path) -> None:
    _edit(root, "mine.xhtml", "title: Mine", "title: MINE")
    (root / "ENG/clash.xhtml").rename(root / "ENG/outer/clash.xhtml")


def _much_into_folders(root: Path) -> None:
    _into_folders(root)
    inner = root / "ENG/outer/inner"
    (root / "ENG/guide.xhtml").rename(inner / "guide.xhtml")
    (inner / "part.xhtml").rename(root / "ENG/part.xhtml")
    (inner / "new.xhtml").write_text("---\ntitle: New\n---\n<p>new</p>\n")
    (inner / "new").mkdir()
    (inner / "new/newer.xhtml").write_text("---\ntitle: Newer\n---\n<p>newer</p>\n")
    (inner / "new/newer").mkdir()
    (root / "ENG/both.xhtml").rename(inner / "new/newer/both.xhtml")


def _colleagues_posts(store: Store, ids: dict[str, str]) -> None:
    store.edit(ids["News"], body("News, hers"), author="Ana")
    store.edit(ids["Notes"], title="Handnotes", author="Ana")
    store.date_post(ids["Draft"], "2026-03-11T12:00:00.000Z")
    store.trash(ids["Past"])
    store.create_post("ENG", "News", body("newer"), at="2026-03-08T12:00:00.000Z")


def _a_draft(root: Path) -> None:
    _edit(root, "blog/2026/03/08/draft.xhtml", "Draft two", "Draft two, edited")


def _posts_to_push(root: Path) -> None:
    _edit(root, "blog/2026/03/07/news.xhtml", "News two", "News two, edited")
    _edit(root, "blog/2026/03/07/notes.xhtml", "title: Notes", "title: Past")
    subprocess.run(["git", "rm", "-q", "ENG/blog/2026/03/09/past.xhtml"], cwd=root, check=True)
    for name in ("first", "2020/01/01/second"):
        path = root / f"ENG/blog/{name}.xhtml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: The {path.stem}\n---\n<p>{path.stem}</p>\n")


# The server stores it with one more attribute.
_REWRITTEN = '<ac:structured-macro ac:name="toc" ac:macro-id="1" />'


def _each_kind(root: Path) -> None:
    """One change of each kind that a plan has; several of them on one page."""
    _edit(root, "mine.xhtml", "Mine two</p>", f"Mine two, edited</p>{_REWRITTEN}")
    _edit(root, "mine.xhtml", "\nlabels: [old]", "\nlabels: [mine]")
    (root / "ENG/mine.attachments/a.txt").write_text("mine")
    (root / "ENG/mine.attachments/b.txt").unlink()
    _edit(root, "both.xhtml", "\nlabels: []", "\nlabels: [mine]")
    (root / "ENG/new.xhtml").write_text("---\ntitle: New\nlabels: [a]\n---\n<p>new</p>\n")
    (root / "ENG/new").mkdir()
    (root / "ENG/clash.xhtml").rename(root / "ENG/new/clash.xhtml")
    for name in ("gone.xhtml", "gone.attachments/d"):
        (root / "ENG" / name).unlink()


def _beside_the_plan(root: Path) -> None:
    """Edit, create and delete what the plan does not hold."""
    _edit(root, "guide/part/leaf.xhtml", "Leaf two", "Leaf two, edited")
    (root / "ENG/newer.xhtml").write_text("---\ntitle: Newer\n---\n<p>newer</p>\n")
    (root / "ENG/state.xhtml").unlink()


PULL = Play("pull", ("pull",), _colleague, _some_edits)
# The other space stays as it is: not here.
ONE_SPACE = Play("pull of one space", ("pull", "ENG"), _both_spaces, _edits_in_one)
NEW_SPACE = Play("first pull of one space", ("pull", "OPS"), _another_space, _mirror_both)
PUSH = Play("push", ("push", "-m", "work"), local=_much_to_push)
MINOR = Play("push --minor", ("push", "--minor"), local=_much_to_push)
INTERWOVEN = Play("push, interwoven", ("push",), local=_interwoven)
DELETE = Play("push --delete", ("push", "--delete"), local=_delete)
ARCHIVE = Play("push --delete --archive", ("push", "--delete", "--archive"), local=_delete)
MERGE = Play(
    "pull --merge", ("pull", "--merge"), _both_sides, _both_here, exit=1, again=1, labels=False
)
THEIRS = Play(
    "pull --theirs",
    ("pull", "--theirs", "ENG/both.xhtml", "ENG/clash.xhtml"),
    _both_sides,
    _both_here,
    labels=False,
)
OURS = Play(
    "pull --ours",
    ("pull", "--ours", "ENG/clash.xhtml", "--at", "2"),
    _both_sides,
    _both_here,
    labels=False,
)
RESTORE = Play("restore", ("restore", "{Gone}"), lambda store, ids: store.trash(ids["Gone"]))
FILES_PULL = Play(
    "pull with attachments", ("pull",), _colleagues_files, labels=False, attachments=True
)
FILES_PUSH = Play(
    "push with attachments",
    ("push", "--delete"),
    local=_my_files,
    labels=False,
    attachments=True,
)
FOLDERS_PULL = Play(
    "pull with folders",
    ("pull",),
    _colleagues_folders,
    _into_folders,
    labels=False,
    before=_folders,
)
FOLDERS_PUSH = Play(
    "push with folders", ("push",), local=_much_into_folders, labels=False, before=_folders
)
BLOG_PULL = Play(
    "pull with a blog", ("pull",), _colleagues_posts, _a_draft, labels=False, blog=True
)
BLOG_PUSH = Play(
    "push with a blog", ("push", "--delete"), local=_posts_to_push, labels=False, blog=True
)
APPLY = Play(
    "push --apply",
    ("push", "--apply", "plan.json", "-m", "work"),
    local=_each_kind,
    attachments=True,
    planned=("push", "--delete", "--plan", "plan.json"),
    later=_beside_the_plan,
)
APPLY_WHOLE = replace(
    APPLY, name="push --apply --all-or-nothing", arguments=(*APPLY.arguments, "--all-or-nothing")
)
REPLACE = Play("replace", ("replace", "--text", "one", "first"), again=1)
REVERT = Play(
    "revert",
    ("revert", "ENG/mine.xhtml", "ENG/both.xhtml", "ENG/clash.xhtml", "--to", "1"),
    before=_two_versions,
)
COMMENTS_PULL = Play("pull with comments", ("pull",), _comments, labels=False, comments="notice")
COMMENT_FILES = Play(
    "pull with files of comments",
    ("pull",),
    _more_comments,
    _my_note,
    labels=False,
    before=_first_comments,
    comments="true",
)
REVERT_RUN = Play(
    "revert --run",
    ("revert", "--run", "last"),
    local=_each_kind,
    attachments=True,
    planned=("push", "--delete", "--commit"),
)
BLOGS = (BLOG_PULL, BLOG_PUSH)
EVERY = (
    *(PULL, PUSH, INTERWOVEN, DELETE, ARCHIVE, MERGE, THEIRS, OURS, FILES_PULL, FILES_PUSH),
    *(FOLDERS_PULL, FOLDERS_PUSH, *BLOGS, COMMENTS_PULL, COMMENT_FILES, ONE_SPACE, NEW_SPACE),
)
# test_requests.py interrupts APPLY_WHOLE: it tries the plan, and then does what APPLY does.
BULK = (APPLY, REPLACE, REVERT, REVERT_RUN)
