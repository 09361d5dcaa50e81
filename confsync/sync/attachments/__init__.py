"""The relation of an attachment's file, its stamp and the server's listing, and the decision on it.

This package writes and sends nothing: `pull.attachments` and `push.attachments` do that.
"""
