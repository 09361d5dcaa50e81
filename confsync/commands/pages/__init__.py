"""The commands about documents and their pages: bring, send, compare, show, check.

What sets a mirror up or tries one out stands in `setup/`. What decides stays in the rooms below.
"""
