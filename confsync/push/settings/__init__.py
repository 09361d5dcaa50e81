"""The settings of a push: checked before a page's text is sent, and sent after it.

Each setting is decided by itself in `sync/settings/`. Nothing here decides about a page's text.
"""
