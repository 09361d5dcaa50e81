"""Turn macros into others in every document of a mirror, with lxml: `info` panels into `note`, say.

    python rename_macro.py docs info note
    confsync -C docs diff --stat            look
    confsync -C docs push --dry-run         look again
    confsync -C docs push -m "Notes"        send

A document that has no such macro is not touched. One that has is written by lxml, which says
`<br/>` where Confluence says `<br />`: that is the same to it, and the push brings its way back.
"""

import sys
from html.entities import name2codepoint
from pathlib import Path

from lxml import etree

PREFIXES = {prefix: f"urn:{prefix}" for prefix in ("ac", "ri", "at")}
NAME = "{urn:ac}name"

# A body is a fragment with XHTML's entities and undeclared prefixes.
_ENTITIES = "".join(
    f'<!ENTITY {name} "&#{number};">'
    for name, number in name2codepoint.items()
    if name not in ("amp", "lt", "gt", "quot")
)
_OPEN = "<body " + " ".join(f'xmlns:{p}="{uri}"' for p, uri in PREFIXES.items()) + ">"
_CLOSE = "</body>"


def rename(body: str, old: str, new: str) -> str:
    """The body with every macro `old` called `new`; entities and CDATA sections stay as they are.

    Raises XMLSyntaxError for a body that is not well-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, strip_cdata=False, huge_tree=True)
    root = etree.fromstring(f"<!DOCTYPE body [{_ENTITIES}]>{_OPEN}{body}{_CLOSE}", parser)
    found = root.findall(f".//ac:structured-macro[@{NAME}='{old}']", PREFIXES)
    if not found:
        return body
    for macro in found:
        macro.set(NAME, new)
    return etree.tostring(root, encoding="unicode").removeprefix(_OPEN).removesuffix(_CLOSE)


def main() -> None:
    directory, old, new = sys.argv[1:]
    for path in sorted(Path(directory).rglob("*.xhtml")):
        if ".confsync" in path.parts:  # its trash keeps texts that were given up as they were
            continue
        # The front matter is between the first two lines of three dashes, and is confsync's.
        text = path.read_bytes().decode()
        front, body = text.split("\n---\n", 1)
        changed = rename(body, old, new)
        if changed != body:
            path.write_bytes(f"{front}\n---\n{changed}".encode())
            print(path)


if __name__ == "__main__":
    main()
