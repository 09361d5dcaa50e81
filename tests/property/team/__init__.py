"""Parts of the state machine: a site, people at desks, and the records of their actions."""
