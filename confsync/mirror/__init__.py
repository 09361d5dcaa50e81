"""Everything local: documents, attachments and the configuration on the disk, and changes to them.

This package knows no server. Code that decides what a change means belongs in `sync`.
"""
