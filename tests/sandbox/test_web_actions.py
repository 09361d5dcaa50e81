"""A colleague's actions in the browser, each by its form over HTTP."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from itertools import product

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, SpaceRow, Store
from confsync.sandbox.app import application
from confsync.sandbox.bodies.html import to_html
from confsync.sandbox.store.rows import account_id, user_key
from tests.sandbox.test_web import HOSTILE


class Browser:
    """A browser that has opened a page, and sends its forms as a browser does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.session = requests.Session()
        self.site = sandbox.url.removesuffix(sandbox.context)
        self.url = sandbox.url

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.url + path, timeout=10)

    def send(self, path: str, status: int = 200, **given: str) -> str:
        """Send a form, follow where it leads, and return the page there."""
        return self._sent(path, status, data=given)

    def upload(self, path: str, name: str, data: bytes, status: int = 200, **given: str) -> str:
        file = (name, io.BytesIO(data), "text/csv")
        return self._sent(path, status, data=given, files={"file": file})

    def _sent(self, path: str, status: int, **sent: object) -> str:
        headers = {"Origin": self.site, "Sec-Fetch-Site": "same-origin"}
        answer = self.session.post(self.url + path, headers=headers, timeout=10, **sent)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        assert bool(answer.history) == (status == 200), "a form that is done leads elsewhere"
        return answer.text


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    opened = Browser(sandbox)
    yield opened
    opened.session.close()


def actions(html: str) -> set[str]:
    """Return the addresses to which the forms of a page are sent."""
    return set(re.findall(r'<form[^>]* action="/wiki([^"]*)"', html))


def titled(store: Store, title: str) -> PageRow:
    (page,) = (p for p in (*store.pages("ENG"), *store.posts("ENG")) if p.title == title)
    return page


def test_creating_a_page_below_another(browser: Browser, store: Store, page: PageRow) -> None:
    form = browser.get(f"/spaces/ENG/new?parent={page.id}").text
    assert f'<option value="{page.id}" selected>Guide' in form
    given = {"title": "Ports", "body": "<p>a\r\nb</p>", "parent": page.id, "author": "Ben"}
    shown = browser.send("/spaces/ENG/new", **given)
    assert "The page was created." in shown
    new = titled(store, "Ports")
    assert (new.body, new.author, new.parent_id) == ("<p>a\nb</p>", "Ben", page.id)


def test_creating_a_page_at_the_top_and_below_a_folder(
    browser: Browser, store: Store, space: SpaceRow
) -> None:
    browser.send("/spaces/ENG/new", title="Top", parent="top")
    assert titled(store, "Top").parent_id is None
    tree = browser.send("/spaces/ENG/new", kind="folder", title="Drafts", parent="top")
    assert 'Drafts <span class="tag">folder</span>' in tree
    form = browser.get("/spaces/ENG/new").text
    (folder,) = re.findall(r'<option value="(\d+)">Drafts \(folder\)', form)
    browser.send("/spaces/ENG/new", title="First", parent=folder)
    assert titled(store, "First").parent_id == folder


def test_a_page_that_is_not_created_keeps_what_was_typed(
    browser: Browser, store: Store, page: PageRow
) -> None:
    given = {"title": "Guide", "body": "<p>my long text</p>", "parent": page.id}
    shown = browser.send("/spaces/ENG/new", 400, **given)
    assert "Not created: A page with this title already exists" in shown
    assert "&lt;p&gt;my long text&lt;/p&gt;" in shown
    assert f'<option value="{page.id}" selected>Guide' in shown
    assert len(store.pages("ENG")) == 2


def test_writing_a_blog_post(browser: Browser, store: Store, space: SpaceRow) -> None:
    assert "New blog post" in browser.get("/spaces/ENG/new?kind=blogpost").text
    shown = browser.send(
        "/spaces/ENG/new", kind="blogpost", title="News", body="<p>n</p>", author="Ben"
    )
    assert "Version 1 by Ben" in shown
    assert "<legend>Move</legend>" not in shown, "a blog post has no place in the tree"
    assert [post.title for post in store.posts("ENG")] == ["News"]
    listed = browser.get("/spaces/ENG").text
    assert listed.index("Home") < listed.index(">Blog<") < listed.index("News")


