"""Blog posts: pulled below their days, pushed as pages are, never moved, never doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confsync.sandbox import PageRow, Sandbox
from tests.flows.conftest import Desk, quiet, writes

DAY = "2026-03-07"
AT = f"{DAY}T09:30:00.000Z"
NEWS = "ENG/blog/2026/03/07/news.xhtml"
BODY = (
    "<h1>Ports</h1><p>The first port is 8080.</p><p>Between</p><p>the two.</p>"
    "<p>The second is 9090.</p>"
)
# The server writes this differently, so that only the token can tell whose version it is.
MACRO = '<ac:structured-macro ac:name="toc"/>'


def with_blog(desk: Desk, more: str = "") -> None:
    text = desk.text(".confsync.yaml").replace("key: ENG\n", f"key: ENG\n  blog: true\n{more}")
    desk.path(".confsync.yaml").write_text(text)


@pytest.fixture
def news(wiki: Sandbox) -> str:
    """Return the id of a blog post."""
    return wiki.store.create_post("ENG", "News", BODY, author="Ana", raw=True, at=AT).id


@pytest.fixture
def blog(wiki: Sandbox, desk: Desk, news: str) -> Desk:
    """Return a mirror of ENG with its blog."""
    with_blog(desk)
    desk("pull")
    wiki.clear_requests()
    return desk


def write(desk: Desk, name: str, title: str, body: str = "<p>new</p>") -> None:
    desk.path(name).parent.mkdir(parents=True, exist_ok=True)
    desk.path(name).write_text(f"---\ntitle: {title}\n---\n{body}\n")


def today(post: PageRow) -> str:
    return f"ENG/blog/{post.created_at[:10].replace('-', '/')}"


# -- pull ------------------------------------------------------------------------------------------


def test_posts_stand_below_their_days_and_only_where_they_are_wanted(
    wiki: Sandbox, desk: Desk, news: str
) -> None:
    assert desk.json("pull").outcomes == {}
    with_blog(desk)
    assert desk.json("status", "--remote").outcomes == {f"ENG/blog/ (page {news})": "new"}
    assert desk.json("pull", "-n").outcomes == {NEWS: "created"}
    assert desk.json("pull").outcomes == {NEWS: "created"}
    assert desk.text(NEWS).startswith(
        f'---\ntitle: News\nconfluence:\n  id: "{news}"\n  version: 1\n'
    )
    assert f'  blogpost: "{DAY}"\n---\n' in desk.text(NEWS)
    assert "parent:" not in desk.text(NEWS)
    quiet(wiki, desk)


def test_posts_of_the_same_title_are_told_apart_where_they_share_a_day(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    ids = [wiki.store.create_post("ENG", t, "<p>x</p>", at=AT).id for t in ("News!", "Blog", "//")]
    later = wiki.store.create_post("ENG", "News", "<p>x</p>", at="2026-03-08T00:00:00.000Z").id
    blog("pull")
    day = "ENG/blog/2026/03/07"
    named = {
        f"{day}/news-{ids[0]}.xhtml": ids[0],
        f"{day}/blog-{ids[1]}.xhtml": ids[1],
        f"{day}/page-{ids[2]}.xhtml": ids[2],
        "ENG/blog/2026/03/08/news.xhtml": later,
        NEWS: news,
    }
    assert {n for n in blog.files() if n.startswith("ENG/blog/")} == set(named)
    for name, post in named.items():
        assert f'id: "{post}"' in blog.text(name)
    quiet(wiki, blog)


def test_an_edit_in_the_browser_comes_in_and_one_here_is_kept(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    wiki.store.edit(news, BODY.replace("8080", "8081"))
    assert blog.json("pull").outcomes == {NEWS: "pulled"}
    assert "8081" in blog.text(NEWS)
    blog.edit(NEWS, "9090", "9091")
    wiki.store.edit(news, BODY.replace("8080", "8082"))
    assert blog.json("pull", exit=1).outcomes == {NEWS: "rejected"}
    assert "9091" in blog.text(NEWS)
    assert "8081" in blog.text(NEWS)


def test_a_retitle_in_the_browser_renames_the_file_and_keeps_the_edit_below(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    wiki.store.edit(news, title="Old news")
    old = "ENG/blog/2026/03/07/old-news.xhtml"
    assert blog.json("pull").outcomes == {old: "pulled"}
    assert NEWS not in blog.files()
    quiet(wiki, blog)


def test_a_post_that_gets_another_date_moves_there_with_what_was_edited(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    blog.edit(NEWS, "8080", "8081")
    wiki.store.date_post(news, "2025-12-31T23:59:59.000Z")
    there = "ENG/blog/2025/12/31/news.xhtml"
    assert blog.json("pull").outcomes == {there: "kept"}
    assert "8081" in blog.text(there)
    assert 'blogpost: "2025-12-31"' in blog.text(there)
    assert not blog.path("ENG/blog/2026").exists()
    assert blog.json("push").outcomes == {there: "updated"}
    quiet(wiki, blog)


def test_a_trashed_post_takes_its_unmodified_file_along_and_no_other(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    other = wiki.store.create_post("ENG", "Other", BODY, at=AT, raw=True).id
    blog("pull")
    blog.edit("ENG/blog/2026/03/07/other.xhtml", "8080", "8081")
    wiki.store.trash(news)
    wiki.store.trash(other)
    run = blog.json("pull")
    assert run.outcomes == {NEWS: "deleted", "ENG/blog/2026/03/07/other.xhtml": "kept"}
    assert NEWS not in blog.files()
    assert list(blog.root.glob(f".confsync/trash/{NEWS}"))
    assert blog.json("push", exit=1).outcomes == {"ENG/blog/2026/03/07/other.xhtml": "rejected"}


def test_404_removes_nothing(wiki: Sandbox, blog: Desk, news: str) -> None:
    wiki.store.restrict(news)
    assert blog.json("pull").outcomes == {NEWS: "kept"}
    assert NEWS in blog.files()


# -- push ------------------------------------------------------------------------------------------


def test_an_edit_goes_out_over_exactly_its_version(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.edit(NEWS, "8080", "8081")
    assert blog.json("status").outcomes == {NEWS: "modified"}
    assert "+<p>The first port is 8081.</p>" in blog("diff").out
    assert blog.json("push", "-m", "New port").outcomes == {NEWS: "updated"}
    now = wiki.store.page(news)
    assert (now.type, now.version, now.parent_id, now.created_at) == ("blogpost", 2, None, AT)
    assert "8081" in now.body
    assert now.message.endswith("] New port")
    assert "  version: 2\n" in blog.text(NEWS)
    quiet(wiki, blog)


def test_a_colleagues_edit_is_refused_shown_and_merged(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    wiki.store.edit(news, BODY.replace("8080", "8081"), author="Ben", message="mine first")
    blog.edit(NEWS, "9090", "9091")
    run = blog("push", exit=1)
    assert "local is based on v1, the server has v2 (Ben" in run.out
    assert wiki.store.page(news).version == 2
    assert writes(wiki) == []
    assert "8081" in blog("diff", "--remote", NEWS).out
    assert blog.json("pull", "--merge", NEWS).outcomes == {NEWS: "merged"}
    blog("push")
    now = wiki.store.page(news)
    assert "8081" in now.body
    assert "9091" in now.body
    quiet(wiki, blog)


def test_an_inline_comment_is_noticed(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.edit(NEWS, "9090", "9091")
    wiki.store.comment(news, "8080")
    assert blog.json("push", exit=1).data["pages"][0]["decision"] == "commented"
    assert "marker" in wiki.store.page(news).body


def test_one_side_is_given_up_by_name(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.edit(NEWS, "9090", "9091")
    wiki.store.edit(news, BODY.replace("8080", "8081"))
    blog("push", exit=1)
    blog("pull", "--ours", NEWS, "--at", "2")
    blog("push")
    assert "8080" in wiki.store.page(news).body
    blog.edit(NEWS, "9091", "9092")
    blog("pull", "--theirs", NEWS)
    assert "9091" in blog.text(NEWS)
    quiet(wiki, blog)


def test_an_edit_whose_answer_is_lost_lands_once(wiki: Sandbox, blog: Desk, news: str) -> None:
    wiki.faults.lose_response = lambda method, path: method == "PUT"
    blog.edit(NEWS, "8080", f"8081</p>{MACRO}<p>")
    assert blog.json("push").outcomes == {NEWS: "updated"}
    wiki.faults.lose_response = None
    assert wiki.store.page(news).version == 2
    quiet(wiki, blog)


def test_a_retitle_goes_out_and_tells_who_links_to_the_old_title(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    link = '<ac:link><ri:blog-post ri:content-title="News" ri:posting-day="2026/03/07" /></ac:link>'
    of_page = '<ac:link><ri:page ri:content-title="News" /></ac:link>'
    wiki.store.create_page("ENG", "Links", f"<p>{link}</p>")
    wiki.store.create_page("ENG", "Others", f"<p>{of_page}</p>")
    blog("pull")
    blog.edit(NEWS, "title: News", "title: Old news")
    run = blog("push")
    assert "links to the old title: ENG/links.xhtml\n" in run.out + run.err
    assert wiki.store.page(news).title == "Old news"
    assert blog.json("pull").outcomes == {"ENG/blog/2026/03/07/old-news.xhtml": "renamed"}
    quiet(wiki, blog)


def test_posts_of_different_days_may_exchange_their_titles(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    other = wiki.store.create_post("ENG", "Notes", BODY, at="2026-03-08T00:00:00.000Z").id
    blog("pull")
    blog.edit(NEWS, "title: News", "title: Notes")
    blog.edit("ENG/blog/2026/03/08/notes.xhtml", "title: Notes", "title: News")
    assert set(blog.json("push").outcomes.values()) == {"renamed"}
    assert [wiki.store.page(i).title for i in (news, other)] == ["Notes", "News"]


def test_posts_of_one_day_that_exchange_their_titles_are_refused_before_anything_is_sent(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    wiki.store.create_post("ENG", "Notes", BODY, at=AT)
    blog("pull")
    blog.edit(NEWS, "title: News", "title: Notes")
    blog.edit("ENG/blog/2026/03/07/notes.xhtml", "title: Notes", "title: News")
    wiki.clear_requests()
    run = blog.json("push", exit=1)
    assert set(run.outcomes.values()) == {"rejected"}
    assert writes(wiki) == []


# -- create ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["", "2020/01/01/", "drafts/of mine/"])
def test_a_new_document_becomes_a_post_of_the_day_on_which_it_is_pushed(
    wiki: Sandbox, blog: Desk, where: str
) -> None:
    name = f"ENG/blog/{where}ports.xhtml"
    blog("new", name, "--title", "Ports: all")
    blog.edit(name, "<p />", f"<p>8080</p>{MACRO}")
    assert blog.json("status").outcomes == {name: "untracked"}
    assert blog.json("push", "-n").outcomes == {name: "created"}
    run = blog.json("push", "-m", "first")
    assert run.outcomes == {name: "created"}
    (post,) = (row for row in wiki.store.posts("ENG") if row.title == "Ports: all")
    there = f"{today(post)}/ports.xhtml"
    assert there in run.data["pages"][0]["note"]
    assert (post.parent_id, post.version) == (None, 1)
    assert post.message.endswith("] first")
    assert name not in blog.files()
    assert f'id: "{post.id}"' in blog.text(there)
    assert "ac:macro-id=" in blog.text(there)
    quiet(wiki, blog)
    blog.edit(there, "8080", "8081")
    assert blog.json("push").outcomes == {there: "updated"}


def test_a_new_post_whose_place_is_taken_waits_for_the_pull(wiki: Sandbox, blog: Desk) -> None:
    first = wiki.store.create_post("ENG", "Ports", "<p>x</p>")
    blog("pull")
    write(blog, "ENG/blog/ports.xhtml", "Other ports")
    run = blog.json("push")
    assert "'confsync pull' puts it below that day" in run.data["pages"][0]["note"]
    assert blog.json("status").outcomes == {"ENG/blog/ports.xhtml": "moved"}
    (made,) = (row for row in wiki.store.posts("ENG") if row.title == "Other ports")
    blog("pull")
    assert f'id: "{made.id}"' in blog.text(f"{today(first)}/other-ports.xhtml")
    quiet(wiki, blog)


@pytest.mark.parametrize("forgets", [False, True], ids=["with its token", "without a message"])
def test_a_creation_whose_answer_was_lost_is_found_again(
    wiki: Sandbox, blog: Desk, forgets: bool
) -> None:
    wiki.faults.drop_message_on_create = forgets
    wiki.faults.lose_response = lambda method, path: method == "POST"
    write(blog, "ENG/blog/ports.xhtml", "Ports", f"<p>8080</p>{MACRO}")
    assert blog.json("push").outcomes == {"ENG/blog/ports.xhtml": "created"}
    wiki.faults.lose_response = None
    assert [row.title for row in wiki.store.posts("ENG")] == ["News", "Ports"]
    quiet(wiki, blog)


def test_a_creation_without_an_answer_is_found_again_on_another_day(
    wiki: Sandbox, blog: Desk
) -> None:
    """On another day no server refuses the title: only looking before keeps it from doubling."""
    name = "ENG/blog/ports.xhtml"
    write(blog, name, "Ports", f"<p>8080</p>{MACRO}")
    before = blog.files()
    blog("push")
    (made,) = (row for row in wiki.store.posts("ENG") if row.title == "Ports")
    blog.path(f"{today(made)}/ports.xhtml").unlink()
    blog.path(name).write_bytes(before[name])  # as if the run had been killed before it settled
    wiki.store.date_post(made.id, "2026-02-01T00:00:00.000Z")
    wiki.clear_requests()
    assert blog.json("push").outcomes == {name: "created"}
    assert writes(wiki) == []
    assert f'id: "{made.id}"' in blog.text("ENG/blog/2026/02/01/ports.xhtml")
    quiet(wiki, blog)


def test_a_creation_that_may_have_landed_is_not_sent_again_in_the_same_run(
    wiki: Sandbox, blog: Desk
) -> None:
    wiki.faults.refuse = lambda method, path: 503 if method == "POST" else None
    write(blog, "ENG/blog/ports.xhtml", "Ports")
    assert blog.json("push", exit=3).outcomes == {"ENG/blog/ports.xhtml": "failed"}
    assert writes(wiki) == [("POST", 503)]
    wiki.faults.refuse = None
    assert blog.json("push").outcomes == {"ENG/blog/ports.xhtml": "created"}
    assert len(wiki.store.posts("ENG")) == 2


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_creation_without_an_answer_is_refused_when_it_was_edited_since(
    wiki: Sandbox, blog: Desk, where: str
) -> None:
    """The lost post cannot be recognised, and the server allows its title on another day."""
    name = "ENG/blog/ports.xhtml"
    write(blog, name, "Ports", "<p>8080</p>")
    before = blog.files()
    blog("push")
    (made,) = (row for row in wiki.store.posts("ENG") if row.title == "Ports")
    blog.path(f"{today(made)}/ports.xhtml").unlink()
    blog.path(name).write_bytes(before[name])
    wiki.store.date_post(made.id, "2026-02-01T00:00:00.000Z")
    if where == "here":
        blog.edit(name, "8080", "8081")
    else:
        wiki.store.edit(made.id, "<p>hers</p>")
    wiki.clear_requests()
    run = blog.json("push", exit=1)
    assert f"blog post {made.id} of 2026-02-01" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
    blog.edit(name, "title: Ports", "title: Ports 2")
    blog("pull")
    assert f'id: "{made.id}"' in blog.text("ENG/blog/2026/02/01/ports.xhtml")
    blog("push")
    assert len(wiki.store.posts("ENG")) == 3
    quiet(wiki, blog)


def test_a_new_post_that_is_edited_while_it_is_sent_is_left_alone_and_not_doubled(
    wiki: Sandbox, blog: Desk
) -> None:
    name = "ENG/blog/ports.xhtml"
    write(blog, name, "Ports", "<p>8080</p>")

    def edit(method: str, path: str) -> None:
        if method == "POST":
            blog.edit(name, "8080", "8081")

    wiki.faults.before = edit
    run = blog.json("push", exit=4)
    assert "edited meanwhile and stays unchanged" in run.data["pages"][0]["error"]
    wiki.faults.before = None
    blog.json("push", exit=1)
    assert [row.title for row in wiki.store.posts("ENG")].count("Ports") == 1


def test_a_copy_without_its_stamp_is_another_post(wiki: Sandbox, blog: Desk) -> None:
    """Next week's post with this week's words is not this week's."""
    write(blog, "ENG/blog/weekly.xhtml", "Weekly")
    blog("push")
    (first,) = (row for row in wiki.store.posts("ENG") if row.title == "Weekly")
    wiki.store.date_post(first.id, "2026-02-01T00:00:00.000Z")
    blog("pull")
    write(blog, "ENG/blog/weekly.xhtml", "Weekly")
    assert blog.json("push").outcomes == {"ENG/blog/weekly.xhtml": "created"}
    assert [row.title for row in wiki.store.posts("ENG")].count("Weekly") == 2
    quiet(wiki, blog)


