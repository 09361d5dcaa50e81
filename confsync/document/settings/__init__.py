"""The settings of a page in its front matter: width, emoji, cover and other content properties.

`names` has their names, and `values` their values and digests. `lines` reads and writes them in
front matter.
"""
