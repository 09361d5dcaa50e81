"""What git's commits say of a mirror's documents: stamps, bases, deletions, what is uncommitted.

Git is asked by `mirror.git`; what a finding means for a page is decided in `sync`.
"""