def test_a_pull_before_the_push_knows_the_lost_post_as_ones_own(wiki: Sandbox, blog: Desk) -> None:
    name = "ENG/blog/ports.xhtml"
    write(blog, name, "Ports")
    before = blog.files()
    blog("push")
    (made,) = (row for row in wiki.store.posts("ENG") if row.title == "Ports")
    blog.path(f"{today(made)}/ports.xhtml").unlink()
    blog.path(name).write_bytes(before[name])
    assert blog.json("pull").outcomes == {name: "skipped"}
    blog("push")
    assert [row.title for row in wiki.store.posts("ENG")].count("Ports") == 1
    quiet(wiki, blog)


def test_a_title_that_is_taken_on_the_day_is_told_in_the_servers_words(
    wiki: Sandbox, blog: Desk
) -> None:
    wiki.store.create_post("ENG", "Ports", "<p>hers</p>")
    blog("pull")
    write(blog, "ENG/blog/ports.xhtml", "Ports")
    run = blog.json("push", exit=1)
    assert "already exists" in run.data["pages"][0]["error"]
    assert [row.body for row in wiki.store.posts("ENG") if row.title == "Ports"] == ["<p>hers</p>"]


# -- what posts do not do --------------------------------------------------------------------------


@pytest.mark.parametrize("there", ["ENG/news.xhtml", "ENG/guide/news.xhtml"])
def test_a_post_that_is_moved_among_the_pages_is_refused_and_not_written_again(
    wiki: Sandbox, blog: Desk, news: str, there: str
) -> None:
    blog.edit(NEWS, "8080", "8081")
    blog.path(there).parent.mkdir(exist_ok=True)
    blog.path(NEWS).rename(blog.path(there))
    for command in (("push",), ("pull",), ("push", "--delete")):
        run = blog(*command, exit=4)
        assert f"is blog post {news}, but stands outside blog/2026/03/07/" in run.err
    assert blog.json("status", exit=4).outcomes == {there: "invalid"}
    assert "blog posts do not move" in blog("check", exit=1).out
    assert writes(wiki) == []
    assert NEWS not in blog.files()
    blog.path(NEWS).parent.mkdir(parents=True, exist_ok=True)
    blog.path(there).rename(blog.path(NEWS))
    assert blog.json("push").outcomes == {NEWS: "updated"}
    quiet(wiki, blog)


