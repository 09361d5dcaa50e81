"""Addresses as people copy them from a browser."""

from __future__ import annotations

import pytest

from confsync.errors import UsageError
from confsync.model.url import Address, parse

CLOUD = "https://acme.atlassian.net/wiki"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"{CLOUD}/spaces/ENG", Address(CLOUD, "ENG")),
        (f"{CLOUD}/spaces/ENG/", Address(CLOUD, "ENG")),
        (f"{CLOUD}/spaces/ENG/overview", Address(CLOUD, "ENG")),
        (f"{CLOUD}/spaces/ENG/overview?homepageId=7", Address(CLOUD, "ENG")),
        (f"{CLOUD}/spaces/ENG/pages", Address(CLOUD, "ENG")),
        (f"{CLOUD}/spaces/ENG/pages/98310", Address(CLOUD, "ENG", "98310")),
        (f"{CLOUD}/spaces/ENG/pages/98310/", Address(CLOUD, "ENG", "98310")),
        (f"{CLOUD}/spaces/ENG/pages/98310/A+title%2Fx#part", Address(CLOUD, "ENG", "98310")),
        (f"{CLOUD}/spaces/ENG/pages/98310/spaces/OPS/pages/1", Address(CLOUD, "ENG", "98310")),
        (f"{CLOUD}/spaces/ENG/pages/edit-v2/98310?draftShareId=x", Address(CLOUD, "ENG", "98310")),
        (f"{CLOUD}/spaces/~5b10ac8d/pages/7", Address(CLOUD, "~5b10ac8d", "7")),
        (f"{CLOUD}/spaces/%7Eana/overview", Address(CLOUD, "~ana")),
        ("HTTPS://acme.atlassian.net/wiki/spaces/ENG", Address(CLOUD, "ENG")),
        ("https://wiki.acme.com/display/ENG", Address("https://wiki.acme.com", "ENG")),
        ("https://acme.com/wiki/display/~ana/", Address("https://acme.com/wiki", "~ana")),
        (
            "https://acme.com/a/b/spaces/ENG/pages/7/T",
            Address("https://acme.com/a/b", "ENG", "7"),
        ),
        ("http://localhost:8090/spaces/ENG", Address("http://localhost:8090", "ENG")),
    ],
)
def test_an_address_is_taken_apart(text: str, address: Address) -> None:
    assert parse(text) == address


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "does not name a space"),
        ("ENG", "does not name a space"),
        (CLOUD, "does not name a space"),
        (f"{CLOUD}/spaces/", "does not name a space"),
        (f"{CLOUD}/x/AbCd", "does not name a space"),
        ("https://wiki.acme.com/pages/viewpage.action?pageId=7", "does not name a space"),
        ("https://wiki.acme.com/spaces/viewspace.action?key=ENG", "does not name a space"),
        ("https://wiki.acme.com/display/ENG/Deployment+guide", "by its title"),
        ("acme.atlassian.net/wiki/spaces/ENG", "is not a URL"),
        ("http://acme.atlassian.net/wiki/spaces/ENG", "unencrypted"),
        ("https://me:secret@acme.net/wiki/spaces/ENG", "contains credentials"),
        ("https://[::1/wiki/spaces/ENG", "is not a URL"),
        ("file:///wiki/spaces/ENG", "is not a URL"),
    ],
)
def test_an_address_that_names_no_space_is_a_usage_error_with_a_hint(
    text: str, problem: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert problem in caught.value.message
    assert caught.value.hint
