"""Values that every room speaks in: stamps, pages, results, configuration, names of files.

Nothing here reads a file, asks a server or decides. A value that only one room uses stays there.
"""
