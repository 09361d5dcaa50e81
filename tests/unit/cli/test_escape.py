"""Text of a server or a file, as a terminal and a CI system read it."""

from __future__ import annotations

import json
import re
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confsync.cli.escape import json_line, safe, safe_lines, without_commands

ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
SURROGATE = re.compile(r"[\ud800-\udfff]")


def test_every_end_of_a_line_is_made_visible() -> None:
    assert {chr(n) for n in range(sys.maxunicode + 1) if len(f"a{chr(n)}b".splitlines()) > 1} == {
        *ENDS
    }
    assert safe("a\nb\u2028c") == r"a\x0ab\u2028c"
    assert len(safe(f"a{ENDS}b").splitlines()) == 1


@pytest.mark.parametrize(
    "character", ["\x1b", "\x9b", "\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\ud800"]
)
def test_what_steers_a_terminal_or_is_not_seen_is_made_visible(character: str) -> None:
    for made in (safe(f"a{character}b"), safe_lines(f"a{character}b")):
        assert re.fullmatch(r"a\\(x[0-9a-f]{2}|u[0-9a-f]{4})b", made)


@pytest.mark.parametrize(
    "text", ["Tab\tand umlaut \u00fc", "\U0001f469\u200d\U0001f52c", "a\u200cb"]
)
def test_what_people_write_stays(text: str) -> None:
    assert safe(text) == text


def _obeys(line: str) -> bool:
    """Return whether GitHub's runner finds a command in a line: ActionCommand.TryParse."""
    return line.lstrip().startswith("::") or re.search(r"##(vso|teamcity)?\[", line) is not None


@pytest.mark.parametrize(
    "text", ["::error::x", " \t::add-mask::e", "a ##[add-mask]e", "##vso[task.x]", "##[##[x"]
)
def test_a_ci_system_finds_no_command(text: str) -> None:
    assert _obeys(text)
    assert not _obeys(safe(text))
    lines = without_commands(f"one\n{text}\n\n  {text}\r{text}\n")
    # .NET's ReadLine, with which the runners read, ends a line at a carriage return, too.
    assert not any(map(_obeys, re.split("\r\n|[\r\n]", lines)))
    assert not _obeys(json_line({"title": text}))
    assert json.loads(json_line({"title": text})) == {"title": text}


def test_what_is_no_command_stays_as_it_is() -> None:
    text = "a::b\n# ## heading\n :: \n"
    assert without_commands(text) == "a::b\n# ## heading\n \\x3a: \n"


# Hypothesis alone makes half a pair in one text of two hundred.
@example("\ud800")
@example("\udfff and \\\ud800")
@example("\udfff\ud800\udfff\\ud800")
@given(st.text() | st.text('\ud800\udfff\\u#["d'))
def test_json_is_ascii_and_has_no_half_of_a_pair(text: str) -> None:
    dumped = json_line({"a": [text]})
    assert dumped.isascii()
    assert len(dumped.splitlines()) == 1
    read = json.loads(dumped)["a"][0]
    read.encode("utf-8")  # a reader that is strict has no half of a pair
    wanted = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert read == SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", wanted)
