"""The commands about git's branches and merges: one function each, which reads its options.

What they do is in `commands/git`; nothing of that enters here.
"""
