"""The options of `grep` and `replace`, and the queries and replacements that they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from confsync.errors import UsageError
from confsync.model.shell import quoted

if TYPE_CHECKING:
    from confsync.bulk.passage import Part
    from confsync.bulk.queries import MacroQuery, Queries
    from confsync.bulk.replacements import Replacement
    from confsync.bulk.xpath import XPath

_PARTS = ("text", "code", "links", "params")
_HELP = "'confsync replace --help' has examples"


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """The queries of `grep`, as typed."""

    paths: tuple[str, ...]
    texts: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    xpaths: tuple[str, ...] = ()
    ignore_case: bool = False

    def queries(self) -> Queries:
        """Return the queries. Raise UsageError."""
        from confsync.bulk.queries import Queries

        found = Queries(
            self._patterns("--text", self.texts),
            self._patterns("--code", self.code),
            tuple(
                _macro(name, self.parameters, ignore_case=self.ignore_case) for name in self.macros
            ),
            self._patterns("--link", self.links),
            self._patterns("--attachment", self.attachments),
            self.users,
            tuple(map(_xpath, self.xpaths)),
        )
        if self.parameters and not self.macros:
            hint = f"'confsync grep --macro \"*\" --param {quoted(self.parameters[0])}' finds it"
            raise UsageError("--param needs a --macro", hint=hint)
        if found == Queries():
            word = quoted(self.paths[0]) if self.paths else "WORD"
            raise UsageError(
                "nothing to look for was given", hint=f"'confsync grep --text {word}' finds text"
            )
        return found

    def _patterns(self, option: str, given: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
        return tuple(_pattern(option, text, ignore_case=self.ignore_case) for text in given)


@dataclass(frozen=True, slots=True)
class ReplacementOptions:
    """The replacement of `replace`, as typed."""

    paths: tuple[str, ...]
    text: tuple[str, str] | None = None
    regex: bool = False
    ignore_case: bool = False
    parts: str | None = None
    across_tags: bool = False
    macro: str | None = None
    parameters: tuple[str, ...] = ()
    to: str | None = None
    unwrap: bool = False
    remove: bool = False
    link: tuple[str, str] | None = None
    after: tuple[str, str] | None = None
    before: tuple[str, str] | None = None

    def replacement(self, site: str) -> Replacement:
        """Return the replacement; `site` is the server's address. Raise UsageError."""
        kinds: dict[str, tuple[object, Callable[[], Replacement]]] = {
            "--text": (self.text, self._text),
            "--macro": (self.macro, self._macro),
            "--link": (self.link, lambda: self._link(site)),
            "--after": (self.after, self._insertion),
            "--before": (self.before, self._insertion),
        }
        given = [name for name, (value, _) in kinds.items() if value is not None]
        if len(given) != 1:
            why = " and ".join(given) + " exclude each other" if given else "nothing to replace"
            raise UsageError(why, hint=_HELP)
        self._check_companions(given[0])
        return kinds[given[0]][1]()

    def _check_companions(self, kind: str) -> None:
        """Raise UsageError for an option that belongs to another kind of replacement."""
        companions: dict[str, dict[str, object]] = {
            "--text": {
                "--regex": self.regex,
                "--ignore-case": self.ignore_case,
                "--in": self.parts is not None,
                "--across-tags": self.across_tags,
            },
            "--macro": {
                "--param": self.parameters,
                "--to": self.to is not None,
                "--unwrap": self.unwrap,
                "--remove": self.remove,
            },
        }
        for owner, options in companions.items():
            used = [name for name, value in options.items() if value]
            if used and owner != kind:
                raise UsageError(f"{used[0]} needs {owner}", hint=_HELP)

    # -- text --------------------------------------------------------------------------------------

    def _text(self) -> Replacement:
        from confsync.bulk.replacements import TextReplacement

        old, new = self.text or ("", "")
        if not old:
            raise UsageError("the old text is empty", hint=_HELP)
        wanted = old if self.regex else re.escape(old)
        pattern = _pattern("--text", wanted, ignore_case=self.ignore_case)
        new = _checked(new)
        if not self.regex:
            return TextReplacement(pattern, lambda found: new, self._parts(), self.across_tags)
        try:
            pattern.sub(new, "")
        except (re.error, IndexError) as error:
            same = f"--text {quoted(old)} {quoted(new.replace(chr(92), chr(92) * 2))}"
            raise UsageError(
                f"{quoted(new)} does not fit the regular expression: {error}",
                hint=f"'confsync replace -n --regex {same}' takes the new text as it is",
            ) from None
        return TextReplacement(
            pattern, lambda found: found.expand(new), self._parts(), self.across_tags
        )

    def _parts(self) -> frozenset[Part]:
        from confsync.bulk.passage import Part

        names = [name.strip() for name in (self.parts or "text").split(",")]
        for name in names:
            if name not in _PARTS:
                same = " ".join(map(quoted, self.text or ()))
                hint = f"'confsync replace -n --in {','.join(_PARTS)} --text {same}' takes all"
                raise UsageError(f"--in has no part {quoted(name)}", hint=hint)
        return frozenset(map(Part, names))

    # -- macros ------------------------------------------------------------------------------------

    def _macro(self) -> Replacement:
        from confsync.bulk.replacements import MacroRemoval, MacroRename

        ways = {"--to": self.to is not None, "--unwrap": self.unwrap, "--remove": self.remove}
        chosen = [name for name, value in ways.items() if value]
        if len(chosen) != 1:
            why = (
                " and ".join(chosen) + " exclude each other"
                if chosen
                else "--macro alone changes nothing"
            )
            same = f"--macro {quoted(self.macro or '')}"
            hint = f"'confsync replace -n {same} --remove' shows what a removal changes"
            raise UsageError(why, hint=hint)
        conditions = tuple(one for one in self.parameters if "=" in one)
        renamed = [one for one in self.parameters if "=" not in one]
        query = _macro(self.macro or "", conditions)
        if self.to is None:
            if renamed:
                raise UsageError(f"--param {quoted(renamed[0])} needs --to", hint=_HELP)
            return MacroRemoval(query, self.unwrap)
        if len(renamed) > 1:
            raise UsageError("--to gives a name to one parameter only", hint=_HELP)
        if not self.to:
            raise UsageError("the new name is empty", hint=_HELP)
        return MacroRename(query, _checked(self.to), renamed[0] if renamed else None)

    # -- links and elements ------------------------------------------------------------------------

    def _link(self, site: str) -> Replacement:
        from confsync.bulk.link_targets import LinkReplacement, target

        old, new = map(target, self.link or ("", ""))
        if not (old.text and new.text):
            raise UsageError("a target is empty", hint=_HELP)
        if old.kind is not new.kind:
            why = f"the two targets are of different kinds: {old.kind.value} and {new.kind.value}"
            raise UsageError(why, hint=_HELP)
        _checked(new.text)
        return LinkReplacement(old, new, site)

    def _insertion(self) -> Replacement:
        from confsync.bulk.replacements import Insertion
        from confsync.document.storage_format import check

        expression, new = self.after or self.before or ("", "")
        if not new:
            raise UsageError("the new XML is empty", hint=_HELP)
        if flaw := check(new):
            why = f"the new XML cannot stand in a page: {flaw.message} (column {flaw.offset + 1})"
            raise UsageError(why, hint=_HELP)
        return Insertion(_xpath(expression), new, before=self.before is not None)


