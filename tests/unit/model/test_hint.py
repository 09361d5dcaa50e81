from __future__ import annotations

import pytest

from confsync.model.hint import MIRROR, Standpoint, fill, marked, typed

# In a directory of a mirror, and above the mirror with `-C "my wiki"`.
BELOW = Standpoint("../{}".format, "../{}".format)
ABOVE = Standpoint(str, "my wiki/{}".format)
A, B = marked("E/a"), marked("E/it's {b} & c")


@pytest.mark.parametrize(
    ("text", "standpoint", "shown"),
    [
        (f"'git add {B}' adds it", MIRROR, "'git add \"E/it's {b} & c\"' adds it"),
        (f"'confsync push {A}'; edit {A}", BELOW, "'confsync push ../E/a'; edit ../E/a"),
        (f"'mv {B} {A}'", ABOVE, '\'mv "my wiki/E/it\'s {b} & c" "my wiki/E/a"\''),
        (f"'rm {A} && git add {A}'", ABOVE, "'rm \"my wiki/E/a\" && git add E/a'"),
        (f"'git show HEAD:./{A} >> {A}'", ABOVE, "'git show HEAD:./E/a >> \"my wiki/E/a\"'"),
        ("the title '{path}' is taken", BELOW, "the title '{path}' is taken"),
    ],
)
def test_a_path_is_typed_where_the_command_starts(
    text: str, standpoint: Standpoint, shown: str
) -> None:
    assert typed(text, standpoint) == shown


def test_a_hint_of_a_page_names_its_path() -> None:
    hint = fill("'confsync check {path}'", "E/a b.xhtml", BELOW)
    assert hint == "'confsync check \"../E/a b.xhtml\"'"
