"""Bulk work: what is found in many bodies, and edits of exactly the found spans.

Bodies are read with places, and never written back from a parsed form. No module here asks a server
or writes a file. The two flows `pull` and `push` do not enter.
"""
