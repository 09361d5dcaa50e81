"""What git says of a mirror: HEAD, index, history, work tree. The only importer of `git`.

Nothing here writes documents or knows what a stamp means.
"""
