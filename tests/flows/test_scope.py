"""include and exclude: what is not mirrored is not written, and what stands here is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, writes


@pytest.fixture
def ids(wiki: Sandbox) -> dict[str, str]:
    """Guide with Install and, below that, Linux; Archive with Old and, below that, Older."""
    made: dict[str, str] = {}
    for title, parent in (
        ("Guide", None),
        ("Install", "Guide"),
        ("Linux", "Install"),
        ("Archive", None),
        ("Old", "Archive"),
        ("Older", "Old"),
    ):
        under = made[parent] if parent else None
        body = f"<p>{title}</p>"
        made[title] = wiki.store.create_page("ENG", title, body, parent=under, raw=True).id
    return made


def rules(desk: Desk, **given: object) -> None:
    path = desk.path(".confsync.yaml")
    data = yaml.safe_load(path.read_text())
    data["spaces"][0] |= given
    path.write_text(yaml.safe_dump(data))


@pytest.fixture
def start(wiki: Sandbox, desk_at: Callable[..., Desk]) -> Callable[..., Desk]:
    """Return a function that makes a mirror with these rules, not pulled yet."""

    def make(**given: object) -> Desk:
        desk = desk_at("ruled", clone=None)
        space = {"key": "ENG", **given}
        data = {"url": wiki.url, "flavor": wiki.flavor, "spaces": [space]}
        desk.path(".confsync.yaml").write_text(yaml.safe_dump(data))
        return desk

    return make


def documents(desk: Desk) -> set[str]:
    suffix = ".xhtml"
    return {
        name.removeprefix("ENG/").removesuffix(suffix)
        for name in desk.files()
        if name.endswith(suffix)
    }


ALL = {
    *("index", "guide", "guide/install", "guide/install/linux"),
    *("archive", "archive/old", "archive/old/older"),
}


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ([], ["archive/**"], ALL - {"archive/old", "archive/old/older"}),
        ([], ["archive", "archive/**"], {"index", "guide", "guide/install", "guide/install/linux"}),
        ([], ["Archive"], {"index", "guide", "guide/install", "guide/install/linux"}),
        (["guide", "guide/**"], [], {"guide", "guide/install", "guide/install/linux"}),
        (["Guide"], ["Linux"], {"guide", "guide/install"}),
        (["Install"], [], {"install", "install/linux"}),
        ([], ["archive/*"], ALL - {"archive/old", "archive/old/older"} | {"older"}),
        ([], ["gu?de/in*"], ALL - {"guide/install", "guide/install/linux"} | {"linux"}),
        ([], ["*"], {"install", "install/linux", "old", "old/older"}),
        ([], ["nothing/**"], ALL),
    ],
)
def test_what_the_rules_do_not_want_is_not_written(
    wiki: Sandbox,
    ids: dict[str, str],
    start: Callable[..., Desk],
    include: list[str],
    exclude: list[str],
    expected: set[str],
) -> None:
    given = {"include": include, "exclude": exclude}
    desk = start(**{k: [ids.get(rule, rule) for rule in v] for k, v in given.items() if v})
    desk("pull")
    assert documents(desk) == expected
    files = desk.files()
    wiki.clear_requests()
    assert desk("pull").out == "pull: nothing to do\n"
    assert desk("status", "--remote").out.startswith("clean")
    assert desk.files() == files
    parents = {page.id: page.parent_id for page in wiki.store.pages("ENG")}
    for name in sorted(documents(desk)):
        path = desk.path(f"ENG/{name}.xhtml")
        path.write_bytes(path.read_bytes().removesuffix(b"\n") + b"<p>mine</p>\n")
    desk("push")
    assert {page.id: page.parent_id for page in wiki.store.pages("ENG")} == parents
    assert desk("status", "--remote").out.startswith("clean")


def test_no_body_of_an_excluded_page_is_asked_for(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk]
) -> None:
    desk = start(exclude=[ids["Guide"], "archive/**"])
    wiki.clear_requests()
    desk("pull")
    asked = " ".join(f"{r.path}?{r.query}" for r in wiki.requests)
    assert ids["Archive"] in asked or wiki.flavor == "datacenter"
    assert not [title for title in ("Guide", "Linux", "Old") if ids[title] in asked]


@pytest.mark.parametrize("rule", ["Archive", "archive**"])
def test_documents_that_become_excluded_are_left_alone_and_named(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk], rule: str
) -> None:
    desk = desk_at()
    rules(desk, exclude=[ids.get(rule, rule)])
    desk.edit("ENG/archive/old.xhtml", "<p>Old</p>", "<p>mine</p>")
    desk.edit("ENG/guide.xhtml", "<p>Guide</p>", "<p>mine</p>")
    assert "excluded" in desk("new", "ENG/archive/new.xhtml", "--title", "New", exit=2).err
    desk.path("ENG/archive/new.xhtml").write_text("---\ntitle: New\n---\n<p />\n")
    wiki.store.edit(ids["Older"], "<p>theirs</p>", author="Ana")
    files = desk.files()
    for command in (["status"], ["status", "--remote"], ["pull"], ["pull", "ENG/archive"]):
        told = desk(*command).out
        assert "excluded by .confsync.yaml and left unchanged: ENG/archive" in told
        assert desk.files() == files
    run = desk.json("push", exit=1)
    assert run.outcomes == {
        "ENG/archive/old.xhtml": "rejected",
        "ENG/archive/new.xhtml": "rejected",
        "ENG/guide.xhtml": "updated",
    }
    assert run.data["pages"][0]["error"] == "excluded by .confsync.yaml; not pushed"
    assert writes(wiki) == [("PUT", 200)]


def test_prune_removes_excluded_documents_without_changes_and_deletes_no_page(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    desk.git("init", "-q")
    desk.git("add", ".")
    desk.git("commit", "-qm", "all")
    rules(desk, exclude=["archive", "archive/old", ids["Guide"]])
    desk.edit("ENG/guide.xhtml", "<p>Guide</p>", "<p>mine</p>")
    desk.edit("ENG/archive/old/older.xhtml", "<p>Older</p>", "<p>mine</p>")
    run = desk.json("pull", "--prune")
    assert run.outcomes == {
        "ENG/archive.xhtml": "deleted",
        "ENG/archive/old.xhtml": "deleted",
        "ENG/guide.xhtml": "kept",
        "ENG/guide/install.xhtml": "deleted",
        "ENG/guide/install/linux.xhtml": "deleted",
        "ENG/older.xhtml": "kept",
    }
    assert documents(desk) == {"index", "guide", "older"}
    assert (desk.root / ".confsync/trash/ENG/archive/old.xhtml").exists()
    wiki.clear_requests()
    assert desk.json("status").outcomes == {
        "ENG/guide.xhtml": "modified",
        "ENG/older.xhtml": "modified",
    }
    desk("push", "--delete", exit=1)
    assert writes(wiki) == [("PUT", 200)]
    assert len(wiki.store.pages("ENG")) == 7
    assert wiki.store.page(ids["Older"]).parent_id == ids["Old"]


def test_a_document_that_is_moved_to_an_excluded_place_is_not_pushed(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    rules(desk, exclude=[ids["Old"]])
    desk.path("ENG/guide.xhtml").rename(desk.path("ENG/archive/old/guide.xhtml"))
    run = desk.json("push", exit=1)
    assert run.outcomes == {"ENG/archive/old/guide.xhtml": "rejected"}
    assert writes(wiki) == []


def test_a_page_that_is_moved_on_the_server_to_an_excluded_place_keeps_its_document(
    wiki: Sandbox, ids: dict[str, str], start: Callable[..., Desk]
) -> None:
    desk = start(exclude=[ids["Archive"]])
    desk("pull")
    files = desk.files()
    wiki.store.edit(ids["Linux"], parent=ids["Old"], author="Ana")
    run = desk("pull")
    assert "left unchanged: ENG/guide/install/linux.xhtml" in run.out
    assert desk.files() == files
    rules(desk, exclude=["nothing"])
    desk("pull")
    assert "archive/old/linux" in documents(desk)
    assert "guide/install/linux" not in documents(desk)


def test_an_empty_mirror_by_rule_is_no_empty_space(
    wiki: Sandbox, ids: dict[str, str], desk_at: Callable[..., Desk]
) -> None:
    desk = desk_at()
    rules(desk, exclude=["**"])
    files = desk.files()
    desk("pull")
    assert desk.files() == files
