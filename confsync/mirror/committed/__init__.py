"""The contents of git's commits about documents: stamps, bases, deletions, uncommitted files.

`mirror.git` asks git. Code that decides what a result means for a page belongs in `sync`.
"""
