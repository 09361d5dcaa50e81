"""The actions of a team, by actor. Each module adds rules to the state machine."""
