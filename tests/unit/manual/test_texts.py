"""The texts for people: short, without retired words, and every link leads somewhere."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import confsync
from confsync import errors

PACKAGE = Path(confsync.__file__).parent
ROOT = PACKAGE.parent
MANUAL = PACKAGE / "manual"
PAGES = sorted(MANUAL.rglob("*.md"))
TEXTS = [*(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")), *PAGES]
CHANGELOG = ROOT / "CHANGELOG.md"
README_WORDS = 900
CELL_WORDS = 25
# Words that name no actor, and phrases that no reader understood.
RETIRED = (
    "whoever",
    "whomever",
    "nobody",
    "somebody",
    "what shall stay",
    "says what you saw of it",
    "is not to be had",
    "takes us for",
    "go on properly",
    "goes on properly",
    "settles the file",
    "characters that no token has",
    "below it that stays",
    "keyring does not take",
    "would stand below itself",
)
# The words in queries to a server.
QUERIES = (
    'assert dc("GET", "/rest/api/user?username=nobody").status_code == 404',
    '"cql", ["", "space", "space=", "nobody = me", "(id=1", "id=1 id=2", "id<1"]',
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(#[\w-]+)>")
_CODE = re.compile(r"`[^`\n]*`")


def name_of(path: Path) -> str:
    """Return a short name for a text, as the tests' ids."""
    return path.relative_to(ROOT).as_posix()


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with their numbers, without the blocks of code."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r" *(```+|~~~+)", line)
        if fence and (not inside or fence[1] == inside):
            inside = "" if inside else fence[1]
        elif not inside:
            yield number, line


def sources() -> Iterator[Path]:
    """Yield all programs and workflows, without this module, which has the list."""
    for directory in ("confsync", "tests", "examples"):
        for path in sorted((ROOT / directory).rglob("*")):
            if path.suffix in (".py", ".yml") and path != Path(__file__):
                yield path


def docstrings(path: Path) -> Iterator[str]:
    """Yield the docstrings of a program."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


def anchors(text: str) -> set[str]:
    """Return the anchors of a text's headings, as the forge makes them."""
    found: Counter[str] = Counter()
    names = set()
    for _, line in prose(text):
        heading = re.match(r"#+ (.*)", line)
        if heading:
            name = re.sub(r"[^\w\- ]", "", heading[1].strip().lower()).replace(" ", "-")
            names.add(f"{name}-{found[name]}" if found[name] else name)
            found[name] += 1
    return names


def cells(text: str) -> Iterator[tuple[int, str]]:
    """Yield the cells of all tables with the numbers of their lines."""
    for number, line in prose(text):
        if line.lstrip().startswith("|"):
            for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")):
                yield number, cell.strip()


def test_the_readme_is_short() -> None:
    words = len((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert words <= README_WORDS


def test_the_two_commands_are_the_first_code_of_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:<!-- (command \d) -->\n)?^```(\w*)\n(.*?)^```$", text, re.S | re.M)
    assert [(mark, kind) for mark, kind, _ in blocks[:2]] == [
        ("command 1", "sh"),
        ("command 2", "sh"),
    ]
    assert blocks[0][2] == "python -m pip install -q '.[sandbox]' && confsync demo\n"
    assert blocks[1][2] == (
        "python -m pip install -q -e '.[test]' && python -m pytest -q -n auto\n"
    )


@pytest.mark.parametrize("path", [ROOT / "README.md", *PAGES], ids=name_of)
def test_no_cell_of_a_table_is_long(path: Path) -> None:
    for number, cell in cells(path.read_text(encoding="utf-8")):
        assert len(cell.split()) <= CELL_WORDS, f"{path.name}:{number}: {cell}"


@pytest.mark.parametrize("path", [*TEXTS, CHANGELOG], ids=name_of)
def test_every_link_of_ours_leads_somewhere(path: Path) -> None:
    text = "\n".join(line for _, line in prose(path.read_text(encoding="utf-8")))
    for found in _LINK.finditer(_CODE.sub("", text)):
        link = found[1] or found[2]
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), f"{path.name}: {link}"
        assert target.is_relative_to(ROOT), f"{path.name}: {link}"
        if anchor:
            known = anchors(target.read_text(encoding="utf-8"))
            assert anchor in known, f"{path.name}: {link}"


@pytest.mark.parametrize("path", [*TEXTS, CHANGELOG], ids=name_of)
def test_no_text_has_a_retired_word(path: Path) -> None:
    text = " ".join(path.read_text(encoding="utf-8").split())
    for word in RETIRED:
        found = re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
        place = text[max(0, found.start() - 40) : found.end()] if found else ""
        assert found is None, f"{path.name}: …{place}"


def test_no_message_and_no_docstring_has_a_retired_phrase() -> None:
    """A message may stand in several lines of the source, each in quotes of its own."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = re.sub(r"\"\s*\n\s*f?\"", "", path.read_text(encoding="utf-8").lower())
        text = " ".join(text.split())
        found += [f"{name_of(path)}: {word}" for word in RETIRED if " " in word and word in text]
    assert found == []


def test_no_name_and_no_text_of_the_source_has_an_actor_without_a_name() -> None:
    actors = re.compile(r"(?i)whoever|whomever|nobody|somebody")
    found = [
        f"{name_of(path)}: {line.strip()}"
        for path in sources()
        for line in path.read_text(encoding="utf-8").split("\n")
        if actors.search(line) and line.strip() not in QUERIES
    ]
    assert found == []


def test_no_docstring_begins_with_a_riddle() -> None:
    riddles = ("What ", "Whether ", "How ", "Who ", "Whose ", "Whatever ")
    found = [
        f"{name_of(path)}: {text}"
        for path in sources()
        if path.suffix == ".py"
        for text in docstrings(path)
        if text.startswith(riddles)
    ]
    assert found == []


def test_the_index_names_every_page() -> None:
    index = MANUAL / "index.md"
    named = {
        (MANUAL / link.partition("#")[0]).resolve()
        for link, _ in _LINK.findall(index.read_text(encoding="utf-8"))
    }
    missing = sorted(name_of(page) for page in set(PAGES) - named - {index})
    assert missing == []


def error_codes() -> set[str]:
    """Return the codes of all errors: of the exceptions, and of what is told without one."""
    codes = {
        value.code
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.ConfsyncError)
    }
    told = re.compile(r"(?:Problem|Doubt)\(\s*\"([a-z-]+)\"")
    for path in PACKAGE.rglob("*.py"):
        codes.update(told.findall(path.read_text(encoding="utf-8")))
    return codes


def test_troubleshooting_has_an_entry_for_every_error_code() -> None:
    page = (MANUAL / "troubleshooting.md").read_text(encoding="utf-8")
    entries = re.findall(r"^### `([a-z-]+)`$", page, re.MULTILINE)
    assert entries == sorted(entries)
    assert error_codes() <= set(entries)


def test_an_anchor_is_what_the_forge_makes_of_a_heading() -> None:
    text = "# A `b`: c, d?\n## Why\n```\n# no\n```\n## Why\n"
    assert anchors(text) == {"a-b-c-d", "why", "why-1"}


def test_a_cell_ends_at_a_bar_that_is_not_escaped() -> None:
    assert [cell for _, cell in cells("| a \\| b | c |\n```\n| no |\n```\n")] == ["a \\| b", "c"]
