"""The search: the Confluence Query Language, and the content that a query finds.

It only reads the database. What an answer looks like stands in `v1`.
"""
