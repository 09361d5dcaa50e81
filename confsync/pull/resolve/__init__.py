"""The resolutions that a person chose: a merge, one of both sides, or a file for a page.

This package never chooses by itself: without a choice, a pull refuses.
"""
