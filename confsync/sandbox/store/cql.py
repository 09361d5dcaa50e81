"""The part of the Confluence Query Language that other clients send, as SQL.

It knows `space`, `type`, `title`, `id`, `ancestor`, `parent` and `label`, with `=`, `!=`, `~`, `in`
and `not in`. `and`, `or`, `not` and parentheses join conditions. `order by` is ignored.
"""

from __future__ import annotations

import re

from ..errors import Invalid
from .queries import number

Condition = tuple[str, tuple[object, ...]]
_LEXEME = re.compile(
    r"\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|(!=|!~|[=~(),])|([^\s=~!(),\"']+))"
)
_BELOW = (
    "c.id IN (WITH RECURSIVE down (id) AS (SELECT id FROM content WHERE parent_id = ?"
    " UNION ALL SELECT n.id FROM content n JOIN down ON n.parent_id = down.id)"
    " SELECT id FROM down)"
)
_LABELLED = (
    "c.id IN (SELECT content_id FROM content_labels cl JOIN labels l ON l.id = cl.label_id"
    " WHERE l.name = ?)"
)
_FIELDS = {
    "space": "s.key = ? COLLATE NOCASE",
    "space.key": "s.key = ? COLLATE NOCASE",
    "type": "c.type = ?",
    "title": "c.title_key = ?",
    "id": "c.id = ?",
    "content": "c.id = ?",
    "ancestor": _BELOW,
    "parent": "c.parent_id = ?",
    "label": _LABELLED,
}
_IDS = frozenset({"id", "content", "ancestor", "parent"})


class _Lexeme(str):
    """A word, and whether it stood in quotes. A quoted word is never a keyword."""

    quoted = False

    def word(self) -> str:
        return "" if self.quoted else self.lower()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
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

    def whole(self) -> Condition:
        found = self.either()
        if self.accept("order", "by"):
            self.lexemes.clear()
        if self.lexemes:
            raise self.wrong()
        return found

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
        field = self.next().word()
        if field not in _FIELDS:
            raise self.wrong()
        return self.comparison(field)

    def comparison(self, field: str) -> Condition:
        if self.accept("not", "in"):
            sql, values = self.several(field)
            return f"NOT {sql}", values
        if self.accept("in"):
            return self.several(field)
        sign = self.next().word()
        if sign not in ("=", "!=", "~", "!~"):
            raise self.wrong()
        sql, values = _FIELDS[field], (_value(field, self.next()),)
        if "~" in sign and field == "title":
            sql, values = "c.title_key LIKE '%' || ? || '%'", (str(values[0]).strip("*"),)
        return (f"NOT {sql}" if sign.startswith("!") else sql), values

    def several(self, field: str) -> Condition:
        if not self.accept("("):
            raise self.wrong()
        values = [_value(field, self.next())]
        while self.accept(","):
            values.append(_value(field, self.next()))
        if not self.accept(")"):
            raise self.wrong()
        return f"({' OR '.join([_FIELDS[field]] * len(values))})", tuple(values)


def _value(field: str, given: str) -> object:
    return number(given) if field in _IDS else given if field.startswith("space") else given.lower()


def condition(text: str) -> Condition:
    """Return the SQL condition and the values of a query. Raise `Invalid` for an unknown form."""
    return _Parser(text).whole()
