"""How the files that a push leaves out are shown in the terminal, by reason.

Which files these are, and why, stays in `mirror/left_out/`.
"""
