"""The flow from the server to the files: plan first, then apply.

Code that a push needs too belongs in `sync`. This package never imports `push`.
"""
