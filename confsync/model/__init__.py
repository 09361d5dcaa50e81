"""Values that every package uses: stamps, pages, results, configuration, file names.

Nothing here reads a file, asks a server or decides. A value of only one package stays there.
"""
