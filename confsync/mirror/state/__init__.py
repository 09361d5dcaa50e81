"""The data below `.confsync/`, and the helper that changes the disk durably.

The data is only for convenience: a mirror without it loses no work.
"""