def test_creating_spaces_and_seeing_them_all(
    browser: Browser, store: Store, space: SpaceRow
) -> None:
    front = browser.get("/").text
    assert actions(front) == {"/spaces"}
    browser.send("/spaces", key="HR", name="People & culture")
    front = browser.get("/").text
    assert front.index("Engineering") < front.index("People &amp; culture")
    assert [one.key for one in store.spaces()] == ["ENG", "HR"]
    assert "A space already exists with key HR" in browser.send("/spaces", 400, key="HR")
    assert "letters and digits" in browser.send("/spaces", 400, key="../x")


def test_renaming(browser: Browser, store: Store, page: PageRow) -> None:
    shown = browser.send(f"/pages/{page.id}/rename", title="Manual & more", author="Ben")
    assert "The page was renamed." in shown
    assert "Version 2 by Ben" in shown
    now = store.page(page.id)
    assert (now.title, now.body) == ("Manual & more", page.body)
    shown = browser.send(f"/pages/{page.id}/rename", 400, title="Home")
    assert "A page with this title already exists" in shown


def test_moving(browser: Browser, store: Store, page: PageRow) -> None:
    other = store.create_page("ENG", "Other", "")
    shown = browser.send(f"/pages/{page.id}/move", parent=other.id, author="Ben")
    assert "The page was moved." in shown
    assert store.page(page.id).parent_id == other.id
    browser.send(f"/pages/{page.id}/move", parent="top")
    assert store.page(page.id).parent_id is None
    shown = browser.send(f"/pages/{page.id}/move", 400, parent=page.id)
    assert "cannot be moved under itself" in shown
    assert store.page(page.id).parent_id is None


def test_moving_to_another_space(browser: Browser, store: Store, page: PageRow) -> None:
    assert "Move to another space" not in browser.get(f"/spaces/ENG/pages/{page.id}").text
    store.create_space("HR", "People", "People")
    assert '<option value="HR">People (HR)' in browser.get(f"/spaces/ENG/pages/{page.id}").text
    browser.send(f"/pages/{page.id}/move", space="HR")
    assert store.page(page.id).space_key == "HR"


def test_deleting_and_restoring(browser: Browser, store: Store, page: PageRow) -> None:
    tree = browser.send(f"/pages/{page.id}/delete")
    assert tree.index(">Trash<") < tree.index("Guide")
    assert store.page(page.id).status == "trashed"
    trashed = browser.get(f"/spaces/ENG/pages/{page.id}").text
    assert actions(trashed) == {f"/pages/{page.id}/restore"}, "only this can be done in the trash"
    assert "The page is trashed." in browser.send(f"/pages/{page.id}/delete", 400)
    shown = browser.send(f"/pages/{page.id}/restore")
    assert "The page was restored." in shown
    now = store.page(page.id)
    assert (now.status, now.parent_id) == ("current", page.parent_id)
    assert "Trash" not in browser.get("/spaces/ENG").text


def test_settings(browser: Browser, store: Store, page: PageRow) -> None:
    width, emoji = "content-appearance-published", "emoji-title-published"
    path, number = f"/pages/{page.id}/settings", page.version
    shown = browser.send(path, setting=width, value="full-width")
    assert "The setting was changed." in shown
    assert f"{width}: full-width, version 1." in shown
    browser.send(path, setting=width, value="default")
    browser.send(path, setting=emoji, value="\U0001f680")
    held = {row.key: (row.value, row.version) for row in store.properties(page.id)}
    assert held == {width: ("default", 2), emoji: ("1f680", 1)}
    browser.send(path, setting=width, value="")
    assert [row.key for row in store.properties(page.id)] == [emoji]
    browser.send(path, 400, setting="other", value="x")
    assert store.page(page.id).version == number


def test_labels(browser: Browser, store: Store, page: PageRow) -> None:
    shown = browser.send(f"/pages/{page.id}/labels", labels=" ops  Runbook ")
    assert "The labels were added." in shown
    assert store.page(page.id).labels == ("ops", "runbook")
    browser.send(f"/pages/{page.id}/labels/remove", label="ops")
    assert store.page(page.id).labels == ("runbook",)
    assert "not allowed" in browser.send(f"/pages/{page.id}/labels", 400, labels="good a:b")
    assert store.page(page.id).labels == ("runbook",)


