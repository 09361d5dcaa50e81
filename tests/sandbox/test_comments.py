"""Comments and likes, on both flavours."""

from __future__ import annotations

from typing import Any

import pytest

from confsync.sandbox import PageRow, Sandbox, Store

from .conftest import Api, title_of
from .dc_api import Dc

FOOTER = "/api/v2/footer-comments"
INLINE = "/api/v2/inline-comments"


def text(value: str) -> dict[str, Any]:
    return {"representation": "storage", "value": value}


def add(api: Api, path: str = FOOTER, **given: Any) -> Any:
    answer = api("POST", path, json={"body": text("<p>hm</p>"), **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_comment_is_created_changed_and_deleted(api: Api, page: PageRow) -> None:
    made = add(api, pageId=page.id)
    assert (made["pageId"], made["title"]) == (page.id, "Re: Guide")
    one = f"{FOOTER}/{made['id']}"
    sent = {"version": {"number": 2, "message": "why"}, "body": text("<p>ha</p>")}
    assert api("PUT", one, json=sent).json()["version"]["number"] == 2
    assert api("PUT", one, json=sent).status_code == 409
    found = api.get(one, **{"body-format": "storage"})
    assert (found["body"]["storage"]["value"], found["version"]["message"]) == ("<p>ha</p>", "why")
    assert [row["number"] for row in api.get(f"{one}/versions")["results"]] == [2, 1]
    assert api.get(f"{one}/versions/1")["nextVersion"] == 2
    assert api.get(f"{one}/operations")["operations"][0]["operation"] == "read"
    assert api.get(f"/api/v2/pages/{page.id}")["version"]["number"] == 1
    assert api("DELETE", one).status_code == 204
    assert title_of(api("GET", one)) == f"Cannot find a comment with id [{made['id']}]"


def test_a_comment_has_replies(api: Api, page: PageRow) -> None:
    above = add(api, pageId=page.id)
    reply = add(api, parentCommentId=above["id"])
    assert reply["parentCommentId"] == above["id"]
    (shown,) = api.get(f"{FOOTER}/{above['id']}/children")["results"]
    assert shown["id"] == reply["id"]
    listed = api.get(f"/api/v2/pages/{page.id}/footer-comments")["results"]
    assert [row["id"] for row in listed] == [above["id"]]
    assert len(api.walk(FOOTER, limit=1)) == 2
    assert api("DELETE", f"{FOOTER}/{above['id']}").status_code == 204
    assert api.walk(FOOTER) == []


def test_comments_are_listed_by_date(api: Api, page: PageRow) -> None:
    first, second = add(api, pageId=page.id), add(api, pageId=page.id)
    sent = {"version": {"number": 2}, "body": text("<p>ha</p>")}
    api("PUT", f"{FOOTER}/{first['id']}", json=sent)
    for sort, wanted in (
        ("created-date", [first, second]),
        ("-created-date", [second, first]),
        ("-modified-date", [first, second]),
    ):
        rows = api.walk(f"/api/v2/pages/{page.id}/footer-comments", sort=sort, limit=1)
        assert [row["id"] for row in rows] == [row["id"] for row in wanted]


def inline(api: Api, page: PageRow, **about: Any) -> Any:
    return add(api, INLINE, pageId=page.id, inlineCommentProperties=about)


def test_an_inline_comment_has_a_marker_and_makes_no_version(api: Api, page: PageRow) -> None:
    made = inline(api, page, textSelection="one", textSelectionMatchCount=1)
    ref = made["properties"]["inlineMarkerRef"]
    now = api.page(page.id)
    marker = f'<ac:inline-comment-marker ac:ref="{ref}">one</ac:inline-comment-marker>'
    assert (now["body"]["storage"]["value"], now["version"]["number"]) == (f"<p>{marker}</p>", 1)
    assert (made["resolutionStatus"], made["pageId"]) == ("open", page.id)
    sent = {"version": {"number": 2}, "body": text("<p>ok</p>"), "resolved": True}
    assert api("PUT", f"{INLINE}/{made['id']}", json=sent).json()["resolutionStatus"] == "resolved"
    answer = api("POST", INLINE, json={"parentCommentId": made["id"], "body": text("x")})
    assert answer.status_code == 400
    listing = f"/api/v2/pages/{page.id}/inline-comments"
    assert api.get(listing, **{"resolution-status": "open"})["results"] == []
    assert len(api.get(listing, **{"resolution-status": "resolved"})["results"]) == 1
    assert api("DELETE", f"{INLINE}/{made['id']}").status_code == 204
    assert api.page(page.id)["body"]["storage"]["value"] == "<p>one</p>"


def test_a_comment_without_its_marker_dangles(api: Api, store: Store, page: PageRow) -> None:
    made = inline(api, page, textSelection="one")
    marked = store.page(page.id).body
    store.edit(page.id, "<p>two</p>")
    assert api.get(f"{INLINE}/{made['id']}")["resolutionStatus"] == "dangling"
    store.edit(page.id, marked)
    assert api.get(f"{INLINE}/{made['id']}")["resolutionStatus"] == "open"


def test_the_occurrence_of_a_text_is_chosen(api: Api, store: Store, page: PageRow) -> None:
    store.edit(page.id, "<p>a &amp; b a &amp; b</p>")
    made = inline(
        api, page, textSelection="a & b", textSelectionMatchCount=2, textSelectionMatchIndex=1
    )
    ref = made["properties"]["inlineMarkerRef"]
    assert store.page(page.id).body.startswith(
        f'<p>a &amp; b <ac:inline-comment-marker ac:ref="{ref}">'
    )


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"pageId": "1"},
        {"inlineCommentProperties": {"textSelection": "nowhere"}},
        {
            "inlineCommentProperties": {
                "textSelection": "one",
                "textSelectionMatchCount": 1,
                "textSelectionMatchIndex": 1,
            }
        },
    ],
)
def test_a_wrong_comment_is_refused(api: Api, page: PageRow, given: dict[str, Any]) -> None:
    sent = {"pageId": page.id, "body": text("<p>x</p>"), **given}
    assert api("POST", INLINE, json=sent).status_code in (400, 404)
    both = {"pageId": page.id, "blogPostId": "2", "body": text("<p>x</p>")}
    assert api("POST", FOOTER, json=both).status_code == 400


