"""What a person chose about a document: a merge, one of both sides, or a file for a page.

Nothing here chooses by itself: without a word of a person a pull refuses.
"""
