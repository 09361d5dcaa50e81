"""An embedded Confluence look-alike, for trials, rehearsals and tests.

It follows Confluence's documentation and recorded behaviour. It imports nothing else of confsync,
so that it cannot share mistakes of confsync's client. Needs the extra `sandbox`.
"""

from .errors import Invalid, Malformed, Missing, Refusal, Stale
from .faults import Faults
from .gate import Request
from .seed import demo_space, seed
from .server import Sandbox
from .store.rows import ROOT, AttachmentRow, FolderRow, PageRow, SpaceRow, UserRow, VersionRow
from .store.store import Store

__all__ = [
    "ROOT",
    "AttachmentRow",
    "Faults",
    "FolderRow",
    "Invalid",
    "Malformed",
    "Missing",
    "PageRow",
    "Refusal",
    "Request",
    "Sandbox",
    "SpaceRow",
    "Stale",
    "Store",
    "UserRow",
    "VersionRow",
    "demo_space",
    "seed",
]
