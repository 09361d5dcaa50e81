"""A space of any size, made from a seed: bodies as a real corpus has them in shape, none in words.

The sizes follow a log-normal curve as wide as that of a corpus of real bodies (half of them small,
one in a hundred sixteen times the average or more), scaled to the wanted average. The text is ours.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confsync.sandbox import Store

TOP = Path(__file__).resolve().parents[2]
KEY = "ENG"
AVERAGE = 20_000  # bytes
WIDTH = 1.9  # of the curve: real bodies have a median of a seventh of their average
LARGEST = 26  # times the average
BIG_BODY = 5_000_000  # just below what Confluence takes
BIG_FILE = 200_000_000
BRANCHES = 7  # children of a page: 10,000 pages stand six deep

SYLLABLES = [a + b for a in "bcdfghjklmnprstvz" for b in "aeiou"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a space. `big_file` adds an attachment of 200 MB.

    Each of `files` attachments has `file_size` bytes. The first `labelled` pages have labels. A
    body has `average` bytes.
    """

    pages: int
    seed: int = 7
    big_body: bool = True
    files: int = 0
    big_file: bool = False
    file_size: int = 50_000
    labelled: int = 0
    average: int = AVERAGE

    @property
    def name(self) -> str:
        return "-".join(str(int(part)) for part in astuple(self)) + ".sqlite"


class Writer:
    """Writes storage format: blocks are made once, and bodies are put together from them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices(SYLLABLES, k=1 + n % 4)) for n in range(3000)]
        self.blocks = [self._block() for _ in range(1500)]

    def text(self, count: int) -> str:
        return " ".join(self.random.choices(self.words, k=count))

    def sizes(self, count: int, average: int = AVERAGE) -> list[int]:
        """Sizes in bytes, with their average."""
        drawn = [self.random.lognormvariate(0, WIDTH) for _ in range(count)]
        factor = average * count / sum(drawn)
        for _ in range(5):  # what is cut off at the top goes to the others
            cut = [min(LARGEST * average, max(30, int(one * factor))) for one in drawn]
            factor *= average * count / sum(cut)
        return cut

    def body(self, size: int, number: int) -> str:
        """Return a body of about so many bytes with a first paragraph of its own."""
        pieces = [f"<p>Page {number} says {self.text(3)}.</p>"]
        left = size - len(pieces[0])
        while left > 0:
            piece = self.random.choice(self.blocks)
            if len(piece) > left:
                piece = f"<p>{self.text(max(1, left // 6))}</p>"
            pieces.append(piece)
            left -= len(piece)
        return "".join(pieces)

    def _block(self) -> str:
        kinds = (self._paragraph, self._list, self._table, self._code, self._panel, self._heading)
        return self.random.choices(kinds, weights=(8, 4, 1, 1, 1, 2))[0]()

    def _paragraph(self) -> str:
        start, bold, end = self.text(20), self.text(2), self.text(self.random.randint(2, 40))
        return f"<p>{start} <strong>{bold}</strong> &ndash; {end}&nbsp;&hellip;</p>"

    def _heading(self) -> str:
        level = self.random.randint(1, 4)
        return f"<h{level}>{self.text(4)}</h{level}>"

    def _list(self) -> str:
        items = (
            f"<li><p>{self.text(6)} <code>{self.text(1)}</code> {self.text(4)}</p></li>"
            for _ in range(self.random.randint(2, 9))
        )
        return f"<ul>{''.join(items)}</ul>"

    def _table(self) -> str:
        columns, rows = self.random.randint(2, 5), self.random.randint(2, 20)
        cells = "".join(f"<th><p>{self.text(2)}</p></th>" for _ in range(columns))
        lines = [f"<tr>{cells}</tr>"]
        for _ in range(rows):
            cells = "".join(f"<td><p>{self.text(4)}</p></td>" for _ in range(columns))
            lines.append(f"<tr>{cells}</tr>")
        return f"<table><tbody>{''.join(lines)}</tbody></table>"

    def _id(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _macro(self, name: str, inside: str) -> str:
        head = f'ac:name="{name}" ac:schema-version="1" ac:macro-id="{self._id()}"'
        return f"<ac:structured-macro {head}>{inside}</ac:structured-macro>"

    def _code(self) -> str:
        lines = "\n".join(f"{self.text(2)} --{self.text(1)} <{self.text(1)}>" for _ in range(12))
        language = '<ac:parameter ac:name="language">bash</ac:parameter>'
        return self._macro(
            "code",
            f"{language}<ac:plain-text-body><![CDATA[{lines}]]></ac:plain-text-body>",
        )

    def _panel(self) -> str:
        inside = f"<p>{self.text(25)}</p>"
        return self._macro("info", f"<ac:rich-text-body>{inside}</ac:rich-text-body>")


def made(directory: Path, shape: Shape) -> Path:
    """Return the data file of a sandbox with such a space; made once and kept in `directory`."""
    path = directory / shape.name
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        given = json.dumps(asdict(shape))
        subprocess.run([sys.executable, "-m", __name__, unfinished, given], cwd=TOP, check=True)
        unfinished.rename(path)
    return path


def copied(data: Path, to: Path) -> Path:
    """Return a copy of a data file to write to."""
    return Path(shutil.copyfile(data, to))


def age(data: Path, versions: int) -> None:
    """Give each page so many versions, each with one paragraph more."""
    from confsync.sandbox import Store

    with Store(data) as store, store.batch():
        for number in range(2, versions + 1):
            for page in store.pages(KEY):
                body = f"{page.body}<p>version {number}</p>"
                store.edit(page.id, body, message=f"edit {number}", raw=True)


def trash(data: Path, page_ids: Iterable[str]) -> None:
    """Move pages to the trash."""
    from confsync.sandbox import Store

    with Store(data) as store, store.batch():
        for page_id in page_ids:
            store.trash(page_id)


def fill(store: Store, shape: Shape) -> None:
    """Make the space. The home page counts as one of its pages."""
    writer = Writer(shape.seed)
    sizes = writer.sizes(shape.pages, shape.average)
    if shape.big_body:
        sizes[shape.pages // 2] = BIG_BODY
    with store.batch():
        body = writer.body(sizes[0], 0)
        space = store.create_space(KEY, "Engineering", "Home", home_body=body, raw=True)
        ids = [space.homepage_id]
        for number in range(1, shape.pages):
            title = f"{writer.text(3).capitalize()} {number}"
            body = writer.body(sizes[number], number)
            parent = ids[(number - 1) // BRANCHES]
            ids.append(store.create_page(KEY, title, body, parent, raw=True).id)
        for number in range(shape.files):
            data = writer.random.randbytes(shape.file_size)
            store.attach(ids[number % len(ids)], f"picture {number}.png", data)
        for number in range(shape.labelled):
            store.add_labels(ids[number % len(ids)], [f"topic-{number % 20}"])
        if shape.big_file:
            store.attach(ids[0], "video.mp4", writer.random.randbytes(BIG_FILE))


def _make(path: str, given: str) -> None:
    from confsync.sandbox import Store

    with Store(path) as store:
        fill(store, Shape(**json.loads(given)))


if __name__ == "__main__":
    _make(*sys.argv[1:])
