"""Cloud's v1 about content: its states, its views, and the templates for new pages.

Data Center has none of them in its document.
"""
