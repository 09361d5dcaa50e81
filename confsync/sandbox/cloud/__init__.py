"""The APIs of Confluence Cloud: v2, and what is left of v1 there.

Nothing here is shared with Data Center; that is `v1` and the store.
"""
