"""confsync: git for Confluence pages."""

__version__ = "0.1.0"
