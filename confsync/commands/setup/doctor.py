"""The command `doctor`: it checks what a mirror needs, and names likely causes of failures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from confsync.commands.setup.origin import origin_of
from confsync.errors import (
    APIAccessError,
    CredentialsError,
    Exit,
    FileError,
    NoCredentialsError,
    ServerError,
    UntrustedError,
)
from confsync.mirror.git import merge_driver
from confsync.mirror.git import repository as gitrepo
from confsync.mirror.git.merge_driver import SetUp
from confsync.mirror.index import outlines
from confsync.mirror.mirror import Mirror
from confsync.model.config import FILE_NAME, SpaceConfig
from confsync.model.diagnosis import Check
from confsync.model.page import ParentKind, Status
from confsync.model.result import Problem, Result
from confsync.model.url import Address
from confsync.remote import Remote
from confsync.remote.rate_limit import instant

# With a larger difference, servers refuse signed requests and 'two hours ago' misleads.
SKEW = 120.0


Opened = Callable[[], AbstractContextManager[Remote]]


def doctor(mirror: Mirror, opened: Opened, *, pinned: bool = False) -> Result:
    """Check everything that a pull or a push needs. `opened` connects, and may fail.

    `pinned` says that the environment names the only server for credentials.
    """
    url, spaces = mirror.config.url, mirror.config.spaces
    checks = [*_local(mirror), _pin(mirror, pinned=pinned)]
    return _with_server(checks, url, opened, lambda remote: _spaces(remote, spaces))


def doctor_of_address(url: str, address: Address | None, opened: Opened) -> Result:
    """Check a server without a mirror, and the space of an address if there is one."""

    def spaces(remote: Remote) -> Iterator[Check]:
        if address is None:
            return
        try:
            space = origin_of(remote, address).space
        except APIAccessError as error:
            yield Check("address", error.message, exit=error.exit, hint=error.hint)
            return
        yield from _spaces(remote, [space])

    return _with_server([], url, opened, spaces)


def _with_server(
    checks: list[Check], url: str, opened: Opened, spaces: Callable[[Remote], Iterator[Check]]
) -> Result:
    """Return the checks with those of the server, and of its `spaces`."""
    try:
        with opened() as remote:
            checks += _remote(url, remote, spaces)
    except UntrustedError as error:
        checks.append(Check("server", error.message, exit=error.exit, hint=error.hint))
    except APIAccessError as error:
        checks.append(_failure("server", url, error))
    return Result("doctor", checks=tuple(checks))


def _local(mirror: Mirror) -> Iterator[Check]:
    config = mirror.config
    spaces = ", ".join(space.key for space in config.spaces if not space.posts)
    yield Check("configuration", f"{config.url}, spaces: {spaces}")
    yield from _git(mirror)
    scans = mirror.scan(outlines(mirror.root))
    entries = [entry for scan in scans for entry in scan.entries]
    bad = [entry.error for entry in entries if entry.error]
    if bad:
        first = Problem.of(bad[0]).message
        yield Check(
            "documents",
            f"{len(bad)} of {len(entries)} cannot be read; the first is {first}",
            exit=Exit.LOCAL,
            hint="'confsync status' lists them",
        )
    else:
        yield Check("documents", f"{len(entries)}, all readable")


def _pin(mirror: Mirror, *, pinned: bool) -> Check:
    if pinned:
        return Check("pin", "CONFSYNC_URL names the only server that credentials go to")
    return Check(
        "pin",
        f"credentials go to any server that {FILE_NAME} names",
        hint=f"'export CONFSYNC_URL={mirror.config.url}' restricts them to this server",
    )


def _git(mirror: Mirror) -> Iterator[Check]:
    version = gitrepo.version()
    if version is None:
        hint = "install git: merging and deletions need it"
        yield Check("git", "not found", hint=hint)
        return
    try:
        held = gitrepo.holds(mirror.root)
    except FileError as error:
        yield Check("git", error.message, exit=error.exit, hint=error.hint)
        return
    yield Check("git", f"{version}; {'the mirror is in a repository' if held else 'no repository'}")
    if held:
        yield _merges(merge_driver.state_of(mirror.root))


def _merges(state: SetUp) -> Check:
    """Return the check of git's merge driver. Without it, git merges documents as plain text."""
    if state is SetUp.READY:
        return Check("merges", "git merges documents with confsync")
    told = {
        SetUp.MISSING: "git merges documents as plain text here, with conflicts in their stamps",
        SetUp.PROGRAM_GONE: "git merges documents as plain text: its settings name a program that "
        "is gone",
    }[state]
    return Check("merges", told, hint="'confsync init --git' tells git to use confsync")


