"""The common part of both flavours' REST API v1: shapes of answers, listings, attachments.

A route that only one flavour has belongs to that flavour.
"""
