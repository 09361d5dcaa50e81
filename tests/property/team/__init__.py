"""What the state machine works with: a site, people at desks, and the books of who did what."""
