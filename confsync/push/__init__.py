"""The flow from the files to the server: check, put, write back.

What a pull needs too belongs in `sync`; these modules never import `pull`.
"""
