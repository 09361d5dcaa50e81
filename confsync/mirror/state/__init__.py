"""What confsync keeps below `.confsync/`, and the one helper that changes the disk durably.

Only conveniences live there: a mirror that loses the directory loses no work.
"""
