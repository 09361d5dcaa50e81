"""The commands, one in each file, in groups: read, decide, act, return a Result.

Nothing here prints, reads the environment or imports click. Code that two commands share belongs to
the packages below.
"""
