"""One verb a file, in groups: gather, decide, act, answer a Result.

Nothing here prints, reads the environment or imports click. What two verbs share belongs to the
rooms below.
"""
