"""In which order a push writes its pages, so that the server takes each of them in one write.

A title is free only once the page that has it is written with another one, a page cannot go below
one that is itself still below it, and what is to stand below a new page waits for that page's id.
Pure: what cannot be ordered is known before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_THIRD = "give one of the two a third title and push; then give it the title that it is to have"


@dataclass(frozen=True, slots=True)
class Intent:
    """What one document wants its page to be.

    `key` is the page's id or what stands for it while there is none, `wanted` the key of the parent
    that its place means. `old_title` and `old_parent` are the base's, None where there is none or
    where nobody knows. What is not `meant` is changed here, too, but not to be pushed now. Titles
    are unique within a `room`: the pages of a space, the blog posts of a day.
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
        """The title that it wants, as servers compare them."""
        return f"{self.room}/{self.title.casefold()}"

    @property
    def gives_up(self) -> str | None:
        """The title that is free once this is written."""
        old = None if self.old_title is None else f"{self.room}/{self.old_title.casefold()}"
        return None if old == self.takes else old


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why a document cannot be written whatever goes first, and what to do about it."""

    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Paths in rounds: those of one round may be written in any order, or at once.

    `needs` are the paths that have to be written before a path's round; where one of several moves
    would do, the server is left to say so.
    """

    rounds: tuple[tuple[str, ...], ...]
    needs: Mapping[str, frozenset[str]]
    stuck: Mapping[str, Stuck]


def arrange(intents: Iterable[Intent], parents: Mapping[str, str | None]) -> Order:
    """Order the intents that are meant; `parents` is the tree of everything as it was."""
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
    """How far the writes have come.

    `holders` are the keys of those who give up a title. `above` holds, for each key, the parents
    that it has or, within a round, may have.
    """

    known: Mapping[str, Intent]
    holders: Mapping[str, str]
    above: dict[str, set[str]]
    written: set[str] = field(default_factory=set)

    def next_round(self, waiting: list[Intent], needs: dict[str, set[str]]) -> list[Intent]:
        """Return what may be written now, in any order; note in `needs` what the others need."""
        free: list[Intent] = []
        for intent in waiting:
            blockers = self._needed(intent)
            if blockers:
                needs.setdefault(intent.path, set()).update(one.path for one in blockers)
            elif not self._below_itself(intent):
                free.append(intent)
        chosen: list[Intent] = []
        for intent in free:
            # Of several moves at once nobody knows which comes first: none may close a circle,
            # wherever the others are by then.
            if not self._below_itself(intent):
                chosen.append(intent)
                if intent.wanted:
                    self.above.setdefault(intent.key, set()).add(intent.wanted)
        return chosen

    def done(self, chosen: list[Intent]) -> None:
        """Take note that the intents of a round are written."""
        for intent in chosen:
            self.written.add(intent.key)
            self.above[intent.key] = {intent.wanted} if intent.wanted else set()

    def stuck(self, intent: Intent) -> Stuck:
        """Return why an intent is left over."""
        holder = self._holder(intent)
        if holder is not None:
            why = f"the title '{intent.title}' is that of {holder.path} until that is pushed"
            if not holder.meant:
                return Stuck(why, f"push {holder.path} too, or first")
            if not self._waits_for(holder, intent):
                return Stuck(why)
            return Stuck(f"{why}, and that waits for this page", _THIRD)
        parent = self._unwritten(intent.wanted)
        if parent is not None and parent.new:
            why = f"{parent.path}, below which it stands, is not on the server yet"
            return Stuck(why, "" if parent.meant else f"push {parent.path} too, or first")
        movers = self._movers(intent)
        if movers:
            named = ", ".join(one.path for one in movers)
            why = f"its page would stand below itself until {named} is moved"
            absent = [one.path for one in movers if not one.meant]
            return Stuck(why, f"push {', '.join(absent)} too, or first" if absent else "")
        return Stuck("its page would stand below itself")

    def _needed(self, intent: Intent) -> list[Intent]:
        """Return the intents that certainly have to be written before this one."""
        return [one for one in (self._holder(intent), self._unborn(intent)) if one]

    def _holder(self, intent: Intent) -> Intent | None:
        """Return the intent whose page has the title now and gives it up."""
        holder = self.holders.get(intent.takes)
        return self._unwritten(holder) if holder != intent.key else None

    def _unborn(self, intent: Intent) -> Intent | None:
        parent = self._unwritten(intent.wanted)
        return parent if parent and parent.new else None

    def _movers(self, intent: Intent) -> list[Intent]:
        """Between the wanted parent and this page, which that is still below: who may move."""
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
