"""Everything that git tells about a mirror: HEAD, index, history, work tree.

Only this package imports `git`. Code that writes documents or interprets stamps must not enter it.
"""
