"""Completion in a shell: the paths that it offers, and the scripts that ask for them.

Nothing here asks a server, and no other command loads it.
"""
