"""The command `status`: the state of every document and, if the server is asked, of every page.

A module for each side that can say something: the work tree, its documents, attachments, the
server. Nothing here changes a document or a page; what decides stays in `sync/`.
"""
