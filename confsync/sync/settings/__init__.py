"""The settings of a page on both sides: the decision, the words of a conflict, and the hints.

A setting is a content property. It has its own version, and no part in the page's digest.
"""
