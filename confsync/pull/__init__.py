"""The flow from the server to the files: plan first, then apply.

What a push needs too belongs in `sync`; these modules never import `push`.
"""
