"""The browser pages: pages as a colleague sees and edits them.

No client uses these routes, and nothing here answers JSON.
"""
