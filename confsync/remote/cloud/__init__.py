"""Confluence Cloud: its v2 API behind `Remote`.

What Data Center has as well stands one room above. Nothing here knows Data Center.
"""
