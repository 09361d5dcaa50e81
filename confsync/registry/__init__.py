"""The facts about confsync for programs: its error codes, outcomes, exit codes and settings.

Values alone, a module a kind. The manual's reference is made of them, and tests hold them against
the code. No command loads them for its work, and nothing here reads a file or an environment.
"""
