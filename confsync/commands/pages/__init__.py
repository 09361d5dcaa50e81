"""The commands about documents and their pages: pull, push, compare, show, check.

Commands that set a mirror up or try one out stand in `setup/`. Decisions stay in the packages
below.
"""
