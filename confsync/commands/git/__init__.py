"""The commands about git: one module each.

They take a mirror, a remote and options, and return a result. Nothing here prints or reads the
environment.
"""
