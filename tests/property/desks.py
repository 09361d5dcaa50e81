"""What the state machine works with: a site, people at desks, and the books of who typed what.

Every editor types lines that nobody else types, ``L17L``. The site's book holds the lines and the
inline comments that every page has ever had; a desk's book those that were typed in its files.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from confsync import failpoints
from confsync.commands.pages.pull import pull
from confsync.commands.pages.push import push
from confsync.commands.pages.restore import restore
from confsync.commands.pages.status.status import status
from confsync.document import document
from confsync.document.document import Document
from confsync.document.paths import day_of
from confsync.errors import DocumentError
from confsync.mirror.config_file import dump
from confsync.mirror.mirror import STATE, Mirror
from confsync.mirror.selection import Selection
from confsync.model import filenames as paths
from confsync.model.config import Config, SpaceConfig
from confsync.model.outcome import PageResult
from confsync.model.result import Result
from confsync.pull.options import PullOptions
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.push.options import DeleteOptions, PushOptions
from confsync.sandbox import PageRow, Store
from confsync.sandbox.store.rows import POST
from tests.store_remote import StoreRemote, Trouble

SPACE = "ENG"
BLOG = f"{SPACE}/{paths.BLOG}"
CONFIG = Config(
    "http://127.0.0.1:9/wiki",
    (SpaceConfig(SPACE, SPACE, blog=True), SpaceConfig(SPACE, BLOG, posts=True)),
    flavor="cloud",
    labels=True,
    attachments=("*",),
)
# Texts alone: then status, push and pull know what is unmodified by an index, and read less.
PLAIN = CONFIG._replace(labels=False, attachments=())
_LINE = re.compile(r"L\d+L")
_COMMENT = re.compile(r'ac:ref="([^"]+)"')
_MARKER = re.compile(r"^(?:<{7} .*|={7}|>{7} .*)\n", re.MULTILINE)


# What a page can be.
EVER = ("current", "archived", "trashed")
# A title that has to be another one.
_TITLES = ("changed the title", "belongs to page", "which is not here", "already exists")
# The last look at a file, or at a page that is to be deleted, is over.
_TOO_LATE = ("replace", "rename", "remove", "DELETE")


class Killed(BaseException):
    """The process is gone: what it would have done from here on does not happen."""


class Site:
    """The server, and its book: what each page holds that nobody has given up."""

    def __init__(self) -> None:
        self.config = CONFIG
        self.store = Store()
        self.store.create_space(SPACE, "Engineering", "Home")
        self.owed: dict[str, set[str]] = {}
        self.given_up: dict[str, set[str]] = {}
        self.folders: list[str] = []
        self._removed: set[str] = set()
        self._typed = 0

    def line(self) -> str:
        """A line that nobody has typed yet."""
        self._typed += 1
        return f"L{self._typed}L"

    def pages(self, *statuses: str) -> list[PageRow]:
        """The pages, and the blog posts behind them."""
        wanted = statuses or ("current",)
        rows = (*self.store.pages(SPACE, wanted), *self.store.posts(SPACE, wanted))
        return [row for row in rows if row.status in wanted]

    def audit(self) -> None:
        """Nothing that a page had is missing from it. Notes what it has now."""
        for row in self.pages("current"):
            has = marks(row.body)
            missing = self.owed.get(row.id, set()) - has - self.given_up.get(row.id, set())
            assert not missing, f"page {row.id} '{row.title}' lost {missing} in v{row.version}"
            self.owed[row.id] = has
            self._audit_files(row)

    def _audit_files(self, row: PageRow) -> None:
        """Nor is anything missing from a file of the page."""
        there = {f"{row.id}/{one.title}": one.id for one in self.store.attachments(row.id)}
        for key in {key for key in self.owed if key.startswith(f"{row.id}/")} | there.keys():
            has = self.file_marks(there[key]) if key in there else set()
            missing = self.owed.get(key, set()) - has - self.given_up.get(key, set())
            assert not missing, f"{key} of '{row.title}' lost {missing}"
            self.owed[key] = has

    def file_marks(self, attachment_id: str) -> set[str]:
        return marks(self.store.attachment_data(attachment_id).decode())

    def remove_file(self, page_id: str, name: str, attachment_id: str) -> None:
        """Somebody removes an attachment in the browser; it stays known what it held."""
        versions = range(1, self.store.attachment(attachment_id).version + 1)
        for number in versions:
            self._removed |= marks(self.store.attachment_data(attachment_id, number).decode())
        self.store.remove_attachment(attachment_id)
        self.owed.pop(f"{page_id}/{name}", None)

    def give_up_file(self, page_id: str, name: str, lines: set[str]) -> None:
        """Somebody deleted a file that held these lines: a push may take them away."""
        self.given_up.setdefault(f"{page_id}/{name}", set()).update(lines)
        self._removed |= lines

    def bring_back(self, page_id: str) -> None:
        """Somebody restores a page; where another one has its title now, that gets a third one."""
        title = self.store.page(page_id).title.casefold()
        for row in self.pages("current", "archived"):
            if row.id != page_id and row.title.casefold() == title:
                if row.status == "archived":
                    self.store.restore(row.id)
                self.store.edit(row.id, title=f"Title {self.line()}")
        self.store.restore(page_id)

    def state(self) -> object:
        """Everything that a write would change."""
        return [
            (
                row.id,
                row.title,
                row.body,
                row.version,
                row.parent_id,
                row.labels,
                self.store.attachments(row.id),
            )
            for row in self.pages(*EVER)
        ] + [self.store.folder(folder) for folder in self.folders]

    def give_up(self, page_id: str) -> None:
        """Somebody gave up, by name, what the page holds now: a push may take it away."""
        self.given_up.setdefault(page_id, set()).update(marks(self.store.page(page_id).body))

    def no_version_twice(self) -> None:
        """No edit made two versions, and no document two pages: each token stands once.

        A page that is new in two clones is found by its title. Whoever changes that in between
        has two of them.
        """
        tokens: list[str] = []
        for row in self.pages(*EVER):
            first, *later = self.store.versions(row.id)
            retitled = any(version.title != first.title for version in later)
            told = [version.message for version in (later if retitled else (first, *later))]
            tokens += re.findall(r"\[confsync \w+\]", " ".join(told))
        assert len(tokens) == len(set(tokens)), "one edit made two versions"

    def ever_had(self) -> set[str]:
        """Every line of every version of every page."""
        rows = self.pages(*EVER)
        lines = {m for row in rows for v in self.store.versions(row.id) for m in marks(v.body)}
        for row in rows:
            for one in self.store.attachments(row.id):
                for number in range(1, one.version + 1):
                    lines |= marks(self.store.attachment_data(one.id, number).decode())
        return lines | self._removed


class Desk:
    """A mirror in a git repository, and the person who works there."""

    def __init__(self, site: Site, root: Path, user: str) -> None:
        self.site = site
        self.root = root
        self.remote = StoreRemote(site.store, user)
        self.typed: set[str] = set()
        self.committed: set[str] = set()

    # -- the files ---------------------------------------------------------------------------------

    def documents(self) -> list[Path]:
        return sorted((self.root / SPACE).rglob("*.xhtml"))

    def attachments(self) -> list[Path]:
        return sorted(self.root.glob(f"{SPACE}/**/*.attachments/*"))

    def folder_files(self) -> list[Path]:
        return sorted((self.root / SPACE).rglob(".folder.yaml"))

    def text_of_all(self) -> str:
        trash = self.root / STATE / "trash"
        kept = (p for p in trash.rglob("*") if p.is_file())
        paths = [*self.documents(), *self.attachments(), *kept]
        return "\n".join(path.read_text() for path in paths)

    def type_into(self, path: Path, where: int) -> None:
        """A new line between two blocks of a document."""
        text = path.read_text()
        ends = [found.end() for found in re.finditer(r"^---\n|</p>\n", text, re.MULTILINE)][1:]
        if not ends:
            return
        line = self.site.line()
        at = ends[where % len(ends)]
        path.write_text(f"{text[:at]}<p>{line}</p>\n{text[at:]}")
        self.typed.add(line)

    def audit(self) -> None:
        """No line that was typed here is nowhere."""
        doubtful = self.typed - self.committed
        if doubtful:
            doubtful -= marks(self.text_of_all())
        if doubtful:
            doubtful -= self.site.ever_had()
        assert not doubtful, f"{self.root.name}: {doubtful} is nowhere"

    def forget_but(self, path: Path) -> None:
        """A file was put back: what stood there alone is given up, by whoever did that."""
        self.typed &= self.committed | marks(self.text_of_all()) | self.site.ever_had()

    def page_of(self, path: Path) -> PageRow | None:
        """The page of a document, as it is now."""
        entry = read(path)
        if entry is None or entry.stamp is None:
            return None
        return next((row for row in self.site.pages() if row.id == entry.stamp.id), None)

    def files(self) -> dict[str, bytes]:
        paths = [*self.documents(), *self.attachments(), *self.folder_files()]
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in paths}

    def bring_back_deleted(self) -> None:
        """Who deleted a document and not its page thinks again, by committing the deletion."""
        self.commit()

    def equals_the_site(self) -> None:
        """Title, text, parent and labels of every page are those of its document."""
        config = self.site.config
        mirror = Mirror(self.root, config)
        entries = [(scan, entry) for scan in mirror.scan() for entry in scan.entries]
        rows = {row.id: row for row in self.site.pages()}
        assert {entry.page_id for _, entry in entries} == set(rows)
        for scan, entry in entries:
            found, row = entry.document, rows[entry.page_id or ""]
            assert found is not None and found.stamp is not None
            assert not found.stamp.renamed, "a file has the name of an earlier title"
            here = (found.title, found.body, scan.wanted(entry))
            assert here == (row.title, row.body, row.parent_id)
            assert not config.labels or set(found.labels or ()) == set(row.labels)
            day = day_of(scan.inner(entry.path)) if scan.config.posts else None
            assert day == (row.created_at[:10] if row.type == POST else None)
            if not config.attachments:
                continue
            directory = (self.root / entry.path).with_suffix(".attachments")
            files = {p.name: p.read_bytes() for p in directory.glob("*")}
            shown = {name for name in files if f'"{name}"' in found.body}
            store = self.site.store
            there = {one.title: store.attachment_data(one.id) for one in store.attachments(row.id)}
            assert {n: d for n, d in files.items() if n in shown or n in there} == there

    # -- git ---------------------------------------------------------------------------------------

    def git(self, *arguments: str) -> bool:
        """Whether a git command did what it should."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode == 0

    def commit(self) -> None:
        self.committed |= self.typed & marks(self.text_of_all())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "work")

    # -- confsync ----------------------------------------------------------------------------------

    def run(
        self,
        command: Callable[[Mirror], Result],
        cut: int = 0,
        trouble: Trouble | None = None,
        meddle: tuple[int, Callable[[], None]] | None = None,
    ) -> Result | None:
        """Run a command; killed before step `cut`, it answers nothing.

        Somebody else does `meddle` while it runs, before a step. Not in the moment between the last
        look at a file and its replacement, which the README owns up to.
        """
        waiting = [meddle] if meddle else []

        def watch(number: int, what: str) -> None:
            if cut and number >= cut:
                raise Killed
            if waiting and number >= waiting[0][0] and not what.startswith(_TOO_LATE):
                waiting.pop()[1]()

        self.remote.trouble = trouble
        try:
            with failpoints.watched(watch):
                return command(Mirror(self.root, self.site.config))
        except Killed:
            return None
        finally:
            self.remote.trouble = None

    def pull(
        self, *names: str, way: Way | None = None, at: int | None = None, refresh: bool = False
    ) -> Callable[[Mirror], Result]:
        resolution = Resolution(way, at) if way else None
        options = PullOptions(Selection(names), resolution=resolution, refresh=refresh)
        return lambda mirror: pull(mirror, self.remote, options)

    def status(self) -> Callable[[Mirror], Result]:
        return lambda mirror: status(mirror, None)

    def push(self, *, delete: bool = False) -> Callable[[Mirror], Result]:
        options = PushOptions(delete=DeleteOptions() if delete else None)
        return lambda mirror: push(mirror, self.remote, options)

    def restore(self, page_id: str) -> Callable[[Mirror], Result]:
        return lambda mirror: restore(mirror, self.remote, page_id)

    # -- a person, resolving -----------------------------------------------------------------------

    def resolve_markers(self) -> None:
        """Keep both sides of every conflict."""
        for path in self.documents():
            text = path.read_text()
            kept = _MARKER.sub("", text)
            if kept != text:
                path.write_text(kept)

    def settle_down(self) -> None:
        """Resolve, as a person would, whatever pull and push refuse, until nothing is refused."""
        for _ in range(8):
            told = self.run(self.pull(way=Way.MERGE, refresh=True))
            self.resolve_markers()
            refused = [page for page in (told.pages if told else ()) if page.error]
            for page in refused:
                self._resolve(page)
            told = self.run(self.push())
            refused = [page for page in (told.pages if told else ()) if page.exit]
            for page in refused:
                self._resolve(page)
            if not refused:
                return
        raise AssertionError(f"{self.root.name} does not settle: {refused}")

    def _resolve(self, page: PageResult) -> None:
        path = self.root / page.path
        if named := re.search(r"--theirs (\S+\.attachments/\S+?)' ", page.hint):
            self.run(self.pull(named[1], way=Way.THEIRS))
            return
        stuck = "circle~" in page.path or "belongs to no page" in page.error
        if stuck and path.exists():
            path.rename(self.root / SPACE / f"{page.id or 'new'}-{path.name}")
        elif page.decision == "gone":
            self.site.bring_back(page.id or "")
        elif any(word in page.error for word in _TITLES):
            self.retitle(path, self._title(page))
        elif "title" in page.error:
            self.retitle(path, f"Other {self.site.line()}")
        elif "moved here and" in page.error:
            row = self.site.store.page(page.id or "")
            self.site.give_up(row.id)
            self.run(self.pull(page.path, way=Way.OURS, at=row.version))

    def _title(self, page: PageResult) -> str:
        if page.id and "changed the title" in page.error:
            return self.site.store.page(page.id).title
        return f"Other {self.site.line()}"

    def retitle(self, path: Path, title: str) -> None:
        if path.exists():
            text = path.read_text()
            path.write_text(re.sub(r"^title: .*$", f"title: {title}", text, count=1, flags=re.M))


