"""The attachments of a whole space by a search, 200 in an answer.

They are a hint: they only decide which pages are asked by themselves, because an index lags.
"""

from __future__ import annotations

from collections.abc import Iterable

from confsync.errors import APIAccessError, NetworkError, RateLimitError
from confsync.model.page import AttachmentHints, AttachmentInfo
from confsync.remote import rows, v1_rows
from confsync.remote.rows import Row

# Attachments of other content, such as a space's logo, do not count.
_HOLDERS = ("page", "blogpost")


def searched(answers: Iterable[Row]) -> AttachmentHints | None:
    """Return the attachments that a search found; None if its answers do not add up.

    Without a search, the answer to the first request is an error.
    """
    found: dict[str, list[AttachmentInfo]] = {}
    seen: set[str] = set()
    count, total = 0, None
    try:
        for answer in answers:
            total = answer.get("totalSize", total)
            for row in rows.results_of(answer, "search"):
                count += 1
                info, holder = v1_rows.attachment(row), rows.part_of(row, "container")
                if info.id in seen:
                    return None
                seen.add(info.id)
                if holder.get("type") in _HOLDERS:
                    found.setdefault(rows.id_of(holder), []).append(info)
                elif not holder:
                    return None
    except (NetworkError, RateLimitError):
        raise
    except APIAccessError:
        return None
    if total is not None and total != count:
        return None
    return AttachmentHints({i: tuple(infos) for i, infos in found.items()}, is_whole=True)
