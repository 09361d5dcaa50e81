"""llama-index's reader loads a space, a query and a label. Arguments: url, user, token, flavor."""

import json
import sys

from llama_index.readers.confluence import ConfluenceReader

url, user, token, flavor = sys.argv[1:]
reader = ConfluenceReader(base_url=url, user_name=user, password=token, cloud=flavor == "cloud")
found = [
    sorted((one.metadata["title"], one.text.strip()) for one in loaded)
    for loaded in (
        reader.load_data(space_key="ENG", max_num_results=50),
        reader.load_data(cql="space=ENG and type=page and text ~ two", max_num_results=50),
        reader.load_data(label="ops", max_num_results=50),
    )
]
print(json.dumps(found))
