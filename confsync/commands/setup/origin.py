"""The origin of a clone: what an address names, as the server knows it."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from confsync.errors import NotVisibleError
from confsync.model.config import SpaceConfig
from confsync.model.page import PageInfo, Space, Status
from confsync.model.url import Address, Target
from confsync.remote import Remote


class Origin(NamedTuple):
    """A space by its key, or the pages below `root`: a page or folder. `blog` includes the blog.

    `address` is an address of it that `parse` reads.
    """

    url: str
    key: str
    address: str
    root: str | None = None
    blog: bool = False

    @property
    def space(self) -> SpaceConfig:
        """Return the space of a new configuration."""
        return SpaceConfig(self.key, self.key, self.root, blog=self.blog)


def _whole(url: str, key: str) -> Origin:
    return Origin(url, key, f"{url}/spaces/{key}")


def _with_blog(url: str, key: str) -> Origin:
    return Origin(url, key, f"{url}/spaces/{key}/blog", blog=True)


def _below(url: str, key: str, root: str, kind: str = "pages") -> Origin:
    return Origin(url, key, f"{url}/spaces/{key}/{kind}/{root}", root)


def origin_of(remote: Remote, address: Address) -> Origin:
    """Ask the server for what an address names.

    Raise SpaceNotFoundError, NotVisibleError, or another APIAccessError.
    """
    url = address.url
    match address.target:
        case Target.SPACE:
            return _whole(url, remote.space(address.key).key)
        case Target.BLOG:
            return _with_blog(url, remote.space(address.key).key)
        case Target.PAGE:
            return _of_id(remote, address)
        case Target.TITLE:
            space = remote.space(address.key)
            return _below(url, space.key, _titled(remote, space, address).id)
        case Target.FOLDER:
            key = remote.space(address.key).key
            if remote.folder(address.name) is None:
                raise _missing(f"folder {address.name}", address)
            return _below(url, key, address.name, "folder")
        case _:
            assert_never(address.target)


def _of_id(remote: Remote, address: Address) -> Origin:
    """Return the page of an id, or the blog of a blog post. Its space may not be the address's."""
    try:
        page = remote.page(address.name).info
    except NotVisibleError:
        return _of_post(remote, address)
    if page.status is not Status.CURRENT:
        raise NotVisibleError(
            f"page {page.id} is {page.status.value}",
            hint="restore it in the browser, then type the command again",
        )
    return _below(address.url, remote.space_key(page.space), page.id)


def _of_post(remote: Remote, address: Address) -> Origin:
    """Return the blog of a blog post. Raise NotVisibleError if there is no such post."""
    try:
        post = remote.posts.page(address.name).info
    except NotVisibleError:
        raise _missing(f"page {address.name}", address) from None
    return _with_blog(address.url, remote.space_key(post.space))


def _titled(remote: Remote, space: Space, address: Address) -> PageInfo:
    """Return the current page with a title. Raise NotVisibleError."""
    for info in remote.titled(space, address.name):
        if info.status is Status.CURRENT:
            return info
    raise _missing(f"page '{address.name}'", address)


def _missing(what: str, address: Address) -> NotVisibleError:
    where = f" in space '{address.key}'" if address.key else ""
    hint = f"'confsync clone {address.url}/spaces/{address.key}' mirrors the space"
    return NotVisibleError(
        f"there is no {what}{where}, or you may not see it",
        hint=hint if address.key else "open the address in the browser with the same account",
        status=404,
    )
