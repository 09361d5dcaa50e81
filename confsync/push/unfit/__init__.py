"""The refusal of documents whose pages were compared, just before their texts are sent.

Nothing here writes. What a document alone tells is in `sync/preflight/`.
"""
