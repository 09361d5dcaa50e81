"""The attachments of a page as files: names, media types, and files that stand for others.

Pure. What stands on the disk is `mirror`; what is decided about it is `sync`.
"""
