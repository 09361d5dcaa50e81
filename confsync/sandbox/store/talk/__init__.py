"""The talk about content: comments with their replies, and likes.

Neither makes a version of the content. The routes stand in `v1` and `cloud`.
"""
