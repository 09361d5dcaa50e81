"""The attachments of a page as files: names, media types and pointer files.

This package is pure. Code that reads the disk belongs in `mirror`; decisions belong in `sync`.
"""
