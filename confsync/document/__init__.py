"""The format of a page as a file: front matter, body layout, file names and place in the tree.

This package is pure: it takes and returns text and values. Code that reads files belongs in
`mirror`.
"""
