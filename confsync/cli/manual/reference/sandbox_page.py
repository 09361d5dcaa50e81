"""The page of the reference about the operations that the sandbox has.

It is made of the sandbox's own table. The sandbox itself is not loaded, because its packages may
be missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from confsync.cli.manual.reference import markdown
from confsync.cli.manual.topics import MANUAL

TABLE = MANUAL.with_name("sandbox") / "operations.tsv"
_DOCUMENTS = {
    "cloud-v2": "Cloud, v2",
    "cloud-v1": "Cloud, what is left of v1",
    "datacenter": "Data Center 9.3.1",
}


_BOTH = "Cloud, Data Center"
# The clients of tests/peers/, and the flavours on which they run
CLIENTS = (
    ("atlassian-python-api 5", "Data Center"),
    ("confluence-api", _BOTH),
    ("confluence-markdown-exporter", _BOTH),
    ("confluence.js 3", "Cloud"),
    ("conjira-cli", "Data Center"),
    ("langchain-community, with atlassian-python-api 4", _BOTH),
    ("llama-index-readers-confluence", _BOTH),
    ("markdown-to-confluence (md2conf)", "Cloud"),
    ("mcp-atlassian", _BOTH),
    ("md2cf", "Data Center"),
    ("mdfluence", _BOTH),
    ("mkdocs-with-confluence", _BOTH),
    ("mkdocs2confluence", "Cloud"),
    ("sphinxcontrib-confluencebuilder", _BOTH),
)


def _client(row: tuple[str, str]) -> str:
    return f"| {row[0]} | {row[1]} |"


def sandbox_operations() -> str:
    """Return the page of all operations of Atlassian's three documents."""
    first = "After this page you know which REST operations a client can rehearse on the sandbox."
    return markdown.page("Operations of the sandbox", first, _blocks())


def _blocks() -> Iterator[str]:
    yield markdown.paragraph(
        "Atlassian publishes three documents of operations. The sandbox has those with yes, and "
        "a part of those with partly. It answers 404 to those with no. Tests ask for each "
        "operation with yes or partly by its name, and hold the answer against the document."
    )
    yield markdown.paragraph(
        "A Cloud site of the sandbox also has Data Center's operations on content and spaces at "
        "`/rest/api/content` and `/rest/api/space`, because many clients still ask for them "
        "there. Behind the gateway it answers 410 to these."
    )
    yield markdown.paragraph(
        "The sandbox has bodies in storage format. If a client sends or asks for "
        "`atlas_doc_format`, the sandbox answers 400 and names the format to use instead."
    )
    yield markdown.paragraph(
        "Some clients take a site for a Cloud only if it has a name such as "
        "`acme.atlassian.net`. Give such a client the address `http://acme.atlassian.net/wiki`, "
        "and the address of the sandbox as its HTTP proxy."
    )
    yield markdown.heading("Other people's clients")
    yield markdown.paragraph(
        "`pytest -m peers` runs these clients against the sandbox, unmodified. Each does its whole "
        "job, and the sandbox must answer each request."
    )
    yield "\n".join(["| client | runs on |", "| --- | --- |", *map(_client, CLIENTS)])
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").split("\n")[1:] if line]
    for document, group in groupby(rows, lambda row: row[0]):
        yield markdown.heading(_DOCUMENTS[document])
        yield _table(list(group))


def _table(rows: list[list[str]]) -> str:
    lines = ["| operation | sandbox | limits |", "| --- | --- | --- |"]
    for _, method, path, known, *note in rows:
        lines.append(f"| `{method} {path}` | {known} | {note[0] if note else ''} |")
    return "\n".join(lines)
