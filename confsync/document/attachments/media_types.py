"""The media type of a new attachment, by its file name. Pure.

The table ships with confsync because the registries of machines differ, for example for ``.md`` and
``.webp``. A wrong type breaks the picture on the page. An attachment that the server already has
keeps the media type of the server's listing.
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"

_TABLE = """
image/png png
image/jpeg jpg jpeg jpe jfif
image/gif gif
image/svg+xml svg
image/webp webp
image/avif avif
image/heic heic heif
image/bmp bmp
image/tiff tif tiff
image/x-icon ico
application/pdf pdf
application/msword doc
application/vnd.ms-excel xls xlt
application/vnd.ms-powerpoint ppt pps
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.oasis.opendocument.text odt
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.presentation odp
application/vnd.visio vsd vsdx
application/vnd.jgraph.mxfile drawio
application/gliffy+json gliffy
application/rtf rtf
application/epub+zip epub
application/postscript ps eps ai
text/plain txt text log ini cfg conf toml puml plantuml iuml mmd mermaid dot gv rst adoc diff patch
text/markdown md markdown
text/html html htm
text/css css
text/csv csv
text/tab-separated-values tsv
text/calendar ics
text/x-python py
text/javascript js mjs
text/xml xml xsd xsl xslt
application/xhtml+xml xhtml
application/json json ipynb
application/yaml yaml yml
application/sql sql
application/x-sh sh bash
application/zip zip
application/gzip gz tgz
application/x-tar tar
application/x-bzip2 bz2
application/x-xz xz
application/x-7z-compressed 7z
application/java-archive jar war
audio/mpeg mp3
audio/wav wav
audio/ogg ogg oga
audio/mp4 m4a
audio/flac flac
video/mp4 mp4 m4v
video/quicktime mov
video/webm webm
video/x-matroska mkv
video/x-msvideo avi
video/mpeg mpg mpeg
font/ttf ttf
font/otf otf
font/woff woff
font/woff2 woff2
"""


def guessed(name: str) -> str:
    """Return the media type for a file name, or `UNKNOWN` if the suffix is not in the table."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    for line in _TABLE.split("\n"):
        kind, *suffixes = line.split() or [""]
        if suffix in suffixes:
            return kind
    return UNKNOWN


# The first bytes of files of some media types.
_ZIP = (b"PK\x03\x04",)
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/bmp": (b"BM",),
    "image/tiff": (b"II*\0", b"MM\0*"),
    "application/pdf": (b"%PDF-",),
    "application/zip": _ZIP,
    "application/gzip": (b"\x1f\x8b",),
    "application/msword": (b"\xd0\xcf\x11\xe0",),
}


# More first bytes that a file with a wrong suffix may have: UTF-16 (twice), RTF, and icons.
_OTHERS = (b"\xff\xfe", b"\xfe\xff", b"{\\rtf", b"\0\0\1\0")


def is_foreign(media_type: str, head: bytes) -> bool:
    """Return whether a file is surely of another type than `media_type`, and of no known type.

    This check is stricter than `differs`. Browsers show a JPEG that is named like a PNG, and a text
    may be UTF-16. The function returns False for both.
    """
    known = (*(start for each in _BEGINNINGS.values() for start in each), *_OTHERS)
    if not differs(media_type, head) or head.startswith(known):
        return False
    return b"%PDF-" not in head and head[4:8] != b"ftyp"  # PDF, video, AVIF and HEIC


def differs(media_type: str, head: bytes) -> bool:
    """Return whether a file that begins with `head` is surely of another type than `media_type`.

    Return False for a media type whose first bytes are not in the table.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind.startswith(("application/vnd.openxmlformats-", "application/vnd.oasis.opendocument.")):
        return not head.startswith(_ZIP)
    if kind.startswith("text/") or kind in ("image/svg+xml", "application/json"):
        return b"\0" in head
    beginnings = _BEGINNINGS.get(kind)
    return beginnings is not None and not head.startswith(beginnings)
