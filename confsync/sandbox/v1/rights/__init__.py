"""The rights of users on content, as both servers' v1 shows and takes them.

A route that only one flavour has belongs to that flavour.
"""
