"""Everything local: documents, attachments and the configuration on the disk, and how they change.

Nothing here knows a server or decides what a change means: that is `sync`.
"""
