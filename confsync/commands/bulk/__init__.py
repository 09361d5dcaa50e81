"""The commands about many documents at once: find in them, and change what is found.

They ask no server. Decisions about texts stay in the package `bulk`.
"""
