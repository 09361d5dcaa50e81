"""The little browser."""

from __future__ import annotations

import re
from html import unescape

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox, SpaceRow, Store
from confsync.sandbox.bodies.html import to_html

HOSTILE = '<script>alert(1)</script><img src="x" onerror="y" />'


def get(sandbox: Sandbox, path: str) -> requests.Response:
    return requests.get(sandbox.url.removesuffix("/wiki") + path, timeout=10)


def fields(html: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))


def edit_path(page: PageRow) -> str:
    return f"/wiki/spaces/ENG/pages/edit-v2/{page.id}"


def save(sandbox: Sandbox, page: PageRow, given: dict[str, str]) -> requests.Response:
    url = sandbox.url.removesuffix("/wiki") + edit_path(page)
    form = {"title": page.title, "body": page.body, "author": "Ana", **given}
    return requests.post(url, data=form, timeout=10)


def test_from_the_spaces_to_a_page(
    sandbox: Sandbox, page: PageRow, space: SpaceRow, store: Store
) -> None:
    folder = store.create_folder("ENG", "A folder")
    inside = store.create_page("ENG", "In & out", "", parent=folder.id)
    front = get(sandbox, "/").text
    assert "Engineering" in front
    assert "/wiki/spaces/ENG" in front
    tree = get(sandbox, "/wiki/spaces/ENG").text
    assert tree.index("Home") < tree.index("Guide") < tree.index("A folder")
    assert f"/wiki/spaces/ENG/pages/{inside.id}/In+%26+out" in tree
    assert "In &amp; out" in tree
    shown = get(sandbox, f"/wiki/spaces/ENG/pages/{page.id}/Guide").text
    assert "<p>one</p>" in shown
    assert "Version 1 by Ana" in shown
    assert get(sandbox, f"/wiki/spaces/ENG/pages/{page.id}").text == shown


def test_the_links_of_the_api_work_in_the_browser(sandbox: Sandbox, page: PageRow) -> None:
    url = f"{sandbox.url}/api/v2/pages/{page.id}"
    links = requests.get(url, auth=(sandbox.user, sandbox.token), timeout=10).json()["_links"]
    for name in ("webui", "editui", "edituiv2", "tinyui"):
        answer = requests.get(links["base"] + links[name], timeout=10)
        assert answer.status_code == 200
        assert "Guide" in answer.text


def test_saving_as_a_colleague(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    form = get(sandbox, edit_path(page)).text
    given = {**fields(form), "body": "<p>two\r\nlines</p>", "author": "Ben", "message": "web"}
    answer = save(sandbox, page, given)
    assert answer.history[0].status_code == 303
    assert "Version 2 by Ben" in answer.text
    now = store.page(page.id)
    assert (now.body, now.author, now.message) == ("<p>two\nlines</p>", "Ben", "web")


@pytest.mark.parametrize("body", ["<p>x</p>", "\n\n<p>&amp;amp; &lt;</textarea>\n", "", " "])
def test_the_form_holds_exactly_the_body(
    sandbox: Sandbox, page: PageRow, store: Store, body: str
) -> None:
    store.edit(page.id, body, raw=True)
    form = get(sandbox, edit_path(page)).text
    held = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL)
    assert held is not None  # a browser drops the newline after the tag
    assert unescape(held[1]) == body


