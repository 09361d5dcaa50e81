"""When everybody is done, both sides are equal."""

from __future__ import annotations

from confsync.document.paths import day_of
from confsync.document.settings.values import digest
from confsync.mirror.mirror import Mirror
from confsync.model.config import Comments
from confsync.sandbox.store.rows import POST
from tests.property.team.desk import Desk
from tests.property.team.lines import comments_in


def brings_every_comment(desk: Desk) -> None:
    """Assert that a pull brings the comments of its page's text to each unmodified document.

    It looks for comments if the configuration says so. What it refuses may stay as it is.
    """
    config = desk.site.config
    told = desk.run(desk.pull())
    if config.comments is Comments.OFF or told is None or told.errors:
        return
    refused = {page.path for page in told.pages if page.exit}
    rows = {row.id: row for row in desk.site.pages()}
    entries = (entry for scan in Mirror(desk.root, config).scan() for entry in scan.entries)
    for entry in entries:
        found, row = entry.document, rows.get(entry.page_id or "")
        if not row or not found or not found.stamp or found.modified or entry.path in refused:
            continue
        if found.stamp.version == row.version:
            assert comments_in(row.body) <= comments_in(found.body), entry.path


def equals_the_site(desk: Desk) -> None:
    """Title, text, parent and labels of every page are those of its document."""
    config = desk.site.config
    mirror = Mirror(desk.root, config)
    entries = [(scan, entry) for scan in mirror.scan() for entry in scan.entries]
    rows = {row.id: row for row in desk.site.pages()}
    assert {entry.page_id for _, entry in entries} == set(rows)
    for scan, entry in entries:
        found, row = entry.document, rows[entry.page_id or ""]
        assert found is not None and found.stamp is not None
        assert not found.stamp.renamed, "a file has the name of an earlier title"
        here = (found.title, found.body, scan.wanted(entry))
        assert here == (row.title, row.body, row.parent_id)
        assert not config.labels or set(found.labels or ()) == set(row.labels)
        there = desk.site.settings_of(row.id)
        for name, value in found.settings.items():
            assert name not in there or digest(name, value) == there[name], f"{entry.path}: {name}"
        day = day_of(scan.inner(entry.path)) if scan.config.posts else None
        assert day == (row.created_at[:10] if row.type == POST else None)
        if not config.attachments:
            continue
        directory = (desk.root / entry.path).with_suffix(".attachments")
        files = {p.name: p.read_bytes() for p in directory.glob("*")}
        shown = {name for name in files if f'"{name}"' in found.body}
        store = desk.site.store
        there = {one.title: store.attachment_data(one.id) for one in store.attachments(row.id)}
        assert {n: d for n, d in files.items() if n in shown or n in there} == there
