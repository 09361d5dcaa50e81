"""The merge of two documents of one page, for git's merges and rebases.

It decides which stamp the merged document has, and where its text begins. It asks no server, and
changes no file but the one that git named.
"""
