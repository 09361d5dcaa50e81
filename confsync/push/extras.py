"""The parts of a page besides its text: attachments are sent before it, the others after it.

The others are labels and settings. Settings are checked before anything of the page is sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from confsync.errors import APIAccessError, Exit, FileError
from confsync.mirror.entry import Entry
from confsync.mirror.mirror import Mirror
from confsync.model.event import Event
from confsync.model.outcome import PageResult
from confsync.model.page import Page, PageInfo
from confsync.model.stamp import Attached, Local, Property, Stamp, folded, words_of
from confsync.push.attachments import Asked, AttachmentConflict, Uploading
from confsync.remote import Remote
from confsync.sync import labels
from confsync.sync.attachments.beside import Beside
from confsync.sync.fetch import Case, Found
from confsync.sync.labels import Sent
from confsync.sync.refusals import failed, local_result

if TYPE_CHECKING:
    from confsync.push.settings.changes import SendingSettings, Values
    from confsync.push.siblings.reorder import Placed, Reorders
    from confsync.sync.settings.compare import Sides


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The reason why labels, settings or attachments were not sent with a written text."""

    why: str
    exit: Exit
    hint: str = ""


class Extras:
    """The other parts of a push's pages; `files` are the changed attachments by document.

    `asked` are the choices of a person for attachments. `newest` are the newest stamps that git
    knows of content properties, by page id and key.
    """

    def __init__(
        self,
        mirror: Mirror,
        remote: Remote,
        files: Mapping[str, Beside],
        asked: Asked,
        newest: Mapping[str, Mapping[str, Property]] = MappingProxyType({}),
    ) -> None:
        self._mirror = mirror
        self._remote = remote
        self._files = files
        self._asked = asked
        self._newest = newest
        self._settings: dict[str, SendingSettings] = {}
        self._uploading: dict[str, Uploading] = {}
        self._labels: dict[str, Sent] = {}
        self._reorders: Reorders | None = None
        # The numbers that files asked for, and those that the server chose, by path.
        self._numbers: dict[str, tuple[int | None, str | None]] = {}
        self.unfinished: dict[str, Unfinished] = {}
        if "order" in mirror.config.settings and remote.places:
            from confsync.push.siblings.reorder import Reorders

            self._reorders = Reorders(remote.places)

    def any(self, entry: Entry) -> bool:
        """Return whether labels, settings or attachments of a document were changed here."""
        return self._relabels(entry) or entry.path in self._files or bool(self._resets(entry))

    def words(self, entry: Entry, *, alone: bool) -> str:
        """Return the note about the other parts; `alone` if the text was not sent."""
        if not alone:
            parts = [*self._resets(entry), *["attachments"] * (entry.path in self._files)]
            return f"with {' and '.join(parts)}" if parts else ""
        parts = [*["labels"] * self._relabels(entry), *self._resets(entry)]
        return " and ".join(parts + ["attachments"] * (entry.path in self._files))

    # -- attachments -------------------------------------------------------------------------------

    def refusal(self, entry: Entry, page_id: str) -> PageResult | None:
        """Return why other parts must not be sent, without sending any. Raise APIAccessError."""
        return self._refused_settings(entry, page_id) or self._unless_refused(
            entry, page_id, lambda sending: sending.check()
        )

    def upload(self, entry: Entry, page_id: str, message: str) -> PageResult | None:
        """Check the settings, and send the attachments that were changed here.

        Return the refusal, or None. Raise APIAccessError.
        """
        return self._refused_settings(entry, page_id) or self._uploaded(entry, page_id, message)

    def upload_new(self, entry: Entry, page_id: str, message: str) -> PageResult | None:
        """Do what `upload` does for a page that was just created.

        Refused settings are left over, so that the document gets its stamp.
        """
        if refused := self._refused_settings(entry, page_id, 1):
            left = Unfinished(str(refused.error), Exit.REFUSED, refused.hint)
            self.unfinished[entry.path] = left
        return self._uploaded(entry, page_id, message)

    def _uploaded(self, entry: Entry, page_id: str, message: str) -> PageResult | None:
        refused = self._unless_refused(entry, page_id, lambda sending: sending.upload(message))
        sending = self._uploading.get(entry.path)
        for old, new in sending.renamed.items() if sending and not refused else ():
            why = f"the server renamed the attachment '{old}' to '{new}': rename it in the browser"
            self.unfinished[entry.path] = Unfinished(why, Exit.REFUSED)
        return refused

    def _unless_refused(
        self, entry: Entry, page_id: str, act: Callable[[Uploading], object]
    ) -> PageResult | None:
        if entry.path not in self._files:
            return None
        files = self._files[entry.path]
        sending = Uploading(self._mirror, self._remote, page_id, files, self._asked)
        self._uploading[entry.path] = sending
        try:
            act(sending)
        except AttachmentConflict as conflict:
            told = replace(local_result(entry), id=page_id, error=conflict.why, hint=conflict.hint)
            return replace(told, exit=Exit.REFUSED)
        except FileError as error:
            return failed(local_result(entry), error)
        return None

    def delete(self, entry: Entry) -> None:
        """Delete the attachments that were deleted here. No page shows them any more."""
        sending = self._uploading.get(entry.path)
        try:
            if sending and (kept := sending.delete()):
                why = f"an attachment was not deleted: {kept}"
                self.unfinished[entry.path] = Unfinished(why, Exit.REFUSED)
        except (APIAccessError, FileError) as error:
            why = f"an attachment could not be deleted: {error.message}"
            self.unfinished[entry.path] = Unfinished(why, error.exit, error.hint)

    def attached(self, entry: Entry, stamp: Stamp) -> tuple[Attached, ...]:
        """Return the attachments for the stamp."""
        sending = self._uploading.get(entry.path)
        return sending.attached if sending else stamp.attachments

    # -- settings ----------------------------------------------------------------------------------

    def _resets(self, entry: Entry) -> tuple[str, ...]:
        """Return the settings that a document changes, by name."""
        chosen, found = self._mirror.config.settings, entry.document
        if not chosen or found is None:
            return ()
        from confsync.sync.settings import beside  # most mirrors have no settings

        return beside.changed(found, chosen)

    def _refused_settings(
        self, entry: Entry, page_id: str, version: int | None = None
    ) -> PageResult | None:
        """Return why changed settings must not be sent. Raise APIAccessError."""
        if entry.document is None or not self._resets(entry):
            return None
        from confsync.push.settings.changes import Edited, SendingSettings, SettingConflict
        from confsync.sync.settings.beside import way_out

        newest = self._newest.get(page_id, {})
        page = Edited(page_id, entry.document, newest)
        sending = SendingSettings(self._mirror, self._remote, page, self._reorders)
        try:
            sending.check()
        except SettingConflict as conflict:
            told = replace(local_result(entry), id=page_id, error=str(conflict), exit=Exit.REFUSED)
            return replace(told, hint=way_out(None if conflict.hopeless else told.base or version))
        self._settings[entry.path] = sending
        return None

    def owner(self, entry: Entry) -> str | None:
        """Return the new owner of a page after the check of its settings, or None."""
        sending = self._settings.get(entry.path)
        return sending.owner if sending else None

    def _send_settings(self, entry: Entry, page_id: str, version: int | None) -> None:
        """Send the settings of a page whose text is on the server, after their check."""
        sending = self._settings.get(entry.path)
        if sending is None:
            return
        from confsync.push.settings.changes import LEFT_HINT, SettingConflict
        from confsync.sync.settings.beside import way_out

        try:
            sending.send()
        except SettingConflict as conflict:
            hint = LEFT_HINT if conflict.left else way_out(version)
            self.unfinished[entry.path] = Unfinished(str(conflict), Exit.REFUSED, hint)
        except APIAccessError as error:
            why = f"the settings could not be changed: {error.message}"
            self.unfinished[entry.path] = Unfinished(why, error.exit, error.hint)
        self._audit(entry, page_id, version, sending.sent)

    def _audit(self, entry: Entry, page_id: str, version: int | None, sent: Values) -> None:
        """Note the settings that were sent."""
        before, after = (json.dumps(_plain(values), ensure_ascii=False) for values in sent)
        if sent.after:
            found = entry.document.stamp if entry.document else None
            base = found.version if found else None
            who = self._remote.who
            event = Event("set", page_id, entry.path, base, version, before, after, who)
            self._mirror.audit.add(event)

    # -- order among siblings ----------------------------------------------------------------------

    def reorder(self, sent: Iterable[tuple[Entry, Case, Found | None]]) -> None:
        """Move pages among their siblings, after everything else of them was sent."""
        asked = [
            (entry, case, page, sides)
            for entry, case, page in sent
            if (sides := self._order(entry)) and isinstance(page, Page)
        ]
        if not asked or self._reorders is None:
            return
        from confsync.push.siblings.reorder import Wish, placed_in

        wishes = {
            case.stamp.id: (page.info, Wish(sides, page.info.parent != case.stamp.parent))
            for _, case, page, sides in asked
        }
        done = placed_in(self._reorders, wishes)
        for entry, case, page, sides in asked:
            self._take_place(entry, page.info, sides, done[case.stamp.id])

    def _take_place(self, entry: Entry, page: PageInfo, sides: Sides, done: Placed) -> None:
        """Take the server's new number of a page, or note why there is none."""
        from confsync.push.settings.changes import Values
        from confsync.push.siblings.reorder import number_of
        from confsync.sync.settings.beside import way_out

        if isinstance(done, APIAccessError):
            why = f"the order could not be changed: {done.message}"
            self.unfinished[entry.path] = Unfinished(why, done.exit, done.hint)
            return
        if isinstance(done, Exception):
            left = Unfinished(str(done), Exit.REFUSED, way_out(page.version.number))
            self.unfinished[entry.path] = left
            return
        before = sides.remote.value if sides.remote else None
        after = done.value if done else None
        self._settings[entry.path].ordered(sides, done)
        self._numbers[entry.path] = number_of(sides), after
        sent = Values({sides.name: before}, {sides.name: after})
        self._audit(entry, page.id, page.version.number, sent)

    def lines(self, entry: Entry) -> Mapping[str, str | None]:
        """Return the lines of settings for which the server chose another value."""
        asked, now = self._numbers.get(entry.path, (None, None))
        return {"order": now} if now != (None if asked is None else str(asked)) else {}

    def number(self, entry: Entry) -> str:
        """Return the note about a number that the server chose, or nothing."""
        lines = self.lines(entry)
        return f"the server's number is {lines['order'] or 'none'}" if lines else ""

    def _order(self, entry: Entry) -> Sides | None:
        """Return the new number of a page among its siblings, or None."""
        sending = self._settings.get(entry.path)
        return sending.order if sending else None

    def properties(self, entry: Entry, stamp: Stamp) -> tuple[Property, ...]:
        """Return the content properties for the stamp."""
        sending = self._settings.get(entry.path)
        return sending.stamps if sending else stamp.properties

    # -- labels ------------------------------------------------------------------------------------

    def finish(self, entry: Entry, case: Case, version: int) -> None:
        """Send the settings and the labels of a page whose text is on the server as `version`."""
        number = case.page.info.version.number if case.page else None
        changed = version if self.owner(entry) else number
        self._send_settings(entry, case.stamp.id, changed)
        if not self._manages_labels(entry):
            return
        page_id, base = case.stamp.id, case.stamp.version
        try:
            done = labels.send(self._remote, page_id, case.stamp, case.local)
        except APIAccessError as error:
            why = f"the labels could not be changed: {error.message}"
            self.unfinished[entry.path] = Unfinished(why, error.exit, error.hint)
            return
        self._take(entry, done)
        if done.decided.add or done.decided.remove:
            who = self._remote.who
            old = folded(case.stamp.labels) or frozenset()
            new = old.union(done.decided.add).difference(done.decided.remove)
            words = words_of(old), words_of(new)
            event = Event("labelled", page_id, entry.path, base, number, *words, who)
            self._mirror.audit.add(event)

    def finish_new(self, entry: Entry, page_id: str, local: Local) -> tuple[str, ...] | None:
        """Send settings and labels of a page that was just created. Return labels for its stamp.

        A document without labels gets an empty list, as a pull would give it. Return None if
        labels are not managed. Raise APIAccessError.
        """
        self._send_settings(entry, page_id, 1)
        if not self._manages_labels(entry):
            return () if self._mirror.config.labels else None
        return self._take(entry, labels.send(self._remote, page_id, None, local))

    def _take(self, entry: Entry, sent: Sent) -> tuple[str, ...] | None:
        """Note the labels that were sent. Return those for the stamp."""
        self._labels[entry.path] = sent
        if ignored := ", ".join(f"'{name}'" for name in sent.ignored):
            why = f"the server did not change these labels, and gave no error: {ignored}"
            hint = "change them in the browser, or write the file's labels as the page has them"
            self.unfinished[entry.path] = Unfinished(why, Exit.REFUSED, hint)
        return sent.base

    def labels(self, entry: Entry) -> tuple[str, ...] | None:
        """Return the labels for a document after `label`, or None if they are not known."""
        sent = self._labels.get(entry.path)
        return sent.decided.result if sent else None

    def base_labels(self, entry: Entry) -> tuple[str, ...] | None:
        """Return the labels for a stamp after `label`, or None if they are not known."""
        sent = self._labels.get(entry.path)
        return sent.base if sent else None

    def _relabels(self, entry: Entry) -> bool:
        found = entry.document
        return self._manages_labels(entry) and found is not None and labels.changed(found)

    def _manages_labels(self, entry: Entry) -> bool:
        found = entry.document
        return self._mirror.config.labels and found is not None and found.labels is not None


def _plain(values: Mapping[str, str | None]) -> dict[str, object]:
    """Return the values of settings as JSON has them."""
    return {name: None if value is None else json.loads(value) for name, value in values.items()}
