"""A replacement changes its spans and no other byte, in each way in which a file is written."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from confsync.bulk.layout_edits import fitted
from confsync.bulk.link_targets import LinkReplacement, target
from confsync.bulk.passages import Part
from confsync.bulk.queries import MacroQuery
from confsync.bulk.replacements import (
    Insertion,
    MacroRemoval,
    MacroRename,
    Replacement,
    TextReplacement,
)
from confsync.bulk.xpath import XPath
from confsync.document.document import Document
from confsync.document.storage_format import check
from tests.unit.bulk import reference
from tests.unit.bulk.bodies import MACROS, TITLES, WAYS, bodies, read, written

SITE = "https://old.example/wiki"
EVERYWHERE = frozenset(Part)
FRESH = ("omega", "ωμ", "R&D <new>", "]]>", "q\"uo'te", "a]]>b]]>c")


def text(old: str, new: str, *parts: Part, across: bool = True) -> TextReplacement:
    return TextReplacement(
        re.compile(re.escape(old)), lambda found: new, frozenset(parts or {Part.TEXT}), across
    )


def result(document: Document, replacement: Replacement) -> Document:
    """Return the document after a replacement."""
    new = fitted(document, replacement.found(document, "ENG").edits)
    assert new is not None
    return read(new.encode())


def check_outside(old: Document, new: Document, replacement: Replacement) -> None:
    """Check by the spans alone that all else stands in the new file, in its order."""
    edits = replacement.found(old, "ENG").edits
    at, place = 0, 0
    for number, edit in enumerate([*edits, None]):
        kept = old.text[at : edit.start] if edit else old.text[at:]
        if number == 0 or edit is None:
            place = 0 if number == 0 else len(new.text) - len(kept)
        else:
            place = new.text.find(kept, place)
        assert new.text.startswith(kept, place), f"{kept!r} is changed"
        place += len(kept)
        at = edit.end if edit else at


# -- text ------------------------------------------------------------------------------------------


@given(bodies, st.sampled_from(WAYS), st.sampled_from(["alpha", "beta", "été", "b]]c"]))
def test_a_word_and_its_inverse_give_the_file_back(body: str, way: str, word: str) -> None:
    assume("omega" not in body)
    old = read(written(body, way))
    # A word that is written with references, or in several pieces, comes back as a plain word.
    found = text(word, "", *EVERYWHERE).found(old, "ENG").edits
    assume(all(old.text[edit.start : edit.end] == word for edit in found))
    there = text(word, "omega", *EVERYWHERE)
    new = result(old, there)
    check_outside(old, new, there)
    assert Counter(new.text)["ω"] == 0
    assert result(new, text("omega", word, *EVERYWHERE)).text == old.text


@given(bodies, st.sampled_from(WAYS), st.sampled_from(["alpha", "a", " "]), st.sampled_from(FRESH))
def test_lxml_reads_the_new_text_in_the_place_of_the_old(
    body: str, way: str, word: str, fresh: str
) -> None:
    old = read(written(body, way))
    there = text(word, fresh)
    new = result(old, there)
    assert check(new.text[new.body_start :]) is None
    before = reference.texts(old.text[old.body_start :])
    after = reference.texts(new.text[new.body_start :])
    if word == " ":  # a reader sees the blanks beside a new one as one
        assert [one for one in after if one.kind != "text"] == [
            one for one in before if one.kind != "text"
        ]
        return
    assert after == [
        one._replace(text=one.text.replace(word, fresh)) if one.kind == "text" else one
        for one in before
    ]


@given(bodies, st.sampled_from(["alpha", "a", "b"]), st.sampled_from(FRESH))
def test_lxml_reads_new_code_parameters_and_targets_in_their_places(
    body: str, word: str, fresh: str
) -> None:
    old = read(written(body, "lines"))
    for part in (Part.CODE, Part.PARAMS):
        new = result(old, text(word, fresh, part))
        assert reference.texts(new.text[new.body_start :]) == [
            one._replace(text=one.text.replace(word, fresh)) if one.kind == part.value else one
            for one in reference.texts(old.text[old.body_start :])
        ]
    new = result(old, text(word, fresh, Part.LINKS))
    assert reference.texts(new.text[new.body_start :]) == reference.texts(
        old.text[old.body_start :]
    )
    assert _targets(new, "") == Counter(
        value.replace(word, fresh) for value in _targets(old, "").elements()
    )


def _targets(document: Document, within: str) -> Counter[str]:
    """Return the attributes with targets, as lxml reads them."""
    root = reference.parsed(document.text[document.body_start :])
    named = {"href", "ac:anchor", "ri:content-title", "ri:value"}
    return Counter(
        value
        for one in reference.elements(root)
        if reference.name_of(one) in {"a", "ac:link", "ri:page", "ri:blog-post", "ri:url"}
        for key, value in reference.attributes_of(one).items()
        if key in named and within in value
    )


# -- macros, links, elements -----------------------------------------------------------------------


@given(bodies, st.sampled_from(WAYS), st.sampled_from(MACROS))
def test_another_name_and_its_inverse_give_the_file_back(body: str, way: str, name: str) -> None:
    old = read(written(body, way))
    for there, back in (
        (MacroRename(MacroQuery(name), "fresh"), MacroRename(MacroQuery("fresh"), name)),
        (
            MacroRename(MacroQuery("*"), "fresh", "title"),
            MacroRename(MacroQuery("*"), "title", "fresh"),
        ),
    ):
        new = result(old, there)
        check_outside(old, new, there)
        assert result(new, back).text == old.text


@given(bodies, st.sampled_from(WAYS), st.sampled_from(TITLES[:2]))
def test_another_target_and_its_inverse_give_the_file_back(body: str, way: str, title: str) -> None:
    old = read(written(body, way))
    for one, other in (
        (title, "A fresh title"),
        (f"OPS:{title}", f"XYZ:{title}"),
        ("4711", "999999"),
        ("https://old.example/wiki", "https://new.example"),
    ):
        there = LinkReplacement(target(one), target(other), SITE)
        back = LinkReplacement(target(other), target(one), SITE)
        new = result(old, there)
        check_outside(old, new, there)
        assert result(new, back).text == old.text


STRUCTURAL = [
    MacroRemoval(MacroQuery("*")),
    MacroRemoval(MacroQuery("info")),
    MacroRemoval(MacroQuery("*"), unwrap=True),
    MacroRemoval(MacroQuery("panel"), unwrap=True),
    Insertion(XPath("//p | //h2"), "<p>new</p><hr/>text"),
    Insertion(XPath("//p | //td | //strong"), "<p>new</p>", before=True),
    Insertion(XPath("//*"), "<ac:task-list>\n<p>a</p>\n</ac:task-list>"),
    Insertion(XPath("//li"), "<em>new</em>"),
]


@given(bodies, st.sampled_from(STRUCTURAL))
def test_structure_changes_alike_however_the_file_is_written(
    body: str, replacement: Replacement
) -> None:
    for way in WAYS:
        old = read(written(body, way))
        raw = read(written(old.body, "raw"))
        wanted = result(raw, replacement)
        check_outside(raw, wanted, replacement)
        assert check(wanted.body) is None
        new = result(old, replacement)
        assert new.body == wanted.body
        assert new.text[: new.body_start] == old.text[: old.body_start]
        assert old.newline == "\n" or new.text.count("\n") == new.text.count("\r\n")


@given(bodies)
def test_removed_macros_are_gone_and_all_else_is_there(body: str) -> None:
    old = read(written(body, "lines"))
    new = result(old, MacroRemoval(MacroQuery("*")))
    root = reference.parsed(old.text[old.body_start :])
    for one in list(reference.elements(root)):
        alike = [each for each in one if reference.name_of(each) == "ac:adf-node"]
        whole = reference.name_of(one) == "ac:adf-extension" and len(alike) == 1
        if whole or reference.macro_name(one) is not None:
            _drop(one)
    after = reference.parsed(new.text[new.body_start :])
    assert _shape(after) == _shape(root)


def _drop(element: etree._Element) -> None:
    """Take an element out of its tree, and leave the text behind it there."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def _shape(root: etree._Element) -> list[object]:
    """Return the elements and texts of a tree, without blanks between tags."""
    found: list[object] = []
    for event, one in etree.iterwalk(root, events=("start", "end", "comment")):
        name = one.text if event == "comment" else reference.name_of(one)
        found.append((event, name))
        for said in (one.text if event == "start" else one.tail,):
            if said and said.strip():
                found.append("".join(said.split()))
    return found


