"""The command `status`: the state of every document and, if asked for, of every page.

Each module has one source of the state: the work tree, its documents, attachments, the server.
Nothing here changes a document or a page. Decisions stay in `sync/`.
"""
