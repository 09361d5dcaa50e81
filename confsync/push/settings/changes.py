"""The settings of a push: they are checked before a page's text is sent, and sent after it.

A change names the version that it rests on, and the server compares it. No server compares anything
when a property is added or removed. Then confsync looks directly before, and after.

A page's owner is sent with the page's next version, and looked at after it. Its number among its
siblings is left to `siblings.reorder`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from confsync.document.document import Document
from confsync.document.settings.names import (
    OF_PAGE,
    ORDER,
    OWNER,
    READ_ONLY,
    RESTRICTIONS,
    UNCOUNTED,
    key_of,
)
from confsync.document.settings.values import sorted_by_key, stamped, stored
from confsync.errors import (
    APIAccessError,
    NetworkError,
    NotVisibleError,
    ServerError,
    UnsettledError,
    VersionConflictError,
    WriteRefusedError,
)
from confsync.mirror.mirror import Mirror
from confsync.model.page import PropertyInfo
from confsync.model.stamp import Property
from confsync.push.settings import restrictions
from confsync.push.siblings.reorder import Reorders
from confsync.push.write_page import of_this_page
from confsync.remote import Remote
from confsync.sync.settings.beside import (
    CONFLICTS,
    THERE,
    keys_of,
    sides_of,
    value_of,
    who_and_what,
    why_invalid,
    words_of,
)
from confsync.sync.settings.compare import Decision, Sides, decide

# Why a new page has other settings of its own than its file asks for.
_OF_NEW = {
    OWNER: "a new page belongs to its creator",
    ORDER: "a new page stands behind its siblings",
}
NO_ORDER = "order: this server's interface cannot change it: change it in the browser"
LEFT_HINT = "'confsync push {path}' sends it"
# Errors after which the server may, or may not, have the change.
_UNKNOWN = (NetworkError, ServerError, VersionConflictError, WriteRefusedError)


class SettingConflict(Exception):  # noqa: N818 - it is expected, and told of as a refusal
    """Raised if a setting must not be sent. `hopeless` means that no choice makes it possible.

    `left` means that the next push sends it.
    """

    def __init__(self, why: str, *, hopeless: bool = False, left: bool = False) -> None:
        super().__init__(why)
        self.hopeless = hopeless
        self.left = left


class Values(NamedTuple):
    """The values that a push sent, and those that the server had before, by name."""

    before: Mapping[str, str | None]
    after: Mapping[str, str | None]


class Edited(NamedTuple):
    """A page with its edited document. `newest` are the newest stamps that git knows, by key."""

    page_id: str
    document: Document
    newest: Mapping[str, Property]


class SendingSettings:
    """The settings of one page that were changed here."""

    def __init__(
        self,
        mirror: Mirror,
        remote: Remote,
        page: Edited,
        reorders: Reorders | None = None,
    ) -> None:
        self._reorders = reorders
        self._mirror = mirror
        self._remote = remote
        self._page, self._found, self._newest = page
        self._chosen = mirror.config.settings
        held = page.document.stamp.properties if page.document.stamp else ()
        self._held = {one.key: one for one in held}
        self._checked: Sequence[Sides] = ()
        self._before: dict[str, str | None] = {}
        self._after: dict[str, str | None] = {}

    @property
    def stamps(self) -> tuple[Property, ...]:
        """Return the properties for the stamp, after what was sent so far."""
        return sorted_by_key(self._held.values())

    @property
    def owner(self) -> str | None:
        """Return the account id that the page's next version must name as owner, or None."""
        for sides in self._checked:
            if key_of(sides.name) == OWNER and decide(sides) is Decision.SEND and sides.line:
                return str(json.loads(sides.line))
        return None

    @property
    def sent(self) -> Values:
        """Return the values that were sent so far."""
        return Values(self._before, self._after)

    def check(self) -> None:
        """Raise SettingConflict if a changed setting must not be sent. Raise APIAccessError."""
        self._checked = tuple(self._modified())
        self._refuse(*self._checked)
        for sides in self._checked:
            if key_of(sides.name) in READ_ONLY:
                raise SettingConflict(why_invalid(sides.name, sides.line))
            if key_of(sides.name) == ORDER and not sides.is_invalid:
                self._refuse_order(sides)
            elif key_of(sides.name) in OF_PAGE and (sides.is_invalid or sides.remote is None):
                why = f"the server names no {sides.name} of this page, and cannot change it"
                raise SettingConflict(f"{sides.name}: {why}")
            is_access = key_of(sides.name) == RESTRICTIONS
            if is_access and (why := restrictions.lockout(self._remote, sides)):
                raise SettingConflict(f"{sides.name}: {why}", hopeless=True)

    def _refuse_order(self, sides: Sides) -> None:
        """Raise SettingConflict if a page cannot be moved among its siblings."""
        if decide(sides) is Decision.STAMP:
            return
        if self._reorders is None:
            raise SettingConflict(NO_ORDER, hopeless=True)
        if self._found.stamp and self._found.stamp.parent is None:
            why = "the page stands at the top of its space, where no order can be pushed"
            raise SettingConflict(f"order: {why}", hopeless=True)

    def send(self) -> None:
        """Send the changed settings of a checked page. Raise what `check` does.

        Restrictions go first: until then, a new page is open. What the next push sends is told of
        last, and holds no other setting up.
        """
        left: list[str] = []
        for checked in sorted(self._checked, key=lambda one: key_of(one.name) != RESTRICTIONS):
            if self._is_placed_later(checked):
                continue
            sides = self._looked_again(checked) if _is_blind(checked) else checked
            self._refuse(sides)
            if key_of(sides.name) in OF_PAGE:
                left += self._settle(checked, sides)
            else:
                self._send_one(sides)
        if left:
            raise SettingConflict("; ".join(left), left=True)

    def _send_one(self, sides: Sides) -> None:
        match decide(sides):
            case Decision.STAMP:
                self._stamp(sides)
            case Decision.SEND | Decision.REMOVE if key_of(sides.name) == RESTRICTIONS:
                self._restrict(sides)
            case Decision.SEND:
                self._put(sides)
            case Decision.REMOVE if sides.remote:
                self._remove(sides, sides.remote)

    @property
    def order(self) -> Sides | None:
        """Return the new number of the page among its siblings, which is sent last, or None."""
        return next(filter(self._is_placed_later, self._checked), None)

    def ordered(self, sides: Sides, now: PropertyInfo | None) -> None:
        """Take a page's new number among its siblings as the base."""
        self._note(sides, replace(sides, remote=now))

    def _is_placed_later(self, sides: Sides) -> bool:
        known = self._found.stamp is not None
        return known and key_of(sides.name) == ORDER and decide(sides) is Decision.SEND

    def _modified(self) -> list[Sides]:
        """Return the settings that were changed here, each with the server's state."""
        infos = self._remote.properties(self._page, keys_of(self._chosen))
        every = sides_of(self._found, self._chosen, infos, self._newest)
        if self._found.stamp is None:
            every = tuple(filter(None, map(self._as_created, every)))
        if self._reorders:
            every = tuple(
                self._reorders.as_before(one) if key_of(one.name) == ORDER else one for one in every
            )
        return [sides for sides in every if sides.modified]

    def _as_created(self, sides: Sides) -> Sides | None:
        """Return a setting of a page that was just created. It has its owner from the creation.

        Return None for what a blog post cannot have.
        """
        key = key_of(sides.name)
        if key not in OF_PAGE or sides.line is None:
            return sides
        base = stamped(sides.name, sides.remote)
        if base is None:
            return None
        self._held[key] = base
        return replace(sides, base=base)

    def _looked_again(self, sides: Sides) -> Sides:
        """Return a setting with the server's present state."""
        key = key_of(sides.name)
        infos = self._remote.properties(self._page, (key,))
        return replace(sides, remote=next((info for info in infos if info.key == key), None))

    def _refuse(self, *every: Sides) -> None:
        """Raise SettingConflict with all settings that both sides changed: a choice is for all."""
        both = [sides for sides in every if decide(sides) in CONFLICTS]
        if both:
            told = (who_and_what(self._mirror, self._remote, sides) for sides in both)
            raise SettingConflict("; ".join(told))

    def _settle(self, checked: Sides, sides: Sides) -> tuple[str, ...]:
        """Take a page's own setting as the base, if the page's version brought it.

        Return why it did not.
        """
        if decide(sides) is not Decision.STAMP:
            known = self._found.stamp is not None
            why = "the server has not taken it" if known else _OF_NEW[key_of(sides.name)]
            return (f"{sides.name}: {why}",)
        if decide(checked) is Decision.STAMP:
            self._stamp(sides)
        else:
            self._note(checked, sides)
        return ()

    # -- one setting -------------------------------------------------------------------------------

    def _put(self, sides: Sides) -> None:
        value = stored(sides.name, sides.line)
        if value is None:
            raise ValueError(f"{sides.name} has no value to send")
        made: PropertyInfo | None
        try:
            made = self._remote.put_property(
                self._page, key_of(sides.name), value, base=sides.remote
            )
        except _UNKNOWN as error:
            made = self._found_again(sides, error).remote
        if made is not None and sides.remote is None:
            made = self._after_adding(sides, made)
        now = replace(sides, remote=made)
        self._note(sides, now)
        if now.theirs != sides.local:
            raise SettingConflict(f"{sides.name}: the server stored another value than it was sent")

    def _after_adding(self, sides: Sides, made: PropertyInfo) -> PropertyInfo:
        """Return the property as the server has it now, unless another person changed it since."""
        now = self._looked_again(sides).remote
        if now is None or (now.id == made.id and now.version.number > made.version.number):
            return made
        return now

    def _remove(self, sides: Sides, info: PropertyInfo) -> None:
        try:
            self._remote.remove_property(self._page, info)
        except (*_UNKNOWN, NotVisibleError) as error:
            self._found_again(sides, error)
        now = self._looked_again(sides)
        self._note(sides, now)
        if now.theirs is not None:
            raise SettingConflict(f"{sides.name}: the server has a value again")

    def _restrict(self, sides: Sides) -> None:
        try:
            restrictions.send(self._remote, self._page, sides)
        except (*_UNKNOWN, NotVisibleError) as error:
            self._found_again(sides, error)
        now = self._looked_again(sides)
        self._note(sides, now)
        if now.theirs != now.local:
            has = words_of(sides.name, value_of(now))
            raise SettingConflict(f"{sides.name}: the server has {has} after they were sent")

    def _found_again(self, sides: Sides, error: APIAccessError) -> Sides:
        """Return a setting whose change landed although its answer says otherwise.

        Nothing is sent twice. Raise SettingConflict if another person was faster, else the error.
        """
        try:
            now = self._looked_again(sides)
        except APIAccessError as failure:
            if isinstance(error, WriteRefusedError | VersionConflictError | NotVisibleError):
                raise error from None
            raise UnsettledError(f"setting '{sides.name}' of page {self._page}", failure) from None
        self._refuse(now)
        if decide(now) is Decision.STAMP:
            return now
        raise of_this_page(error, "setting") from None

    def _stamp(self, sides: Sides) -> None:
        key = key_of(sides.name)
        self._held.pop(key, None)
        if made := stamped(sides.name, sides.remote):
            self._held[key] = made

    def _note(self, sides: Sides, now: Sides) -> None:
        """Take the server's new state as the base, and note both values."""
        self._stamp(now)
        self._before[sides.name] = sides.remote.value if sides.remote else None
        self._after[sides.name] = now.remote.value if now.remote else None


def _is_blind(sides: Sides) -> bool:
    """Return whether no server compares a version at the change.

    It compares none at an addition or a removal, and none of a setting without versions.
    """
    unversioned = sides.remote is None or sides.local is None or key_of(sides.name) in UNCOUNTED
    return decide(sides) in THERE and unversioned