def _pattern(
    option: str, text: str, *, ignore_case: bool = False, before: str = ""
) -> re.Pattern[str]:
    """Return a compiled pattern; `before` stands before it in the option's value."""
    try:
        return re.compile(text, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        why = f"{option} {quoted(before + text)} is not a regular expression: {error}"
        same = f"{option} {quoted(before + re.escape(text))}"
        raise UsageError(why, hint=f"'confsync grep {same}' finds the text itself") from None


def _macro(name: str, parameters: tuple[str, ...], *, ignore_case: bool = False) -> MacroQuery:
    from confsync.bulk.queries import MacroQuery

    pairs = [one.partition("=") for one in parameters]
    for one, equals, _ in pairs:
        if not equals:
            same = f"--macro {quoted(name)} --param {quoted(f'{one}=.')}"
            hint = f"'confsync grep {same}' finds each value"
            raise UsageError(f"--param {quoted(one)} has no =", hint=hint)
    option = f"--macro {quoted(name)} --param"
    found = (
        (one, _pattern(option, wanted, ignore_case=ignore_case, before=f"{one}="))
        for one, _, wanted in pairs
    )
    return MacroQuery(name, tuple(found))


def _xpath(expression: str) -> XPath:
    from confsync.bulk.xpath import XPath

    return XPath(expression)


def _checked(new: str) -> str:
    """Return new text. Raise UsageError for a character that no page can have."""
    from confsync.bulk.edits import forbidden

    if character := forbidden(new):
        why = f"the new text has {character!a}, which a page cannot have"
        raise UsageError(why, hint=_HELP)
    return new
