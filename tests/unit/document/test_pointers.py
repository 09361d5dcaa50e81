"""Pointers, known by their first bytes or by their target."""

from __future__ import annotations

import base64

import pytest

from confsync.document.attachments.media_types import differs
from confsync.document.attachments.pointers import HEAD, pointer_in, pointer_to
from confsync.model.hint import MIRROR, typed

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
LFS = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n".encode()
KEY = f"SHA256E-s12345--{OID}.png"
ANNEX = f"/annex/objects/{KEY}\n".encode()
CRYPT = b"\0GITCRYPT\0" + bytes(range(100))
FAT = b"#$# git-fat " + b"a" * 40 + b"                 3008\n"
MEDIA = b"da39a3ee5e6b4b0d3255bfef95601890afd80709\n"
BIGSTORE = b"bigstore\nsha256\n" + b"a" * 64 + b"\n"
TRANSCRYPT = base64.b64encode(b"Salted__" + b"x" * 300) + b"\n"
AGE = b"age-encryption.org/v1\n-> X25519 abc\nxyz\n--- abc\n" + b"\x01" * 300


@pytest.mark.parametrize(
    ("head", "command"),
    [
        (LFS, "git lfs pull"),
        (LFS.replace(b"\n", b"\r\n"), "git lfs pull"),
        (LFS.replace(b"\noid", b"\next-0-foo sha256:1\noid"), "git lfs pull"),
        (LFS.replace(b"https://git-lfs.github.com/spec/v1", b"http://git-media.io/v/2"), "lfs"),
        (LFS.replace(b"git-lfs.github.com", b"hawser.github.com"), "git lfs pull"),
        (LFS.replace(b"/v1", b"/v2"), "git lfs pull"),
        (ANNEX, 'git annex get "a b"'),
        (ANNEX.rstrip(), 'git annex get "a b"'),
        (b"/annex/objects/WORM-s3-m1289672605--file\n", "git annex get"),
        (f"../../.git/annex/objects/Kj/0x/{KEY}/{KEY}".encode(), "git annex get"),
        (CRYPT, "git crypt unlock"),
        (CRYPT[:10], "git crypt unlock"),
        (FAT, "git fat pull"),
        (FAT.replace(b"                 3008", b""), "git fat pull"),
        (MEDIA, "git media sync"),
        (MEDIA.rstrip(), "git media sync"),
        (BIGSTORE, "git bigstore pull"),
        (TRANSCRYPT, "transcrypt"),
        (AGE, 'git checkout -- "a b"'),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "git agecrypt init"),
    ],
)
def test_a_file_that_stands_for_another_is_known(head: bytes, command: str) -> None:
    pointer = pointer_in(head[:HEAD], "a b.png")
    assert pointer is not None
    assert command in typed(pointer.hint("a b"), MIRROR)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"version 1\noid sha256:",
        b"# About LFS\n\n" + LFS,
        b"version https://git-lfs.github.com/spec/v1 is the first line of a pointer\n",
        LFS + b"x" * HEAD,
        b"/annex/objects/ is where git-annex keeps its files\n",
        b"---\ntitle: Guide\n---\n",
        CRYPT[1:],
        FAT[1:],
        MEDIA * 2,
        b"bigstore\nis a tool\n",
        b"age-encryption.org is a site\n",
    ],
)
def test_a_file_that_stands_for_itself_is_no_pointer(head: bytes) -> None:
    assert pointer_in(head[:HEAD], "a.png") is None


def test_a_link_into_the_store_of_git_annex_is_known() -> None:
    target = f"../../.git/annex/objects/Kj/0x/{KEY}/{KEY}"
    for written in (target, target.replace("/", "\\")):
        pointer = pointer_to(written)
        assert pointer is not None
        hint = typed(pointer.hint("a.png"), MIRROR)
        assert hint.startswith("'git annex get a.png && git annex unlock a.png'")


@pytest.mark.parametrize("target", ["../other.png", "annexe/objects/x"])
def test_any_other_link_is_a_link(target: str) -> None:
    there, nothing = pointer_to(target), pointer_to(target, dangles=True)
    assert there.what == f"is a link to {target}, and confsync follows no links"
    assert (
        typed(there.hint("a b"), MIRROR)
        == '\'cp -RL "a b" "a b"~ && rm "a b" && mv "a b"~ "a b"\' replaces the link with a copy'
    )
    assert nothing.what == f"is a link to {target}, which does not exist"
    assert typed(nothing.hint("a.png"), MIRROR) == "'rm a.png' removes the link"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        *(("MEDIA", name) for name in ("tool.sha1", "SHA1SUM", "sum.txt")),
        *(("TRANSCRYPT", name) for name in ("key.enc", "key")),
        *(("AGE", name) for name in ("key.age", "key")),
    ],
)
def test_what_a_person_may_mean_is_no_pointer(content: str, name: str) -> None:
    head = {"MEDIA": MEDIA, "TRANSCRYPT": TRANSCRYPT, "AGE": AGE}[content]
    assert pointer_in(head, name) is None
    assert pointer_in(head, "a.drawio") is not None


@pytest.mark.parametrize(
    ("kind", "head", "other"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\n...", False),
        ("image/png", LFS, True),
        ("IMAGE/PNG; x=1", b"GIF89a", True),
        ("image/jpeg", b"\xff\xd8\xff\xe0", False),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\3\4",
            False,
        ),
        ("application/vnd.oasis.opendocument.text", LFS, True),
        ("text/plain", LFS, False),
        ("text/plain", CRYPT, True),
        ("application/octet-stream", b"anything", False),
        ("", b"anything", False),
    ],
)
def test_a_file_differs_from_a_type_where_that_is_certain(
    kind: str, head: bytes, other: bool
) -> None:
    assert differs(kind, head) is other