# -- real bodies -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real(corpus: object) -> list[str]:
    """Return the bodies of the corpus that are well-formed."""
    texts = [path.read_bytes().decode() for path in sorted(corpus.glob("bodies/*"))]  # type: ignore[attr-defined]
    found = [one for one in texts if check(one) is None]
    assert len(found) > 500
    return found


@pytest.mark.parametrize("way", WAYS)
def test_words_names_and_targets_of_real_bodies_come_back(real: list[str], way: str) -> None:
    changed: Counter[str] = Counter()
    # Each body in one of the ways.
    for number, body in enumerate(real[WAYS.index(way) :: len(WAYS)]):
        old = read(written(body, way))
        for name, there, back in _pairs(old, number):
            found = there.found(old, "ENG").edits
            if any(old.text[e.start : e.end] != name.partition(" ")[2] for e in found):
                continue
            new = result(old, there)
            check_outside(old, new, there)
            assert result(new, back).text == old.text, (number, name)
            changed[name.partition(" ")[0]] += len(found)
    assert set(changed) == {"word", "macro", "param", "link"}
    assert min(changed.values()) > 9


def _pairs(document: Document, number: int) -> list[tuple[str, Replacement, Replacement]]:
    """Return some replacements in a document with their inverses, by kind and old text."""
    found: list[tuple[str, Replacement, Replacement]] = []
    source = document.text[document.body_start :]
    words = re.findall(r"\w{3,}", " ".join(one.text for one in reference.texts(source)))
    for word in {words[(number * 7 + k * 13) % len(words)] for k in range(4) if words}:
        pair = text(word, "Ωmega", *EVERYWHERE), text("Ωmega", word, *EVERYWHERE)
        found.append((f"word {word}", *pair))
    elements = list(reference.elements(reference.parsed(source)))
    for name in sorted({reference.macro_name(one) or "" for one in elements} - {""})[:2]:
        pair2 = MacroRename(MacroQuery(name), "Ωmega"), MacroRename(MacroQuery("Ωmega"), name)
        found.append((f"macro {name}", *pair2))
    every = MacroQuery("*")
    has = [reference.attributes_of(one) for one in elements]
    for name in sorted({one.get("ac:name", "") for one in has} - {""})[:2]:
        found.append(
            (f"param {name}", MacroRename(every, "Ωm", name), MacroRename(every, name, "Ωm"))
        )
    for title in sorted({one.get("ri:content-title", "") for one in has} - {""})[:2]:
        if target(title) == target(f"{title}") and target(title).text == title:
            one, other = target(title), target("Ωmega")
            if one.kind is other.kind:
                pair3 = LinkReplacement(one, other, SITE), LinkReplacement(other, one, SITE)
                found.append((f"link {title}", *pair3))
    return found


@pytest.mark.parametrize("number", range(len(STRUCTURAL)))
def test_structure_of_real_bodies_changes_alike_however_they_are_written(
    real: list[str], number: int
) -> None:
    replacement, count = STRUCTURAL[number], 0
    for place, body in enumerate(real[number :: len(STRUCTURAL)]):
        old = read(written(body, WAYS[place % len(WAYS)]))
        new = result(old, replacement)
        assert new.body == result(read(written(old.body, "raw")), replacement).body
        count += new.body != old.body
    assert count or number == 3  # few pages have such a panel
