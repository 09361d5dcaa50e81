"""Every key of `.confsync.yaml`: `model.config` has the values, `mirror.config_yaml` reads them."""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """One key: what it means, the values it takes, and lines of YAML that show it.

    `default` is empty for a key that must stand there.
    """

    name: str
    values: str
    default: str
    meaning: str
    example: str


# The keys of the file itself.
MIRROR_KEYS = (
    Key(
        "url",
        "a URL",
        "",
        "The base URL of Confluence, as in the browser before `/spaces` or `/display`. If "
        "`CONFSYNC_URL` is set, both must name the same server.",
        "url: https://acme.atlassian.net/wiki",
    ),
    Key(
        "spaces",
        "a list of spaces",
        "",
        "What to mirror. Each entry is a space, or a part of a space. Their directories must not "
        "overlap.",
        "spaces:\n  - key: ENG",
    ),
    Key(
        "flavor",
        "`cloud` or `datacenter`",
        "confsync asks the server",
        "Which Confluence the server is. `confsync clone` writes what it found, which saves a "
        "request.",
        "flavor: cloud",
    ),
    Key(
        "layout",
        "`lines` or `raw`",
        "`lines`",
        "How bodies are written: one block a line, or exactly as the server has them. A change "
        "affects only what is written from then on.",
        "layout: lines",
    ),
    Key(
        "labels",
        "`true` or `false`",
        "`false`",
        "If `true`, labels stand in the front matter. On Cloud a pull then costs a request or more "
        "for each label of the space.",
        "labels: true",
    ),
    Key(
        "attachments",
        "`true`, `false` or a list of patterns",
        "`false`",
        "Which attachments stand beside their documents. A pull then costs one request more for "
        "each page.",
        'attachments: ["*.png", "*.svg"]',
    ),
    Key(
        "comments",
        "`false`, `notice` or `true`",
        "`false`",
        "If `notice`, a pull looks for new comments, names their authors, and reads their pages. "
        "It then costs two requests more on Cloud, and one more on Data Center. If `true`, it also "
        "writes the comments beside the documents, to read: `guide.comments.yaml`.",
        "comments: notice",
    ),
    Key(
        "settings",
        "a list of `width`, `emoji`, `cover`, `owner`, `order`, `restrictions` and `state`",
        "none",
        "Which settings of a page stand in the front matter. A pull then costs a request more for "
        "200 pages, and one more with `restrictions`. `owner` (on Cloud) and `order` cost none. "
        "With `state` (on Cloud) it asks each page.",
        "settings: [width, emoji]",
    ),
    Key(
        "properties",
        "a list of keys",
        "none",
        "Which other content properties stand in the front matter, in the map `properties`. The "
        "same request tells them. If a key has other characters than letters, digits and `-`, a "
        "pull asks each page.",
        "properties: [reviewed-by]",
    ),
)

# The keys of an entry of `spaces`.
SPACE_KEYS = (
    Key(
        "key",
        "a space key",
        "",
        "The key of the space, as in its URL.",
        "key: ENG",
    ),
    Key(
        "path",
        "a directory below the mirror",
        "the key",
        "Where the documents of this space stand.",
        "path: docs/ENG",
    ),
    Key(
        "root",
        "a page id",
        "the whole space",
        "Mirror only this page and the pages below it. A page belongs to the entry whose root is "
        "nearest above it.",
        'root: "98304"',
    ),
    Key(
        "include",
        "a list of page ids and patterns",
        "everything",
        "Mirror only these. An id means the page and everything below it. `*` stays within one "
        "name, `**` does not.",
        'include: [runbooks, "runbooks/**"]',
    ),
    Key(
        "exclude",
        "a list of page ids and patterns",
        "nothing",
        "Do not mirror these. A page that you exclude later stays here; `confsync pull --prune` "
        "removes its file.",
        'exclude: ["98277", "archive/**"]',
    ),
    Key(
        "archived",
        "`true` or `false`",
        "`false`",
        "If `true`, archived pages are mirrored too, to read. They are never pushed.",
        "archived: true",
    ),
    Key(
        "blog",
        "`true` or `false`",
        "`false`",
        "If `true`, blog posts are mirrored too, below their days: `blog/2026/03/07/news.xhtml`.",
        "blog: true",
    ),
)
