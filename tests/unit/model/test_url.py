"""Addresses as people copy them from a browser, or type them."""

from __future__ import annotations

import pytest

from confsync.errors import UsageError
from confsync.model.url import Address, Target, parse, server_of

CLOUD = "https://acme.atlassian.net/wiki"
CENTER = "https://wiki.acme.com"
INSIDE = "https://acme.com/confluence"
LOCAL = "http://127.0.0.1:8090/wiki"

SPACE, BLOG, PAGE, TITLE, FOLDER = Target

# Every address that a person can copy or type, and what it names. The flows clone from this list.
ADDRESSES = [
    # a space of Cloud
    (f"{CLOUD}/spaces/ENG", Address(CLOUD, "ENG")),
    (f"{CLOUD}/spaces/ENG/", Address(CLOUD, "ENG")),
    (f"{CLOUD}/spaces/ENG/overview", Address(CLOUD, "ENG")),
    (f"{CLOUD}/spaces/ENG/overview?homepageId=7", Address(CLOUD, "ENG")),
    (f"{CLOUD}/spaces/ENG/pages", Address(CLOUD, "ENG")),
    (f"{CLOUD}/spaces/ENG/calendars", Address(CLOUD, "ENG")),
    (f"{CLOUD}/spaces/%7Eana/overview", Address(CLOUD, "~ana")),
    (f"{CLOUD}/display/ENG", Address(CLOUD, "ENG")),
    # a space of a Data Center
    (f"{CENTER}/display/ENG", Address(CENTER, "ENG")),
    (f"{INSIDE}/display/~ana/", Address(INSIDE, "~ana")),
    (f"{CENTER}/spaces/ENG/overview", Address(CENTER, "ENG")),
    (f"{CENTER}/spaces/viewspace.action?key=ENG", Address(CENTER, "ENG")),
    (f"{INSIDE}/spaces/viewspacesummary.action?key=ENG&x=1", Address(INSIDE, "ENG")),
    (f"{CENTER}/collector/pages.action?key=ENG", Address(CENTER, "ENG")),
    (f"{CENTER}/pages/listpages-dirview.action?key=ENG", Address(CENTER, "ENG")),
    # a page by its id
    (f"{CLOUD}/spaces/ENG/pages/98310", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/ENG/pages/98310/", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/ENG/pages/98310/A+title%2Fx#part", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/ENG/pages/98310/spaces/OPS/pages/1", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/ENG/pages/98310/2026", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/ENG/pages/edit-v2/98310?draft=x", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/ENG/history/98310", Address(CLOUD, "ENG", PAGE, "98310")),
    (f"{CLOUD}/spaces/~5b10ac8d/pages/7", Address(CLOUD, "~5b10ac8d", PAGE, "7")),
    (f"{INSIDE}/spaces/ENG/pages/7/T", Address(INSIDE, "ENG", PAGE, "7")),
    (f"{CLOUD}/pages/viewpage.action?pageId=7", Address(CLOUD, "", PAGE, "7")),
    (f"{CENTER}/pages/viewpage.action?pageId=7", Address(CENTER, "", PAGE, "7")),
    (f"{CENTER}/pages/viewinfo.action?pageId=7", Address(CENTER, "", PAGE, "7")),
    (f"{INSIDE}/pages/viewpreviousversions.action?pageId=7", Address(INSIDE, "", PAGE, "7")),
    (f"{CENTER}/pages/editpage.action?pageId=7&x=y", Address(CENTER, "", PAGE, "7")),
    (f"{CENTER}/spaces/ENG/pages/viewpage.action?pageId=7", Address(CENTER, "ENG", PAGE, "7")),
    # a page by a short link
    (f"{CLOUD}/x/AgAK", Address(CLOUD, "", PAGE, "655362")),
    (f"{CENTER}/x/AwBiAg", Address(CENTER, "", PAGE, "39976963")),
    (f"{CENTER}/x/-_-_", Address(CENTER, "", PAGE, "16707583")),
    (f"{CLOUD}/pages/tinyurl.action?urlIdentifier=AgAK", Address(CLOUD, "", PAGE, "655362")),
    # a page by its title
    (
        f"{CENTER}/display/ENG/Deployment+guide",
        Address(CENTER, "ENG", TITLE, "Deployment guide"),
    ),
    (f"{INSIDE}/display/~ana/C%2B%2B%3F/", Address(INSIDE, "~ana", TITLE, "C++?")),
    (f"{CLOUD}/display/ENG/Caf%C3%A9?src=search#x", Address(CLOUD, "ENG", TITLE, "Café")),
    (f"{CENTER}/display/ENG/2026", Address(CENTER, "ENG", TITLE, "2026")),
    (
        f"{CENTER}/pages/viewpage.action?spaceKey=ENG&title=Q%26A+page",
        Address(CENTER, "ENG", TITLE, "Q&A page"),
    ),
    # a blog
    (f"{CLOUD}/spaces/ENG/blog", Address(CLOUD, "ENG", BLOG)),
    (f"{CLOUD}/spaces/ENG/blog/2026/01/31/98310/News", Address(CLOUD, "ENG", BLOG)),
    (f"{CENTER}/display/ENG/2026/01/31/News", Address(CENTER, "ENG", BLOG)),
    # a folder
    (f"{CLOUD}/spaces/ENG/folder/98310", Address(CLOUD, "ENG", FOLDER, "98310")),
    (f"{CLOUD}/spaces/ENG/folder/98310?x=1", Address(CLOUD, "ENG", FOLDER, "98310")),
    # as people type them
    ("acme.atlassian.net/wiki/spaces/ENG", Address(CLOUD, "ENG")),
    ("acme.atlassian.net/spaces/ENG", Address(CLOUD, "ENG")),
    (f" <{CLOUD}/spaces/ENG> ", Address(CLOUD, "ENG")),
    ("wiki.acme.com/x/AgAK", Address(CENTER, "", PAGE, "655362")),
    ("127.0.0.1:8090/wiki/spaces/ENG", Address(LOCAL, "ENG")),
    ("localhost:8090/display/ENG", Address("http://localhost:8090", "ENG")),
    ("[::1]:8090/display/ENG", Address("http://[::1]:8090", "ENG")),
    ("HTTPS://acme.atlassian.net/wiki/spaces/ENG", Address(CLOUD, "ENG")),
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_an_address_is_taken_apart(text: str, address: Address) -> None:
    assert parse(text) == address


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_the_server_of_an_address_is_its_base_url(text: str, address: Address) -> None:
    assert server_of(text) == address.url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (CLOUD, CLOUD),
        (f"{CLOUD}/", CLOUD),
        (f"{CLOUD}/home", CLOUD),
        ("https://acme.atlassian.net", CLOUD),
        ("acme.atlassian.net", CLOUD),
        (CENTER, CENTER),
        (f"{CENTER}/index.action#all-updates", CENTER),
        (f"{INSIDE}/dashboard.action", INSIDE),
        ("acme.com/confluence", INSIDE),
        ("127.0.0.1:8090/wiki", LOCAL),
    ],
)
def test_a_base_url_is_the_one_of_its_server(text: str, url: str) -> None:
    assert server_of(text) == url


