"""Settings in front matter: values round-trip, and no other byte changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.document import document
from confsync.document.document import Fields
from confsync.document.settings.values import canonical, digest, shown, stored
from confsync.errors import DocumentError
from confsync.model.stamp import Property, Stamp

STAMP = Stamp("10", 2, "a" * 32, "9", properties=(Property("k: é", 2, "b" * 32),))
PLAIN = document.render("T", "<p>x</p>", STAMP).decode()
HEAD = "---\ntitle: T\n"
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
LINES = (
    "",
    "width: default  # mine\nproperties:\n  # mine, too\n  z: 1  # k\n  a:\n    - 2\n",
    "properties: {}\n",
    "properties: {a: 1, 'b c': [x]}\n",
    "properties:\n",
    "emoji: |\n  x\nproperties: null  # none\n",
)


def with_lines(lines: str) -> str:
    return PLAIN.replace(HEAD, HEAD + lines)


@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(value=VALUES, key=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_each_value_reads_back(lines: str, end: str, value: object, key: str) -> None:
    raw = with_lines(lines).replace("\n", end).encode()
    before = document.parse(raw, "")
    given = None if value is None else canonical(value)
    text = canonical(str(value))
    changes = {f"properties.{key}": given, "width": text, "cover": None}
    after = document.parse(document.update(before, STAMP, Fields(settings=changes)), "")
    expected = {**before.settings, **changes}
    expected[f"properties.{key}"] = given or "null"
    assert after.settings == {**expected, "cover": "null"}
    assert (after.stamp, after.title, after.body) == (STAMP, "T", "<p>x</p>")


def test_no_other_byte_changes() -> None:
    lines = (
        "# first\nwidth:   default  # mine\nproperties:\n  # mine, too\n  z: 1  # k\nmine: 'x'\n"
    )
    found = document.parse(with_lines(lines).encode(), "")
    changes = {"width": '"full"', "properties.z": "2", "properties.y": '["x"]'}
    after = document.update(found, STAMP, Fields(settings=changes)).decode()
    assert after == with_lines(
        "# first\nwidth:   full  # mine\nproperties:\n  # mine, too\n"
        "  \"y\": [x]\n  z: 2  # k\nmine: 'x'\n"
    )


@pytest.mark.parametrize(
    ("name", "there", "here"),
    [
        ("width", "full-width", "full"),
        ("width", "default", "default"),
        ("emoji", "1f680", "🚀"),
        ("emoji", "1f469-200d-1f4bb", "👩‍💻"),
        ("emoji", "31-fe0f-20e3", "1️⃣"),
        ("emoji", "a9", "©"),
        ("emoji", "00a9", "00a9"),
        ("emoji", "d800", "d800"),
        ("emoji", "face", "face"),
        ("cover", '{"id":"x","position":50}', '{"id":"x","position":50}'),
    ],
)
def test_a_file_shows_what_a_server_stores(name: str, there: str, here: str) -> None:
    assert json.loads(shown(name, canonical(there)) or "") == here
    assert json.loads(stored(name, canonical(here)) or "") == there
    assert digest(name, canonical(here)) == digest(name, canonical(there))


@pytest.mark.parametrize("value", [float("nan"), "\ud800", {"a": ["\udfff"]}])
def test_what_no_file_can_hold_has_no_text(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


def test_what_is_nested_too_deeply_has_no_text() -> None:
    value: object = 1
    for _ in range(50):
        value = [value]
    with pytest.raises(ValueError, match="nested"):
        canonical(value)


@pytest.mark.parametrize("lines", ["properties: [a]\n", "properties: text\n"])
def test_properties_that_are_no_map_are_told(lines: str) -> None:
    found = document.parse(with_lines(lines).encode(), "")
    with pytest.raises(DocumentError, match="must be 'key: value' lines"):
        document.update(found, STAMP, Fields(settings={"properties.a": "1"}))


@pytest.mark.parametrize(
    "block",
    [
        '    "k": {version: 0, digest: ' + "a" * 32 + "}\n",
        '    "k": {version: 1, digest: x}\n',
        '    "k": {version: 1}\n',
        '    "k": 1\n',
        '    "k": {version: 1, digest: ' + "a" * 32 + ", id: 3}\n",
        2 * ('    "k": {version: 1, digest: ' + "a" * 32 + "}\n"),
    ],
)
def test_a_stamp_that_a_person_wrote_is_refused(block: str) -> None:
    text = PLAIN.replace(PLAIN[PLAIN.index('    "k') : PLAIN.index("---\n<p>")], block)
    with pytest.raises(DocumentError):
        document.parse(text.encode(), "")
