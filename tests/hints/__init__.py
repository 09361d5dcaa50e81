"""The hints that confsync prints: each is typed in the situation that it is for.

`table.py` lists every hint of the code with the test that types it. `journal.py` notes which hints
a test really read and typed.
"""
