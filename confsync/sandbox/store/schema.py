"""The tables of a sandbox's database."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, account_id TEXT NOT NULL UNIQUE, email TEXT NOT NULL, token TEXT
);
CREATE TABLE IF NOT EXISTS spaces (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, homepage_id INTEGER,
    creator TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS content (
    id INTEGER PRIMARY KEY, type TEXT NOT NULL, space_id INTEGER NOT NULL, title TEXT NOT NULL,
    title_key TEXT NOT NULL, status TEXT NOT NULL, parent_id INTEGER, trashed_from INTEGER,
    position INTEGER NOT NULL, version INTEGER NOT NULL,
    author TEXT NOT NULL, message TEXT NOT NULL,
    creator TEXT NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL, subtype TEXT,
    restricted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS content_title ON content (space_id, title_key);
CREATE INDEX IF NOT EXISTS content_listing ON content (space_id, type, status, id);
CREATE INDEX IF NOT EXISTS content_modified ON content (space_id, modified_at, id);
CREATE INDEX IF NOT EXISTS content_parent ON content (parent_id, position);
CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, number INTEGER NOT NULL,
    title TEXT NOT NULL, author TEXT NOT NULL, message TEXT NOT NULL, created_at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_number ON versions (content_id, number);
CREATE TABLE IF NOT EXISTS labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS content_labels (
    content_id INTEGER NOT NULL, label_id INTEGER NOT NULL, UNIQUE (content_id, label_id)
);
CREATE INDEX IF NOT EXISTS labels_content ON content_labels (label_id, content_id);
CREATE TABLE IF NOT EXISTS attachments (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, title TEXT NOT NULL,
    media_type TEXT NOT NULL, version INTEGER NOT NULL, UNIQUE (content_id, title)
);
CREATE TABLE IF NOT EXISTS attachment_versions (
    attachment_id INTEGER NOT NULL, number INTEGER NOT NULL, author TEXT NOT NULL,
    comment TEXT NOT NULL, created_at TEXT NOT NULL, data BLOB NOT NULL,
    UNIQUE (attachment_id, number)
);
CREATE TABLE IF NOT EXISTS restrictions (
    content_id INTEGER NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (content_id, operation, kind, name)
);
CREATE TABLE IF NOT EXISTS groups (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS members (
    group_name TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (group_name, name)
);
CREATE TABLE IF NOT EXISTS properties (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    version INTEGER NOT NULL, created_at TEXT NOT NULL, author TEXT NOT NULL,
    UNIQUE (content_id, key)
);
CREATE TABLE IF NOT EXISTS comments (
    id INTEGER PRIMARY KEY, content_id INTEGER NOT NULL, parent_id INTEGER, kind TEXT NOT NULL,
    resolution TEXT NOT NULL, resolver TEXT, ref TEXT, selection TEXT, version INTEGER NOT NULL,
    author TEXT NOT NULL, message TEXT NOT NULL,
    creator TEXT NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS comments_content ON comments (content_id, kind);
CREATE TABLE IF NOT EXISTS rights (
    name TEXT NOT NULL, space TEXT NOT NULL, level TEXT NOT NULL, UNIQUE (name, space)
);
CREATE TABLE IF NOT EXISTS own_states (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, color TEXT NOT NULL, creator TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS content_states (
    content_id INTEGER PRIMARY KEY, state_id INTEGER, name TEXT, color TEXT, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (
    id INTEGER PRIMARY KEY, space_id INTEGER, name TEXT NOT NULL, description TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS drafts (
    content_id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, author TEXT NOT NULL,
    message TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS custom_content (
    id INTEGER PRIMARY KEY, type TEXT NOT NULL, space_id INTEGER NOT NULL, place TEXT NOT NULL,
    place_id INTEGER NOT NULL, status TEXT NOT NULL, format TEXT NOT NULL,
    version INTEGER NOT NULL, creator TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS watches (
    kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, key, name)
);
CREATE TABLE IF NOT EXISTS likes (
    content_id INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (content_id, name)
);
"""
# Columns that files of earlier versions lack
ADDED = (
    ("content", "read_only", "INTEGER NOT NULL DEFAULT 0"),
    ("content", "minor", "INTEGER NOT NULL DEFAULT 0"),
    ("versions", "minor", "INTEGER NOT NULL DEFAULT 0"),
    ("spaces", "read_only", "INTEGER NOT NULL DEFAULT 0"),
    ("content", "owner", "TEXT"),
)
UNDOABLE = (
    "spaces",
    "content",
    "versions",
    "content_labels",
    "restrictions",
    "groups",
    "members",
    "attachments",
    "attachment_versions",
    "properties",
    "comments",
    "likes",
    "watches",
    "audit",
    "settings",
    "drafts",
    "custom_content",
    "own_states",
    "content_states",
    "templates",
    "rights",
)
