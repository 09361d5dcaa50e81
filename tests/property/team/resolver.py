"""Resolve refusals as the hints say, until nothing is refused."""

from __future__ import annotations

import re

from confsync.model.outcome import PageResult
from confsync.pull.resolve.resolution import Way
from tests.property.team.desk import Desk
from tests.property.team.files import retitle
from tests.property.team.site import SPACE

_MARKER = re.compile(r"^(?:<{7} .*|={7}|>{7} .*)\n", re.MULTILINE)
# A title that has to be another one.
_TITLES = (
    "changed the title",
    "belongs to page",
    "which is not in this mirror",
    "already exists",
    "has the title",
)
# Both sides changed something that cannot be merged.
_BOTH = ("moved here and", "the value here", "another person changed the order")


def resolve_markers(desk: Desk) -> None:
    """Keep both sides of every conflict."""
    for path in desk.documents():
        text = path.read_text()
        kept = _MARKER.sub("", text)
        if kept != text:
            path.write_text(kept)


def settle_down(desk: Desk) -> None:
    """Resolve each refusal of pull and push as a user would, until nothing is refused."""
    for _ in range(8):
        told = desk.run(desk.pull(way=Way.MERGE, refresh=True))
        resolve_markers(desk)
        refused = [page for page in (told.pages if told else ()) if page.error]
        for page in refused:
            _resolve(desk, page)
        told = desk.run(desk.push(drop_comments=True))
        refused = [page for page in (told.pages if told else ()) if page.exit]
        for page in refused:
            _resolve(desk, page)
        if not refused:
            return
    raise AssertionError(f"{desk.root.name} does not settle: {refused}")


def _resolve(desk: Desk, page: PageResult) -> None:
    path = desk.root / page.path
    if named := re.search(r"--theirs (\S+\.attachments/\S+?)' ", page.hint):
        desk.run(desk.pull(named[1], way=Way.THEIRS), chosen=True)
        return
    stuck = "circle~" in page.path or "belongs to no page" in page.error
    if stuck and path.exists():
        path.rename(desk.root / SPACE / f"{page.id or 'new'}-{path.name}")
    elif page.decision == "gone":
        desk.site.bring_back(page.id or "")
    elif any(word in page.error for word in _TITLES):
        retitle(path, _title(desk, page))
    elif "title" in page.error:
        retitle(path, f"Other {desk.site.line()}")
    elif "the document has no text" in page.error:
        path.write_text(path.read_text() + "<p />\n")
    elif "its stamp is missing" in page.error:  # it is to be a new page
        retitle(path, f"Other {desk.site.line()}")
        path.rename(path.with_name(f"other-{path.name}"))
    elif "stands at the top" in page.error:
        desk.run(desk.pull(page.path, way=Way.THEIRS), chosen=True)
    elif any(word in page.error for word in _BOTH):
        row = desk.site.store.page(page.id or "")
        desk.give_up(row.id)
        desk.run(desk.pull(page.path, way=Way.OURS, at=row.version))


def _title(desk: Desk, page: PageResult) -> str:
    if page.id and "changed the title" in page.error:
        return desk.site.store.page(page.id).title
    return f"Other {desk.site.line()}"
