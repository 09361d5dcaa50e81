"""The APIs of Confluence Cloud: v2, and the remaining part of v1.

Nothing here is shared with Data Center; shared code stands in `v1` and the store.
"""
