"""The files that a push leaves out, as the terminal shows them by reason.

Which files these are, and why, stays in `mirror/left_out/`.
"""
