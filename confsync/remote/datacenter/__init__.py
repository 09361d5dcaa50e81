"""Confluence Data Center: its v1 API behind `Remote`.

What Cloud has as well stands one room above. Nothing here knows Cloud.
"""
