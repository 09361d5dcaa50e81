"""Pages side by side, as one HTML file that needs nothing else and runs nothing.

What stands in a body is never copied: it is read into words, and each word is escaped. The file's
own policy forbids a browser to run or to load anything, should something ever get through.
"""

from __future__ import annotations

from confsync.sidebyside.page import MARK, page

__all__ = ["MARK", "page"]
