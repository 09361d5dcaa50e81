"""The commands that set a mirror up, look after it, or try one out on the sandbox.

What works with documents and pages stands in `pages/`. What decides stays in the rooms below.
"""
