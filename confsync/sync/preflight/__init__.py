"""The refusals that a document's text, its place and the whole mirror tell before a push.

`check`, `push`, `push --dry-run` and `new` decide here, so that they say the same. Nothing in this
room asks for a page or changes a file.
"""
