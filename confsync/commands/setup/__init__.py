"""The commands that set a mirror up, check it, or try one out on the sandbox.

Commands about documents and pages stand in `pages/`. Decisions stay in the packages below.
"""