@pytest.mark.parametrize("link", ["/l/cp/a1B2-c3_", "/l/c/a1B2c3", "/wiki/l/cp/a1B2c3?atlOrigin=x"])
def test_a_copied_link_of_cloud_is_followed_in_the_browser(link: str) -> None:
    with pytest.raises(UsageError, match="names no space and no page") as caught:
        parse(f"https://acme.atlassian.net{link}")
    assert caught.value.hint.startswith("open this short link in the browser")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not a URL"),
        ("ENG", "names no space and no page"),
        (CLOUD, "names no space and no page"),
        (f"{CLOUD}/home", "names no space and no page"),
        (f"{CLOUD}/spaces/", "names no space and no page"),
        (f"{CLOUD}/display/", "names no space and no page"),
        (f"{CLOUD}/x/", "names no space and no page"),
        (f"{CLOUD}/x/no.code", "names no space and no page"),
        (f"{CLOUD}/x/AAAA", "names no space and no page"),
        (f"{CENTER}/pages/viewpage.action?pageId=seven", "names no space and no page"),
        (f"{CENTER}/login.action", "names no space and no page"),
        (f"{CLOUD}/spaces/ENG/whiteboard/98310", "names a whiteboard"),
        (f"{CLOUD}/spaces/ENG/database/98310", "names a database"),
        (f"{CLOUD}/spaces/ENG/embed/98310", "names a link to another site"),
        (f"{CLOUD}/spaces/ENG/hologram/98310", "content of another kind (hologram)"),
        ("http://acme.atlassian.net/wiki/spaces/ENG", "unencrypted"),
        ("https://me:secret@acme.net/wiki/spaces/ENG", "contains credentials"),
        ("me:secret@acme.net/wiki/spaces/ENG", "contains credentials"),
        ("https://[::1/wiki/spaces/ENG", "is not a URL: Invalid IPv6 URL"),
        ("https://acme.net:port/wiki/spaces/ENG", "has a port that no server can have"),
        ("file:///wiki/spaces/ENG", "is not a URL"),
        ("/wiki/spaces/ENG", "is not a URL"),
    ],
)
def test_an_address_of_anything_else_is_a_usage_error_with_a_hint(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert problem in caught.value.message
    assert caught.value.hint
