"""The comments of pages with their texts and replies, as both flows and the commands see them.

Which pages have new comments is decided in `sync/comments.py`.
"""
