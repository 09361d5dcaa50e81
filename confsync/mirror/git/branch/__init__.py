"""The branch of a space's history: its stream to git, its trailers, its authors, its lines.

These modules know git alone. The server and the documents do not enter.
"""
