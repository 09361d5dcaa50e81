"""Every code of a finding of `check`: what stands in the document, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple


class FindingCode(NamedTuple):
    """One code of a finding. `refused` says that a push refuses the document."""

    code: str
    refused: bool
    cause: str
    remedy: str


FINDING_CODES = (
    FindingCode(
        "conflict-marker",
        True,
        "A line is a conflict marker of git or of `pull --merge`.",
        "Edit the file: keep the text that you want and delete the marker lines.",
    ),
    FindingCode(
        "base-missing",
        False,
        "A line looks like a conflict marker. confsync does not have the page's base, which shows "
        "whether the line is the page's own text.",
        "Type the command in the message. It fetches the base.",
    ),
    FindingCode(
        "malformed",
        True,
        "The body is not well-formed XHTML, for example because an end tag is missing.",
        "Correct the place that line and column name.",
    ),
    FindingCode(
        "emptied",
        True,
        "The document has no text, but the base of its page has.",
        "Take the text back from git. If the page shall be empty, write `<p />`.",
    ),
    FindingCode(
        "setting",
        True,
        "The value of a managed setting is not one that JSON has, for example because a key occurs "
        "twice.",
        "Correct the value in the front matter.",
    ),
    FindingCode(
        "title",
        True,
        "The title is too long, or another document in the mirror has the title already.",
        "Change the title, or type the command in the message.",
    ),
    FindingCode(
        "place",
        True,
        "No page can be at the document's place, for example because its directory belongs to no "
        "page.",
        "Type one of the commands in the message.",
    ),
    FindingCode(
        "astray",
        False,
        "The document is in a directory that belongs to no page. Its page keeps its parent.",
        "Move the file, or type the command in the message. It puts the file below its parent.",
    ),
    FindingCode(
        "label",
        False,
        "A new label has a blank or another character that Confluence does not accept. A push "
        "sends the text, and says that it could not change the labels.",
        "Write the label with `-` or `_` instead.",
    ),
    FindingCode(
        "name",
        True,
        "A new document has a file name that Windows does not allow.",
        "Type the command in the message. It gives the file another name.",
    ),
    FindingCode(
        "windows-name",
        False,
        "The document of a page has a file name that Windows does not allow.",
        "Give the file another name. The page stays as it is.",
    ),
    FindingCode(
        "excluded",
        True,
        "The configuration excludes the page of an edited document.",
        "Change `include` or `exclude`, or type the command in the message.",
    ),
    FindingCode(
        "document",
        True,
        "The front matter cannot be read.",
        "Correct the line that the message names.",
    ),
    FindingCode(
        "folder",
        True,
        "The file of a folder cannot be read.",
        "Take the file back from git, or delete it and run `confsync pull`.",
    ),
    FindingCode(
        "directory",
        True,
        "A directory cannot be read, or is a link.",
        "Correct its permissions, or put the directory itself in the link's place.",
    ),
    FindingCode(
        "pointer",
        True,
        "An attachment's file is only a pointer to the real file, as Git LFS and git-annex leave "
        "it.",
        "Type the command in the message. It fetches the file itself.",
    ),
    FindingCode(
        "comment-dropped",
        True,
        "The text drops the marker of an open inline comment, and the comment would lose its "
        "words. The file of comments says that it is open.",
        "Put the words back with their marker. If the comment may go, use `--drop-comments`. If it "
        "is resolved since, `confsync pull --refresh PATH` knows.",
    ),
    FindingCode(
        "marker-dropped",
        False,
        "The text drops the marker of an inline comment. Without a file of comments it is not "
        "known whether the comment is open. A push asks the server.",
        "Put the words back with their marker, or leave it to the push.",
    ),
    FindingCode(
        "attachment",
        False,
        "The text shows an attachment that is neither here nor on the server.",
        "Put the file into the directory of attachments, or correct the name.",
    ),
    FindingCode(
        "link",
        False,
        "A link names a page that the mirrored space does not have.",
        "Correct the title in the link, or create the page with `confsync new`.",
    ),
    FindingCode(
        "stamp",
        False,
        "Version and digest of the stamp do not belong together. The stamp was edited by hand.",
        "Take the stamp back from git, or run `confsync pull --theirs PATH`.",
    ),
    FindingCode(
        "unknown-element",
        False,
        "Confluence does not know an element of the body and may drop it.",
        "Correct the name of the element.",
    ),
    FindingCode(
        "style",
        False,
        "Confluence drops a property of a `style` attribute.",
        "Remove the property.",
    ),
    FindingCode(
        "cdata",
        False,
        "A macro has text outside its CDATA section. A `]]>` in the text ends the section.",
        "Write `]]]]><![CDATA[>` for a `]]>` inside the section.",
    ),
)
