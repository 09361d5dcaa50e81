"""v1's bodies: as they are stored, and as a reader sees them.

What a body refers to has an address here, which `bodies/` cannot know.
"""