def test_a_page_that_is_moved_into_the_blog_is_refused(
    wiki: Sandbox, blog: Desk, guide: str
) -> None:
    there = "ENG/blog/2026/03/07/guide.xhtml"
    blog.edit("ENG/guide.xhtml", "8080", "8081")
    blog.path("ENG/guide.xhtml").rename(blog.path(there))
    for command in ("push", "pull"):
        assert f"is page {guide}, but stands in a blog" in blog(command, exit=4).err
    assert writes(wiki) == []
    assert "ENG/guide.xhtml" not in blog.files()
    blog.path(there).rename(blog.path("ENG/guide.xhtml"))
    assert blog.json("push").outcomes == {"ENG/guide.xhtml": "updated"}


@pytest.mark.parametrize("there", ["2026/03/08", "2026/3/7", "", "2026/03/07/deeper"])
def test_a_post_below_another_day_is_refused_and_put_back(
    wiki: Sandbox, blog: Desk, news: str, there: str
) -> None:
    other = f"ENG/blog/{there}/other-name.xhtml".replace("//", "/")
    blog.edit(NEWS, "8080", "8081")
    blog.path(other).parent.mkdir(parents=True, exist_ok=True)
    blog.path(NEWS).rename(blog.path(other))
    run = blog.json("push", exit=1)
    assert run.outcomes == {other: "rejected"}
    assert "below its day, ENG/blog/2026/03/07/" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
    assert blog.json("status").outcomes == {other: "modified"}
    back = "ENG/blog/2026/03/07/other-name.xhtml"
    assert blog.json("pull").outcomes == {back: "kept"}
    assert blog.json("push").outcomes == {back: "updated"}
    assert "8081" in wiki.store.page(news).body


