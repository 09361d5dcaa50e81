"""The pages of the reference, made of click's commands and of the registries. Texts alone.

`files` says which files there are and writes them. No command of confsync loads this room.
"""
