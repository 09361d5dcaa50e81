"""The past of a space as commits: what the branch has, what is new, and the stream to git.

No module here writes into a mirror or changes the server. The two flows `pull` and `push` do not
enter, nor do decisions about a person's documents.
"""
