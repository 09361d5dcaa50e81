"""What both sides are to one attachment: its file and stamp here, the listing there, the decision.

Nothing is written here and nothing sent: `pull.attachments` and `push.attachments` do that.
"""