def marks(text: str) -> set[str]:
    """The lines and the inline comments in a text."""
    return set(_LINE.findall(text)) | {f"comment {ref}" for ref in _COMMENT.findall(text)}


def template(root: Path, config: Config) -> None:
    """A repository to copy desks from: `git init` costs more than a copy."""
    root.mkdir()
    (root / ".confsync.yaml").write_text(dump(config))
    (root / ".gitattributes").write_text("*.xhtml text eol=lf\n")
    for arguments in (
        ("init", "-q", "-b", "main", "--template="),
        ("config", "user.name", "Test"),
        ("config", "user.email", "test@example.com"),
        ("config", "core.fsync", "none"),
        ("config", "gc.auto", "0"),
        ("add", "-A"),
        ("commit", "-qm", "start"),
    ):
        subprocess.run(["git", *arguments], cwd=root, check=True)


def desk_in(site: Site, source: Path, root: Path, user: str) -> Desk:
    """A new desk with a copy of a repository."""
    shutil.copytree(source, root, symlinks=True)
    return Desk(site, root, user)


def read(path: Path) -> Document | None:
    """A document, None for one that cannot be read, or that is not there."""
    try:
        return document.parse(path.read_bytes(), path.name)
    except (DocumentError, FileNotFoundError):
        return None
