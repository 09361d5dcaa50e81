"""Settings in front matter: each has its own version, is decided by itself, and makes no page's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.remote import client
from confsync.sandbox import Sandbox
from tests.flows.conftest import Desk, quiet, writes

GUIDE = "ENG/guide.xhtml"
WIDTH = "content-appearance-published"
EMOJI = "emoji-title-published"
ROCKET = "1f680"
CHOSEN = "settings: [width, emoji]\nproperties: [reviewed]\n"


@pytest.fixture
def settled(wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]) -> Desk:
    """Return a clone that manages settings; the guide is wide and has an emoji."""
    wiki.store.add_property(guide, WIDTH, "full-width", "Ana")
    wiki.store.add_property(guide, EMOJI, ROCKET, "Ana")
    desk = desk_at()
    desk.choose("width", "emoji", properties="reviewed")
    desk("pull")
    wiki.clear_requests()
    return desk


def value(wiki: Sandbox, page_id: str, key: str) -> object:
    found = wiki.store.properties(page_id, key)
    return found[0].value if found else None


def by_colleague(wiki: Sandbox, page_id: str, key: str, new: object) -> None:
    """Set a property as a colleague does in the browser."""
    (row,) = wiki.store.properties(page_id, key) or (None,)
    if row is None:
        wiki.store.add_property(page_id, key, new, "Ana")
    else:
        wiki.store.set_property(page_id, key, new, row.version + 1, "Ana")


def test_settings_are_written_when_they_are_asked_for(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    text = settled.text(GUIDE)
    assert "\nemoji: 🚀\nwidth: full\nconfluence:\n" in text
    assert f'\n  properties:\n    "{WIDTH}": {{version: 1, digest: ' in text
    assert "width" not in settled.text("ENG/index.xhtml")
    assert "nothing to do" in settled("pull").out
    assert "clean: 2 pages" in settled("status", "--remote").out
    quiet(wiki, settled)


def test_a_setting_that_is_edited_is_pushed_alone(wiki: Sandbox, settled: Desk, guide: str) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default  # mine\n")
    settled.edit(
        GUIDE, "\nconfluence:\n", "\nproperties: {reviewed: {by: Me, year: 2026}}\nconfluence:\n"
    )
    assert settled.json("push", "--dry-run").outcomes == {GUIDE: "updated"}
    assert writes(wiki) == []
    assert settled.json("push").outcomes == {GUIDE: "updated"}
    assert value(wiki, guide, WIDTH) == "default"
    assert value(wiki, guide, "reviewed") == {"by": "Me", "year": 2026}
    assert value(wiki, guide, EMOJI) == ROCKET
    assert wiki.store.page(guide).version == 1
    assert len(writes(wiki)) == 2
    assert "\nwidth: default  # mine\n" in settled.text(GUIDE)
    assert '    "reviewed": {version: 1, digest: ' in settled.text(GUIDE)
    quiet(wiki, settled)


def test_an_emoji_is_stored_as_confluence_stores_it(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "emoji: 🚀", "emoji: 👩‍💻")
    settled("push")
    assert value(wiki, guide, EMOJI) == "1f469-200d-1f4bb"
    by_colleague(wiki, guide, EMOJI, "🐙")
    settled("pull")
    assert "\nemoji: 🐙\n" in settled.text(GUIDE)
    by_colleague(wiki, guide, EMOJI, "1f419")
    assert settled.json("pull").outcomes == {GUIDE: "restamped"}
    quiet(wiki, settled)


def test_what_a_colleague_sets_comes_with_a_pull(wiki: Sandbox, settled: Desk, guide: str) -> None:
    by_colleague(wiki, guide, WIDTH, "default")
    by_colleague(wiki, guide, "reviewed", [1, "two", None, {"three": True}])
    settled.edit(GUIDE, "emoji: 🚀", "emoji: 🐙")
    assert settled.json("pull").outcomes == {GUIDE: "refreshed"}
    text = settled.text(GUIDE)
    assert "\nwidth: default\n" in text
    assert "\nproperties:\n  reviewed: [1, two, null, {three: true}]\n" in text
    assert "\nemoji: 🐙\n" in text
    assert settled.json("push").outcomes == {GUIDE: "updated"}
    assert value(wiki, guide, EMOJI) == "1f419"
    quiet(wiki, settled)


def test_a_value_that_is_null_is_removed_there_and_back(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: null\n")
    settled("push")
    assert value(wiki, guide, WIDTH) is None
    wiki.store.remove_property(guide, EMOJI)
    settled("pull")
    assert "\nemoji: null\n" in settled.text(GUIDE)
    assert "  properties:" not in settled.text(GUIDE)
    quiet(wiki, settled)
    settled.edit(GUIDE, "\nwidth: null\n", "\nwidth: full\n")
    settled("push")
    assert value(wiki, guide, WIDTH) == "full-width"
    quiet(wiki, settled)


def test_a_line_that_was_taken_out_changes_nothing(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\n")
    by_colleague(wiki, guide, WIDTH, "default")
    before = settled.text(GUIDE)
    settled("pull")
    settled("push")
    assert settled.text(GUIDE) == before
    assert value(wiki, guide, WIDTH) == "default"


def test_a_setting_that_both_sides_changed_is_refused(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    by_colleague(wiki, guide, WIDTH, "default")
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    settled.edit(GUIDE, "8080", "8081")
    before = settled.text(GUIDE)
    run = settled.json("push", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    (page,) = run.data["pages"]
    assert page["error"] == (
        "width: the value here is based on v1, the server has v2 (Ana): 'default'"
    )
    assert writes(wiki) == []
    run = settled.json("pull", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert "the server has v2 (Ana): 'default'" in run.data["pages"][0]["error"]
    assert settled.text(GUIDE) == before
    assert value(wiki, guide, WIDTH) == "default"


@pytest.mark.parametrize("command", ["push", "pull"])
def test_ours_keeps_a_setting_and_the_next_push_sends_it(
    wiki: Sandbox, settled: Desk, guide: str, command: str
) -> None:
    by_colleague(wiki, guide, WIDTH, "default")
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    run = settled(command, exit=1)
    assert "'default' is given up" in settled.follow(run, "confsync pull --ours")
    assert value(wiki, guide, WIDTH) == "default"
    settled("push")
    assert value(wiki, guide, WIDTH) == "max"
    quiet(wiki, settled)


def test_theirs_takes_the_servers_setting(wiki: Sandbox, settled: Desk, guide: str) -> None:
    by_colleague(wiki, guide, WIDTH, "default")
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    run = settled("push", exit=1)
    assert "your width 'max' is given up" in settled.follow(run, "confsync pull --theirs")
    assert "\nwidth: default\n" in settled.text(GUIDE)
    (kept,) = settled.path(".confsync/trash").rglob("guide.xhtml*")
    assert b"width: max" in kept.read_bytes()
    quiet(wiki, settled)


def test_merge_takes_what_one_side_changed_and_refuses_the_rest(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    by_colleague(wiki, guide, WIDTH, "default")
    by_colleague(wiki, guide, EMOJI, "1f419")
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    wiki.store.edit(guide, "<h1>Ports</h1><p>The first port is 8080.</p><p>hers</p>", author="Ana")
    settled.edit(GUIDE, "<h1>Ports</h1>", "<h1>Our ports</h1>")
    run = settled.json("pull", "--merge", GUIDE, exit=1)
    assert "width: the value here is based on v1" in run.data["pages"][0]["error"]
    text = settled.text(GUIDE)
    assert "\nemoji: 🐙\n" in text
    assert "\nwidth: max\n" in text
    assert "<h1>Our ports</h1>" in text
    assert "hers" in text


def test_a_new_page_gets_its_settings(wiki: Sandbox, settled: Desk) -> None:
    settled("new", "ENG/ports.xhtml", "--title", "Ports")
    settled.edit("ENG/ports.xhtml", "title: Ports", "title: Ports\nwidth: full\nemoji: 🐙")
    settled("push")
    page = next(page for page in wiki.store.pages("ENG") if page.title == "Ports")
    assert value(wiki, page.id, WIDTH) == "full-width"
    assert value(wiki, page.id, EMOJI) == "1f419"
    quiet(wiki, settled)


def test_a_fresh_clone_has_the_settings(
    wiki: Sandbox, settled: Desk, guide: str, desk_at: Callable[..., Desk]
) -> None:
    other = desk_at("other", clone=None)
    other.path(".confsync.yaml").write_text(settled.text(".confsync.yaml"))
    other("pull")
    assert other.text(GUIDE) == settled.text(GUIDE)
    quiet(wiki, other)


def test_without_the_setting_nothing_is_asked(wiki: Sandbox, desk: Desk, guide: str) -> None:
    wiki.store.add_property(guide, WIDTH, "full-width", "Ana")
    desk.edit(GUIDE, "title: Guide\n", "title: Guide\nwidth: full\nproperties: {a: 1}\n")
    desk.edit(GUIDE, "8080", "8081")
    desk("pull")
    desk("push")
    desk("pull", "--refresh")
    assert "\n  properties:" not in desk.text(GUIDE)
    assert not [r for r in wiki.requests if "propert" in r.path]
    assert value(wiki, guide, WIDTH) == "full-width"


# -- what can go wrong -----------------------------------------------------------------------------


def is_property(method: str, path: str) -> bool:
    return method != "GET" and "/propert" in path


@pytest.mark.parametrize(
    "line", ["width: default", "width: null", "width: full\nproperties: {reviewed: 1}"]
)
def test_a_lost_answer_doubles_nothing(wiki: Sandbox, settled: Desk, guide: str, line: str) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", f"\n{line}\n")
    wiki.faults.lose_response = is_property
    settled("push")
    wiki.faults.lose_response = None
    versions = [row.version for row in wiki.store.properties(guide)]
    count = len([r for r in wiki.requests if is_property(r.method, r.path)])
    assert count == 1
    settled("push")
    assert [row.version for row in wiki.store.properties(guide)] == versions
    assert len([r for r in wiki.requests if is_property(r.method, r.path)]) == count
    quiet(wiki, settled)


def test_a_setting_that_cannot_be_sent_is_sent_the_next_time(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default\n")
    settled.edit(GUIDE, "8080", "8081")
    wiki.faults.refuse = lambda method, path: 503 if is_property(method, path) else None
    run = settled.json("push", exit=3)
    assert run.outcomes == {GUIDE: "failed"}
    assert "the settings could not be changed" in run.data["pages"][0]["error"]
    wiki.faults.refuse = None
    assert wiki.store.page(guide).version == 2
    assert settled.json("push").outcomes == {GUIDE: "updated"}
    assert value(wiki, guide, WIDTH) == "default"
    assert wiki.store.page(guide).version == 2
    quiet(wiki, settled)


def test_a_value_that_the_server_does_not_keep_is_told(
    wiki: Sandbox, settled: Desk, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = wiki.store.set_property
    monkeypatch.setattr(
        wiki.store, "set_property", lambda page, key, _, *rest: real(page, key, "other", *rest)
    )
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    run = settled.json("push", exit=1)
    assert "width: the server stored another value" in run.data["pages"][0]["error"]
    assert settled.json("status").outcomes == {GUIDE: "modified"}


def test_a_value_that_front_matter_cannot_hold_fails_its_page_alone(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    by_colleague(wiki, guide, "reviewed", {"k" * 2000: 1})
    before = settled.text(GUIDE)
    home = wiki.store.pages("ENG")[0].id
    by_colleague(wiki, home, WIDTH, "full-width")
    run = settled.json("pull", exit=3)
    assert run.outcomes == {GUIDE: "failed", "ENG/index.xhtml": "refreshed"}
    assert settled.text(GUIDE) == before


# -- status ----------------------------------------------------------------------------------------


def test_status_names_the_settings_that_differ(wiki: Sandbox, settled: Desk, guide: str) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    run = settled.json("status")
    assert run.outcomes == {GUIDE: "modified"}
    assert run.data["pages"][0]["error"] == "settings: width"
    assert settled.json("status", "--remote").outcomes == {GUIDE: "modified"}
    by_colleague(wiki, guide, EMOJI, "1f419")
    run = settled.json("status", "--remote")
    assert (run.outcomes, run.data["pages"][0]["error"]) == ({GUIDE: "behind"}, "settings: emoji")
    by_colleague(wiki, guide, WIDTH, "default")
    run = settled.json("status", "--remote")
    assert run.outcomes == {GUIDE: "diverged"}
    assert run.data["pages"][0]["error"] == "settings: both sides changed width"
    assert "'default' is given up" in settled.follow(
        settled("status", "--remote"), "confsync pull --ours"
    )


def test_a_value_that_json_lacks_is_refused(wiki: Sandbox, settled: Desk, guide: str) -> None:
    settled.edit(GUIDE, "\nconfluence:\n", "\nproperties: {reviewed: {a: 1, a: 2}}\nconfluence:\n")
    said = settled("check", exit=1)
    assert "the value of properties.reviewed is not one that JSON has" in said.out
    assert settled.json("push", exit=1).outcomes == {GUIDE: "rejected"}
    assert writes(wiki) == []


# -- git put a value back --------------------------------------------------------------------------


def test_a_push_names_each_setting_that_both_sides_changed(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    settled.edit(GUIDE, "\nemoji: 🚀\n", "\nemoji: 🐙\n")
    by_colleague(wiki, guide, WIDTH, "default")
    by_colleague(wiki, guide, EMOJI, "1f389")
    said = settled("push", exit=1).out
    assert "width: the value here is based on v1" in said
    assert "emoji: the value here is based on v1" in said
    assert writes(wiki) == []


@pytest.mark.parametrize("line", ["properties: Core", "properties: [reviewed]", 'properties: ""'])
def test_properties_that_are_no_map_are_refused(
    wiki: Sandbox, settled: Desk, guide: str, line: str
) -> None:
    settled.edit(GUIDE, "\nconfluence:\n", f"\n{line}\nconfluence:\n")
    wanted = "properties must be 'key: value' lines"
    assert wanted in settled("check", exit=1).out
    assert wanted in settled("push", exit=1).out
    assert writes(wiki) == []
    settled("pull")
    by_colleague(wiki, guide, "reviewed", "hers")
    settled("pull", exit=1)
    assert f"\n{line}\n" in settled.text(GUIDE)
    settled.edit(GUIDE, f"\n{line}\n", "\nproperties: null\n")
    settled("pull")
    assert "reviewed: hers" in settled.text(GUIDE)
    quiet(wiki, settled)


def test_a_value_that_git_put_back_is_refused_and_not_undone(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.commit()
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default\n")
    settled("push", "--commit")
    settled.git("revert", "--no-edit", "HEAD")
    assert "\nwidth: full\n" in settled.text(GUIDE)
    run = settled.json("status")
    assert run.outcomes == {GUIDE: "restored"}
    assert run.data["pages"][0]["error"] == "settings: git has v2 of width"
    assert settled.json("status", "--remote").outcomes == {GUIDE: "restored"}
    run = settled.json("pull", exit=1)
    assert run.outcomes == {GUIDE: "rejected"}
    assert "width: the value here is of v1 again, and git has v2" in run.data["pages"][0]["error"]
    assert "\nwidth: full\n" in settled.text(GUIDE)
    settled.follow(settled("pull", exit=1), "confsync pull --ours")
    settled("push", "--commit")
    assert value(wiki, guide, WIDTH) == "full-width"
    quiet(wiki, settled)


# -- another person is faster ----------------------------------------------------------------------


@pytest.fixture
def race(wiki: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return a function that sets what a colleague does directly before the first write."""

    def install(act: Callable[[], object]) -> None:
        waiting = [act]

        def before(what: str) -> None:
            if waiting and what.startswith(("PUT", "POST", "DELETE")):
                waiting.pop()()

        monkeypatch.setattr(client.failpoints, "before", before)

    return install


