"""A page, its document in a git repository, and a user who pulls and pushes, without HTTP."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from confsync.commands.pages.pull import pull
from confsync.commands.pages.push import push
from confsync.commands.pages.status.status import status
from confsync.mirror.config_file import dump
from confsync.mirror.mirror import Mirror
from confsync.mirror.selection import Selection
from confsync.model.config import Config, SpaceConfig
from confsync.model.result import Result
from confsync.pull.options import PullOptions
from confsync.pull.resolve.resolution import Resolution, Way
from confsync.push.options import PushOptions
from confsync.sandbox import Store
from tests.store_remote import StoreRemote

GUIDE = "ENG/guide.xhtml"
CONFIG = Config("http://127.0.0.1:9/wiki", (SpaceConfig("ENG", "ENG"),), flavor="cloud")
BODY = "".join(f"<p>{line}</p>" for line in ("FIRST", "one", "between", "two", "LAST"))


@dataclass
class Scene:
    """A page, its document in a git repository, and a user who pulls."""

    root: Path
    store: Store = field(default_factory=Store)
    guide: str = ""
    path: str = GUIDE
    config: Config = CONFIG

    def __post_init__(self) -> None:
        self.store.create_space("ENG", "Engineering", "Home")
        self.guide = self.store.create_page("ENG", "Guide", BODY, author="Ana", raw=True).id
        self.root.mkdir()
        (self.root / ".confsync.yaml").write_text(dump(self.config))
        self.remote = StoreRemote(self.store)
        self.pull()
        self.git("init", "-q", "-b", "main", "--template=")
        (self.root / ".gitignore").write_text(".confsync\n")
        self.commit()

    @property
    def mirror(self) -> Mirror:
        return Mirror(self.root, self.config)

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "x", "--allow-empty")

    def edit(self, old: str, new: str) -> None:
        text = self.text()
        assert text.count(old) == 1
        (self.root / self.path).write_text(text.replace(old, new))

    def text(self) -> str:
        return (self.root / self.path).read_bytes().decode()

    def browser(self, old: str, new: str) -> None:
        """Edit the page as a colleague."""
        body = self.store.page(self.guide).body.replace(old, new)
        self.store.edit(self.guide, body, author="Ana", raw=True)

    def pull(self, *names: str, way: Way | None = None, at: int | None = None) -> Result:
        asked = Resolution(way, at) if way else None
        return pull(self.mirror, self.remote, PullOptions(Selection(names), resolution=asked))

    def push(self, *, since: str | None = None, drop_comments: bool = False) -> Result:
        return push(self.mirror, self.remote, PushOptions(since=since, drop_comments=drop_comments))

    def settle(self, old: str, new: str) -> None:
        """Edit, push, and commit what was pushed."""
        self.edit(old, new)
        assert [page.outcome.value for page in self.push().pages] == ["updated"]
        self.commit()

    def status_paths(self) -> list[str]:
        """Return the documents that stand here."""
        return [entry.path for scan in self.mirror.scan() for entry in scan.entries]

    def status(self, *, remote: bool = False) -> dict[str, str]:
        """Outcome by path of what is not clean."""
        found = status(self.mirror, self.remote if remote else None)
        return {page.path: page.outcome.value for page in found.pages}

    def told(self, result: Result) -> dict[str, str]:
        """Outcome by path."""
        return {page.path: page.outcome.value for page in result.pages}