def test_saving_after_another_user_saved(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    opened = fields(get(sandbox, edit_path(page)).text)
    store.edit(page.id, "<p>Ben's</p>", author="Ben")
    answer = save(sandbox, page, {**opened, "body": "<p>my long text</p>"})
    assert answer.status_code == 409
    assert "Not saved: Ben saved version 2 after you opened version 1" in answer.text
    assert "&lt;p&gt;my long text&lt;/p&gt;" in answer.text
    assert fields(answer.text) == opened
    assert store.page(page.id).body == "<p>Ben's</p>"


def test_saving_after_another_user_commented(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    opened = fields(get(sandbox, edit_path(page)).text)
    store.comment(page.id, "one")
    answer = save(sandbox, page, {**opened, "body": "<p>x</p>"})
    assert answer.status_code == 409
    assert "without a new version" in answer.text
    assert "inline-comment-marker" in store.page(page.id).body


def test_saving_something_malformed(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    opened = fields(get(sandbox, edit_path(page)).text)
    answer = save(sandbox, page, {**opened, "body": "<p>open"})
    assert answer.status_code == 400
    assert "Error parsing xhtml" in answer.text
    assert "&lt;p&gt;open" in answer.text
    assert store.page(page.id) == page


def test_a_form_without_a_version_saves_nothing(
    sandbox: Sandbox, page: PageRow, store: Store
) -> None:
    assert save(sandbox, page, {}).status_code == 409
    assert store.page(page.id) == page


def test_commenting(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    url = f"{sandbox.url}/pages/{page.id}/comment"
    answer = requests.post(url, data={"text": "one", "author": "Ben"}, timeout=10)
    assert "The comment was added." in answer.text
    assert "<mark>one</mark>" in answer.text
    assert store.page(page.id).version == 1
    answer = requests.post(url, data={"text": "<nowhere>"}, timeout=10)
    assert answer.status_code == 400
    assert "&lt;nowhere&gt;" in answer.text


def test_the_versions(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    store.edit(page.id, "<p>two</p>", author="Ben", message="<i>second</i>")
    listed = get(sandbox, f"/wiki/spaces/ENG/pages/{page.id}/versions").text
    assert "&lt;i&gt;second&lt;/i&gt;" in listed
    old = get(sandbox, f"/wiki/spaces/ENG/pages/{page.id}/versions/1").text
    assert "<p>one</p>" in old
    assert "Current version" in old
    assert get(sandbox, f"/wiki/spaces/ENG/pages/{page.id}/versions/9").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/wiki/spaces/NONE", "/wiki/spaces/ENG/pages/1", "/wiki/x/%20", "/wiki/x/AoAAAAAAAAAAAA"],
)
def test_what_is_not_there(sandbox: Sandbox, path: str) -> None:
    assert get(sandbox, path).status_code == 404


def test_everything_is_escaped(sandbox: Sandbox, store: Store, space: SpaceRow) -> None:
    page = store.create_page("ENG", HOSTILE, HOSTILE, author=HOSTILE, message=HOSTILE)
    for path in (
        "/wiki/spaces/ENG",
        f"/wiki/spaces/ENG/pages/{page.id}",
        f"/wiki/spaces/ENG/pages/{page.id}/versions",
        f"/wiki/spaces/ENG/pages/edit-v2/{page.id}",
    ):
        answer = get(sandbox, path)
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_form_of_another_site_is_refused(sandbox: Sandbox, page: PageRow, store: Store) -> None:
    url = f"{sandbox.url}/pages/{page.id}/comment"
    headers = {"Origin": "https://evil.example"}
    answer = requests.post(url, data={"text": "one"}, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert store.page(page.id) == page


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("<p>a &amp; b &nbsp;</p>", "<p>a &amp; b &nbsp;</p>"),
        ('<p onclick="x" style="y">a</p>', "<p>a</p>"),
        ("<script>x</script>", "x"),
        ('<a href="javascript:x">a</a>', '<a href="#" rel="noreferrer">a</a>'),
        ('<a href=" javascript:x">a</a>', '<a href="#" rel="noreferrer">a</a>'),
        (
            '<a href="https://x/?a=1&amp;b=&quot;">a</a>',
            '<a href="https://x/?a=1&amp;b=&quot;" rel="noreferrer">a</a>',
        ),
        ("<![CDATA[<script>&]]>", "&lt;script&gt;&amp;"),
        ("<!-- <script> -->", ""),
        ("< script>&lt;b", "&lt; script&gt;&lt;b"),
        ("<br /><p />", "<br><p></p>"),
        (
            '<ac:structured-macro ac:name="&lt;b&gt;"><ac:parameter ac:name="x">y</ac:parameter>'
            "<ac:plain-text-body><![CDATA[z]]></ac:plain-text-body></ac:structured-macro>",
            '<div class="macro"><small>&lt;b&gt;</small><pre>z</pre></div>',
        ),
    ],
)
def test_rendering(body: str, html: str) -> None:
    assert to_html(body) == html