def test_a_blog_that_is_no_longer_mirrored_says_so(wiki: Sandbox, blog: Desk, news: str) -> None:
    text = blog.text(".confsync.yaml").replace("  blog: true\n", "")
    blog.path(".confsync.yaml").write_text(text)
    run = blog("pull", exit=4)
    assert "the blog of ENG is not mirrored" in run.err
    assert "blog: true" in run.err
    assert NEWS in blog.files()
    blog.path(NEWS).unlink()
    write(blog, NEWS, "New")
    assert "needs 'blog: true' for ENG" in blog("push", exit=1).out
    assert (
        "needs 'blog: true' for ENG" in blog("new", "ENG/blog/x.xhtml", "--title", "X", exit=2).err
    )


def test_a_page_that_was_called_blog_by_hand_makes_way(
    wiki: Sandbox, desk: Desk, guide: str, news: str
) -> None:
    desk.path("ENG/guide.xhtml").rename(desk.path("ENG/blog.xhtml"))
    desk("pull")
    assert "ENG/blog.xhtml" in desk.files()
    with_blog(desk)
    wiki.store.create_page("ENG", "Child", "<p>x</p>", parent=guide)
    desk("pull")
    stem = f"ENG/guide-{guide}" if "ENG/guide.xhtml" not in desk.files() else "ENG/guide"
    assert {f"{stem}.xhtml", f"{stem}/child.xhtml", NEWS} <= set(desk.files())
    quiet(wiki, desk)


