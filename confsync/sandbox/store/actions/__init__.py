"""The actions of people on pages besides writing: moves, tasks, and jobs that take a while.

Each class is a part of the store. None of them knows HTTP.
"""
