"""langchain's ConfluenceLoader loads a space, a query and a label. See test_readers.py."""

import json
import sys

from langchain_community.document_loaders import ConfluenceLoader

url, user, token, flavor = sys.argv[1:]
every = {"url": url, "username": user, "api_key": token, "cloud": flavor == "cloud"}
found = []
for asked in (
    {"space_key": "ENG"},
    {"cql": "space=ENG and type=page and text ~ two"},
    {"label": "ops"},
):
    loaded = ConfluenceLoader(**every, limit=10, max_pages=10, **asked).load()
    found.append(sorted((one.metadata["title"], one.page_content.strip()) for one in loaded))
print(json.dumps(found))
