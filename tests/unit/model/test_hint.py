from __future__ import annotations

import pytest

from confsync.errors import DocumentError, FileError
from confsync.model.diagnosis import Check
from confsync.model.hint import MIRROR, Standpoint, fill, marked, mentioned, typed
from confsync.model.outcome import Outcome, PageResult
from confsync.model.result import Problem, Result

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


def test_a_path_in_a_sentence_has_no_quotes() -> None:
    path = mentioned("E/it's {b} & c")
    assert typed(f"{path} is here: 'rm {A}'", BELOW) == "../E/it's {b} & c is here: 'rm ../E/a'"
    assert typed(f"{path}, {mentioned('E/d')}", MIRROR) == "E/it's {b} & c, E/d"


def test_an_error_says_its_paths_without_marks() -> None:
    assert str(FileError(f"{mentioned('E/a')}: is a link; see {A}")) == "E/a: is a link; see E/a"


def test_the_problem_of_a_document_names_its_path() -> None:
    problem = Problem.of(DocumentError("E/a b.xhtml", 3, "the title is missing"))
    (told,) = Result("push", errors=(problem,)).typed(BELOW).errors
    assert told.message == "../E/a b.xhtml:3: the title is missing"


def test_each_text_of_a_result_names_its_paths() -> None:
    path = mentioned("E/a")
    page = PageResult("E/b", Outcome.FAILED, error=f"see {path}", note=f"from {path}")
    check = Check("git", f"no {path}")
    told = Result("push", (page,), notes=(path,), warnings=(path,), checks=(check,)).typed(BELOW)
    assert (told.notes, told.warnings) == (("../E/a",), ("../E/a",))
    assert (told.pages[0].error, told.pages[0].note) == ("see ../E/a", "from ../E/a")
    assert told.checks[0].message == "no ../E/a"
