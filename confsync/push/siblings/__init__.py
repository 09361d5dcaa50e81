"""The order of siblings, which a push changes after everything else of their pages.

The rule which place a number asks for is not here, but in `sync/settings/siblings.py`.
"""
