"""The state of a site and Confluence's own rules, in SQLite, without HTTP.

Nothing here knows a route, a request or a JSON shape.
"""
