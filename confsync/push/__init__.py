"""The flow from the files to the server: check, put, write back.

Code that a pull needs too belongs in `sync`. This package never imports `pull`.
"""