def test_files(browser: Browser, store: Store, page: PageRow) -> None:
    path = f"/pages/{page.id}/files"
    shown = browser.upload(path, "pörts & more.csv", b"one", author="Ben", comment="first")
    assert "The file was attached." in shown
    assert "version 1 by Ben, 3 bytes: “first”" in shown
    browser.upload(path, "pörts & more.csv", b"three")
    (file,) = store.attachments(page.id)
    assert (file.title, file.version, file.media_type) == ("pörts & more.csv", 2, "text/csv")
    shown = browser.get(f"/spaces/ENG/pages/{page.id}").text
    assert "pörts &amp; more.csv" in shown
    got = browser.get(f"{path}/{file.id}")
    assert got.content == b"three"
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    browser.send(f"{path}/{file.id}/delete")
    assert store.attachments(page.id) == ()
    assert "Choose a file first." in browser.send(path, 400)


def test_a_file_belongs_to_its_page(browser: Browser, store: Store, page: PageRow) -> None:
    other = store.create_page("ENG", "Other", "")
    file = store.attach(other.id, "a.txt", b"a")
    assert browser.get(f"/pages/{page.id}/files/{file.id}").status_code == 404
    browser.send(f"/pages/{page.id}/files/{file.id}/delete", 404)
    assert store.attachments(other.id) == (file,)


def test_a_page_is_placed_among_its_siblings(browser: Browser, store: Store, page: PageRow) -> None:
    rows = {name: store.create_page("ENG", name, "", page.id) for name in "BCA"}
    path = f"/pages/{rows['A'].id}/place"

    def order() -> str:
        return "".join(sorted(rows, key=lambda name: store.page(rows[name].id).position))

    shown = browser.get(f"/spaces/ENG/pages/{rows['A'].id}").text.partition('name="target"')[2]
    assert re.findall(r'<option value="\d+">([^<]+)', shown) == ["B", "C"]
    assert "The page was moved." in browser.send(path, where="before", target=rows["B"].id)
    assert order() == "ABC"
    browser.send(path, where="after", target=rows["B"].id)
    assert order() == "BAC"
    browser.send(path, 400, where="beside", target=rows["B"].id)
    browser.send(path, 404, where="after", target="7")
    assert "in the order of their titles" in browser.send(f"/pages/{page.id}/sort")
    assert order() == "ABC"
    assert store.page(rows["A"].id).version == 1


def test_a_page_gets_another_owner(browser: Browser, store: Store, page: PageRow) -> None:
    store.add_user("Ben")
    assert "The page has its new owner." in browser.send(f"/pages/{page.id}/owner", author="Ben")
    now = store.page(page.id)
    assert (now.owner, now.version) == ("Ben", page.version)
    assert "The owner is Ben." in browser.get(f"/spaces/ENG/pages/{page.id}").text


def test_a_page_is_restricted_to_users(browser: Browser, store: Store, page: PageRow) -> None:
    store.add_user("Ben")
    path = f"/pages/{page.id}/restrictions"
    said = browser.send(path, operation="update", user="Ben")
    assert "The restrictions were changed." in said
    assert 'value="Ben" checked' in said
    assert store.allowed(page.id, "update", "user") == ("Ben",)
    browser.send(path, 400, operation="delete", user="Ben")
    browser.send(path, 400, operation="read", user="No such person")
    browser.send(path, operation="update")
    assert store.allowed(page.id, "update", "user") == ()


def test_every_form_of_a_page_is_one_that_is_tested_here(
    browser: Browser, store: Store, page: PageRow
) -> None:
    store.create_page("ENG", "Sibling", "", page.parent_id)
    shown = browser.get(f"/spaces/ENG/pages/{page.id}").text
    words = {one.removeprefix(f"/pages/{page.id}/") for one in actions(shown)}
    known = {"comment", "rename", "move", "place", "sort", "labels", "settings", "files", "delete"}
    assert words == known | {"owner", "restrictions"}


def _forms() -> list[str]:
    """Return the addresses of all forms of the browser pages."""
    rules = application("cloud", "/wiki").url_map.iter_rules()
    return sorted(
        rule.rule
        for rule in rules
        if rule.endpoint.startswith("web-") and "POST" in (rule.methods or ())
    )


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Referer": "https://evil.example/wiki/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


