"""What both flavours share of the REST API v1: shapes of answers, listings, attachments.

A route that only one flavour has belongs to that flavour.
"""