def test_a_comment_of_a_colleague_is_listed_with_its_marker(
    api: Api, store: Store, page: PageRow
) -> None:
    ref = store.comment(page.id, "one", "Bo")
    (row,) = api.get(f"/api/v2/pages/{page.id}/inline-comments")["results"]
    assert row["properties"]["inlineMarkerRef"] == ref
    (found,) = api.get("/rest/api/content/search", cql="type=comment", expand="container")[
        "results"
    ]
    assert (found["title"], found["container"]["id"]) == ("Re: Guide", page.id)


def test_posts_have_comments_and_likes(api: Api, store: Store, page: PageRow) -> None:
    post = store.create_post("ENG", "News", "<p>x</p>")
    made = add(api, blogPostId=post.id)
    (row,) = api.get(f"/api/v2/blogposts/{post.id}/footer-comments")["results"]
    assert (row["id"], row["blogPostId"]) == (made["id"], post.id)
    for content in (post.id, page.id, made["id"]):
        store.like(content, "Bo")
    paths = (f"blogposts/{post.id}", f"pages/{page.id}", f"footer-comments/{made['id']}")
    for path in paths:
        assert api.get(f"/api/v2/{path}/likes/count") == {"count": 1}
        (who,) = api.get(f"/api/v2/{path}/likes/users")["results"]
        assert who["accountId"].startswith("712020:")
    store.like(page.id, "Bo", on=False)
    assert api.get(f"/api/v2/pages/{page.id}/likes/count") == {"count": 0}


def test_a_comment_has_properties(api: Api, page: PageRow) -> None:
    path = f"/api/v2/comments/{add(api, pageId=page.id)['id']}/properties"
    made = api("POST", path, json={"key": "seen", "value": {"by": 1}}).json()
    sent = {"key": "seen", "value": 2, "version": {"number": 2}}
    assert api("PUT", f"{path}/{made['id']}", json=sent).json()["version"]["number"] == 2
    assert api.get(path)["results"][0]["value"] == 2


def test_a_purged_page_takes_its_comments_along(api: Api, store: Store, page: PageRow) -> None:
    add(api, pageId=page.id)
    store.purge(page.id)
    assert api.walk(FOOTER) == []


def test_data_center_has_comments_as_content(dc: Dc, server: Sandbox, guide: PageRow) -> None:
    place = {"type": "comment", "container": {"id": guide.id, "type": "page"}}
    body = {"body": {"storage": text("<p>hm</p>")}}
    made = dc("POST", "/rest/api/content", json={**place, **body}).json()
    assert (made["type"], made["container"]["id"]) == ("comment", guide.id)
    above = {"ancestors": [{"id": made["id"]}]}
    reply = dc("POST", "/rest/api/content", json={**place, **body, **above}).json()
    assert reply["ancestors"][0]["id"] == made["id"]
    inside = {
        "location": "inline",
        "inlineProperties": {"originalSelection": "one"},
    }
    marked = dc("POST", "/rest/api/content", json={**place, **body, "extensions": inside}).json()
    assert marked["extensions"]["inlineProperties"]["markerRef"] in server.store.page(guide.id).body
    path = f"/rest/api/content/{guide.id}/child/comment"
    ids = [one["id"] for one in dc.get(path, expand="body.storage,extensions")["results"]]
    assert ids == [made["id"], marked["id"]]
    assert len(dc.get(path, depth="all")["results"]) == 3
    assert len(dc.get(path, location="inline")["results"]) == 1
    change = {"type": "comment", "version": {"number": 2}, **body}
    state = {"extensions": {"resolution": {"status": "resolved"}}}
    done = dc("PUT", f"/rest/api/content/{marked['id']}", json={**change, **state}).json()
    assert done["extensions"]["resolution"]["status"] == "resolved"
    assert len(dc.get(path, location="resolved")["results"]) == 1
    one = f"/rest/api/content/{made['id']}"
    assert dc.get(one, expand="body.storage,version")["version"]["number"] == 1
    assert dc("DELETE", one).status_code == 204
    assert dc("GET", one).status_code == 404
