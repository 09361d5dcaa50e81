"""The REST API of Confluence Data Center.

Nothing here is shared with Cloud; that is `v1` and the store.
"""
