"""Differences between two sides of a page: as values, as text, as an HTML report.

Nothing here asks git for anything but an engine for text, and nothing changes a mirror.
"""