def _remote(
    url: str, remote: Remote, spaces: Callable[[Remote], Iterator[Check]]
) -> Iterator[Check]:
    try:
        user = remote.whoami()
    except APIAccessError as error:
        yield _failure("server", url, error)
        return
    kind = {"cloud": "Confluence Cloud", "datacenter": "Confluence Data Center"}[remote.flavor]
    yield Check("server", f"{kind} at {remote.url}")
    if remote.url != url:
        yield Check(
            "token", "a scoped token: the site refuses it, so confsync uses Atlassian's gateway"
        )
    yield Check("credentials", f"you are {user.name or user.id} ({remote.tried})")
    yield _clock(remote)
    yield from spaces(remote)
    limits = {k: v for k, v in remote.seen.items() if k.lower().startswith("x-ratelimit")}
    told = ", ".join(f"{name} {value}" for name, value in sorted(limits.items()))
    yield Check("limits", told or "the server names no rate limit")


def _spaces(remote: Remote, spaces: Iterable[SpaceConfig]) -> Iterator[Check]:
    for space in spaces:
        yield from _blog(remote, space) if space.posts else _space(remote, space)


def _clock(remote: Remote) -> Check:
    there = instant(remote.seen.get("Date", ""))
    if there is None:
        return Check("clock", "the server does not tell its time")
    skew = (datetime.now(UTC) - there).total_seconds()
    if abs(skew) > SKEW:
        ahead = "ahead of" if skew > 0 else "behind"
        return Check(
            "clock",
            f"{abs(skew):.0f} s {ahead} the server's",
            hint="set this machine's clock; no edit is at risk, as confsync compares content",
        )
    return Check("clock", "agrees with the server's")


def _space(remote: Remote, wanted: SpaceConfig) -> Iterator[Check]:
    name = f"space {wanted.key}"
    try:
        space = remote.space(wanted.key)
        infos = [info for info in remote.listing(space) if info.status is Status.CURRENT]
        known = {info.id for info in infos}
        orphans = [
            info
            for info in infos
            if info.parent_kind is ParentKind.PAGE and info.parent not in known
        ]
        yield Check(name, f"{len(infos)} pages can be read")
        if orphans:
            yield Check(
                name,
                f"{len(orphans)} pages have parents that you may not see",
                hint="their files stand at the space's top; ask for permission to view the parents",
            )
        likely = (wanted.root, space.home)
        page = next((i for i in likely if i in known), next(iter(known), None))
        if page and not remote.may_write(page):
            yield Check(
                name,
                "you may not edit its pages",
                exit=Exit.CREDENTIALS,
                hint="pulling works; to push, ask for edit permission or a token with write scope",
            )
        elif page:
            yield Check(name, "you may edit its pages")
    except APIAccessError as error:
        yield Check(name, error.message, exit=error.exit, hint=error.hint)


def _blog(remote: Remote, wanted: SpaceConfig) -> Iterator[Check]:
    name = f"blog of {wanted.key}"
    try:
        space = remote.posts.space(wanted.key)
        count = sum(1 for info in remote.posts.listing(space) if info.status is Status.CURRENT)
        yield Check(name, f"{count} blog posts can be read")
    except APIAccessError as error:
        yield Check(name, error.message, exit=error.exit, hint=error.hint)


def _failure(name: str, url: str, error: APIAccessError) -> Check:
    """Return a failed check with its likely cause."""
    hint = error.hint
    site = urlsplit(url)
    if (site.hostname or "").endswith(".atlassian.net") and not site.path.startswith("/wiki"):
        hint = f"on Cloud the URL ends in /wiki: {site.scheme}://{site.netloc}/wiki"
    elif isinstance(error, CredentialsError) and not isinstance(error, NoCredentialsError):
        hint = (
            "Cloud: CONFSYNC_USER is your e-mail address, and CONFSYNC_TOKEN an API token (valid "
            "for a year at most). Data Center: CONFSYNC_TOKEN alone, a personal access token"
        )
    elif isinstance(error, ServerError) and error.status in (0, 404):
        hint = f"open {url} in the browser: its address may go on with /wiki or /confluence"
    return Check(name, error.message, exit=error.exit, hint=hint)
