"""Views of bodies name and address what they refer to, as those of real servers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from confsync.sandbox import PageRow, Sandbox
from confsync.sandbox.store.rows import account_id, user_key

from .conftest import Api


@pytest.fixture(params=["cloud", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(flavor=request.param) as running:
        running.store.create_space("ENG", "Engineering", "Home")
        running.store.create_space("OPS", "Operations", "Start")
        yield running


def view(site: Sandbox, body: str, file: str = "") -> tuple[PageRow, str]:
    """Return a new page and its view."""
    page = site.store.create_page("ENG", "Guide", body)
    if file:
        site.store.attach(page.id, file, b"data", "image/png")
    return page, seen(site, page.id)


def seen(site: Sandbox, content_id: str) -> str:
    answer = requests.get(
        f"{site.url}/rest/api/content/{content_id}?expand=body.view",
        auth=(site.user, site.token),
        timeout=10,
    )
    return str(answer.json()["body"]["view"]["value"])


def test_a_link_leads_to_its_page(site: Sandbox) -> None:
    home, start = (site.store.page(site.store.space(key).homepage_id) for key in ("ENG", "OPS"))
    _, html = view(
        site,
        '<p><ac:link><ri:page ri:content-title="Home" /></ac:link> and <ac:link>'
        '<ri:page ri:space-key="OPS" ri:content-title="Start" /><ac:link-body>all <em>of</em> it'
        "</ac:link-body></ac:link></p>",
    )
    cloud = site.flavor == "cloud"
    first = f"/wiki/spaces/ENG/pages/{home.id}/Home" if cloud else "/confluence/display/ENG/Home"
    assert f'<a href="{first}" data-linked-resource-id="{home.id}"' in html
    assert f'data-linked-resource-id="{start.id}"' in html
    assert ">Home</a>" in html
    assert ">all <em>of</em> it</a>" in html


def test_a_picture_and_a_file_have_their_address(site: Sandbox) -> None:
    page, html = view(
        site,
        '<ac:image ac:alt="a &quot;dot&quot;"><ri:attachment ri:filename="a b.png" /></ac:image>'
        '<ac:link><ri:attachment ri:filename="a b.png" /></ac:link>',
        "a b.png",
    )
    (file,) = site.store.attachments(page.id)
    where = f"{site.url}/download/attachments/{page.id}/a%20b.png?version=1&amp;api=v2"
    assert f'src="{where}" data-image-src="{where}"' in html
    assert html.count(f'data-linked-resource-id="{file.id.removeprefix("att")}"') == 2
    assert 'alt="a &quot;dot&quot;"' in html
    assert html.endswith(">a b.png</a>")
    got = requests.get(where.replace("&amp;", "&"), auth=(site.user, site.token), timeout=10)
    assert got.content == b"data"


def test_a_person_is_named_and_linked(site: Sandbox) -> None:
    site.store.add_user("Ana Lima")
    known = f'account-id="{account_id("Ana Lima")}"'
    if site.flavor != "cloud":
        known = f'userkey="{user_key("Ana Lima")}"'
    _, html = view(site, f"<p><ac:link><ri:user ri:{known} /></ac:link></p>")
    assert '<a class="confluence-userlink user-mention"' in html
    assert ">@Ana Lima</a>" in html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('<ac:link><ri:page ri:content-title="No" /></ac:link>', "<cite>No</cite>"),
        ('<ac:image><ri:attachment ri:filename="no.png" /></ac:image>', "<cite>no.png</cite>"),
        ('<ac:image><ri:url ri:value="javascript:x" /></ac:image>', "<cite>javascript:x</cite>"),
    ],
)
def test_a_reference_to_nothing_is_only_named(site: Sandbox, body: str, html: str) -> None:
    assert view(site, body)[1] == html


def test_the_view_of_a_hidden_page_is_no_link(site: Sandbox) -> None:
    hidden = site.store.create_page("ENG", "Secret", "<p>x</p>")
    site.store.restrict(hidden.id)
    _, html = view(site, '<ac:link><ri:page ri:content-title="Secret" /></ac:link>')
    assert html == "<cite>Secret</cite>"


def test_a_comment_shows_the_files_of_its_page(site: Sandbox) -> None:
    page, _ = view(site, "<p>x</p>", "a.png")
    picture = '<ac:image><ri:attachment ri:filename="a.png" /></ac:image>'
    said = site.store.add_comment(page.id, picture)
    assert f"/download/attachments/{page.id}/a.png" in seen(site, said.id)


@pytest.mark.parametrize("kind", ["view", "export_view", "anonymous_export_view", "styled_view"])
def test_single_content_of_v2_has_views(api: Api, page: PageRow, kind: str) -> None:
    body: dict[str, Any] = api.page(page.id, **{"body-format": kind})["body"]
    assert body == {kind: {"representation": kind, "value": "<p>one</p>"}}
    answer = api("GET", f"/api/v2/pages?body-format={kind}")
    assert answer.status_code == 400  # lists have none
