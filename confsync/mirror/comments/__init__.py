"""The files of comments that stand beside documents on the disk.

They are only read: nothing here is ever sent to a server.
"""
