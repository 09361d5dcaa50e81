"""The comments of pages, which a pull writes as files beside their documents.

A push knows nothing of them.
"""
