"""Differences between two sides of a page: as values, as text and as an HTML report.

This package uses git only as a diff engine for text. Code that changes a mirror must not enter it.
"""
