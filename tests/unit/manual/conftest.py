"""A manual of a few pages, for the tests of how one is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.cli.manual import topics

CHAPTER = """# Conflicts

After this page you can settle a conflict. Use `pull --merge`, or **wait**.
<!-- a comment that no reader sees -->

## Both sides changed the `title`

See [the stamp](../concepts/stamp.md#base), [the forge](https://forge.example/x) and
[an example](../../../examples/one.sh).

| you want | type |
| --- | --- |
| both texts | `confsync pull --merge ENG/guide.xhtml` |
| nothing | |

```console
$ confsync status --remote
 ! diverged    ENG/guide.xhtml   local is based on v8, the server has v9 (Ana Lima, just now)

$ confsync pull --merge ENG/a-directory/another-directory/one-more/the-page-with-a-long-name.xhtml
```

1. First.
2. Second:
   - inner, with a 'quote', a \\\\ and ~/.netrc
   - .dotted

```
.plain {
  color: red;
}
```
"""


@pytest.fixture
def manual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory of the manual that `help` shows."""
    pages = {
        "index": "# The manual\n\nText.\n",
        "safety": "# Safety\n",
        "tutorial": "# Tutorial\n",
        "guides/conflicts": CHAPTER,
        "guides/ci": "# CI\n",
        "concepts/stamp": "# The `stamp`\n",
        "reference/commands/push": "# confsync push\n",
    }
    for place, text in pages.items():
        path = tmp_path / "manual" / f"{place}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(topics, "MANUAL", tmp_path / "manual")
    return tmp_path / "manual"
