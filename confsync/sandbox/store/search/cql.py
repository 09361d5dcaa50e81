"""The Confluence Query Language, as SQL.

`and`, `or`, `not` and parentheses join conditions. A condition has a field of `fields`, a sign or
`in`, and values in quotes, words or functions. `order by` takes several fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from ...errors import Invalid
from ..queries import number
from . import dates
from .fields import DATES, EQUAL, EXACT, IDS, ORDERS, PEOPLE, TEXTS

Condition = tuple[str, tuple[object, ...]]
_LEXEME = re.compile(
    r"\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|(!=|!~|>=|<=|[=~<>(),])"
    r"|([^\s=~!<>(),\"']+))"
)
_SIGNS = ("=", "!=", ">", ">=", "<", "<=")


@dataclass(frozen=True, slots=True)
class Reader:
    """The person who asks: a name, the time, and the names of people by all that means them."""

    name: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    people: Mapping[str, str] = field(default_factory=dict)


class Query(NamedTuple):
    """A query as SQL: a condition with its values, and an order."""

    where: str
    values: tuple[object, ...]
    order: str


class _Lexeme(str):
    """A word, and whether it stood in quotes. A quoted word is never a keyword."""

    quoted = False

    def word(self) -> str:
        return "" if self.quoted else self.lower()


class _Parser:
    def __init__(self, text: str, reader: Reader) -> None:
        self.text = text
        self.reader = reader
        self.lexemes: list[_Lexeme] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _LEXEME.match(text, at)
            if match is None:
                raise self.wrong()
            quoted = match[1] if match[1] is not None else match[2]
            lexeme = _Lexeme(
                re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match[3] or match[4]
            )
            lexeme.quoted = quoted is not None
            self.lexemes.append(lexeme)
            at = match.end()

    def wrong(self) -> Invalid:
        return Invalid(f"Could not parse cql : {self.text}")

    def next(self) -> _Lexeme:
        if not self.lexemes:
            raise self.wrong()
        return self.lexemes.pop(0)

    def accept(self, *words: str) -> bool:
        """Take these words if they come next. Return whether they did."""
        if [lexeme.word() for lexeme in self.lexemes[: len(words)]] != list(words):
            return False
        del self.lexemes[: len(words)]
        return True

    def whole(self) -> Query:
        found: Condition = ("1", ())
        if self.lexemes and [one.word() for one in self.lexemes[:2]] != ["order", "by"]:
            found = self.either()
        order = self.order() if self.accept("order", "by") else ""
        if self.lexemes or not self.text.strip():
            raise self.wrong()
        return Query(*found, order)

    def order(self) -> str:
        parts: list[str] = []
        while True:
            column = ORDERS.get(self.next().word())
            if column is None:
                raise self.wrong()
            down = self.accept("desc")
            if not down:
                self.accept("asc")
            parts.append(f"{column} DESC" if down else column)
            if not self.accept(","):
                return ", ".join(parts)

    def either(self) -> Condition:
        sql, values = self.both()
        while self.accept("or"):
            more, also = self.both()
            sql, values = f"({sql} OR {more})", (*values, *also)
        return sql, values

    def both(self) -> Condition:
        sql, values = self.one()
        while self.accept("and"):
            more, also = self.one()
            sql, values = f"({sql} AND {more})", (*values, *also)
        return sql, values

    def one(self) -> Condition:
        if self.accept("not"):
            sql, values = self.one()
            return f"NOT {sql}", values
        if self.accept("("):
            found = self.either()
            if not self.accept(")"):
                raise self.wrong()
            return found
        name = self.next().word()
        if name in DATES:
            return self.date(name)
        if name not in EQUAL and name not in TEXTS:
            raise self.wrong()
        return self.comparison(name)

    def comparison(self, name: str) -> Condition:
        if self.accept("not", "in"):
            sql, values = self.several(name)
            return f"NOT {sql}", values
        if self.accept("in"):
            return self.several(name)
        sign = self.next().word()
        if sign in ("~", "!~"):
            sql, values = self.words(name)
        elif sign in ("=", "!=") and name in EQUAL:
            sql, values = EQUAL[name], (self.value(name),)
        else:
            raise self.wrong()
        return (f"NOT {sql}" if sign.startswith("!") else sql), self.filled(sql, values)

    def words(self, name: str) -> Condition:
        """Return the condition of a `~`. Fields without words are compared for equality."""
        if name in TEXTS:
            return TEXTS[name], (str(self.next()),)
        return EQUAL[name], (self.value(name),)

    def filled(self, sql: str, values: tuple[object, ...]) -> tuple[object, ...]:
        """Return the value once for each question mark of the condition."""
        return values * (sql.count("?") // len(values))

    def several(self, name: str) -> Condition:
        if name not in EQUAL or not self.accept("("):
            raise self.wrong()
        sql = EQUAL[name]
        values = self.filled(sql, (self.value(name),))
        count = 1
        while self.accept(","):
            values += self.filled(sql, (self.value(name),))
            count += 1
        if not self.accept(")"):
            raise self.wrong()
        return f"({' OR '.join([sql] * count)})", values

    def value(self, name: str) -> object:
        lexeme = self.next()
        given: str = lexeme
        if self.called(lexeme):
            if name not in PEOPLE or lexeme.word() != "currentuser":
                raise self.wrong()
            self.argument()
            return self.reader.name
        if name in IDS:
            return number(given.removeprefix("att"))
        if name in PEOPLE:
            return self.reader.people.get(given, given)
        return given if name in EXACT else given.lower()

    def called(self, lexeme: _Lexeme) -> bool:
        """Return whether a word is the name of a function."""
        return not lexeme.quoted and bool(self.lexemes) and self.lexemes[0].word() == "("

    def argument(self) -> str:
        """Take the parentheses of a function and return the text between them."""
        self.accept("(")
        if self.accept(")"):
            return ""
        given = self.next()
        if not self.accept(")"):
            raise self.wrong()
        return given

    def date(self, name: str) -> Condition:
        sign = self.next().word()
        lexeme = self.next()
        if sign not in _SIGNS:
            raise self.wrong()
        called = self.called(lexeme)
        if called:
            moment = dates.computed(lexeme.word(), self.argument(), self.reader.now)
        else:
            moment = dates.written(lexeme)
        if moment is None:
            raise self.wrong()
        column = DATES[name]
        if sign in ("=", "!=") and not called and ":" not in lexeme:
            column, moment = column.replace("16", "10"), moment[:10]  # the whole day
        return f"{column} {sign} ?", (moment,)


def parse(text: str, reader: Reader | None = None) -> Query:
    """Return a query as SQL. Raise `Invalid` for an unknown form."""
    return _Parser(text, reader or Reader()).whole()
