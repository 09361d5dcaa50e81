"""The index of documents, with which the next run reads only changed ones: `.confsync/index`.

The index only says what need not be read again. It decides nothing about pages, asks no server, and
knows nothing of git.
"""

from confsync.mirror.index.index import NAME, Index, outlines

__all__ = ["NAME", "Index", "outlines"]
