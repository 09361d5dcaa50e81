"""Cloud's v1 about content: its states, its views, and the templates for new pages."""

from __future__ import annotations
