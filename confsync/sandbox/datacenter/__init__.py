"""The REST API of Confluence Data Center.

Nothing here is shared with Cloud; shared code stands in `v1` and the store.
"""
