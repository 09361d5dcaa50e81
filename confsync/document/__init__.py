"""A page as a file: its front matter, the layout of its body, its names and its place in the tree.

Everything here is pure: text in, text or values out. Reading files belongs in `mirror`.
"""