@pytest.mark.parametrize("line", ["width: max", "width: null"])
def test_a_colleague_who_is_faster_is_not_overwritten(
    wiki: Sandbox,
    settled: Desk,
    guide: str,
    race: Callable[[Callable[[], object]], None],
    line: str,
) -> None:
    """A removal has no version: it is told by the look afterwards, if the value is there again."""
    settled.edit(GUIDE, "\nwidth: full\n", f"\n{line}\n")
    race(lambda: by_colleague(wiki, guide, WIDTH, "default"))
    run = settled.json("push", exit=None)
    if line == "width: null":
        assert value(wiki, guide, WIDTH) is None  # what no client can promise
        return
    assert run.outcomes == {GUIDE: "failed"}
    assert "the server has v2 (Ana): 'default'" in run.data["pages"][0]["error"]
    assert run.exit == 1
    assert value(wiki, guide, WIDTH) == "default"
    assert settled.json("pull", exit=1).outcomes == {GUIDE: "rejected"}


def test_a_property_that_a_colleague_adds_meanwhile_is_not_added_twice(
    wiki: Sandbox, settled: Desk, guide: str, race: Callable[[Callable[[], object]], None]
) -> None:
    settled.edit(GUIDE, "\nconfluence:\n", "\nproperties: {reviewed: mine}\nconfluence:\n")
    race(lambda: by_colleague(wiki, guide, "reviewed", "hers"))
    run = settled.json("push", exit=1)
    assert (
        "properties.reviewed: the value here is new, the server has v1 (Ana): 'hers'"
        in (run.data["pages"][0]["error"])
    )
    assert value(wiki, guide, "reviewed") == "hers"


