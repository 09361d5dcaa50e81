"""The plan of a push as a value and as JSON: what it would do, page by page. Pure.

A plan is reviewed and kept, and applied later. So it says all that the pages shall have, and what
the server must have before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from confsync.errors import ConfsyncError

FORMAT = 1


class Action(Enum):
    """An action of a push on one page."""

    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    DELETE = "delete"
    ARCHIVE = "archive"

    @property
    def removes(self) -> bool:
        """Return whether the page is not current afterwards."""
        return self in (Action.DELETE, Action.ARCHIVE)


class PlanError(ConfsyncError):
    """A file is not a plan, or it is the plan of another mirror."""

    code = "plan"


class Base(NamedTuple):
    """The version that a page must have on the server, and the digest of its title and body."""

    version: int
    digest: str


class PlannedPage(NamedTuple):
    """One page of a plan, as it shall be.

    `page_id` and `base` are None for a page that is not on the server yet. `digest` is that of the
    title and the body. `parent` is the id of the parent; None stands for the top of the space, for
    a blog post, and for a parent that is created first: the path tells which. `labels` and
    `attachments` (name to digest) are None if the mirror does not manage them, and so are
    `settings` (name to value). A page to delete or archive has only its base, and the `digest` of
    its document if that is deleted with it.
    """

    path: str
    action: Action
    page_id: str | None
    base: Base | None
    title: str = ""
    digest: str = ""
    parent: str | None = None
    labels: tuple[str, ...] | None = None
    attachments: Mapping[str, str] | None = None
    settings: Mapping[str, object] | None = None


class Refused(NamedTuple):
    """A page that a push would refuse, and why."""

    path: str
    why: str


class Plan(NamedTuple):
    """A plan for the server at `url`. `deletes` permits to delete and archive pages.

    `refused` is for reviewers.
    """

    url: str
    pages: tuple[PlannedPage, ...]
    refused: tuple[Refused, ...] = ()
    deletes: bool = False


def written(plan: Plan) -> str:
    """Return a plan as JSON, one fact a line, so that two plans are easy to compare."""
    value = {
        "confsync_plan": FORMAT,
        "url": plan.url,
        "deletes": plan.deletes,
        "pages": [_page_as_json(page) for page in plan.pages],
        "refused": [one._asdict() for one in plan.refused],
    }
    return json.dumps(value, indent=2) + "\n"


def parse(text: str, name: str) -> Plan:
    """Return the plan in a text; `name` is for messages. Raise PlanError."""
    try:
        value = json.loads(text)
        if value["confsync_plan"] != FORMAT:
            raise PlanError(f"{name}: this confsync reads plans of format {FORMAT} only")
        pages = tuple(_page_of(row) for row in value["pages"])
        refused = tuple(Refused(str(row["path"]), str(row["why"])) for row in value["refused"])
        found = Plan(str(value["url"]), pages, refused, value["deletes"] is True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        hint = "'confsync push --plan new-plan.json' writes one"
        raise PlanError(f"{name}: is not a plan of confsync", hint=hint) from None
    twice = _twice([page.path for page in pages])
    if twice:
        raise PlanError(f"{name}: it has {twice} twice")
    return found


def written_version(planned: PlannedPage) -> int:
    """Return the version that an application writes."""
    return planned.base.version + 1 if planned.base else 1


def differences(planned: PlannedPage, now: PlannedPage, *, landed: bool) -> Iterator[str]:
    """Yield what of a document is not as planned, in words.

    `landed` tells that the document rests on the version that an application wrote. Then its text
    is that of the server, and its labels or attachments may still have to be sent.
    """
    is_same = now.page_id == planned.page_id or (landed and planned.page_id is None)
    if not is_same:
        yield "it is another page"
        return
    if now.base and planned.base and now.base != planned.base and not landed:
        same = now.base.version == planned.base.version
        other = "another text of" if same else f"v{now.base.version} instead of"
        yield f"it is based on {other} v{planned.base.version}"
    if landed and not _is_clean(now):
        yield "its text differs"
    yield from _contents(planned, now, landed=landed)


def is_done(planned: PlannedPage, now: PlannedPage, *, landed: bool) -> bool:
    """Return whether a document without edits says what was planned. `landed` as above."""
    same = planned.page_id in (None, now.page_id)
    return same and _is_clean(now) and not list(_contents(planned, now, landed=landed, sent=True))


def _is_clean(now: PlannedPage) -> bool:
    return now.base is not None and now.base.digest == now.digest


def _contents(
    planned: PlannedPage, now: PlannedPage, *, landed: bool, sent: bool = False
) -> Iterator[str]:
    """Yield what of a document is not as planned besides its base.

    Labels that a colleague added stay, so a document may have them after it was `sent`.
    """
    if not landed and now.title != planned.title:
        yield "its title differs"
    elif not landed and now.digest != planned.digest:
        yield "its text differs"
    if planned.parent is not None and now.parent != planned.parent:
        yield "its place differs"
    more = frozenset(now.labels or ()) > frozenset(planned.labels or ())
    if now.labels != planned.labels and not (more and (landed or sent)):
        yield "its labels differ"
    if now.attachments != planned.attachments:
        yield "its attachments differ"
    if now.settings != planned.settings:
        yield "its settings differ"


def _page_as_json(page: PlannedPage) -> dict[str, object]:
    return {
        "path": page.path,
        "action": page.action.value,
        "id": page.page_id,
        "base": page.base._asdict() if page.base else None,
        "title": page.title,
        "digest": page.digest,
        "parent": page.parent,
        "labels": None if page.labels is None else list(page.labels),
        "attachments": None if page.attachments is None else dict(page.attachments),
        "settings": None if page.settings is None else dict(page.settings),
    }


def _page_of(row: Mapping[str, Any]) -> PlannedPage:
    """Return the page in a row. Raise KeyError, TypeError, ValueError."""
    base, labels, files = row["base"], row["labels"], row["attachments"]
    settings = row.get("settings")  # a plan of an earlier confsync has none
    return PlannedPage(
        _text(row["path"]),
        Action(row["action"]),
        None if row["id"] is None else _text(row["id"]),
        None if base is None else Base(int(base["version"]), _text(base["digest"])),
        _text(row["title"]),
        _text(row["digest"]),
        None if row["parent"] is None else _text(row["parent"]),
        None if labels is None else tuple(map(_text, labels)),
        None if files is None else {_text(name): _text(one) for name, one in files.items()},
        None if settings is None else {_text(name): one for name, one in settings.items()},
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _twice(names: list[str]) -> str:
    return next((name for name, count in Counter(names).items() if count > 1), "")
