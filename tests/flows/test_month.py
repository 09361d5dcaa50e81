"""A month of a team's work, in files and in the browser alternately; each day ends with both equal.

Two desks, clones of one git repository, push and pull; colleagues work in the browser. After each
day a reader that shares no code with confsync compares both desks with the server.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox
from tests import independent
from tests.flows.conftest import Desk, writes

Day = Callable[["Team", Desk, Desk], None]
MONTH: list[Day] = []


def day(work: Day) -> Day:
    """Return the next day of the month."""
    MONTH.append(work)
    return work


class Browser:
    """A colleague at the web pages; what those have no form for is done to the store."""

    def __init__(self, wiki: Sandbox) -> None:
        self._wiki = wiki
        self.store = wiki.store

    def page(self, title: str) -> PageRow:
        (found,) = [row for row in self.store.pages("ENG") if row.title == title]
        return found

    def edit(self, title: str, old: str, new: str, *, called: str | None = None) -> None:
        """Open the edit form, type, save."""
        url = f"{self._wiki.url}/spaces/ENG/pages/edit-v2/{self.page(title).id}"
        form = requests.get(url, timeout=10).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        held = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)
        assert held is not None
        body = html.unescape(held[1])
        assert old in body, f"'{title}' has no {old}"
        given = {"title": called or title, "body": body.replace(old, new), "author": "Ana"}
        saved = requests.post(url, data={**hidden, **given}, timeout=10)
        assert saved.history, "not saved"

    def retitle(self, title: str, new: str) -> None:
        self.edit(title, "", "", called=new)

    def comment(self, title: str, text: str) -> None:
        url = f"{self._wiki.url}/pages/{self.page(title).id}/comment"
        told = requests.post(url, data={"text": text, "author": "Ana"}, timeout=10)
        assert "The comment was added" in told.text

    def create(self, title: str, body: str, *, below: str) -> str:
        return self.store.create_page("ENG", title, body, parent=self.page(below).id).id

    def move(self, title: str, below: str) -> None:
        self.store.edit(self.page(title).id, parent=self.page(below).id, author="Ana")


class Team:
    """Two desks, a repository between them, and the browser."""

    def __init__(self, wiki: Sandbox, browser: Browser, desks: tuple[Desk, Desk]) -> None:
        self.wiki = wiki
        self.browser = browser
        self.desks = desks

    def where(self, desk: Desk, title: str) -> str:
        """Return the file of the page that is called that, by its front matter."""
        found = [
            path.relative_to(desk.root).as_posix()
            for path in desk.root.glob("ENG/**/*.xhtml")
            if independent.front_of(path)[0]["title"] == title
        ]
        assert len(found) == 1, f"{title}: {found}"
        return found[0]

    def type(self, desk: Desk, title: str, old: str, new: str) -> None:
        desk.edit(self.where(desk, title), old, new)

    def call(self, desk: Desk, title: str, new: str) -> None:
        self.type(desk, title, f"\ntitle: {title}\n", f"\ntitle: {new}\n")

    def move(self, desk: Desk, title: str, below: str, *, alone: bool = False) -> None:
        """Below another page, with all that stands below it unless it goes alone."""
        above = self.where(desk, below)
        directory = "ENG" if above == "ENG/index.xhtml" else above.removesuffix(".xhtml")
        self.move_to(desk, title, directory, alone=alone)

    def move_to(self, desk: Desk, title: str, directory: str, *, alone: bool = False) -> None:
        stem = self.where(desk, title).removesuffix(".xhtml")
        desk.path(directory).mkdir(exist_ok=True)
        for suffix in (".xhtml", ".attachments", *([] if alone else [""])):
            source = desk.path(f"{stem}{suffix}")
            if source.exists():
                source.rename(desk.path(directory) / source.name)

    def commit(self, desk: Desk, message: str = "work") -> None:
        desk.git("add", "-A")
        desk.git("commit", "-q", "--allow-empty", "-m", message)

    def share(self, desk: Desk) -> None:
        """Commit, and bring the branch that everybody shares up to date on both sides."""
        self.commit(desk)
        desk.git("pull", "-q", "--no-edit", "--no-rebase", "origin", "main")
        desk.git("push", "-q", "origin", "HEAD:main")


@pytest.fixture
def team(wiki: Sandbox, tmp_path: Path, desk_at: Callable[..., Desk]) -> Team:
    browser = Browser(wiki)
    home = wiki.store.page(wiki.store.space("ENG").homepage_id).title
    for title, below in (
        *(("Guide", home), ("Install", "Guide"), ("Linux", "Install"), ("Windows", "Install")),
        *(("Operations", home), ("On call", "Operations"), ("Alarms", "On call"), ("News", home)),
    ):
        lines = "".join(f"<p>{title} {n}</p>" for n in ("one", "two", "three", "four", "five"))
        browser.create(title, lines, below=below)
    one = desk_at("one")
    with one.path(".confsync.yaml").open("a") as config:
        config.write("labels: true\nattachments: true\n")
    one("pull")
    one.git("init", "-q", "-b", "main")
    one.git("add", "-A")
    one.git("commit", "-qm", "the space")
    one.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    one.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    two = desk_at("two", clone=None)
    two.git("clone", "-q", str(tmp_path / "origin.git"), ".")
    return Team(wiki, browser, (one, two))


# -- the days --------------------------------------------------------------------------------------


@day
def ana_edits(team: Team, mine: Desk, other: Desk) -> None:
    team.browser.edit("Guide", "Guide two", "Guide two, by Ana &amp; Ben")
    team.browser.edit("Linux", "<p>Linux five</p>", "<pre>a\n<b>\n\n</b></pre><p>5</p>")


@day
def pages_are_written_in_files(team: Team, mine: Desk, other: Desk) -> None:
    mine("new", "ENG/guide/ports.xhtml", "--title", "Ports: all")
    mine("new", "ENG/guide/ports/udp.xhtml", "--title", "UDP?")
    team.type(mine, "UDP?", "<p />", "<p>53</p><ac:structured-macro ac:name='toc'/>")
    mine("push", "-m", "ports")


@day
def a_branch_is_written_in_the_browser(team: Team, mine: Desk, other: Desk) -> None:
    team.browser.create("Releases", "<p>all</p>", below="Guide")
    for number in (1, 2):
        page = team.browser.create(f"Release {number}.0", "<p>new</p>", below="Releases")
        team.browser.store.add_labels(page, ["release", f"r{number}"])


@day
def labels_are_changed_on_both_sides(team: Team, mine: Desk, other: Desk) -> None:
    team.type(mine, "Release 1.0", "\nlabels: [r1, release]", "\nlabels: [Release, old, 'ü ö']")
    mine("push", exit=1)  # no label can have a space
    team.type(mine, "Release 1.0", ", 'ü ö']", ", ü]")
    team.browser.store.add_labels(team.browser.page("Release 1.0").id, ["hers"])
    mine("push")
    row = team.browser.page("Release 1.0")
    assert set(row.labels) == {"release", "old", "ü", "hers"}
    assert row.version == 1


@day
def files_are_attached_here(team: Team, mine: Desk, other: Desk) -> None:
    place = team.where(mine, "Alarms")
    directory = mine.path(place.removesuffix(".xhtml") + ".attachments")
    directory.mkdir()
    (directory / "plan.png").write_bytes(bytes(range(256)))
    (directory / "Größe 1.txt").write_text("eins")
    (directory / "unseen.txt").write_text("no page shows it")
    shows = "".join(
        f'<ac:image><ri:attachment ri:filename="{name}" /></ac:image>'
        for name in ("plan.png", "Größe 1.txt")
    )
    team.type(mine, "Alarms", "<p>Alarms two</p>", f"<p>{shows}</p>")
    mine("push")
    (directory / "unseen.txt").unlink()
    assert len(team.browser.store.attachments(team.browser.page("Alarms").id)) == 2


@day
def files_are_attached_there(team: Team, mine: Desk, other: Desk) -> None:
    store, page = team.browser.store, team.browser.page("Alarms").id
    (plan,) = store.attachments(page, "plan.png")
    store.replace_attachment(plan.id, b"a new plan")
    for name in ("a/b: c?.txt", "README.txt", "readme.TXT", "con", ".hidden", "ä" * 120):
        store.attach(page, name, name.encode())


@day
def a_branch_is_moved_in_files(team: Team, mine: Desk, other: Desk) -> None:
    team.type(mine, "On call", "On call one", "On call one, moved")
    team.move(mine, "On call", "Guide")
    mine("push")
    assert team.browser.page("On call").version == 2
    assert team.browser.page("Alarms").parent_id == team.browser.page("On call").id


@day
def a_branch_is_moved_in_the_browser(team: Team, mine: Desk, other: Desk) -> None:
    team.browser.move("Install", "Operations")
    team.browser.edit("Windows", "Windows three", "Windows 3")


@day
def a_page_is_renamed_moved_and_edited_in_one_version(team: Team, mine: Desk, other: Desk) -> None:
    before = team.browser.page("Linux").version
    team.type(mine, "Linux", "Linux two", "Linux 2")
    team.move(mine, "Linux", "News")
    team.call(mine, "Linux", "GNU and Linux")
    mine("push")
    assert team.browser.page("GNU and Linux").version == before + 1


@day
def pages_are_renamed_in_the_browser_if_only_in_case(team: Team, mine: Desk, other: Desk) -> None:
    team.browser.retitle("Windows", "WINDOWS")
    team.browser.retitle("Operations", "Running it")


@day
def a_page_is_renamed_here_if_only_in_case(team: Team, mine: Desk, other: Desk) -> None:
    team.call(mine, "News", "NEWS")
    team.call(mine, "Install", "Installing")
    mine("push")


@day
def one_page_is_edited_on_both_sides(team: Team, mine: Desk, other: Desk) -> None:
    team.type(mine, "Guide", "Guide five", "Guide five, mine")
    team.browser.edit("Guide", "Guide one", "Guide one, hers")
    mine("push", exit=1)
    mine("pull", "--merge")
    mine("push")
    body = team.browser.page("Guide").body
    assert "five, mine" in body
    assert "one, hers" in body


@day
def one_line_is_edited_on_both_sides(team: Team, mine: Desk, other: Desk) -> None:
    team.type(mine, "Guide", "<p>Guide four</p>", "<p>Guide 4</p>")
    team.browser.edit("Guide", "Guide four", "Guide IV")
    place = team.where(mine, "Guide")
    mine("pull", "--merge", exit=1)
    text = mine.text(place)
    assert "<<<<<<<" in text
    mine("push", exit=1)
    mine.path(place).write_text(re.sub(r"<{7}.*\n|={7}\n|>{7}.*\n", "", text))
    mine("push")
    assert "Guide 4" in team.browser.page("Guide").body
    assert "Guide IV" in team.browser.page("Guide").body


@day
def a_side_is_given_up(team: Team, mine: Desk, other: Desk) -> None:
    team.type(mine, "WINDOWS", "Windows two", "mine")
    team.type(mine, "Alarms", "Alarms four", "mine")
    for title in ("WINDOWS", "Alarms"):
        team.browser.edit(title, "<p>", "<p>hers ")
    mine("push", exit=1)
    mine("pull", "--theirs", team.where(mine, "WINDOWS"))
    now = team.browser.page("Alarms").version
    mine("pull", "--ours", team.where(mine, "Alarms"), "--at", str(now))
    mine("push")
    assert "hers Windows two" in team.browser.page("WINDOWS").body
    assert "<p>mine</p>" in team.browser.page("Alarms").body


@day
def a_branch_is_deleted_here(team: Team, mine: Desk, other: Desk) -> None:
    for title in ("Release 2.0", "Release 1.0", "Releases"):
        mine.git("rm", "-q", team.where(mine, title))
    mine("push")
    assert team.browser.page("Releases").status == "current"
    mine("push", "--delete")
    assert not [row for row in team.browser.store.pages("ENG") if "Release" in row.title]


@day
def what_was_deleted_is_brought_back(team: Team, mine: Desk, other: Desk) -> None:
    trashed = {row.title: row.id for row in team.browser.store.pages("ENG", ("trashed",))}
    for title in ("Releases", "Release 1.0"):
        mine("restore", trashed[title])
    mine("pull")
    assert team.where(mine, "Release 1.0")


@day
def a_page_is_trashed_and_another_archived_in_the_browser(
    team: Team, mine: Desk, other: Desk
) -> None:
    team.browser.store.trash(team.browser.page("UDP?").id)
    team.browser.store.archive(team.browser.page("GNU and Linux").id)
    mine("pull")
    assert "UDP?" not in "".join(mine.text(name) for name in mine.files() if "ports" in name)


@day
def both_come_back_in_the_browser(team: Team, mine: Desk, other: Desk) -> None:
    for row in team.browser.store.pages("ENG", ("trashed", "archived")):
        if row.title in ("UDP?", "GNU and Linux"):
            team.browser.store.restore(row.id)
    mine("pull")
    assert team.where(mine, "UDP?")
    assert team.where(mine, "GNU and Linux")


@day
def a_colleague_comments(team: Team, mine: Desk, other: Desk) -> None:
    team.browser.comment("Guide", "Guide three")
    team.type(mine, "Guide", "five, mine", "five, mine again")
    mine("push", exit=1)
    mine("pull", "--merge")
    mine("push")
    other("pull", "--refresh")
    assert "ac:inline-comment-marker" in team.browser.page("Guide").body


@day
def work_is_done_on_a_branch(team: Team, mine: Desk, other: Desk) -> None:
    """Of which the server is to know nothing yet; what is pulled meanwhile is on another."""
    mine.git("checkout", "-q", "-b", "topic")
    team.type(mine, "WINDOWS", "Windows four", "on a branch")
    team.call(mine, "On call", "Who is on call")
    team.move(mine, "Ports: all", "Running it")
    team.commit(mine, "a topic")
    mine.git("push", "-q", "origin", "topic")
    mine.git("checkout", "-q", "main")
    team.browser.edit("Alarms", "<p>mine</p>", "<p>theirs</p>")
    team.browser.retitle("Installing", "Installation")


@day
def the_branch_is_merged_at_the_other_desk(team: Team, mine: Desk, other: Desk) -> None:
    mine.git("fetch", "-q", "origin")
    mine.git("merge", "-q", "--no-edit", "origin/topic")
    assert len(mine.json("status").data["pages"]) == 3
    mine("push", "-m", "the topic")
    assert team.browser.page("Ports: all").parent_id == team.browser.page("Running it").id
    assert "on a branch" in team.browser.page("WINDOWS").body
    assert team.browser.page("Who is on call")


@day
def titles_are_passed_on(team: Team, mine: Desk, other: Desk) -> None:
    ids = [team.browser.page(title).id for title in ("NEWS", "Alarms", "WINDOWS")]
    for title, new in (("WINDOWS", "To do"), ("Alarms", "WINDOWS"), ("NEWS", "Alarms")):
        team.call(mine, title, new)
    mine("push")
    assert [team.browser.page(t).id for t in ("Alarms", "WINDOWS", "To do")] == ids


@day
def titles_are_swapped_by_a_third_one(team: Team, mine: Desk, other: Desk) -> None:
    ids = team.browser.page("Alarms").id, team.browser.page("WINDOWS").id
    team.call(mine, "Alarms", "Third")
    mine("push")
    team.call(mine, "WINDOWS", "Alarms")
    team.call(mine, "Third", "WINDOWS")
    mine("push")
    assert ids == (team.browser.page("WINDOWS").id, team.browser.page("Alarms").id)


@day
def a_page_and_the_one_above_it_change_places(team: Team, mine: Desk, other: Desk) -> None:
    team.move(mine, "Alarms", "Guide")
    team.move(mine, "Who is on call", "Alarms")
    mine("push")
    alarms = team.browser.page("Alarms")
    assert team.browser.page("Who is on call").parent_id == alarms.id
    assert alarms.parent_id == team.browser.page("Guide").id


@day
def pages_go_below_one_that_is_new(team: Team, mine: Desk, other: Desk) -> None:
    mine("new", "ENG/archive.xhtml", "--title", "Archive")
    mine("new", "ENG/archive/2024.xhtml", "--title", "'2024'")
    team.move(mine, "Releases", "'2024'")
    team.type(mine, "Releases", "<p>all</p>", "<p>old</p>")
    mine("push")
    assert team.browser.page("Releases").parent_id == team.browser.page("'2024'").id


@day
def a_page_leaves_its_children_behind(team: Team, mine: Desk, other: Desk) -> None:
    team.move(mine, "Installation", "Guide", alone=True)
    below = team.browser.page("To do")
    mine("push")
    moved = team.browser.page("Installation")
    assert moved.parent_id == team.browser.page("Guide").id
    assert team.browser.page("To do").parent_id == below.parent_id == moved.id


@day
def an_attached_file_is_changed_and_another_deleted_here(
    team: Team, mine: Desk, other: Desk
) -> None:
    place = team.where(mine, "Alarms")
    directory = place.removesuffix(".xhtml") + ".attachments"
    mine.path(f"{directory}/plan.png").write_bytes(b"the plan of today")
    mine.git("rm", "-q", f"{directory}/README.txt")
    mine("push")
    names = {one.title for one in team.browser.store.attachments(team.browser.page("Alarms").id)}
    assert "README.txt" in names
    mine("push", "--delete")
    names = {one.title for one in team.browser.store.attachments(team.browser.page("Alarms").id)}
    assert "README.txt" not in names
    assert "readme.TXT" in names


@day
def an_old_version_is_deleted_in_the_browser(team: Team, mine: Desk, other: Desk) -> None:
    page = team.browser.page("Guide")
    team.browser.store.delete_version(page.id, page.version - 1)
    team.browser.edit("Guide", "Guide two", "Guide zwei")
    assert team.browser.page("Guide").version == page.version  # which no listing tells apart
    for desk in (mine, other):
        desk("pull", "--refresh")


@day
def folders_are_made_and_pages_put_into_them(team: Team, mine: Desk, other: Desk) -> None:
    store, home = team.browser.store, team.browser.page("Guide").parent_id
    if team.wiki.flavor == "datacenter":  # which has none
        team.browser.create("Team", "<p>a page</p>", below="Engineering")
        team.browser.create("People", "<p>a page</p>", below="Team")
        team.browser.move("To do", "People")
        return
    team_ = store.create_folder("ENG", "Team", parent=home)
    people = store.create_folder("ENG", "People", parent=team_.id)
    store.edit(team.browser.page("To do").id, parent=people.id)


@day
def a_page_is_moved_into_a_folder_here(team: Team, mine: Desk, other: Desk) -> None:
    directory = team.where(mine, "To do").rpartition("/")[0]
    team.move_to(mine, "Alarms", directory)
    mine("new", f"{directory}/ana.xhtml", "--title", "Ana")
    mine("push")
    assert team.browser.page("Alarms").parent_id == team.browser.page("To do").parent_id
    assert team.browser.page("Ana").parent_id == team.browser.page("To do").parent_id


@day
def folders_are_renamed_and_moved(team: Team, mine: Desk, other: Desk) -> None:
    store, inner = team.browser.store, team.browser.page("Ana").parent_id
    assert inner is not None
    if team.wiki.flavor == "datacenter":
        team.browser.retitle("People", "Who we are")
        team.browser.move("Who we are", "Guide")
        return
    store.change_folder(inner, "Who we are")
    store.change_folder(inner, parent=team.browser.page("Guide").id)


def _successor(team: Team, title: str, beside: PageRow, **files: bytes) -> str:
    """Create a page with files in the place that another one had. Return its id."""
    store = team.browser.store
    new = store.create_page("ENG", title, f"<p>{title}, new</p>", parent=beside.parent_id).id
    for name, data in files.items():
        store.attach(new, f"{name}.png", data)
    return new


@day
def a_title_is_used_again_for_a_page_with_the_same_picture(
    team: Team, mine: Desk, other: Desk
) -> None:
    old = team.browser.page("Alarms")
    team.browser.retitle("Alarms", "Alarms (old)")
    _successor(team, "Alarms", old, plan=b"the plan of today", list=b"a list")


@day
def a_trashed_page_has_a_successor_with_the_same_picture(
    team: Team, mine: Desk, other: Desk
) -> None:
    old = team.browser.page("Alarms")
    team.browser.store.trash(old.id)
    _successor(team, "Alarms", old, plan=b"the plan of today", more=b"more")


@day
def a_page_goes_and_another_comes_with_another_picture(team: Team, mine: Desk, other: Desk) -> None:
    old = team.browser.page("Alarms")
    team.browser.move("Alarms", "Guide")
    _successor(team, "Alarms?", old, plan=b"another plan")


@day
def a_title_that_is_given_up_here_is_taken_at_once(team: Team, mine: Desk, other: Desk) -> None:
    old = team.browser.page("Alarms")
    team.call(mine, "Alarms", "Alerts")
    mine("push")
    new = _successor(team, "Alarms", old, plan=b"the plan of today")
    mine("pull")
    mine("push", "--delete")
    assert team.browser.store.attachments(new, "plan.png")
    assert team.where(mine, "Alarms").endswith("/alarms.xhtml")
    assert team.where(mine, "Alerts").endswith("/alerts.xhtml")


# -- a month ---------------------------------------------------------------------------------------


def test_a_month_of_work_ends_each_day_with_mirror_and_server_equal(
    wiki: Sandbox, team: Team, desk_at: Callable[..., Desk]
) -> None:
    assert len(MONTH) > 25
    for number, work in enumerate(MONTH):
        mine, other = team.desks[:: -1 if number % 2 else 1]
        today = f"day {number + 1}: {work.__name__}"
        work(team, mine, other)
        mine("pull")
        wiki.clear_requests()
        server = independent.assert_equal(mine.root, wiki, today)
        team.share(mine)
        if number % 3:
            team.share(other)
            through_git = independent.files_of(other.root)
            independent.assert_alike(through_git, server, f"{today}, through git")
        other("pull")
        team.share(other)
        team.share(mine)
        for desk in team.desks:
            assert desk("push").out == "push: nothing to do\n", today
            assert desk("pull").out == "pull: nothing to do\n", today
            assert desk.git("status", "--porcelain") == "", today
            files = independent.files_of(desk.root)
            independent.assert_alike(files, server, f"{today}, shared")
        assert writes(wiki) == [], today
    elsewhere = desk_at("elsewhere")
    elsewhere.path(".confsync.yaml").write_bytes(mine.path(".confsync.yaml").read_bytes())
    elsewhere("pull")
    independent.assert_equal(elsewhere.root, wiki, "a new clone")
