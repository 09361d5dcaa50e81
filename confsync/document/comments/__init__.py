"""The comments of a page as a file: its name, its form, and the text of a comment. Pure.

Nothing here opens a file.
"""
