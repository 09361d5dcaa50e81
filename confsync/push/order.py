"""The order in which a push writes its pages, so that the server accepts each in one write. Pure.

A title is free only after its page is written with another title. A page cannot move below a page
that is still below it. Documents below a new page wait for that page's id. Pages without a possible
order are known before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from confsync.model.hint import marked, mentioned

_THIRD = "give one of the two pages a third title and push; then set its own title and push again"


@dataclass(frozen=True, slots=True)
class Intent:
    """The state that one document wants for its page.

    `key` is the page's id, or its `unborn` key. `wanted` is the key of the parent that the
    document's place means. `old_title` and `old_parent` are the base's, or None if there is no base
    or it is not known. An intent that is not `meant` is a change that this push does not send.
    Titles are unique within a `room`: the pages of a space, or the blog posts of a day.
    """

    path: str
    key: str
    title: str
    wanted: str | None
    old_title: str | None = None
    old_parent: str | None = None
    new: bool = False
    meant: bool = True
    room: str = ""

    @property
    def takes(self) -> str:
        """Return the title that the page wants, as servers compare titles."""
        return f"{self.room}/{self.title.casefold()}"

    @property
    def gives_up(self) -> str | None:
        """Return the title that is free after the write, or None."""
        old = None if self.old_title is None else f"{self.room}/{self.old_title.casefold()}"
        return None if old == self.takes else old


@dataclass(frozen=True, slots=True)
class Stuck:
    """The reason why a document cannot be written in any order, and the remedy.

    `first` is the path of a document that must be written first.
    """

    why: str
    hint: str = ""
    first: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """The paths in rounds. The paths of one round may be written in any order, or at once.

    `needs` maps a path to the paths that must be written before its round. If one of several moves
    would be enough, the server decides.
    """

    rounds: tuple[tuple[str, ...], ...]
    needs: Mapping[str, frozenset[str]]
    stuck: Mapping[str, Stuck]


def arrange(intents: Iterable[Intent], parents: Mapping[str, str | None]) -> Order:
    """Return the order of the meant intents; `parents` is the tree before the push."""
    known = {intent.key: intent for intent in intents}
    holders = {intent.gives_up: intent.key for intent in known.values() if intent.gives_up}
    schedule = _Schedule(known, holders, {key: {above} for key, above in parents.items() if above})
    top_down = sorted(known.values(), key=lambda one: (one.path.count("/"), one.path))
    waiting = [intent for intent in top_down if intent.meant]
    rounds: list[tuple[str, ...]] = []
    needs: dict[str, set[str]] = {}
    while waiting:
        chosen = schedule.next_round(waiting, needs)
        if not chosen:
            break
        rounds.append(tuple(intent.path for intent in chosen))
        schedule.done(chosen)
        waiting = [intent for intent in waiting if intent.key not in schedule.written]
    stuck = {intent.path: schedule.stuck(intent) for intent in waiting}
    return Order(tuple(rounds), {p: frozenset(found) for p, found in needs.items()}, stuck)


@dataclass(slots=True)
class _Schedule:
    """The progress of the writes.

    `holders` maps a title to the key of the page that gives it up. `above` maps each key to the
    parents that it has or, within a round, may have.
    """

    known: Mapping[str, Intent]
    holders: Mapping[str, str]
    above: dict[str, set[str]]
    written: set[str] = field(default_factory=set)

    def next_round(self, waiting: list[Intent], needs: dict[str, set[str]]) -> list[Intent]:
        """Return the intents that may be written now; note in `needs` what the others need."""
        free: list[Intent] = []
        for intent in waiting:
            blockers = self._needed(intent)
            if blockers:
                needs.setdefault(intent.path, set()).update(one.path for one in blockers)
            elif not self._below_itself(intent):
                free.append(intent)
        chosen: list[Intent] = []
        for intent in free:
            # The order of simultaneous moves is unknown, so none may make a cycle with any of the
            # others.
            if not self._below_itself(intent):
                chosen.append(intent)
                if intent.wanted:
                    self.above.setdefault(intent.key, set()).add(intent.wanted)
        return chosen

    def done(self, chosen: list[Intent]) -> None:
        """Record that the intents of a round are written."""
        for intent in chosen:
            self.written.add(intent.key)
            self.above[intent.key] = {intent.wanted} if intent.wanted else set()

    def stuck(self, intent: Intent) -> Stuck:
        """Return why an intent is left over."""
        holder = self._holder(intent)
        if holder is not None:
            why = f"{mentioned(holder.path)} has the title '{intent.title}' until it is pushed"
            if not holder.meant:
                return _after(holder, why)
            if not self._waits_for(holder, intent):
                return Stuck(why, "", holder.path)
            return Stuck(f"{why}, but it waits for this page", _THIRD)
        parent = self._unwritten(intent.wanted)
        if parent is not None and parent.new:
            why = f"its parent {mentioned(parent.path)} is not on the server yet"
            return Stuck(why, "", parent.path) if parent.meant else _after(parent, why)
        movers = self._movers(intent)
        if movers:
            named = ", ".join(mentioned(one.path) for one in movers)
            why = f"this move makes a cycle: move {named} first"
            absent = [one.path for one in movers if not one.meant]
            return Stuck(
                why,
                f"'confsync push {' '.join(map(marked, absent))}' must come first"
                if absent
                else "",
            )
        return Stuck("this move puts the page below itself")

    def _needed(self, intent: Intent) -> list[Intent]:
        """Return the intents that must be written before this one."""
        return [one for one in (self._holder(intent), self._unborn(intent)) if one]

    def _holder(self, intent: Intent) -> Intent | None:
        """Return the intent whose page still has the title and gives it up."""
        holder = self.holders.get(intent.takes)
        return self._unwritten(holder) if holder != intent.key else None

    def _unborn(self, intent: Intent) -> Intent | None:
        parent = self._unwritten(intent.wanted)
        return parent if parent and parent.new else None

    def _movers(self, intent: Intent) -> list[Intent]:
        """Return the moves between the wanted parent and this page that would end the cycle."""
        if not self._below_itself(intent):
            return []
        found = (self._unwritten(key) for key in sorted(self._up_from(intent.wanted)))
        moving = [one for one in found if one and one.wanted != one.old_parent]
        return [m for m in moving if m.key != intent.key and intent.key in self._up_from(m.key)]

    def _below_itself(self, intent: Intent) -> bool:
        moves = intent.wanted != intent.old_parent and not intent.new
        return moves and intent.key in self._up_from(intent.wanted)

    def _up_from(self, key: str | None) -> set[str]:
        """Return a key and all keys above it."""
        found: set[str] = set()
        waiting = [key] if key else []
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.above.get(one, ())
        return found

    def _unwritten(self, key: str | None) -> Intent | None:
        return None if key in self.written else self.known.get(key or "")

    def _waits_for(self, intent: Intent, other: Intent) -> bool:
        """Return whether an intent waits for another, directly or through others."""
        seen: set[str] = set()
        waiting = [intent]
        while waiting:
            one = waiting.pop()
            if one.key == other.key:
                return True
            if one.key not in seen:
                seen.add(one.key)
                waiting += [*self._needed(one), *self._movers(one)]
        return False


def _after(first: Intent, why: str) -> Stuck:
    return Stuck(why, f"'confsync push {marked(first.path)}' must come first", first.path)
