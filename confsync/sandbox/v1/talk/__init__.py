"""v1: what people say about content, and what they watch.

The rules are the store's, in `store/talk/`.
"""
