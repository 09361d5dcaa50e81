"""A desk: a mirror in a git repository, and the person who works there."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from confsync import failpoints
from confsync.mirror.config_file import dump
from confsync.mirror.git import merge_driver
from confsync.mirror.mirror import Mirror
from confsync.model.config import Config
from confsync.model.hint import MIRROR
from confsync.model.result import Result
from confsync.model.stamp import Stamp
from confsync.sandbox import PageRow
from tests.property.team.commands import Commands
from tests.property.team.files import Files, read
from tests.property.team.honest import no_stamp_says_more
from tests.property.team.journal import NEW, Seen, Sight, keys
from tests.property.team.lines import marks
from tests.property.team.oracle import Audit, WatchedRemote
from tests.property.team.planned import Planned
from tests.property.team.restored import given_back, is_held, is_same, passed_over
from tests.property.team.site import EVER, Site
from tests.store_remote import Trouble

# The last look at a file, or at a page that is to be deleted, is over.
_TOO_LATE = ("replace", "rename", "remove", "DELETE")


class Killed(BaseException):
    """The process is gone: what it would have done from here on does not happen."""


class Desk(Files, Commands):
    """The person's book holds the lines that were typed here."""

    def __init__(self, site: Site, root: Path, user: str) -> None:
        super().__init__(root)
        self.site = site
        self.audit_of_writes = Audit(site)
        self.remote = WatchedRemote(site.store, user, self.audit_of_writes)
        self.seen: Sight = {}
        self._away: dict[str, Seen] = {}
        self.newer: dict[str, Stamp] = {}
        self.typed: set[str] = set()
        self.committed: set[str] = set()

    # -- the files and their book ------------------------------------------------------------------

    def type_into(self, path: Path, where: int) -> None:
        """Type a new line between two blocks of a document."""
        text = path.read_text()
        ends = [found.end() for found in re.finditer(r"^---\n|</p>\n", text, re.MULTILINE)][1:]
        if not ends:
            return
        line = self.site.line()
        at = ends[where % len(ends)]
        path.write_text(f"{text[:at]}<p>{line}</p>\n{text[at:]}")
        self.typed.add(line)
        entry = read(path)
        self.site.journal.of[entry.stamp.id if entry and entry.stamp else NEW].came.add(line)

    def note(self, *, gives_up: bool = True) -> None:
        """Write down what people and git did here since the last look."""
        self.check_damage()
        before, self.seen = self.seen, self.sight(self.seen)
        # A document that comes back is compared with what it was when it went away.
        self._away |= {page: before[page] for page in before.keys() - self.seen.keys()}
        back = {page: self._away[page] for page in self.seen.keys() & self._away.keys()}
        self.site.journal.note({**back, **before}, self.seen, gives_up=gives_up)
        if gives_up:
            self.audit_of_writes.gone |= keys(before) - keys(self.seen)
        self.audit_of_writes.gone -= keys(self.seen)

    @contextlib.contextmanager
    def acting(self, *, gives_up: bool = True, goes_on: bool = False) -> Iterator[None]:
        """Do something with git. `gives_up` as in the journal.

        `goes_on` says that HEAD's history keeps all that it had, so that the newer stamp of a
        document that gets an older one stays known.
        """
        self.repair()
        self.note()
        before = self.seen
        yield
        self.note(gives_up=gives_up)
        if self.has_the_driver:
            no_stamp_says_more(self.documents(), self.site)
        self.newer = self.newer | given_back(before, self.seen) if goes_on else {}

    def notice_of(self, theirs: Sight, *, gives_up: bool) -> None:
        """Write down what a merge did not take of what another branch had."""
        if gives_up:
            self.site.journal.note(theirs, self.seen, gives_up=True)
        self.newer |= given_back(theirs, self.seen)

    def held(self) -> dict[str, bytes]:
        """Return the documents that git put back, and that confsync must not pass over."""
        self.note()
        found = {}
        rows = {row.id: row for row in self.site.pages()} if self.newer else {}
        for page_id in self.newer.keys() & self.seen.keys() & rows.keys():
            path = self.root / self.seen[page_id].path
            entry, versions = read(path), self.site.store.versions(page_id)
            if entry and is_held(entry, self.newer[page_id], rows[page_id], versions):
                found[page_id] = path.read_bytes()
        return found

    def keeps(self, held: Mapping[str, bytes], told: Result | None) -> None:
        """Check that a plain command neither changed nor passed over what git put back."""
        for page_id, data in held.items():
            path = self.root / self.seen[page_id].path
            undone = not is_same(data, path.read_bytes())
            assert not undone, f"{path.name}: what git put back is undone"
        missing = passed_over(held, told) if told else set()
        assert not missing, f"{self.root.name}: nothing was said about {missing}"

    def audit(self) -> None:
        """Check that no typed line is lost, and that each change of confsync has a cause."""
        self.audit_of_writes.report()
        doubtful = self.typed - self.committed
        if doubtful:
            doubtful -= marks(self.text_of_all())
        if doubtful:
            doubtful -= self.site.ever_had()
        assert not doubtful, f"{self.root.name}: {doubtful} is nowhere"

    def give_up(self, page_id: str) -> None:
        """Note that the person here gives up, by name, what a page says and its document does not.

        The documents of a new clone are looked at first.
        """
        self.note()
        self.site.give_up(page_id, self.seen[page_id])

    def forget(self) -> None:
        """Files were put back: the person gives up what stood there alone."""
        self.typed &= self.committed | marks(self.text_of_all()) | self.site.ever_had()

    def page_of(self, path: Path) -> PageRow | None:
        """Return the page of a document, as it is now."""
        entry = read(path)
        if entry is None or entry.stamp is None:
            return None
        return next((row for row in self.site.pages() if row.id == entry.stamp.id), None)

    def drop_unknown(self) -> None:
        """Delete the documents of pages that a restored server never had."""
        known = {row.id for row in self.site.pages(*EVER)}
        self._drop(*(path for path, stamp in self._stamped() if stamp.id not in known))

    def drop_copies(self) -> None:
        """Keep the newest of the documents of one page: git can give back one that has moved."""
        found = sorted((stamp.version, path, stamp.id) for path, stamp in self._stamped())
        newest = {page_id: path for _, path, page_id in found}
        self._drop(*(path for _, path, page_id in found if path != newest[page_id]))

    def _stamped(self) -> Iterator[tuple[Path, Stamp]]:
        for path in self.documents():
            entry = read(path)
            if entry and entry.stamp:
                yield path, entry.stamp

    def _drop(self, *paths: Path) -> None:
        """Delete documents with the files beside them, and commit that."""
        for path in paths:
            path.unlink()
            shutil.rmtree(path.with_suffix(".attachments"), ignore_errors=True)
        if paths:
            self.commit()

    # -- git ---------------------------------------------------------------------------------------

    def git(self, *arguments: str) -> bool:
        """Return whether a git command succeeded."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode == 0

    def start_over(self) -> bool:
        """Give up a merge, or the like, that has conflicts; what was committed is there."""
        return self.git("reset", "-q", "--hard")

    def remember(self) -> None:
        """Everything that stands here is about to be among git's objects."""
        self.committed |= self.typed & marks(self.text_of_all())

    def commit(self) -> None:
        self.repair()
        self.remember()
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "work")

    # -- confsync ----------------------------------------------------------------------------------

    def run(
        self,
        command: Callable[[Mirror], Result],
        cut: int = 0,
        trouble: Trouble | None = None,
        meddle: tuple[int, Callable[[], None]] | None = None,
        chosen: bool = False,
        planned: Planned | None = None,
    ) -> Result | None:
        """Run a command; killed before step `cut`, it answers nothing.

        `chosen` says that it may give up what stands here, by name. It sends what is `planned`.

        Another person does `meddle` before a step. Not in the moment between the last
        look at a file and its replacement: no client can see an edit there, as the manual says.
        """
        waiting = [meddle] if meddle else []

        def watch(number: int, what: str) -> None:
            if cut and number >= cut:
                raise Killed
            if waiting and number >= waiting[0][0] and not what.startswith(_TOO_LATE):
                waiting.pop()[1]()

        self.check_damage()
        self.note()
        self.remote.trouble = trouble
        self.audit_of_writes.planned = planned
        self.audit_of_writes.here = keys(self.seen)
        stamps = ((page_id, seen.stamp) for page_id, seen in self.seen.items())
        self.audit_of_writes.numbers = None
        self.audit_of_writes.meddled = False
        self.audit_of_writes.stamps = {page_id: stamp for page_id, stamp in stamps if stamp}
        try:
            with failpoints.watched(watch):
                return command(Mirror(self.root, self.site.config)).typed(MIRROR)
        except Killed:
            return None
        finally:
            self.remote.trouble = self.audit_of_writes.planned = None
            self._look_again(chosen=chosen)

    def edit(
        self,
        command: Callable[[Mirror], Result],
        cut: int = 0,
        meddle: tuple[int, Callable[[], None]] | None = None,
    ) -> Result | None:
        """Run a command that edits documents for the person here, who wants what it makes."""
        self.note()
        before = self.seen
        told = self.run(command, cut, meddle=meddle, chosen=True)
        self.site.journal.note(before, self.seen, gives_up=True)
        self._note_removed_files(before)
        return told

    def _note_removed_files(self, before: Sight) -> None:
        """Note that the person here wants to delete the files that a command took away."""
        for key in keys(before) - keys(self.seen):
            page_id, _, name = key.partition("/")
            if name and page_id in self.seen:
                self.audit_of_writes.gone.add(key)
                self.site.give_up_file(page_id, name, set(before[page_id].files[name]))

    def _look_again(self, *, chosen: bool) -> None:
        """See what the command left: no person here did it."""
        self.check_damage()
        before, self.seen = self.seen, self.sight(self.seen)
        self.audit_of_writes.files(before, self.seen, chosen=chosen)
        self.audit_of_writes.gone -= keys(self.seen)

    @property
    def has_the_driver(self) -> bool:
        return (self.root / ".git" / "info" / "attributes").exists()

    def use_the_driver(self) -> None:
        """Let git merge documents with confsync. No file of the mirror says so."""
        place = self.root / ".git" / "info"
        place.mkdir(exist_ok=True)
        (place / "attributes").write_bytes(merge_driver.LINE + b"\n")
        words = (sys.executable, "-m", "confsync")
        self.git("config", "merge.confsync.driver", merge_driver.command_line(words))


def template(root: Path, config: Config) -> None:
    """Make a repository to copy desks from: `git init` costs more than a copy."""
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
    """Return a new desk with a copy of a repository."""
    shutil.copytree(source, root, symlinks=True)
    return Desk(site, root, user)
