"""The page of the library names everything that the package offers to programs."""

from __future__ import annotations

import dataclasses
import re

import confsync
from confsync.api import Wiki, WikiPage
from confsync.cli.manual.topics import find


def test_every_public_name_is_on_the_page() -> None:
    text = find("library").text
    methods = [name for name in vars(Wiki) if not name.startswith("_")]
    fields = [field.name for field in dataclasses.fields(WikiPage)]
    missing = [
        name
        for name in (*confsync.__all__, *methods, *fields)
        if not re.search(rf"\b{name}\b", text)
    ]
    assert missing == []


def test_its_code_can_be_compiled() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", find("library").text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        compile(block, "library.md", "exec")
