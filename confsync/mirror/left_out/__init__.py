"""The files in a mirror that a push leaves out, and the reason for each.

Nothing here changes a file. How the reasons read stays in `cli/`.
"""
