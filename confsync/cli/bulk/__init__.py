"""The command line of the commands about many documents: options, and how finds are shown.

Decisions about texts stay in the package `bulk`. Nothing here reads or writes a document.
"""