def test_the_same_value_of_two_desks_is_no_conflict(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    by_colleague(wiki, guide, WIDTH, "max")
    assert settled.json("push").outcomes == {GUIDE: "updated"}
    assert writes(wiki) == []
    quiet(wiki, settled)


# -- the cost --------------------------------------------------------------------------------------


def asked(wiki: Sandbox) -> list[str]:
    """Return the pages that were asked for their properties by themselves, sorted."""
    paths = (r.path.partition("?")[0] for r in wiki.requests if r.method == "GET")
    found = [re.search(r"/(\d+)/propert(?:ies|y)$", path) for path in paths]
    return sorted(match[1] for match in found if match)


def test_a_hint_tells_which_pages_are_asked(
    wiki: Sandbox, desk_at: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [wiki.store.create_page("ENG", f"P{n}", "<p>x</p>").id for n in range(12)]
    for page_id in ids[:-1]:
        wiki.store.add_property(page_id, WIDTH, "full-width", "Ana")
    desk = desk_at()
    desk.choose("width", "emoji", properties="reviewed")
    desk("pull")
    wiki.clear_requests()

    assert "nothing to do" in desk("pull").out
    assert asked(wiki) == []
    assert len(wiki.requests) == 3  # the space, its listing, and the hint
    by_colleague(wiki, ids[0], WIDTH, "default")
    by_colleague(wiki, ids[-1], EMOJI, ROCKET)
    wiki.store.remove_property(ids[1], wiki.store.properties(ids[1])[0].id)
    wiki.clear_requests()
    desk("pull")
    assert asked(wiki) == sorted([ids[0], ids[1], ids[-1]])
    assert "\nwidth: default\n" in desk.text("ENG/p0.xhtml")
    assert "\nwidth: null\n" in desk.text("ENG/p1.xhtml")
    assert "\nemoji: 🚀\n" in desk.text("ENG/p11.xhtml")
    wiki.clear_requests()
    desk("pull", "--refresh")
    assert set(asked(wiki)) >= set(ids)


def test_a_hint_that_is_wrong_delays_and_loses_nothing(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"P{n}", "<p>x</p>").id for n in range(12)]
    for page_id in ids:
        wiki.store.add_property(page_id, WIDTH, "full-width", "Ana")
    desk = desk_at()
    desk.choose("width", "emoji", properties="reviewed")
    desk("pull")
    before = desk.files()
    wiki.faults.search_hides = lambda content_id: True
    assert "nothing to do" in desk("pull").out
    assert desk.files() == before
    # Nothing is recorded while a page differs from its hint: the next pull asks it again.
    wiki.faults.search_hides = lambda content_id: content_id == ids[0]
    for _ in range(2):
        assert "nothing to do" in desk("pull").out
    by_colleague(wiki, ids[0], WIDTH, "default")
    desk("pull")
    assert "\nwidth: default\n" in desk.text("ENG/p0.xhtml")


def test_a_setting_that_an_earlier_push_sent_is_committed_later(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.commit()
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default\n")
    settled("push")
    settled("push", "--commit")
    assert settled.git("status", "--porcelain") == ""
    assert "width: default" in settled.git("show", "HEAD:ENG/guide.xhtml")


# -- plans and reversals ---------------------------------------------------------------------------


def test_a_plan_names_settings_and_sends_only_those(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default\n")
    settled("push", "--plan", "plan.json")
    (page,) = json.loads(settled.text("plan.json"))["pages"]
    assert page["settings"] == {"width": "default", "emoji": "🚀"}
    settled.edit(GUIDE, "emoji: 🚀", "emoji: 🐙")
    run = settled.json("push", "--apply", "plan.json", exit=1)
    assert "its settings differ" in run.data["pages"][0]["error"]
    assert writes(wiki) == []
    settled.edit(GUIDE, "emoji: 🐙", "emoji: 🚀")
    settled("push", "--apply", "plan.json")
    assert value(wiki, guide, WIDTH) == "default"
    assert "already as planned" in settled("push", "--apply", "plan.json").out
    quiet(wiki, settled)


def test_the_reversal_of_a_push_takes_settings_back(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default\nproperties: {reviewed: 1}\n")
    settled.edit(GUIDE, "emoji: 🚀", "emoji: 🐙")
    settled.edit(GUIDE, "8080", "8081")
    settled("push")
    by_colleague(wiki, guide, EMOJI, "1f419-200d")
    settled("pull")
    run = settled.json("revert", "--run", settled.last_run(), exit=1)
    assert run.outcomes == {GUIDE: "modified"}
    assert run.data["pages"][0]["error"] == "changed again after that push, and stays: emoji"
    text = settled.text(GUIDE)
    assert "\nwidth: full\n" in text
    assert "reviewed: null" in text
    assert "8080" in text
    settled("push")
    assert value(wiki, guide, WIDTH) == "full-width"
    assert value(wiki, guide, "reviewed") is None
    quiet(wiki, settled)


def test_a_reversal_overwrites_no_edited_setting(wiki: Sandbox, settled: Desk, guide: str) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: default\n")
    settled("push")
    settled.edit(GUIDE, "emoji: 🚀", "emoji: 🐙")
    run = settled.json("revert", "--run", settled.last_run(), exit=1)
    assert run.data["pages"][0]["error"] == "it has edits that are not pushed"
    assert "\nwidth: default\n" in settled.text(GUIDE)


def test_a_diff_names_the_settings_that_differ(
    wiki: Sandbox, settled: Desk, guide: str, tmp_path: Path
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    told = settled("diff").out
    assert "-setting: width v1\n" in told
    assert "+setting: width 'max'\n" in told
    assert settled.json("diff").data["changes"][0]["fields"] == ["settings"]
    by_colleague(wiki, guide, EMOJI, "1f419")
    told = settled("diff", "--remote").out
    assert "-setting: emoji '🚀'\n" in told
    assert "+setting: emoji '🐙'\n" in told
    assert "+setting: emoji '🐙'\n" in settled("diff", "--remote", GUIDE).out
    page = tmp_path / "diff.html"
    settled("diff", "--html", str(page))
    assert "<dt>settings</dt>" in page.read_text()


def test_show_names_the_settings_of_the_newest_version(settled: Desk) -> None:
    told = settled("show", GUIDE).out
    assert "# width: 'full'\n# emoji: '🚀'\n" in told
    assert "# width" not in settled("show", f"{GUIDE}@1").out


def test_a_changed_setting_keeps_the_document_of_a_page_that_is_gone(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    wiki.store.trash(guide)
    assert settled.json("pull", exit=None).outcomes == {GUIDE: "kept"}
    assert "\nwidth: max\n" in settled.text(GUIDE)


def test_a_changed_setting_keeps_the_document_of_an_excluded_page(
    wiki: Sandbox, settled: Desk, guide: str
) -> None:
    settled.edit(GUIDE, "\nwidth: full\n", "\nwidth: max\n")
    config = settled.path(".confsync.yaml")
    config.write_text(config.read_text().replace("path: ENG", "path: ENG\n  exclude: [guide]"))
    assert settled.json("pull", "--prune", exit=None).outcomes == {GUIDE: "kept"}
    assert "\nwidth: max\n" in settled.text(GUIDE)


def test_a_first_pull_asks_only_pages_with_settings(
    wiki: Sandbox, desk_at: Callable[..., Desk]
) -> None:
    ids = [wiki.store.create_page("ENG", f"P{n}", "<p>x</p>").id for n in range(15)]
    wiki.store.add_property(ids[3], WIDTH, "full-width", "Ana")
    wiki.store.add_property(ids[4], "other", 1, "Ana")
    desk = desk_at(clone=None)
    key = wiki.url
    desk.path(".confsync.yaml").write_text(f"url: {key}\nspaces:\n- key: ENG\n{CHOSEN}")
    desk("pull")
    assert asked(wiki) == [ids[3]]
    assert "\nwidth: full\n" in desk.text("ENG/p3.xhtml")
    quiet(wiki, desk)
    by_colleague(wiki, ids[5], WIDTH, "default")
    desk("pull")
    assert "\nwidth: default\n" in desk.text("ENG/p5.xhtml")


def test_an_archived_page_and_a_blog_post_have_their_settings(
    wiki: Sandbox, guide: str, desk_at: Callable[..., Desk]
) -> None:
    post = wiki.store.create_post("ENG", "News", "<p>x</p>").id
    for page_id in (guide, post):
        wiki.store.add_property(page_id, WIDTH, "full-width", "Ana")
    wiki.store.archive(guide)
    desk = desk_at()
    config = desk.path(".confsync.yaml")
    more = "path: ENG\n  archived: true\n  blog: true"
    config.write_text(config.read_text().replace("path: ENG", more) + CHOSEN)
    desk("pull")
    (news,) = desk.path("ENG/blog").rglob("*.xhtml")
    assert "\nwidth: full\n" in news.read_text()
    # A Data Center shows the properties of current pages only.
    assert ("\nwidth: full\n" in desk.text(GUIDE)) is (wiki.flavor == "cloud")
    news.write_text(news.read_text().replace("width: full", "width: default"))
    desk("push")
    assert value(wiki, post, WIDTH) == "default"
    files = desk.files()
    for command in (("pull",), ("pull", "--refresh"), ("push",)):
        desk(*command)
    assert desk.files() == files
    assert "clean: 3 pages" in desk("status", "--remote").out