def test_no_form_of_another_site_is_taken(sandbox: Sandbox, store: Store, page: PageRow) -> None:
    file = store.attach(page.id, "a.txt", b"a")
    writes: list[int] = []
    store.database.on_write.append(lambda: writes.append(1))
    forms = _forms()
    assert len(forms) == 17
    given = {"title": "T", "key": "HR", "labels": "x", "label": "x", "text": "one", "parent": "top"}
    given |= {"setting": "content-appearance-published", "value": "x"}
    with requests.Session() as session:
        for form, headers in product(forms, FOREIGN):
            path = form.replace("<key>", "ENG").replace("<page_id>", page.id)
            url = sandbox.url.removesuffix("/wiki") + path.replace("<file_id>", file.id)
            answer = session.post(url, data=given, headers=headers, timeout=10)
            assert answer.status_code == 403, (form, headers)
            assert "another site" in answer.text
    assert writes == []


def test_what_is_typed_is_escaped_wherever_it_is_shown(browser: Browser, store: Store) -> None:
    store.create_space("ENG", HOSTILE, "Home")
    page = store.create_page("ENG", HOSTILE, "<p>x</p>", author=HOSTILE)
    store.create_folder("ENG", HOSTILE)
    store.create_post("ENG", HOSTILE, "<p>x</p>", author=HOSTILE)
    store.attach(page.id, HOSTILE, b"x", author=HOSTILE, comment=HOSTILE)
    store.trash(store.create_page("ENG", f"2 {HOSTILE}", "").id)
    where = f"/spaces/ENG/new?kind={HOSTILE}&title={HOSTILE}&body={HOSTILE}"
    for path in ("/", "/spaces/ENG", f"/spaces/ENG/pages/{page.id}?done={HOSTILE}", where):
        shown = browser.get(path).text
        assert unescape(shown).count("<script") >= 1
        assert "<script" not in shown
        assert "<img" not in shown


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('<ac:link><ri:page ri:content-title="A &amp; b" /></ac:link>', "<cite>A &amp; b</cite>"),
        (
            '<ac:link><ri:page ri:content-title="A" /><ac:plain-text-link-body>'
            "<![CDATA[its <text>]]></ac:plain-text-link-body></ac:link>",
            "its &lt;text&gt;",
        ),
        (
            '<ac:link><ri:page ri:content-title="A" /><ac:link-body>all <strong>of</strong> it'
            "</ac:link-body></ac:link>",
            "all <strong>of</strong> it",
        ),
        ('<ac:link><ri:attachment ri:filename="a.csv" /></ac:link>', "<cite>a.csv</cite>"),
        ('<ac:link ac:anchor="Ports" />.', "<cite>Ports</cite>."),
        ('<ac:link><ri:space ri:space-key="HR" /></ac:link>', "<cite>HR</cite>"),
        (
            f'<ac:link><ri:user ri:account-id="{account_id("Ana Lima")}" /></ac:link>, and you',
            "<cite>@Ana Lima</cite>, and you",
        ),
        (
            f'<ac:link><ri:user ri:userkey="{user_key("Ana Lima")}" /></ac:link>',
            "<cite>@Ana Lima</cite>",
        ),
        ('<ac:link><ri:user ri:username="who" /></ac:link>', "<cite>@who</cite>"),
        ('<ac:image><ri:attachment ri:filename="a.png" /></ac:image>', "<cite>a.png</cite>"),
        ('<ac:image><ri:url ri:value="https://x/?a&amp;b" /></ac:image>', "<cite>https://x/?a&amp;b</cite>"),
        ('<time datetime="2026-02-12" />', "2026-02-12"),
        ("<ac:link><ri:page", "&lt;ri:page"),
    ],
)  # fmt: skip
def test_mentions_and_links_are_shown_once_and_in_full(body: str, html: str) -> None:
    names = {account_id("Ana Lima"): "Ana Lima", user_key("Ana Lima"): "Ana Lima"}
    assert to_html(body, names) == html


def test_a_page_names_the_people_that_it_mentions(
    browser: Browser, store: Store, space: SpaceRow
) -> None:
    store.add_user("Ana Lima")
    body = f'<p><ac:link><ri:user ri:account-id="{account_id("Ana Lima")}" /></ac:link></p>'
    page = store.create_page("ENG", "Owners", body)
    shown = browser.get(f"/spaces/ENG/pages/{page.id}").text
    assert shown.partition("<details>")[0].count("@Ana Lima") == 1
