"""What the people of a team do, by who acts. Each module adds rules to the state machine."""
