"""The table of hints has each hint of the code, and each test that it names."""

from __future__ import annotations

from pathlib import Path

from tests.hints.code import hints, pattern_of, quoted_words
from tests.hints.journal import Journal, commands_in
from tests.hints.table import TYPED, UNTYPED

ROOT = Path(__file__).parents[2]


def test_each_hint_of_the_code_is_typed_by_a_test() -> None:
    assert sorted(hints() - set(TYPED) - set(UNTYPED)) == []


def test_the_table_names_hints_of_the_code_alone() -> None:
    assert sorted({*TYPED, *UNTYPED} - hints()) == []


def test_a_path_of_the_mirror_is_marked_and_not_merely_quoted() -> None:
    # All else that is quoted: texts, addresses, and paths as they were typed or from the root.
    others = {"title", "url", "page", "one", "place", "f'{file}.json'"}
    others |= {f"str({name})" for name in ("path", "other", "place", "directory", "root")}
    typed = {"cli/bulk/options.py", "bulk/xpath.py"}  # they quote what a person typed
    found = {
        (module, word)
        for module, word in quoted_words()
        if word not in others and module not in typed
    }
    assert found == set()


def test_no_hint_waits_for_its_test() -> None:
    assert [hint for hint, why in UNTYPED.items() if "no test" in why] == []


def test_each_test_of_the_table_stands_there() -> None:
    for test in set(TYPED.values()):
        path, _, name = test.partition("[")[0].partition("::")
        assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8"), test


def test_a_hint_counts_if_it_was_read_before_it_was_typed() -> None:
    journal = Journal()
    text = "hint: 'confsync pull --theirs \"ENG/a b.xhtml\"' takes it; 'git add x' adds it\n"
    journal.type(("git", "add", "x"))
    journal.print(text)
    journal.type("confsync pull --theirs 'ENG/a b.xhtml'")
    assert journal.typed == ["'confsync pull --theirs \"ENG/a b.xhtml\"' takes it"]
    assert commands_in(text) == ['confsync pull --theirs "ENG/a b.xhtml"', "git add x"]


def test_a_pattern_has_any_text_in_the_variable_parts() -> None:
    pattern = pattern_of("push/order.py: 'confsync push {}' must come first")
    assert pattern.match("'confsync push ENG/a.xhtml' must come first")
    assert not pattern.match("'confsync push' must come first")