# -- delete, restore, look -------------------------------------------------------------------------


def test_a_deletion_in_git_is_pushed_and_restored(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.git("init", "-q")
    blog.git("add", "-A")
    blog.git("commit", "-qm", "all")
    blog.path(NEWS).unlink()
    assert blog.json("status").outcomes == {NEWS: "deleted"}
    assert blog.json("pull").outcomes == {NEWS: "skipped"}
    assert blog.json("push").outcomes == {}
    assert writes(wiki) == []
    assert blog.json("push", "--delete", "-n").outcomes == {NEWS: "deleted"}
    assert blog.json("push", "--delete").outcomes == {NEWS: "deleted"}
    assert wiki.store.page(news).status == "trashed"
    assert blog.json("restore", news).outcomes == {NEWS: "restored"}
    assert wiki.store.page(news).status == "current"
    assert wiki.store.page(news).body == BODY


def test_a_post_that_was_edited_since_is_not_deleted(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.git("init", "-q")
    blog.git("add", "-A")
    blog.git("commit", "-qm", "all")
    blog.path(NEWS).unlink()
    wiki.store.edit(news, "<p>hers</p>")
    assert blog.json("push", "--delete", exit=1).outcomes == {NEWS: "rejected"}
    assert wiki.store.page(news).status == "current"


def test_a_post_is_deleted_by_its_id(wiki: Sandbox, blog: Desk, news: str) -> None:
    unseen = wiki.store.create_post("ENG", "Unseen", "<p>x</p>").id
    run = blog.json("push", "--delete", unseen, exit=1)
    assert "you named no version" in run.data["pages"][0]["error"]
    blog("push", "--delete", f"{unseen}@1", news)
    assert [wiki.store.page(i).status for i in (unseen, news)] == ["trashed", "trashed"]
    assert NEWS not in blog.files()


def test_show_and_log_take_a_posts_id_its_path_and_its_versions(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    wiki.store.edit(news, "<p>two</p>", author="Ben", message="second")
    for named in (NEWS, news):
        assert f'  blogpost: "{DAY}"\n' in blog("show", named).out
        assert "8080" in blog("show", f"{named}@1").out
        assert "second" in blog("log", named).out
    unseen = wiki.store.create_post("ENG", "Unseen", "<p>x</p>").id
    assert "title: Unseen" in blog("show", unseen).out
    assert "v1" in blog("log", unseen).out
    assert blog("show", "999999999", exit=1).err.startswith("error: ")


def test_the_doctor_looks_at_the_blog(wiki: Sandbox, blog: Desk) -> None:
    checks = {one["name"]: one["message"] for one in blog.json("doctor").data["checks"]}
    assert checks["blog of ENG"] == "1 blog posts can be read"
    assert checks["space ENG"] == "you may edit its pages"


def test_what_git_says_has_changed_is_meant_of_posts_too(
    wiki: Sandbox, blog: Desk, news: str
) -> None:
    blog.git("init", "-q")
    blog.git("add", "-A")
    blog.git("commit", "-qm", "all")
    blog.edit(NEWS, "8080", "8081")
    assert blog.json("push", "--staged").outcomes == {}
    blog.git("add", "-A")
    assert blog.json("push", "--staged", "--dry-run").outcomes == {NEWS: "updated"}
    blog("push", "--since", "HEAD", "--commit")
    assert wiki.store.page(news).version == 2
    assert blog.git("status", "--porcelain") == ""
    write(blog, "ENG/blog/ports.xhtml", "Ports")
    blog("push", "--commit")
    assert blog.git("status", "--porcelain") == ""
    wiki.store.edit(news, title="Old news")
    blog("pull", "--commit")
    assert blog.git("status", "--porcelain") == ""
    assert "old-news.xhtml" in blog.git("ls-files")


def test_labels_of_posts_combine(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.path(".confsync.yaml").write_text(blog.text(".confsync.yaml") + "labels: true\n")
    wiki.store.add_labels(news, ["ops"])
    blog("pull")
    blog.edit(NEWS, "labels: [ops]\nconfluence", "labels: [ops, ports]\nconfluence")
    wiki.store.add_labels(news, ["new"])
    blog("push")
    assert {label.name for label in wiki.store.labels(news)} == {"ops", "ports", "new"}
    blog("pull")
    quiet(wiki, blog)


def test_attachments_of_posts_come_and_go(wiki: Sandbox, blog: Desk, news: str) -> None:
    blog.path(".confsync.yaml").write_text(blog.text(".confsync.yaml") + "attachments: true\n")
    wiki.store.attach(news, "a.txt", b"one")
    blog("pull")
    file = "ENG/blog/2026/03/07/news.attachments/a.txt"
    assert blog.files()[file] == b"one"
    assert "without a document" not in blog("status").out
    blog.path(file).write_bytes(b"two")
    assert blog.json("push").outcomes == {NEWS: "updated"}
    (row,) = wiki.store.attachments(news)
    assert wiki.store.attachment_data(row.id) == b"two"
    wiki.store.date_post(news, "2026-03-09T00:00:00.000Z")
    blog("pull")
    assert blog.files()["ENG/blog/2026/03/09/news.attachments/a.txt"] == b"two"
    quiet(wiki, blog)


def test_rules_leave_posts_out_by_path_and_by_id(wiki: Sandbox, desk: Desk, news: str) -> None:
    late = wiki.store.create_post("ENG", "Late", "<p>x</p>", at="2026-04-01T00:00:00.000Z").id
    wiki.store.create_post("ENG", "Later", "<p>x</p>", at="2026-05-01T00:00:00.000Z")
    with_blog(desk, f'  exclude: ["{late}", "blog/2026/05/**"]\n')
    desk("pull")
    posts = [name for name in desk.files() if name.startswith("ENG/blog/")]
    assert posts == [NEWS]
    text = desk.text(".confsync.yaml").replace("exclude: [", "include: [guide, ")
    desk.path(".confsync.yaml").write_text(text)
    desk("pull")
    posts = [name for name in desk.files() if name.startswith("ENG/blog/")]
    assert posts == ["ENG/blog/2026/03/07/news.xhtml", "ENG/blog/2026/05/01/later.xhtml"]


# -- what it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 300])
def test_a_blog_costs_one_listing_more_and_its_bodies_in_bulk(
    wiki: Sandbox, desk: Desk, count: int, desk_at: Callable[..., Desk]
) -> None:
    def asked(*command: str) -> int:
        wiki.clear_requests()
        desk(*command)
        return len([r for r in wiki.requests if "user" not in r.path])

    for n in range(count):
        wiki.store.create_post("ENG", f"Post {n}", f"<p>{n}</p>")
    without = asked("pull")
    listing = -(-count // 200)
    if wiki.flavor == "cloud":  # the second answer from the other end is asked for meanwhile
        listing = 1 if count <= 250 else 3
    bodies = -(-count // (250 if wiki.flavor == "cloud" else 50))
    with_blog(desk)
    # Data Center's listing with bodies tells all that the one without them does.
    at_first = bodies + (listing if wiki.flavor == "cloud" else 0)
    assert asked("pull") == without + at_first
    assert asked("pull") == without + listing
    assert asked("status", "--remote") <= without + listing + 1


def test_two_documents_that_say_the_same_are_never_one_post(wiki: Sandbox, blog: Desk) -> None:
    for name in ("ENG/blog/a.xhtml", "ENG/blog/b.xhtml"):
        write(blog, name, "Double")
    blog("push", exit=None)
    stamps = [
        blog.path(name).read_text().partition("id: ")[2].partition("\n")[0]
        for name in blog.files()
        if "title: Double" in blog.text(name) and "confluence:" in blog.text(name)
    ]
    assert len(stamps) == len(set(stamps)) > 0
    assert "invalid" not in blog.json("status", exit=None).outcomes.values()
