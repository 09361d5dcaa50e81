"""Takes each safety check out of a copy of the tree, one at a time, and runs its tests.

`python -m tests.ablation [--jobs N] [WORD…]`; with words, only the checks whose names have one of
them; with `--jobs`, N checks at a time. Every test named for a check must pass with it and fail
without it, and the table in CONTRIBUTING must say the same as the one here. Exit 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEADING = "## Each safety check and its test"
# Seconds for the tests of one check. A test that never ends without its check has failed.
PATIENCE = 180.0
# Seconds for the tests of all checks, with all checks in place.
WHOLE_PATIENCE = 1800.0


@dataclass(frozen=True)
class Cut:
    """A text that stands once in a file, and what takes its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Ablation:
    """A check, the edit that takes it out, and the tests that notice, as ``file::name``."""

    check: str
    cuts: tuple[Cut, ...]
    tests: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        return {test.partition("::")[2] for test in self.tests}


_TALK = "tests/property/test_comment_histories.py::"
_ANSWERS = "tests/flows/test_comment_command.py::"
_DROPPED = "tests/flows/test_dropped_comments.py::"
_BESIDE = "tests/flows/test_comment_files.py::"
_COMMENT_FILES = "confsync/mirror/comments/files.py"
_DEAD_ENDS = "tests/flows/test_dead_ends.py"
_BAD_ROWS = "tests/flows/test_bad_rows.py"
_STORY = "tests/flows/test_conflict_story.py"
_PLANS = "confsync/commands/bulk/plans.py"
_APPLICATION = "confsync/commands/bulk/application.py"
_PUSH_OPTIONS = "confsync/push/options.py"
_DELETE = "confsync/push/deletion/delete.py"
_ARCHIVE = "confsync/push/deletion/archive.py"
_CLOUD_ARCHIVE = "confsync/remote/cloud/archive.py"
_SYNC_DELETION = "confsync/sync/deletion.py"
_RUN = "confsync/push/run.py"
_DOOMED = "confsync/push/deletion/doomed.py"
_ABSENCES = "confsync/push/deletion/absences.py"
_BY_IDS = "confsync/remote/datacenter/by_ids.py"
_IDS = "tests/unit/remote/test_by_ids.py::"
_BOTH_ENDS = "confsync/remote/cloud/both_ends.py"
_COMMENTS = "confsync/sync/comments.py"
_NEWS = "tests/flows/test_new_comments.py::"
_UNIT = "tests/unit/sync/test_comments.py::"
_LINE_MERGE = "tests/unit/diff/test_line_merge.py"
_STAMPS = "confsync/merge/stamps.py"
_DOCUMENTS = "tests/unit/merge/test_documents.py"
_MERGES = "tests/flows/test_git_merges.py"
_DRIVER = "tests/flows/test_merge_driver.py"
_FORKS = "tests/property/test_merge_documents.py"

ABLATIONS = (
    Ablation(
        "version compare",
        (
            Cut(
                "confsync/sync/compare.py",
                "if same_version:\n        return Content.AHEAD",
                "if True:\n        return Content.AHEAD",
            ),
        ),
        (
            "tests/unit/sync/test_compare.py::test_row_12_else_diverged",
            "tests/flows/test_push.py::test_a_colleagues_edit_is_refused_and_told",
        ),
    ),
    Ablation(
        "the server's compare-and-swap",
        tuple(
            Cut(
                f"confsync/remote/{flavor}/{flavor}.py",
                '"version": {"number": base + 1, "message": new.message',
                '"version": {"number": self.page(page_id).info.version.number + 1, '
                '"message": new.message',
            )
            for flavor in ("cloud", "datacenter")
        ),
        (
            "tests/contract/test_remote.py::"
            "test_a_write_over_another_version_than_the_current_is_a_conflict",
            "tests/flows/test_push.py::"
            "test_without_the_check_the_servers_own_compare_and_swap_still_refuses",
        ),
    ),
    Ablation(
        "digest compare",
        (
            Cut(
                "confsync/sync/compare.py",
                "same_content = page.digest == stamp.digest",
                "same_content = True",
            ),
        ),
        (
            "tests/unit/sync/test_compare.py::test_row_8_a_change_by_inline_comments_alone_is_commented",
            "tests/unit/sync/test_compare.py::"
            "test_row_9_same_number_but_other_content_is_stamp_mismatch",
            "tests/flows/test_comments.py::test_a_modified_file_is_rejected_and_the_marker_stays",
        ),
    ),
    Ablation(
        "an edited file is known by its digest",
        (
            Cut(
                "confsync/sync/compare.py",
                "if local.digest == stamp.digest:\n        return Content.BEHIND",
                "if True:\n        return Content.BEHIND",
            ),
        ),
        (
            "tests/unit/sync/test_compare.py::test_row_12_else_diverged",
            "tests/flows/test_pull.py::test_an_edited_file_is_never_overwritten",
        ),
    ),
    Ablation(
        "what git puts back is an edit",
        (
            Cut(
                "confsync/sync/compare.py",
                "if newer is not None and went_back(stamp, local, remote, newer):",
                "if False and newer is not None:",
            ),
        ),
        (
            "tests/unit/sync/test_compare.py::test_row_2d_what_git_put_back_is_restored",
            "tests/flows/test_not_restored.py::"
            "test_each_way_in_which_git_puts_a_document_back_is_an_edit",
            "tests/flows/test_not_restored.py::test_a_blog_post_is_put_back_like_a_page",
        ),
    ),
    Ablation(
        "a move alone that git puts back is an edit",
        (
            Cut(
                "confsync/model/stamp.py",
                "said = (newer.digest, newer.parent, folded(newer.labels))",
                "said = (newer.digest, stamp.parent, folded(stamp.labels))",
            ),
        ),
        ("tests/flows/test_not_restored.py::test_a_move_alone_is_put_back_too",),
    ),
    Ablation(
        "of several newer stamps the one that the server confirms counts",
        (
            Cut(
                "confsync/sync/fetch.py",
                "sorted(self.newest.than(stamp), key=self.newest.merged, reverse=True):",
                "self.newest.than(stamp)[:1]:",
            ),
        ),
        (
            "tests/flows/test_not_restored.py::"
            "test_a_revert_after_the_server_went_back_is_restored_all_the_same",
        ),
    ),
    Ablation(
        "a newer stamp is one that the server confirms",
        (
            Cut(
                "confsync/sync/fetch.py",
                "if remote.page.info.version.number < newer.version:",
                "if False:",
            ),
            Cut(
                "confsync/sync/fetch.py",
                "return compare.confirms(page, newer, compare.marker_refs(body))",
                "return True",
            ),
        ),
        (
            "tests/flows/test_not_restored.py::test_a_server_that_was_restored_from_a_backup",
            "tests/flows/test_not_restored.py::"
            "test_a_pull_may_write_an_older_version_without_a_question",
        ),
    ),
    Ablation(
        "a comment on a newer stamp's version does not refute it",
        (
            Cut(
                "confsync/sync/compare.py",
                "return digest(page.info.title, without_new_markers(page.body, known)) "
                "== newer.digest",
                "return False",
            ),
        ),
        (
            "tests/flows/test_not_restored.py::"
            "test_a_comment_on_the_version_that_was_taken_back_changes_nothing",
        ),
    ),
    Ablation(
        "what landed as the newer stamp's version was not put back",
        (
            Cut(
                "confsync/sync/compare.py",
                "return landed_as(stamp, local, remote) != newer.version",
                "return True",
            ),
        ),
        ("tests/unit/sync/test_compare.py::test_row_2d_is_not_for_what_landed_as_that_version",),
    ),
    Ablation(
        "a document whose stamp git took away makes no second page",
        (
            Cut(
                "confsync/push/create.py",
                "            if page is None:\n                yield entry",
                "            if True:\n                yield entry",
            ),
        ),
        (
            "tests/flows/test_restored.py::"
            "test_a_creation_whose_settle_was_reverted_makes_no_second_page",
        ),
    ),
    Ablation(
        "no page is written beside the document that lost its stamp",
        (Cut("confsync/sync/space_view.py", " and i.id not in held", ""),),
        (
            "tests/flows/test_restored.py::"
            "test_a_creation_whose_settle_was_reverted_makes_no_second_page",
        ),
    ),
    Ablation(
        "labels and places that come again are told",
        (
            Cut(
                "confsync/pull/witnesses.py",
                "yield _Again(step.result.path, what, remedy, question)",
                "yield from ()",
            ),
        ),
        (
            "tests/flows/test_twice.py::test_what_git_went_back_from_comes_again_with_a_warning",
            "tests/flows/test_twice.py::test_a_text_that_comes_with_them_hides_nothing",
        ),
    ),
    Ablation(
        "labels and places that a colleague took back are no revert",
        (Cut("confsync/pull/witnesses.py", "            if is_back:", "            if True:"),),
        ("tests/flows/test_twice.py::test_a_colleague_who_thinks_again_is_pulled_every_night",),
    ),
    Ablation(
        "what is not merged yet was not put back",
        (
            Cut(
                "confsync/sync/fetch.py",
                "if newer is not None and not self.newest.merged(newer):",
                "if False:",
            ),
        ),
        (
            "tests/flows/test_restored.py::"
            "test_a_branch_that_is_behind_the_one_of_since_put_nothing_back",
            "tests/flows/test_restored.py::test_what_only_since_has_seen_is_not_deleted",
        ),
    ),
    Ablation(
        "a deletion rests on the newest stamp that HEAD's history has",
        (
            Cut(
                _DELETE,
                "if case.newer is not None and self._since:",
                "if False:",
            ),
        ),
        (
            "tests/flows/test_restored.py::"
            "test_what_was_deleted_at_a_later_version_than_since_is_deleted",
            "tests/flows/test_restored.py::test_what_was_edited_after_it_was_deleted_here_stays",
        ),
    ),
    Ablation(
        "a merge of what git put back begins at the newer stamp",
        (
            Cut(
                "confsync/pull/resolve/choice.py",
                "base = case.newer or case.stamp\n    page = _with_name",
                "base = case.stamp\n    page = _with_name",
            ),
        ),
        (
            "tests/flows/test_not_restored.py::"
            "test_a_merge_begins_at_the_newer_stamp_and_never_at_the_older",
        ),
    ),
    Ablation(
        "an attachment that git puts back is an edit",
        (
            Cut(
                "confsync/sync/attachments/compare.py",
                "if (put_back := _put_back(sides)) is not None:",
                "if (put_back := None) is not None:",
            ),
        ),
        (
            "tests/flows/test_restored.py::"
            "test_an_attachment_that_git_put_back_is_refused_by_itself",
        ),
    ),
    Ablation(
        "a pull that commits replaces nothing in a shallow clone",
        (Cut("confsync/pull/witnesses.py", " if self._refuses else (", " if False else ("),),
        (
            "tests/flows/test_restored.py::"
            "test_a_pull_that_commits_in_a_shallow_clone_refuses_to_replace",
        ),
    ),
    Ablation(
        "a partial clone cannot tell what git put back",
        (Cut("confsync/pull/witnesses.py", " or self.known.partial:", ":"),),
        (
            "tests/flows/test_restored.py::test_a_partial_clone_cannot_tell_either",
            "tests/flows/test_restored.py::test_a_pull_in_a_partial_clone_warns",
        ),
    ),
    Ablation(
        "no attachment is replaced where git cannot tell",
        (
            Cut(
                "confsync/pull/witnesses.py",
                "if _replaces(step) else files",
                "if _replaces(step) else []",
            ),
        ),
        (
            "tests/flows/test_restored.py::test_an_attachment_is_not_replaced_in_a_shallow_clone_either",
        ),
    ),
    Ablation(
        "git cannot tell of what it stores through a filter",
        (Cut("confsync/pull/witnesses.py", "if self.known.encoded else ()", "if False else ()"),),
        (
            "tests/flows/test_restored.py::test_of_documents_that_git_stores_through_a_filter_it_cannot_tell",
        ),
    ),
    Ablation(
        "without a git program a pull says that it cannot tell",
        (Cut("confsync/pull/witnesses.py", "if self.known.unasked:", "if False:"),),
        (
            "tests/flows/test_restored.py::test_without_a_git_program_a_pull_says_that_nothing_can_tell",
        ),
    ),
    Ablation(
        "token",
        (
            Cut(
                "confsync/sync/compare.py",
                "mark is not None and mark == token(stamp, local)",
                "False",
            ),
        ),
        (
            "tests/unit/sync/test_compare.py::test_row_6_the_token_in_the_current_version_is_landed",
            "tests/flows/test_servers.py::"
            "test_a_lost_answer_with_a_rewritten_body_is_known_by_its_token",
        ),
    ),
    Ablation(
        "a write is never retried blindly",
        (
            Cut(
                "confsync/remote/client.py",
                "if not repeat or failed >= _tries(error):",
                "if failed >= _tries(error):",
            ),
        ),
        (
            "tests/contract/test_remote.py::test_a_write_is_never_tried_twice",
            "tests/contract/test_remote.py::test_a_write_whose_answer_is_lost_is_sent_once",
            "tests/flows/test_servers.py::"
            "test_a_write_that_failed_is_sent_once_more_and_never_again",
        ),
    ),
    Ablation(
        "a 503 with a pause lets no write be repeated",
        (
            Cut(
                "confsync/remote/rate_limit.py",
                "(refusal.status == 503 and refusal.repeat and refusal.asked)",
                "(refusal.status == 503 and refusal.asked)",
            ),
        ),
        (
            "tests/unit/remote/test_rate_limit.py::test_what_follows_from_a_refusal",
            "tests/contract/test_rate_limits.py::test_a_write_is_not_repeated_after_a_503",
        ),
    ),
    Ablation(
        "a rate limit that names no pause is backed off from",
        (
            Cut(
                "confsync/remote/rate_limit.py",
                "seconds = refusal.asked or backoff(refusal.attempt)",
                "seconds = refusal.asked or 0.0",
            ),
        ),
        (
            "tests/unit/remote/test_rate_limit.py::test_what_follows_from_a_refusal",
            "tests/contract/test_rate_limits.py::test_a_pause_of_nothing_is_no_invitation",
        ),
    ),
    Ablation(
        "no request waits for a rate limit beyond patience",
        (
            Cut(
                "confsync/remote/rate_limit.py",
                "if refusal.waited + seconds > PATIENCE or refusal.attempt >= TRIES:",
                "if refusal.attempt >= TRIES:",
            ),
        ),
        (
            "tests/unit/remote/test_rate_limit.py::test_no_request_waits_longer_than_patience",
            "tests/contract/test_rate_limits.py::test_a_503_beyond_patience_is_told",
            "tests/flows/test_rate_limit.py::test_beyond_patience_the_command_ends_and_says_when_to_try_again",
        ),
    ),
    Ablation(
        "pauses of good answers keep within patience",
        (
            Cut(
                "confsync/remote/rate_limit.py",
                "if more > 0 and self._spared + more <= PATIENCE:",
                "if more > 0:",
            ),
        ),
        (
            "tests/contract/test_rate_limits.py::"
            "test_pauses_of_good_answers_together_keep_within_patience",
        ),
    ),
    Ablation(
        "no interval of a rate limit is waited for beyond patience",
        (
            Cut(
                "confsync/remote/rate_limit.py",
                "return seconds if seconds <= PATIENCE else 0.0",
                "return seconds",
            ),
        ),
        (
            "tests/unit/remote/test_rate_limit.py::test_a_rate_that_is_used_up_is_waited_for_within_patience",
        ),
    ),
    Ablation(
        "a text that makes no version is sent once",
        (
            Cut(
                "confsync/push/send.py",
                "        if owner is None and mark in self._unchanged:\n"
                "            return NoVersion()\n",
                "",
            ),
        ),
        ("tests/flows/test_dead_ends.py::test_a_change_that_makes_no_version_is_sent_once",),
    ),
    Ablation(
        "a creation in doubt is found under another title and in another place",
        (
            Cut(
                "confsync/push/create.py",
                "doubt = self._doubts.get(entry.path)\n        for",
                "doubt = None\n        for",
            ),
        ),
        (f"{_DEAD_ENDS}::test_a_lost_creation_is_found_whatever_was_changed_since",),
    ),
    Ablation(
        "a creation is noted before it is sent",
        (
            Cut(
                "confsync/push/create.py",
                "        in_doubt.note(self._state, doubt)\n        try:",
                "        try:",
            ),
        ),
        (f"{_DEAD_ENDS}::test_a_lost_creation_is_found_whatever_was_changed_since",),
    ),
    Ablation(
        "the page of a creation in doubt is not pulled as another page",
        (Cut("confsync/sync/space_view.py", "{**options.doubtful(scan), ", "{"),),
        (f"{_DEAD_ENDS}::test_a_lost_creation_is_found_whatever_was_changed_since",),
    ),
    Ablation(
        "an undo after a lost answer is an edit",
        (Cut("confsync/sync/fetch.py", "if not marks or (local", "if True or (local"),),
        (f"{_DEAD_ENDS}::test_an_undo_after_a_lost_answer_is_an_edit",),
    ),
    Ablation(
        "a push finds out about a text in doubt that is undone",
        (Cut("confsync/push/scan.py", " or _in_doubt(entry, newest)", ""),),
        (f"{_DEAD_ENDS}::test_an_undo_after_a_lost_answer_is_an_edit",),
    ),
    Ablation(
        "an undone attachment after a lost answer is an edit",
        (
            Cut(
                "confsync/mirror/state/in_doubt.py",
                "if one.file and (one.file not in known",
                "if False and (one.file not in known",
            ),
        ),
        (f"{_DEAD_ENDS}::test_an_undone_picture_after_a_lost_answer_is_an_edit",),
    ),
    Ablation(
        "a write that is refused for what it says is sent once",
        (
            Cut(
                "confsync/push/write_page.py",
                "        return refusal_of(error) is None\n    return not isinstance",
                "        return True\n    return not isinstance",
            ),
        ),
        (f"{_DEAD_ENDS}::test_a_refused_write_is_sent_once_and_has_a_way_out",),
    ),
    Ablation(
        "an upload that fails is its own page's trouble",
        (
            Cut(
                "confsync/push/attachments.py",
                'raise of_this_page(error, "attachment") from None',
                "raise",
            ),
        ),
        (
            f"{_DEAD_ENDS}::test_a_refused_write_is_sent_once_and_has_a_way_out",
            f"{_DEAD_ENDS}::test_a_write_at_which_the_connection_breaks_has_a_way_out",
        ),
    ),
    Ablation(
        "an ignored move whose answer was lost is not stamped",
        (
            Cut(
                "confsync/sync/fetch.py",
                "        current = page is not None and page.info.version.number == landed\n",
                "        current = False\n",
            ),
        ),
        (f"{_DEAD_ENDS}::test_an_ignored_move_whose_answer_was_lost_stays_to_be_made",),
    ),
    Ablation(
        "a move that the server ignores is not stamped",
        (
            Cut(
                "confsync/push/write_back.py",
                "return case.stamp.parent if page.info.parent == case.stamp.parent else "
                "case.local.wanted",
                "return case.local.wanted",
            ),
        ),
        (f"{_DEAD_ENDS}::test_a_move_that_the_server_ignores_is_told_and_stays_to_be_made",),
    ),
    Ablation(
        "labels that the server ignores are not stamped",
        (Cut("confsync/sync/labels.py", "tuple(sorted(lost | stay))", "()"),),
        (f"{_DEAD_ENDS}::test_labels_that_the_server_ignores_are_told_and_stay_to_be_sent",),
    ),
    Ablation(
        "a write that fails is its own page's trouble",
        (
            Cut(
                "confsync/push/write_page.py",
                "        raise of_this_page(error) from None\n    return write(",
                "        raise error\n    return write(",
            ),
        ),
        (
            "tests/flows/test_dead_ends.py::test_a_500_for_one_page_is_that_pages_trouble",
            "tests/flows/test_dead_ends.py::test_a_page_at_which_the_connection_breaks_stops_no_other",
        ),
    ),
    Ablation(
        "staleness of a read",
        (
            Cut(
                "confsync/sync/fetch.py",
                "return isinstance(found, Page) and found.info.version.number < least",
                "return False",
            ),
        ),
        ("tests/flows/test_servers.py::test_stale_reads_after_a_push_make_no_false_conflict",),
    ),
    Ablation(
        "a file's bytes before it is replaced",
        (Cut("confsync/mirror/state/disk.py", "        check()\n", ""),),
        (
            "tests/unit/mirror/test_mirror.py::test_a_file_that_is_not_what_was_read_is_left_alone",
            "tests/unit/mirror/test_mirror.py::test_an_edit_while_the_new_text_is_written_is_seen",
            "tests/flows/test_push.py::test_a_file_edited_during_the_push_is_left_alone",
        ),
    ),
    Ablation(
        "a file of the index's own tick is read again",
        (
            Cut(
                "confsync/mirror/state/disk.py",
                "return key[1] < began and key[2] < began",
                "return True",
            ),
        ),
        (
            "tests/unit/mirror/test_index.py::test_an_edit_of_the_same_size_in_the_same_tick_is_seen",
            "tests/unit/mirror/test_index.py::"
            "test_a_file_that_was_changed_in_the_tick_of_the_look_is_read_again",
            "tests/unit/mirror/test_snapshot.py::"
            "test_what_was_changed_in_the_moment_of_the_look_is_not_noted",
        ),
    ),
    Ablation(
        "what only git has is looked for by the commit that is HEAD now",
        (Cut("confsync/mirror/snapshot.py", 'commit in (b"", self._commit)', "True"),),
        (
            "tests/unit/mirror/test_snapshot.py::test_a_document_that_only_git_has_is_told",
            "tests/unit/mirror/test_snapshot.py::test_with_other_documents_gits_word_holds_no_more",
        ),
    ),
    Ablation(
        "no setting of the user changes what git tells",
        (Cut("confsync/mirror/git/head.py", '    "diff.relative=false",\n', ""),),
        (
            "tests/unit/mirror/test_newest_stamps.py::"
            "test_no_setting_of_the_user_changes_what_git_tells",
        ),
    ),
    Ablation(
        "stamps of side lines count",
        (
            Cut(
                "confsync/mirror/git/history.py",
                '"--full-history", ',
                "",
            ),
        ),
        ("tests/unit/mirror/test_newest_stamps.py::test_what_a_merge_threw_away_counts",),
    ),
    Ablation(
        "stamps that only a merge says count",
        (
            Cut(
                "confsync/mirror/git/history.py",
                '"--full-history", "-c", ',
                '"--full-history", "--no-diff-merges", ',
            ),
        ),
        ("tests/unit/mirror/test_newest_stamps.py::test_what_only_a_merge_says_counts",),
    ),
    Ablation(
        "replaced commits have no say",
        (
            Cut(
                "confsync/mirror/git/history.py",
                '    "GIT_NO_REPLACE_OBJECTS": "1",\n',
                "",
            ),
        ),
        (
            "tests/unit/mirror/test_newest_stamps.py::test_what_replaces_or_grafts_commits_has_no_say",
        ),
    ),
    Ablation(
        "kept stamps are those of HEAD's commit",
        (
            Cut(
                "confsync/mirror/committed/newest_stamps.py",
                "mark == kept.scene.mark and _is_same(",
                "mark and _is_same(",
            ),
        ),
        (
            "tests/unit/mirror/test_newest_stamps.py::test_a_commit_more_costs_what_it_has",
            "tests/unit/mirror/test_newest_stamps.py::test_a_branch_that_goes_back_forgets_what_is_ahead",
        ),
    ),
    Ablation(
        "kept stamps are extended from an ancestor alone",
        (
            Cut(
                "confsync/mirror/committed/newest_stamps.py",
                "        return history.is_ancestor(self.root, kept.commit, self.scene.commit)\n",
                "        return True\n",
            ),
        ),
        (
            "tests/unit/mirror/test_newest_stamps.py::test_a_branch_that_goes_back_forgets_what_is_ahead",
            "tests/unit/mirror/test_newest_stamps.py::test_a_commit_that_is_gone_is_no_beginning",
        ),
    ),
    Ablation(
        "corrupt stamps are not kept ones",
        (
            Cut(
                "confsync/mirror/state/stamp_index.py",
                "told == hashlib.sha256(rest).hexdigest().encode() and rest.startswith",
                "rest.startswith",
            ),
        ),
        ("tests/unit/mirror/test_newest_stamps.py::test_what_was_kept_and_is_corrupt_is_ignored",),
    ),
    Ablation(
        "mirrors of one repository have their own stamps",
        (
            Cut(
                "confsync/mirror/committed/newest_stamps.py",
                "    return not any(_is_below(place, other) for other in (*others, STATE))\n",
                "    return True\n",
            ),
        ),
        (
            "tests/unit/mirror/test_newest_stamps.py::test_a_mirror_below_the_top_has_its_own_documents_alone",
            "tests/unit/mirror/test_newest_stamps.py::test_a_mirror_that_is_made_below_another_is_no_part_of_it_any_more",
        ),
    ),
    Ablation(
        "a clone that lacks blobs says so",
        (
            Cut(
                "confsync/mirror/committed/newest_stamps.py",
                "        if found.lacking or read < len(asked):\n",
                "        if False:\n",
            ),
        ),
        (
            "tests/unit/mirror/test_newest_stamps.py::test_a_partial_clone_fetches_nothing_and_says_so",
        ),
    ),
    Ablation(
        "the digest decides about a base of git's",
        (
            Cut(
                "confsync/mirror/committed/bases.py",
                "            if old.digest == stamp.digest:\n",
                "            if True:\n",
            ),
        ),
        (
            "tests/unit/mirror/test_committed_bases.py::test_the_digest_decides",
            "tests/unit/mirror/test_committed_bases.py::test_of_many_edits_the_one_that_was_not_edited_is_found",
        ),
    ),
    Ablation(
        "bases are sought in one pass",
        (
            Cut(
                "confsync/sync/merge_base.py",
                "[stamp for stamp in stamps if not mirror.bases.has(stamp)]",
                "[]",
            ),
        ),
        (
            "tests/flows/test_shallow.py::test_the_bases_of_all_documents_are_found_in_one_go",
            "tests/flows/test_shallow.py::test_the_bases_of_all_pages_that_the_server_changed_are_found_in_one_go",
        ),
    ),
    Ablation(
        "what is clean is so by the stamps that git knows now",
        (
            Cut(
                "confsync/mirror/snapshot.py", "found = self._knows_nothing_newer()", "found = True"
            ),
        ),
        ("tests/flows/test_not_restored.py::test_a_status_that_said_clean_does_not_hide_it",),
    ),
    Ablation(
        "what is clean is so by the configuration that stands there",
        (Cut("confsync/mirror/snapshot.py", " or not self._means(config)", ""),),
        (
            "tests/unit/mirror/test_snapshot.py::"
            "test_no_snapshot_is_kept_for_a_configuration_that_no_scan_used",
        ),
    ),
    Ablation(
        "what was written is known only where its next change shows",
        (Cut("confsync/mirror/bulk_write.py", " and written < renamed:", ":"),),
        (
            "tests/unit/mirror/test_bulk_write.py::"
            "test_what_was_written_in_the_tick_of_its_name_is_read_again",
        ),
    ),
    Ablation(
        "what was written is known only where it is that still",
        (
            Cut(
                "confsync/mirror/bulk_write.py",
                "if (size, written, inode) == (before[0], before[1], before[3]) and",
                "if",
            ),
        ),
        (
            "tests/unit/mirror/test_bulk_write.py::"
            "test_what_is_edited_at_once_is_not_taken_for_what_was_written",
        ),
    ),
    Ablation(
        "a text that was laid out elsewhere is that of its page",
        (
            Cut(
                "confsync/pull/new_documents.py",
                "if laid is not None and laid.digest == stamp.digest:",
                "if laid is not None:",
            ),
        ),
        ("tests/flows/test_helper_process.py::test_texts_that_were_mixed_up_are_not_used",),
    ),
    Ablation(
        "a text that was written before its place was known says where it stands",
        (
            Cut(
                "confsync/pull/new_documents.py",
                "text.stamp != first_stamp(listed, text.info, text.stamp.digest, top=step.top)",
                "False",
            ),
        ),
        (
            "tests/flows/test_first_pull.py"
            "::test_the_mirror_is_that_of_a_pull_that_reads_its_texts_later",
        ),
    ),
    Ablation(
        "a body that does not come back from the layout is written raw",
        (
            Cut(
                "confsync/document/layout.py",
                'return f"{text}\\n" if _UNLAY.split(text) == parts else None',
                'return f"{text}\\n"',
            ),
        ),
        (
            "tests/unit/document/test_document.py::test_a_body_that_does_not_survive_the_layout_is_written_raw",
        ),
    ),
    Ablation(
        "what a killed run left is seen by a pull with nothing else new",
        (
            Cut(
                "confsync/mirror/walk.py",
                '    for name in inside.left:\n        yield f"{inner}/{name}", [], []\n',
                "",
            ),
        ),
        (
            "tests/flows/test_no_change.py::"
            "test_what_a_killed_run_left_is_swept_away_also_where_nothing_changed",
        ),
    ),
    Ablation(
        "a torn line of the audit trail costs itself alone",
        (
            Cut(
                "confsync/mirror/state/disk.py",
                'whole = os.read(handle, 1) in (b"", b"\\n")',
                "whole = True",
            ),
        ),
        ("tests/flows/test_log.py::test_a_line_that_did_not_fit_costs_itself_alone",),
    ),
    Ablation(
        "a text that is read late is that of the document that was decided about",
        (
            Cut(
                "confsync/mirror/mirror.py",
                "raise _changed(entry.path)\n        return found",
                "return found",
            ),
        ),
        (
            "tests/flows/test_no_change.py::"
            "test_an_edit_between_the_look_and_the_reading_is_left_alone",
        ),
    ),
    Ablation(
        "whose document cannot be read is known by its path",
        (
            Cut(
                "confsync/mirror/mirror.py",
                "        return identified(self.root, scans, self.config.part_name)\n",
                "        return scans\n",
            ),
        ),
        (
            "tests/flows/test_unreadable.py::test_a_document_that_has_a_name_of_its_own_keeps_its_page",
            "tests/flows/test_unreadable.py::test_a_folder_file_that_is_empty_for_a_moment_moves_nothing",
        ),
    ),
    Ablation(
        "no second document is written beside a file that cannot be read",
        (
            Cut(
                "confsync/sync/space_view.py",
                "whose_place(scan, new, listing.home, options.titles) if scan.lost else {}\n",
                "{}\n",
            ),
        ),
        (
            "tests/flows/test_unreadable.py::test_a_new_page_of_the_name_is_not_written_beside_it",
            "tests/flows/test_unreadable.py::test_two_at_once_keep_their_pages",
            "tests/flows/test_unreadable.py::test_a_post_keeps_its_page_and_its_day",
        ),
    ),
    Ablation(
        "what stands in a directory that cannot be read is not new",
        (
            Cut(
                "confsync/pull/run.py",
                "full=run.full and not scan.unread",
                "full=run.full",
            ),
        ),
        (
            "tests/flows/test_unreadable.py::test_a_directory_that_cannot_be_read_for_a_moment_makes_no_second_documents",
        ),
    ),
    Ablation(
        "a page that moves waits for what cannot be read below it",
        (
            Cut(
                "confsync/pull/run.py",
                "    if unreadable.intersection(plan.moves):",
                "    if False:",
            ),
        ),
        (
            "tests/flows/test_unreadable.py::test_a_page_that_moves_waits_for_what_cannot_be_read_below_it",
        ),
    ),
    Ablation(
        "a push passes over no restored document whose page cannot be read",
        (Cut("confsync/push/send.py", " or case.page is None\n", "\n"),),
        (
            "tests/flows/test_restored.py::test_a_push_passes_over_no_restored_document_whose_page_cannot_be_read",
        ),
    ),
    Ablation(
        "no text is sent that was not read",
        (
            Cut(
                "confsync/push/send.py",
                "if digest(case.local.title, case.local.body) != case.local.digest:",
                "if False:",
            ),
        ),
        ("tests/flows/test_moves.py::test_a_document_that_was_not_read_is_never_sent",),
    ),
    Ablation(
        "a new page keeps the parent by which it has its place",
        (
            Cut(
                "confsync/pull/new_documents.py",
                "parent=listed.parent,",
                "parent=info.parent,",
            ),
        ),
        ("tests/flows/test_prefetch.py::test_a_page_that_is_moved_meanwhile_is_not_moved_back",),
    ),
    Ablation(
        "atomic replace",
        (
            Cut(
                "confsync/mirror/state/disk.py",
                "        os.replace(name, path)\n",
                "        path.write_bytes(Path(name).read_bytes())\n        os.unlink(name)\n",
            ),
        ),
        (
            "tests/unit/mirror/test_mirror.py::"
            "test_a_write_is_atomic_the_new_text_is_durable_before_it_has_the_name",
            "tests/flows/test_last_lines.py::"
            "test_who_reads_a_file_while_it_is_replaced_has_all_of_the_old_one",
        ),
    ),
    Ablation(
        "a file system may refuse to make a directory durable, or permissions",
        (
            Cut(
                "confsync/mirror/state/disk.py",
                "if error.errno not in _REFUSALS:\n            raise",
                "raise",
            ),
        ),
        (
            "tests/flows/test_odd_file_systems.py::"
            "test_a_file_system_that_refuses_something_gets_a_whole_mirror",
        ),
    ),
    Ablation(
        "a broken or full disk is told all the same",
        (
            Cut(
                "confsync/mirror/state/disk.py",
                "if error.errno not in _REFUSALS:\n            raise",
                "pass",
            ),
        ),
        ("tests/flows/test_odd_file_systems.py::test_a_disk_that_is_broken_or_full_is_told",),
    ),
    Ablation(
        "what could not be settled is not sent",
        (
            Cut(
                "confsync/push/candidates.py",
                "mirror.check_writable(entry.path, probed, probe=not dry_run)",
                "pass",
            ),
        ),
        (
            "tests/flows/test_odd_file_systems.py::"
            "test_a_file_of_a_space_that_is_a_link_is_not_sent",
            "tests/flows/test_odd_file_systems.py::"
            "test_what_could_not_be_settled_is_not_sent_and_the_rest_is",
        ),
    ),
    Ablation(
        "a directory has the case that its documents want of it",
        (
            Cut(
                "confsync/mirror/moves.py",
                "            _spell(self._mirror, self._mirror.inside(new.path).parent, spelled)\n",
                "            pass\n",
            ),
            Cut(
                "confsync/mirror/moves.py",
                "        self._drop_old()\n        spelled",
                "        spelled",
            ),
        ),
        (
            "tests/flows/test_case.py::"
            "test_a_name_that_changes_its_case_alone_moves_no_page_and_converges",
        ),
    ),
    Ablation(
        "a directory belongs to the page of its name, whatever the case",
        (
            Cut(
                "confsync/mirror/scan.py",
                "    owners |= paths.alike(owners, inner)\n",
                "",
            ),
        ),
        (
            "tests/flows/test_case.py::"
            "test_a_new_document_in_a_directory_of_another_case_is_below_its_page",
        ),
    ),
    Ablation(
        "edits in no space's directory are told",
        (
            Cut(
                "confsync/mirror/outside.py",
                "    found = tuple(read(mirror.root, path) for path in sorted(_paths(mirror)))\n",
                "    found = ()\n",
            ),
        ),
        ("tests/flows/test_old_path.py::test_edits_in_the_old_directory_are_told_and_not_lost",),
    ),
    Ablation(
        "nothing changed, also in no space's directory",
        (
            Cut(
                "confsync/mirror/snapshot.py",
                "walk.look_outside(self._root, self._directories)))",
                "[]))",
            ),
            Cut(
                "confsync/mirror/snapshot.py",
                "list(walk.look_outside(self._root, directories))",
                "[]",
            ),
        ),
        (
            "tests/flows/test_old_path.py::"
            "test_a_document_that_appears_outside_is_told_by_the_next_status",
        ),
    ),
    Ablation(
        "a pull with nothing to do does not hide edits in no space's directory",
        (
            Cut(
                "confsync/pull/no_change.py",
                "if not (outside.entries or outside.new) and not hidden:",
                "if True:",
            ),
        ),
        (
            "tests/flows/test_old_path.py::"
            "test_a_pull_with_nothing_to_do_does_not_hide_edits_outside",
        ),
    ),
    Ablation(
        "no hint replaces an edit by another one",
        (
            Cut(
                "confsync/mirror/outside.py",
                "if _is_edited(known):",
                "if False:",
            ),
        ),
        ("tests/flows/test_old_path.py::test_two_edits_of_one_page_are_both_kept",),
    ),
    Ablation(
        "a space's directory by another name is not outside",
        (
            Cut(
                "confsync/mirror/walk.py",
                " or _identity(parent) in held",
                "",
            ),
        ),
        (
            "tests/unit/mirror/test_walk_outside.py::"
            "test_a_space_directory_by_another_name_is_not_outside",
        ),
    ),
    Ablation(
        "what is removed is kept in the trash",
        (Cut("confsync/mirror/mirror.py", "        self.keep_in_trash(name, expected)\n", ""),),
        (
            "tests/unit/mirror/test_mirror.py::"
            "test_what_is_removed_goes_to_the_trash_and_takes_empty_directories_along",
            "tests/flows/test_pull.py::test_a_trashed_page_takes_its_unmodified_file_to_the_trash",
        ),
    ),
    Ablation(
        "what an older version replaces is kept in the trash",
        (Cut("confsync/pull/step_details.py", "or not goes_back(step):", "or True:"),),
        (
            "tests/flows/test_rollback.py::test_what_an_older_version_replaces_is_in_the_trash",
            "tests/flows/test_rollback.py::test_what_a_merge_with_an_older_version_replaces_is_in_the_trash",
        ),
    ),
    Ablation(
        "an attachment that an older version replaces is kept in the trash",
        (Cut("confsync/pull/attachments.py", "keep=_goes_back(sides)", "keep=False"),),
        ("tests/flows/test_rollback.py::test_an_attachment_that_goes_back_is_in_the_trash",),
    ),
    Ablation(
        "no name leads out of the mirror",
        (
            Cut(
                "confsync/mirror/mirror.py",
                'if ".." in parts or path.is_absolute():',
                "if False:",
            ),
        ),
        (
            "tests/unit/mirror/test_mirror.py::test_no_name_leads_out_of_the_mirror",
            "tests/unit/mirror/test_mirror.py::test_no_absolute_name_leads_out_of_the_mirror",
        ),
    ),
    Ablation(
        "no link leads out of the mirror",
        (
            Cut(
                "confsync/mirror/mirror.py",
                '            if _is_link(name, f"{self.root}/{where}"):',
                "            if False:",
            ),
        ),
        (
            "tests/unit/mirror/test_mirror.py::test_no_link_leads_out_of_the_mirror",
            "tests/flows/test_last_lines.py::test_nothing_is_written_below_a_linked_directory",
        ),
    ),
    Ablation(
        "no link below .confsync is followed",
        (
            Cut(
                "confsync/mirror/state/regular.py",
                'getattr(os, "O_NOFOLLOW", 0)\n    | ',
                "0\n    | ",
            ),
            Cut(
                "confsync/mirror/state/regular.py",
                "                raise IrregularError(LINKED, place)",
                "                pass",
            ),
        ),
        (
            "tests/security/test_state.py::test_no_link_to_a_file_is_written_through",
            "tests/security/test_state.py::test_no_link_to_a_directory_is_written_through",
        ),
    ),
    Ablation(
        "what git brings into .confsync is not believed",
        (Cut("confsync/mirror/state/mark.py", "or words[1:] != here or", "or"),),
        (
            "tests/security/test_state.py::test_nothing_that_git_brings_is_believed",
            "tests/security/test_state.py::test_a_base_that_git_brings_is_not_even_a_name",
            "tests/security/test_state.py::test_a_mark_stays_and_is_that_of_one_place_alone",
        ),
    ),
    Ablation(
        "a line of the audit trail carries the mark",
        (
            Cut(
                "confsync/mirror/state/audit.py",
                'row.pop("mark", None) != word',
                'not row.pop("mark", "x")',
            ),
        ),
        ("tests/security/test_state.py::test_a_line_of_the_trail_without_the_mark_is_passed_over",),
    ),
    Ablation(
        "a file of a mirror is a regular one",
        (
            Cut(
                "confsync/mirror/state/regular.py",
                "        if not stat.S_ISREG(os.fstat(handle).st_mode):",
                "        if False:",
            ),
        ),
        (
            "tests/security/test_files.py::test_what_is_no_regular_file_of_a_plausible_size_is_named",
        ),
    ),
    Ablation(
        "a file of a mirror has a bounded size",
        (
            Cut(
                "confsync/mirror/state/regular.py",
                "        if size > limit:\n",
                "        if False:\n",
            ),
        ),
        ("tests/security/test_files.py::test_a_file_that_grows_while_it_is_read_has_an_end",),
    ),
    Ablation(
        "YAML has a bounded depth and no references",
        (
            Cut("confsync/document/yaml_nodes.py", "if depth > MAX_DEPTH:", "if False:"),
            Cut("confsync/document/yaml_nodes.py", "        if problem:", "        if False:"),
        ),
        ("tests/security/test_files.py::test_a_configuration_of_anybodys_is_told_with_its_line",),
    ),
    Ablation(
        "the lock",
        (Cut("confsync/mirror/state/lock.py", "        lock.acquire()\n", "        pass\n"),),
        (
            "tests/unit/mirror/test_mirror.py::"
            "test_a_second_confsync_is_refused_while_the_first_works_and_let_in_after",
            "tests/unit/mirror/test_mirror.py::"
            "test_another_process_is_refused_and_a_dead_one_blocks_no_process",
            "tests/fault/test_machine_faults.py::test_a_second_process_is_told_who_holds_the_lock",
        ),
    ),
    Ablation(
        "two runs of one space exclude each other",
        (
            Cut(
                "confsync/mirror/state/lock.py",
                "        _acquire(state / SPACES / name, note, held)\n",
                "",
            ),
        ),
        (
            "tests/flows/test_one_space.py::test_two_runs_of_one_space_exclude_each_other",
            "tests/unit/mirror/test_mutex.py::test_each_space_has_one_lock_whatever_the_case_of_its_key",
        ),
    ),
    Ablation(
        "a run of everything waits for no run of a space",
        (Cut("confsync/mirror/state/lock.py", "        _check_spaces(state)\n", ""),),
        (
            "tests/flows/test_one_space.py::test_a_run_of_everything_and_one_of_a_space_exclude_each_other",
            "tests/flows/test_one_space.py::test_a_directory_above_all_spaces_is_a_pull_of_everything",
        ),
    ),
    Ablation(
        "a run of a space begins beside no run of everything",
        (
            Cut(
                "confsync/mirror/state/lock.py",
                '        _acquire(state / "lock", state / HOLDER, free)\n',
                "        pass\n",
            ),
        ),
        (
            "tests/flows/test_one_space.py::test_a_run_of_everything_and_one_of_a_space_exclude_each_other",
            "tests/unit/mirror/test_mutex.py::test_each_space_has_one_lock_whatever_the_case_of_its_key",
        ),
    ),
    Ablation(
        "locks are taken by one process at a time",
        (
            Cut(
                "confsync/mirror/state/lock.py",
                "            with mutex.held(state):\n",
                "            if True:\n",
            ),
        ),
        ("tests/unit/mirror/test_mutex.py::test_a_lock_is_taken_while_no_other_process_takes_one",),
    ),
    Ablation(
        "what is in doubt is noted by one process at a time",
        (
            Cut(
                "confsync/mirror/state/in_doubt.py",
                "            held.enter_context(mutex.held(state))\n",
                "            pass\n",
            ),
        ),
        (
            "tests/unit/mirror/test_mutex.py::test_a_write_in_doubt_is_noted_beside_that_of_another_process",
        ),
    ),
    Ablation(
        "what changed nothing is noted by one process at a time",
        (Cut("confsync/mirror/state/unchanged.py", ", mutex.held(state):", ":"),),
        (
            "tests/unit/mirror/test_mutex.py::test_a_write_that_changed_nothing_is_noted_after_another_process",
        ),
    ),
    Ablation(
        "removals are noted by one process at a time",
        (
            Cut(
                "confsync/mirror/git/removals.py",
                "            held.enter_context(mutex.held(root / STATE))\n",
                "            pass\n",
            ),
        ),
        (
            "tests/unit/mirror/test_mutex.py::test_a_removal_is_noted_beside_that_of_another_process",
        ),
    ),
    Ablation(
        "the audit trail is written by one process at a time",
        (
            Cut(
                "confsync/mirror/state/audit.py",
                "                with mutex.held(self._path.parent):\n",
                "                if True:\n",
            ),
        ),
        (
            "tests/unit/mirror/test_mutex.py::test_the_audit_trail_is_written_and_rotated_by_one_process_at_a_time",
        ),
    ),
    Ablation(
        "commits of spaces are made one after the other",
        (
            Cut(
                "confsync/sync/commit.py",
                "held.enter_context(mutex.held(self._mirror.root / STATE, mutex.GIT))",
                "pass",
            ),
        ),
        ("tests/flows/test_one_space.py::test_a_commit_waits_for_the_commit_of_another_space",),
    ),
    Ablation(
        "a commit of one space has nothing of another",
        (
            Cut(
                "confsync/sync/commit.py",
                "if not any(one.holds(name) for one in left)",
                "if left or True",
            ),
        ),
        ("tests/flows/test_one_space.py::test_a_commit_of_one_space_leaves_the_folders_of_others",),
    ),
    Ablation(
        "a run of one space sweeps no other",
        (
            Cut(
                "confsync/mirror/mirror.py",
                "sweep(self.root, (space.path for space in self.own), files=files)",
                "sweep(self.root, self.config.all_directories, files=files)",
            ),
        ),
        ("tests/flows/test_one_space.py::test_a_run_of_one_space_sweeps_that_space_alone",),
    ),
    Ablation(
        "a run sweeps the top of a mirror while no other writes there",
        (
            Cut(
                "confsync/mirror/state/sweep.py",
                "contextlib.suppress(OSError), mutex.held(root / STATE)",
                "contextlib.suppress(OSError)",
            ),
        ),
        (
            "tests/flows/test_one_space.py::test_a_run_of_one_space_sweeps_the_top_after_the_run_that_writes_there",
        ),
    ),
    Ablation(
        "a page that another space has gets no second document",
        (Cut("confsync/pull/run.py", " | run.elsewhere().keys(),", ","),),
        ("tests/flows/test_one_space.py::test_a_page_from_another_space_gets_no_second_document",),
    ),
    Ablation(
        "a page whose document was deleted in another space gets none",
        (Cut("confsync/mirror/committed/other_spaces.py", "return deleted | {", "return {"),),
        (
            "tests/flows/test_one_space.py::test_a_page_whose_document_was_deleted_in_another_space_is_not_written",
        ),
    ),
    Ablation(
        "a push that deletes has the mirror alone",
        (Cut("confsync/push/run.py", "    if options.delete is None:  #", "    if True:  #"),),
        (
            "tests/flows/test_one_space.py::test_a_push_that_deletes_looks_at_every_space_and_so_has_the_mirror_alone",
        ),
    ),
    Ablation(
        "the subtrees of a space are pulled together",
        (
            Cut(
                "confsync/mirror/selection.py",
                "if space in found or (space.key.casefold() in keys and not space.posts)",
                "if space in found",
            ),
        ),
        (
            "tests/flows/test_one_space.py::test_the_directory_of_a_subtree_means_all_subtrees_of_its_space",
        ),
    ),
    Ablation(
        "the mass guard",
        (
            Cut(
                "confsync/sync/refusals.py",
                "return count > MASS and count * 10 > total",
                "return False",
            ),
        ),
        (
            "tests/flows/test_breaker.py::"
            "test_a_pull_that_would_empty_or_turn_over_a_mirror_is_asked_about",
            "tests/flows/test_breaker.py::test_a_push_that_would_turn_over_a_space_is_asked_about",
        ),
    ),
    Ablation(
        "what a mass change does not concern goes on",
        (
            Cut(
                "confsync/pull/run.py",
                "harmless_part(run, plan, waiting)",
                "replace(plan, steps=(), moves={}, placement=None)",
            ),
        ),
        (
            "tests/flows/test_mass_guard.py::test_what_a_mass_change_does_not_concern_goes_on",
            "tests/flows/test_mass_guard.py::"
            "test_pages_that_go_to_another_subtree_wait_and_the_rest_goes_on",
        ),
    ),
    Ablation(
        "a page that gets another parent waits with those that move",
        (
            Cut(
                "confsync/pull/guard.py",
                "return removes or step.after is not None or not stays",
                "return removes or step.after is not None",
            ),
        ),
        ("tests/flows/test_mass_guard.py::test_what_a_mass_change_does_not_concern_goes_on",),
    ),
    Ablation(
        "what stands below a page that moves is part of one move",
        (
            Cut(
                "confsync/pull/guard.py",
                "if not _goes_along(old, now, places)]",
                "if old != now]",
            ),
        ),
        (
            "tests/flows/test_mass_guard.py::test_a_retitle_above_a_subtree_is_one_move",
            "tests/flows/test_mass_guard.py::test_a_folder_that_is_renamed_is_one_move",
        ),
    ),
    Ablation(
        "the mass guard of deletions",
        (
            Cut(
                "confsync/push/guard.py",
                "        if len(named) <= MASS or changes[0].space.options.allow_mass_delete:\n"
                "            continue\n",
                "        continue\n",
            ),
        ),
        (
            "tests/flows/test_delete.py::test_many_deletions_are_asked_about",
            "tests/flows/test_attachments.py::test_many_deletions_of_attachments_are_asked_about",
        ),
    ),
    Ablation(
        "a space is not emptied unasked",
        (
            Cut(
                "confsync/push/guard.py",
                "        _refuse_emptied(one.space, one.doomed)\n",
                "",
            ),
        ),
        ("tests/flows/test_delete.py::test_a_push_that_would_empty_a_space_is_asked_about",),
    ),
    Ablation(
        "the mass guard of older versions",
        (
            Cut(
                "confsync/pull/guard.py",
                "if not too_many(max(len(pages), files), len(stamped)):",
                "if True:",
            ),
        ),
        (
            "tests/flows/test_rollback.py::test_a_server_that_went_back_waits_for_permission",
            "tests/flows/test_rollback.py::test_many_attachments_that_go_back_wait_for_permission",
        ),
    ),
    Ablation(
        "a page is deleted only as it was seen",
        (
            Cut(
                _DELETE,
                "        if content is Content.UP_TO_DATE:\n            return None\n",
                "        return None\n",
            ),
        ),
        (
            "tests/flows/test_delete.py::test_a_page_that_was_edited_since_is_not_deleted",
            "tests/flows/test_delete.py::test_a_comment_since_is_a_change_too",
            "tests/flows/test_archive.py::test_a_page_that_was_edited_since_is_not_archived",
            "tests/flows/test_archive.py::test_a_comment_since_is_a_change_of_a_page_to_archive",
        ),
    ),
    Ablation(
        "a page whose children stay is not deleted",
        (
            Cut(
                _DELETE,
                "            if children:\n                told = with",
                "            if False:\n                told = with",
            ),
        ),
        (
            "tests/flows/test_delete.py::test_a_page_with_a_new_child_in_the_browser_stays",
            "tests/flows/test_archive.py::test_a_page_with_a_new_child_is_not_archived",
        ),
    ),
    Ablation(
        "a page whose child could not be deleted stays",
        (
            Cut(
                _DELETE,
                "        if not self._dry_run:\n"
                "            self._dispose(one, version or 1)\n"
                "        self._gone.add(one.page_id)\n",
                "        self._gone.add(one.page_id)\n"
                "        if not self._dry_run:\n"
                "            self._dispose(one, version or 1)\n",
            ),
        ),
        (
            "tests/flows/test_delete.py::test_a_page_whose_child_could_not_be_deleted_stays",
            "tests/flows/test_archive.py::test_a_page_whose_child_could_not_be_archived_stays",
        ),
    ),
    Ablation(
        "only an archived child is no child of the tree",
        (Cut(_DELETE, "return [i for i in found if not is_archived(states[i])]", "return []"),),
        ("tests/flows/test_archive.py::test_a_page_with_a_new_child_is_not_archived",),
    ),
    Ablation(
        "a page counts as archived only if the server shows it so",
        (Cut(_ARCHIVE, "    _look(reader, page_id, error)\n\n", "    pass\n\n"),),
        (
            "tests/flows/test_archive.py::test_the_page_itself_says_whether_it_is_archived",
            "tests/flows/test_archive.py::test_a_task_that_fails_archives_nothing",
            "tests/flows/test_archive.py::test_a_task_that_never_ends_is_left_to_the_next_push",
            "tests/flows/test_archive.py::test_a_request_that_did_nothing_is_not_sent_again",
        ),
    ),
    Ablation(
        "a lost answer about the archive is settled by a look",
        (
            Cut(
                _ARCHIVE,
                "except (NetworkError, ServerError, NotVisibleError) as failure:",
                "except NotVisibleError as failure:",
            ),
        ),
        (
            "tests/flows/test_archive.py::test_a_lost_answer_is_settled_by_looking",
            "tests/flows/test_archive.py::test_without_an_answer_to_the_look_the_next_push_finds_out",
        ),
    ),
    Ablation(
        "a look waits for a task that confsync cannot ask for",
        (
            Cut(
                _ARCHIVE,
                "for pause in (*(() if refused else LOOK_PAUSES), None):",
                "for pause in (None,):",
            ),
        ),
        (
            "tests/flows/test_archive.py::test_a_lost_answer_is_settled_by_looking",
            "tests/flows/test_archive.py::test_a_task_that_is_not_shown_is_settled_by_looking",
        ),
    ),
    Ablation(
        "a task of the archive is waited for a limited time",
        (
            Cut(
                _ARCHIVE,
                "    for pause in (*TASK_PAUSES, None):\n        try:\n            task",
                "    for pause in iter(float, None):\n        try:\n            task",
            ),
        ),
        ("tests/flows/test_archive.py::test_a_task_that_never_ends_is_left_to_the_next_push",),
    ),
    Ablation(
        "a page in the trash is not taken for an archived one",
        (
            Cut(
                _SYNC_DELETION,
                "        return is_archived(found)\n\n\ndef",
                "        return found is Absent.TRASHED or is_archived(found)\n\n\ndef",
            ),
        ),
        (
            "tests/flows/test_archive.py::test_a_page_in_the_trash_is_not_taken_for_an_archived_one",
            "tests/flows/test_archive.py::test_a_planned_page_that_is_elsewhere_than_planned_is_refused",
        ),
    ),
    Ablation(
        "a Data Center that shall archive is sent nothing",
        (Cut(_RUN, "    refuse_archiving(run.remote, options)\n", ""),),
        ("tests/flows/test_archive.py::test_a_data_center_is_refused_before_anything_is_sent",),
    ),
    Ablation(
        "a planned page is archived only if the plan says so",
        (Cut(_APPLICATION, "            archived.add(page.page_id)\n", "            pass\n"),),
        (
            "tests/flows/test_archive.py::test_a_plan_says_which_pages_are_archived_and_its_application_archives_them",
            "tests/flows/test_archive.py::test_each_page_of_a_plan_goes_where_the_plan_says",
        ),
    ),
    Ablation(
        "an id that is none of a task is not asked for",
        (
            Cut(
                _CLOUD_ARCHIVE,
                'if not task_id or not task_id.replace("-", "").isalnum():',
                "if not task_id:",
            ),
        ),
        ("tests/unit/remote/test_archive.py::test_an_id_that_is_none_of_a_task_is_not_asked_for",),
    ),
    Ablation(
        "what a pull removed is no person's deletion",
        (
            Cut(
                "confsync/mirror/committed/deleted.py",
                "if not (removed and _is_in(removed, entry))",
                "if True",
            ),
        ),
        (
            "tests/flows/test_removals.py::test_ci_deletes_no_page_whose_document_a_nightly_pull_removed",
            "tests/flows/test_removals.py::test_a_squash_merge_brings_the_removal_and_its_line",
            "tests/flows/test_removals.py::test_what_prune_removed_is_not_deleted_when_it_is_visible_again",
            "tests/flows/test_delete.py::test_what_a_pull_removed_was_not_deleted_by_the_user",
        ),
    ),
    Ablation(
        "what a pull moved is no person's deletion",
        (
            Cut(
                _ABSENCES,
                "    refused |= _half_committed(missing)\n",
                "",
            ),
        ),
        (
            "tests/flows/test_removals.py::test_what_a_pull_moved_and_a_person_half_committed_is_not_deleted",
        ),
    ),
    Ablation(
        "what git gave back of a deletion is kept",
        (Cut("confsync/pull/planner.py", "    steps = _without_wanted(run, seen, steps)\n", ""),),
        (
            "tests/flows/test_removals.py::test_a_document_that_a_revert_of_its_deletion_gave_back_is_kept",
        ),
    ),
    Ablation(
        "an attachment that git gave back is kept",
        (
            Cut(
                "confsync/pull/planner.py",
                "with_files_given_back(run, [with_attachments(run, step, seen) for step in steps])",
                "[with_attachments(run, step, seen) for step in steps]",
            ),
        ),
        (
            "tests/flows/test_given_back_files.py::test_a_file_that_a_revert_of_its_deletion_gave_back_waits_for_a_person",
        ),
    ),
    Ablation(
        "an attachment that moved with its document was not given back",
        (
            Cut(
                "confsync/mirror/committed/given_back.py",
                "return stamp is not None and stamp.id == owners[path]",
                "return True",
            ),
        ),
        (
            "tests/flows/test_given_back_files.py::test_a_file_that_moved_away_and_back_with_its_document_was_not_deleted",
        ),
    ),
    Ablation(
        "the note of a move stays until git has the new document",
        (Cut("confsync/pull/apply.py", "mirror.note_moves(noted)", "pass"),),
        (
            "tests/flows/test_removals.py::test_what_a_pull_moved_and_a_person_half_committed_is_not_deleted",
        ),
    ),
    Ablation(
        "no removal is committed whose new document git ignores",
        (Cut("confsync/sync/commit.py", "names = _without(meant, unknown)", "names = meant"),),
        (
            "tests/flows/test_removals.py::test_no_removal_is_committed_whose_new_document_git_ignores",
        ),
    ),
    Ablation(
        "no document is removed that cannot be noted",
        (
            Cut(
                "confsync/pull/apply.py",
                "        return [failed(step.result, error) for step in steps]\n    results",
                "        del error\n    results",
            ),
        ),
        ("tests/flows/test_removals.py::test_what_cannot_be_noted_is_not_removed",),
    ),
    Ablation(
        "a removal is committed with its note",
        (
            Cut(
                "confsync/sync/commit.py",
                "return frozenset(left - {REMOVED})",
                "return frozenset(left)",
            ),
        ),
        (
            "tests/flows/test_removals.py::test_a_commit_takes_the_line_along_although_the_file_was_edited_before",
        ),
    ),
    Ablation(
        "without the notes of removals git's word is none",
        (
            Cut(
                _ABSENCES,
                "    if problem:",
                "    if False:",
            ),
        ),
        (
            "tests/flows/test_removals.py::test_without_the_file_nothing_is_deleted_by_the_word_of_git",
        ),
    ),
    Ablation(
        "a deletion that may be a pull's is refused",
        (Cut(_ABSENCES, "in _doubtful(missing).items()", "in ()"),),
        (
            "tests/flows/test_removals.py::test_a_deletion_that_may_be_a_pulls_is_refused_with_the_command_that_deletes",
        ),
    ),
    Ablation(
        "a lost line of the notes of removals is HEAD's",
        (
            Cut(
                "confsync/mirror/committed/deleted.py",
                "if page_id not in present and not now.holds(page_id, version):",
                "if False:",
            ),
        ),
        (
            "tests/flows/test_removals.py::test_a_line_that_was_lost_here_is_held_against_the_one_of_head",
        ),
    ),
    Ablation(
        "a document under another name is not deleted",
        (
            Cut(
                "confsync/mirror/committed/whereabouts.py",
                "{**self._left_out(), **self._under_other_names(tree.files)}",
                "self._left_out()",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_a_document_that_cannot_be_read_where_it_was_moved_is_not_deleted",
            "tests/flows/test_second_look.py::test_one_that_git_sees_under_another_name_is_not_deleted",
        ),
    ),
    Ablation(
        "what a closed directory has is not known",
        (
            Cut(
                "confsync/mirror/committed/whereabouts.py",
                "for path in tree.closed}",
                "for path in ()}",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_a_directory_that_cannot_be_listed_stops_the_deletion",
        ),
    ),
    Ablation(
        "a document outside of a sparse checkout is not deleted",
        (
            Cut(
                "confsync/mirror/committed/whereabouts.py",
                "{**self._left_out(), **self._under_other_names(tree.files)}",
                "self._under_other_names(tree.files)",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_one_that_was_moved_to_where_a_sparse_checkout_does_not_look_is_not_deleted",
        ),
    ),
    Ablation(
        "a document is looked for in the whole work tree",
        (
            Cut(_ABSENCES, "in whereabouts.look().items()", "in ()"),
            Cut(
                _DELETE,
                "trace = self._whereabouts.look().get(one.page_id)",
                "trace = None",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_a_document_that_cannot_be_read_where_it_was_moved_is_not_deleted",
            "tests/flows/test_second_look.py::test_one_that_was_moved_out_of_the_mirror_but_not_of_the_repository_is_not_deleted",
            "tests/flows/test_second_look.py::test_git_says_whose_document_an_unreadable_one_was",
            "tests/flows/test_delete.py::test_a_document_that_was_moved_out_of_every_space_is_not_deleted",
        ),
    ),
    Ablation(
        "a document of an unfinished merge is not deleted",
        (
            Cut(
                "confsync/mirror/committed/whereabouts.py",
                "        found |= self._unmerged()\n",
                "",
            ),
        ),
        ("tests/flows/test_second_look.py::test_one_that_an_unfinished_merge_has_is_not_deleted",),
    ),
    Ablation(
        "a document in another repository or behind a link is not deleted",
        (
            Cut(
                "confsync/mirror/committed/work_tree.py",
                "            if CONFIG in names:",
                "            if True:",
            ),
            Cut(
                "confsync/mirror/committed/work_tree.py",
                "if not Path(directory).is_symlink():",
                "if True:",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_one_that_was_moved_into_another_repository_or_through_a_link_is_not_deleted",
        ),
    ),
    Ablation(
        "what cannot be read may be any document",
        (
            Cut(
                "confsync/mirror/committed/whereabouts.py",
                "else named or frozenset(self.gone)",
                "else named",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_a_document_that_cannot_be_read_where_it_was_moved_is_not_deleted",
            "tests/flows/test_second_look.py::test_one_that_was_moved_and_committed_unreadable_is_not_deleted",
            "tests/flows/test_second_look.py::test_a_link_to_where_it_was_moved_stops_the_deletion",
        ),
    ),
    Ablation(
        "a document is looked for right before its page is deleted",
        (
            Cut(
                _DELETE,
                "again = self._seen_again(one, result)",
                "again = None",
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_a_document_that_comes_back_while_the_run_is_under_way_is_not_deleted",
            "tests/flows/test_second_look.py::test_a_half_written_document_that_comes_back_is_not_deleted",
            "tests/flows/test_second_look.py::test_a_named_page_whose_document_is_edited_meanwhile_is_not_deleted",
        ),
    ),
    Ablation(
        "an attachment's file is looked for right before the deletion",
        (
            Cut(
                "confsync/push/attachments.py",
                "if why := self._seen_again(sides, sides.remote.size):",
                'if why := "":',
            ),
        ),
        (
            "tests/flows/test_second_look.py::test_an_attachment_whose_file_was_moved_is_not_deleted",
            "tests/flows/test_second_look.py::test_an_attachment_that_was_moved_to_another_page_is_deleted_once_it_is_there",
            "tests/flows/test_second_look.py::test_an_attachment_that_comes_back_while_the_run_is_under_way_is_not_deleted",
        ),
    ),
    Ablation(
        "an attachment outside of a sparse checkout is not deleted",
        (Cut("confsync/push/attachments.py", "in left_out_copies(root, path)", "in ()"),),
        (
            "tests/flows/test_second_look.py::test_an_attachment_that_was_moved_out_of_a_sparse_checkout_is_not_deleted",
        ),
    ),
    Ablation(
        "a deletion of an attachment is its page's",
        (
            Cut(
                "confsync/mirror/committed/deleted_files.py",
                "self._paths.get((page_id, one.name))",
                "None",
            ),
            Cut(
                "confsync/mirror/committed/deleted_files.py",
                "    return stamp.id, {one.file",
                "    return document, {one.file",
            ),
        ),
        ("tests/flows/test_deleted_files.py::test_a_deletion_follows_the_page_and_not_the_path",),
    ),
    Ablation(
        "a file without its document may be a deleted one",
        (
            Cut(
                "confsync/push/attachments.py",
                "files_without_document(root, self._mirror.config.spaces, base.file)",
                "files_without_document(root, (), base.file)",
            ),
        ),
        ("tests/flows/test_deleted_files.py::test_a_file_without_its_document_may_be_the_one",),
    ),
    Ablation(
        "a place that cannot be looked at is not empty",
        (
            Cut(
                "confsync/mirror/git/repository.py",
                "    except OSError:\n        return True",
                "    except OSError:\n        return False",
            ),
        ),
        ("tests/flows/test_second_look.py::test_a_place_that_cannot_be_looked_at_is_not_empty",),
    ),
    Ablation(
        "what a partial clone lacks is not guessed",
        (Cut("confsync/mirror/git/repository.py", "    if missing:\n", "    if False:\n"),),
        ("tests/flows/test_git.py::test_what_a_partial_clone_lacks_is_not_guessed",),
    ),
    Ablation(
        "a bad row is an error of its page alone",
        (
            Cut(
                "confsync/remote/rows.py",
                "except APIAccessError as error:\n        return flawed(row, error)",
                "except ZeroDivisionError as error:\n        return flawed(row, error)",
            ),
        ),
        (
            "tests/flows/test_bad_rows.py::"
            "test_a_bad_row_is_an_error_of_its_page_and_the_first_pull_brings_the_rest",
            "tests/flows/test_bad_rows.py::test_nothing_here_goes_or_moves_for_a_bad_row",
            "tests/flows/test_bad_rows.py::"
            "test_a_title_with_half_a_character_leaves_the_first_clone_whole",
        ),
    ),
    Ablation(
        "a row's title is one that a document can have",
        (Cut("confsync/remote/rows.py", "if not is_title(title):", "if False:"),),
        (f"{_BAD_ROWS}::test_nothing_here_goes_or_moves_for_a_bad_row",),
    ),
    Ablation(
        "a file of an attachment that changed is read again",
        (
            Cut(
                "confsync/mirror/index/index.py",
                " and row.beside == keys_of(keys):\n            found",
                ":\n            found",
            ),
        ),
        ("tests/unit/mirror/test_snapshot_files.py::test_a_changed_file_is_noticed",),
    ),
    Ablation(
        "a file that changed beside an unmodified document is not as stamped",
        (
            Cut(
                "confsync/mirror/index/index.py",
                "row.is_as_stamped and row.beside == keys_of(keys)",
                "row.is_as_stamped",
            ),
        ),
        ("tests/unit/mirror/test_snapshot_files.py::test_a_changed_file_is_noticed",),
    ),
    Ablation(
        "a file that git put back is not passed over as stamped",
        (
            Cut(
                "confsync/sync/attachments/beside.py",
                "return newest is None or not newest.has_newer(stamp.id, stamp.attachments)",
                "return True",
            ),
        ),
        ("tests/unit/mirror/test_snapshot_files.py::test_a_file_that_git_put_back_is_noticed",),
    ),
    Ablation(
        "a file that was changed in the tick of the look is read again",
        (
            Cut(
                "confsync/mirror/index/index.py",
                " and all(disk.is_settled(k, began) for k in keys.values())",
                "",
            ),
        ),
        (
            "tests/unit/mirror/test_snapshot_files.py::test_a_file_that_was_changed_in_the_tick_of_the_look_is_read_again",
        ),
    ),
    Ablation(
        "the index knows no attachments with a pointer file",
        (
            Cut(
                "confsync/mirror/index/index.py",
                "plain = not (found.stand_ins or found.linked)",
                "plain = True",
            ),
        ),
        ("tests/unit/mirror/test_snapshot_files.py::test_a_changed_file_is_noticed",),
    ),
    Ablation(
        "the snapshot has the files of attachments",
        (
            Cut(
                "confsync/mirror/walk.py",
                "for name in inside.attached if files else ():",
                "for name in ():",
            ),
        ),
        ("tests/unit/mirror/test_snapshot_files.py::test_a_file_that_only_head_has_was_deleted",),
    ),
    Ablation(
        "the snapshot needs every stamped file",
        (
            Cut(
                "confsync/mirror/index/index.py",
                "if keys is None or any(one.name not in found.files for one in attached):",
                "if keys is None:",
            ),
        ),
        ("tests/unit/mirror/test_snapshot_files.py::test_a_file_that_only_head_has_was_deleted",),
    ),
    Ablation(
        "the snapshot looks for newer stamps of attachments",
        (
            Cut(
                "confsync/mirror/snapshot.py",
                "if any(known.newer_attached(stamp.id, one) for one in stamp.attachments):",
                "if False:",
            ),
        ),
        (
            "tests/unit/mirror/test_snapshot_files.py::test_a_newer_stamp_that_only_a_later_commit_has_is_noticed",
        ),
    ),
    Ablation(
        "a document that changes after the scan of a push is not sent",
        (
            Cut(
                "confsync/push/candidates.py",
                "yield run.mirror.whole(entry)",
                "yield entry if entry.raw else read(run.mirror.root, entry.path)",
            ),
            Cut(
                "confsync/push/candidates.py",
                "from confsync.mirror.entry import Entry, sealed\n",
                "from confsync.mirror.entry import Entry, read, sealed\n",
            ),
        ),
        (
            "tests/flows/test_attachments.py::test_a_document_that_changes_after_the_scan_is_not_sent",
        ),
    ),
    Ablation(
        "a document that changes after a push chose it waits for the next push",
        (
            Cut(
                "confsync/mirror/mirror.py",
                "if entry.seal and seal_of(found.raw) != entry.seal:",
                "if False:",
            ),
        ),
        (
            "tests/flows/test_push.py::test_a_document_that_changes_after_the_push_chose_it_waits_for_the_next_one",
        ),
    ),
    Ablation(
        "a page whose hint differs from its stamp is asked for its attachments",
        (
            Cut(
                "confsync/sync/attachments/hints.py",
                "        return all(\n",
                "        return True or all(\n",
            ),
        ),
        (
            "tests/flows/test_attachment_hints.py::test_what_a_colleague_does_comes_with_the_next_pull",
            "tests/flows/test_attachment_hints.py::test_a_version_of_another_size_under_the_same_number_is_asked_for",
        ),
    ),
    Ablation(
        "an attachment that was attached anew is not taken for the old one",
        (
            Cut(
                "confsync/sync/attachments/compare.py",
                "        if self.attached_anew:\n",
                "        if False:\n",
            ),
        ),
        (
            "tests/property/test_machine.py::test_a_file_that_was_removed_and_attached_anew_with_as_many_bytes_is_pulled",
            "tests/flows/test_attachments.py::test_an_upload_does_not_replace_a_file_that_was_attached_anew",
        ),
    ),
    Ablation(
        "a hint decides nothing about a document whose files differ",
        (
            Cut(
                "confsync/sync/attachments/beside.py",
                "return None if differs or any(",
                "return None if any(",
            ),
        ),
        (
            "tests/flows/test_attachment_hints.py::test_a_document_whose_files_differ_is_asked_by_itself",
        ),
    ),
    Ablation(
        "a page that was written a moment ago is asked for its attachments",
        (Cut("confsync/sync/attachments/hints.py", "and (page_id in recent or not", "and (not"),),
        (
            "tests/flows/test_attachment_hints.py::test_a_page_that_was_written_a_moment_ago_is_asked_by_itself",
        ),
    ),
    Ablation(
        "an archived page is asked for its attachments",
        (Cut("confsync/sync/attachments/hints.py", "info.status is not Status.CURRENT or ", ""),),
        ("tests/flows/test_attachment_hints.py::test_an_archived_page_is_asked_by_itself",),
    ),
    Ablation(
        "refresh asks every page for its attachments",
        (
            Cut(
                "confsync/sync/space_view.py",
                " and not options.refresh\n    hints = ",
                "\n    hints = ",
            ),
        ),
        ("tests/flows/test_attachment_hints.py::test_refresh_asks_every_page",),
    ),
    Ablation(
        "a search whose answers do not add up is no hint",
        (
            Cut(
                "confsync/remote/cloud/search.py",
                "    if total is not None and total != count:\n        raise GapError\n",
                "",
            ),
        ),
        ("tests/flows/test_attachment_hints.py::test_a_hint_that_does_not_add_up_is_not_used",),
    ),
    Ablation(
        "a search that names an attachment twice is no hint",
        (Cut("confsync/remote/cloud/search.py", "if info.id in seen:", "if False:"),),
        ("tests/flows/test_attachment_hints.py::test_a_hint_that_does_not_add_up_is_not_used",),
    ),
    Ablation(
        "a nested list that is full is no hint",
        (Cut("confsync/remote/datacenter/nested.py", "and len(some) < rows.limit_of(part):", ":"),),
        ("tests/flows/test_attachment_hints.py::test_a_page_with_a_full_list_is_asked_by_itself",),
    ),
    Ablation(
        "an answer by ids has asked pages only",
        (Cut(_BY_IDS, " and set(ids) <= set(page_ids)", ""),),
        (
            f"{_IDS}test_after_a_first_answer_that_is_not_honest_no_ids_are_asked_for_again",
            f"{_IDS}test_a_later_answer_is_held_against_what_was_asked_too",
            f"{_IDS}test_the_rest_of_a_cut_answer_is_held_against_what_was_asked_too",
        ),
    ),
    Ablation(
        "an answer by ids has each page once",
        (Cut(_BY_IDS, "len(ids) == len(set(ids)) and ", ""),),
        (
            f"{_IDS}test_after_a_first_answer_that_is_not_honest_no_ids_are_asked_for_again",
            f"{_IDS}test_a_later_answer_is_held_against_what_was_asked_too",
        ),
    ),
    Ablation(
        "an answer by ids has bodies",
        (Cut(_BY_IDS, " and any(rows.body_of(row) is not None for row in found)", ""),),
        (
            f"{_IDS}test_after_a_first_answer_that_is_not_honest_no_ids_are_asked_for_again",
            f"{_IDS}test_a_later_answer_is_held_against_what_was_asked_too",
        ),
    ),
    Ablation(
        "a server that does not honour ids is not asked by ids again",
        (Cut(_BY_IDS, "            self.honoured = False\n", ""),),
        (
            f"{_IDS}test_after_a_first_answer_that_is_not_honest_no_ids_are_asked_for_again",
            f"{_IDS}test_a_later_answer_is_held_against_what_was_asked_too",
        ),
    ),
    Ablation(
        "until the first answer by ids no other thread asks",
        (Cut(_BY_IDS, "with self._lock:", "if True:"),),
        (f"{_IDS}test_until_the_first_answer_no_other_thread_asks",),
    ),
    Ablation(
        "a row by ids says its kind, status, space and parent",
        (Cut(_BY_IDS, "is_certain(row, kind) and ", ""),),
        (f"{_IDS}test_a_row_that_is_not_certain_is_read_alone",),
    ),
    Ablation(
        "an answer by ids that stays behind is not believed a third time",
        (Cut(_BY_IDS, "return self._told[told] <= BELIEVED", "return True"),),
        (
            f"{_IDS}test_an_answer_that_stays_behind_is_not_believed_a_third_time",
            "tests/flows/test_breaker.py::"
            "test_bulk_answers_that_stay_behind_lose_no_edit_and_hide_no_write",
        ),
    ),
    Ablation(
        "a history moves its branch only after the whole stream",
        (
            Cut(
                "confsync/mirror/git/branch/fast_import.py",
                '*("--quiet", "--done", "--date-format=raw")',
                '*("--quiet", "--date-format=raw")',
            ),
        ),
        (
            "tests/fault/test_history.py::test_a_kill_at_any_step_leaves_the_old_branch_or_the_new_one",
        ),
    ),
    Ablation(
        "a history does not move a branch that is checked out",
        (
            Cut(
                "confsync/history/run.py",
                "    if fast_import.is_checked_out(command, reference):",
                "    if False and fast_import.is_checked_out(command, reference):",
            ),
        ),
        ("tests/flows/test_history.py::test_a_branch_that_is_checked_out_is_not_moved",),
    ),
    Ablation(
        "a history leaves what a person committed on its branch",
        (
            Cut(
                "confsync/history/recorded.py",
                "    files = {path: one.content for path, one in kept.items()} | folders",
                "    files = dict(listed)",
            ),
        ),
        ("tests/flows/test_history.py::test_what_a_person_committed_there_stays",),
    ),
    Ablation(
        "a page with an invalid row stays in its history",
        (
            Cut(
                "confsync/history/news.py",
                "area.listing.current.keys() | area.listing.flaws.keys()",
                "area.listing.current.keys()",
            ),
        ),
        ("tests/flows/test_history.py::test_a_page_whose_row_is_bad_stays_in_the_history",),
    ),
    Ablation(
        "a history reads a page again that was edited after the listing",
        (
            Cut(
                "confsync/history/reader.py",
                "        return version.number > (last.number if last else 0) + 1",
                "        return False",
            ),
        ),
        (
            "tests/flows/test_history.py::test_a_page_that_is_edited_while_it_is_read_lacks_no_version",
        ),
    ),
    Ablation(
        "a version is known by its time, too",
        (
            Cut(
                "confsync/model/page.py",
                "    return mine is not None and theirs is not None and mine > theirs",
                "    return False",
            ),
        ),
        (
            "tests/contract/test_history.py::test_a_deleted_old_version_renumbers_and_is_not_taken_for_a_new_one",
            "tests/contract/test_history.py::test_what_is_later_goes_by_number_and_time",
        ),
    ),
    Ablation(
        "a history that was recorded is continued, not begun again",
        (
            Cut(
                "confsync/mirror/git/branch/fast_import.py",
                "        if self.tip and not self.count:",
                "        if False and not self.count:",
            ),
        ),
        ("tests/flows/test_history.py::test_what_is_new_comes_on_top",),
    ),
    Ablation(
        "a marker that a page had is no conflict of the merge driver",
        (
            Cut(
                "confsync/mirror/git/merge_driver.py",
                """'test "$(grep -c "^<\\\\{{%L\\\\}}" %A)" = "$had" || exit 1; '""",
                """'grep -q "^<<<<<<<" %A && exit 1; '""",
            ),
        ),
        (
            "tests/flows/test_merge_driver.py::test_a_page_about_git_is_merged_without_the_program_too",
        ),
    ),
    Ablation(
        "nothing is recorded while a page differs from its hint",
        (
            Cut(
                "confsync/pull/no_change.py",
                "if not agreed or not all(",
                "if False and not all(",
            ),
        ),
        (
            "tests/flows/test_attachment_hints.py::test_nothing_is_recorded_while_a_page_differs_from_its_hint",
        ),
    ),
    Ablation(
        "a changed setting keeps the document of a page that is gone",
        (
            Cut("confsync/pull/planner.py", " or _resets(run, step.entry)", ""),
            Cut("confsync/pull/planner.py", " or _resets(run, entry)", ""),
        ),
        (
            "tests/flows/test_settings.py::test_a_changed_setting_keeps_the_document_of_a_page_that_is_gone",
            "tests/flows/test_settings.py::test_a_changed_setting_keeps_the_document_of_an_excluded_page",
        ),
    ),
    Ablation(
        "the stamp of a setting in a merge is not newer than its value",
        (
            Cut(
                "confsync/merge/stamps.py",
                "    if was and mine.version < was.version:",
                "    if False:",
            ),
        ),
        ("tests/unit/merge/test_documents.py::test_each_property_by_itself",),
    ),
    Ablation(
        "a plan sends only settings that are as planned",
        (
            Cut(
                "confsync/bulk/plan.py",
                "    if now.settings != planned.settings:",
                "    if False:",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_plan_names_settings_and_sends_only_those",),
    ),
    Ablation(
        "a setting that changed since a push stays",
        (
            Cut(
                "confsync/commands/bulk/reversal.py",
                "        and values.digest(name, found.settings[name]) == "
                "values.digest(name, after.get(name))\n",
                "",
            ),
        ),
        ("tests/flows/test_settings.py::test_the_reversal_of_a_push_takes_settings_back",),
    ),
    Ablation(
        "the reversal of a push overwrites no edited setting",
        (
            Cut(
                "confsync/commands/bulk/revert_run.py",
                " or bool(settings.changed(found, chosen))",
                "",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_reversal_overwrites_no_edited_setting",),
    ),
    Ablation(
        "a setting that both sides changed is refused",
        (
            Cut(
                "confsync/sync/settings/compare.py",
                "    if sides.theirs != sides.was:\n        return Decision.DIVERGED\n",
                "",
            ),
        ),
        (
            "tests/flows/test_settings.py::test_a_setting_that_both_sides_changed_is_refused",
            "tests/flows/test_settings.py::test_a_colleague_who_is_faster_is_not_overwritten",
        ),
    ),
    Ablation(
        "no page is created whose settings can never be sent",
        (
            Cut(
                "confsync/push/create.py",
                "        if refused := self._refusal(whole):\n            return refused\n",
                "",
            ),
        ),
        (
            "tests/flows/test_settings_of_new_pages.py::"
            "test_a_page_that_would_lock_its_creator_out_is_not_created",
            "tests/flows/test_settings_of_new_pages.py::"
            "test_a_page_with_an_order_that_no_push_can_send_is_not_created",
        ),
    ),
    Ablation(
        "a new page is restricted before its other settings are sent",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "sorted(self._checked, key=lambda one: key_of(one.name) != RESTRICTIONS)",
                "self._checked",
            ),
        ),
        (
            "tests/flows/test_settings_of_new_pages.py::"
            "test_what_is_left_for_the_next_push_holds_nothing_else_up",
        ),
    ),
    Ablation(
        "a new owner counts as sent when the server shows it",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "        if decide(sides) is not Decision.STAMP:\n",
                "        if False:\n",
            ),
        ),
        ("tests/flows/test_owner.py::test_an_owner_that_the_server_does_not_keep_is_told",),
    ),
    Ablation(
        "a page without an owner on the server gets none",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "key_of(sides.name) in OF_PAGE and (sides.is_invalid or sides.remote is None)",
                "False",
            ),
        ),
        ("tests/flows/test_owner.py::test_a_page_without_an_owner_is_no_trouble",),
    ),
    Ablation(
        "an owner is not taken away",
        (
            Cut(
                "confsync/sync/settings/compare.py",
                " or (self._is_of_page and self.modified and self.local is None)",
                "",
            ),
        ),
        ("tests/flows/test_owner.py::test_a_page_always_has_an_owner",),
    ),
    Ablation(
        "an owner is sent once although its answer is lost",
        (
            Cut(
                "confsync/push/write_page.py",
                "    if not _may_send(now, remark):\n        return settled(now) or now\n",
                "",
            ),
        ),
        ("tests/flows/test_owner.py::test_a_lost_answer_doubles_nothing",),
    ),
    Ablation(
        "the line 'owner' of a blog post is the user's own",
        (
            Cut(
                "confsync/document/settings/values.py",
                "if not (is_post and key_of(name) in OF_PAGE)",
                "if True",
            ),
        ),
        ("tests/flows/test_owner.py::test_a_blog_post_has_no_owner",),
    ),
    Ablation(
        "a setting that git put back is refused",
        (
            Cut(
                "confsync/sync/settings/compare.py",
                "    if _is_put_back(sides):",
                "    if False:",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_value_that_git_put_back_is_refused_and_not_undone",),
    ),
    Ablation(
        "settings are checked before the text is sent",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "        self._refuse(*self._checked)\n",
                "",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_setting_that_both_sides_changed_is_refused",),
    ),
    Ablation(
        "a setting whose answer is lost is looked for and not sent again",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "        if decide(now) is Decision.STAMP:\n            return now\n",
                "",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_lost_answer_doubles_nothing",),
    ),
    Ablation(
        "a value that the server does not keep is told",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "        if now.theirs != sides.local:",
                "        if False:",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_value_that_the_server_does_not_keep_is_told",),
    ),
    Ablation(
        "a page that a colleague moved among its siblings is not moved again",
        (
            Cut(
                "confsync/push/siblings/reorder.py",
                "if not wish.moved and decide(sides) is Decision.DIVERGED:",
                "if False:",
            ),
        ),
        ("tests/flows/test_order.py::test_a_colleague_between_check_and_move_is_refused",),
    ),
    Ablation(
        "the order of siblings is looked at after each move",
        (
            Cut(
                "confsync/push/siblings/reorder.py",
                "        if _agree(in_order(now), move.after):",
                "        if True:",
            ),
        ),
        (
            "tests/flows/test_order.py::test_a_colleague_between_look_and_move_is_seen_afterwards",
            "tests/flows/test_order.py::test_a_move_that_failed_is_sent_the_next_time",
        ),
    ),
    Ablation(
        "a move whose answer is lost is looked for and not sent again",
        (
            Cut(
                "confsync/push/siblings/reorder.py",
                "            lost = error\n",
                "            return shown, error\n",
            ),
        ),
        ("tests/flows/test_order.py::test_a_lost_answer_moves_nothing_twice",),
    ),
    Ablation(
        "no push moves a page beside a page at the top of a space",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "        if self._found.stamp and self._found.stamp.parent is None:",
                "        if False:",
            ),
        ),
        ("tests/flows/test_order.py::test_a_page_at_the_top_of_a_space_is_not_ordered",),
    ),
    Ablation(
        "several reorders in one push do not conflict with themselves",
        (
            Cut(
                "confsync/push/siblings/reorder.py",
                "        before = {**_numbers(found), **self._before.get(parent, {})}",
                "        before = _numbers(found)",
            ),
        ),
        ("tests/flows/test_order.py::test_reorders_in_several_batches_are_one",),
    ),
    Ablation(
        "a line of a setting that was removed changes nothing",
        (
            Cut(
                "confsync/sync/settings/compare.py",
                "        first = sides.base is None and sides.theirs is not None",
                "        first = sides.theirs != sides.was",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_line_that_was_taken_out_changes_nothing",),
    ),
    Ablation(
        "a value that front matter cannot hold is not written",
        (
            Cut(
                "confsync/pull/resolve/settings.py",
                '    read = document.parse(data, "").settings',
                "    read = values",
            ),
        ),
        (
            "tests/flows/test_settings.py::test_a_value_that_front_matter_cannot_hold_fails_its_page_alone",
        ),
    ),
    Ablation(
        "a page whose settings differ from a hint is asked for them",
        (
            Cut(
                "confsync/sync/settings/hints.py",
                "        if held == _managed(case.stamp.properties, asking.chosen):",
                "        if True:",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_hint_tells_which_pages_are_asked",),
    ),
    Ablation(
        "nothing is recorded while a page's settings differ from a hint",
        (
            Cut(
                "confsync/pull/no_change.py",
                "        agreed &= all(reader.agreed_settings or not settings "
                "for reader in readers.values())\n",
                "",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_hint_that_is_wrong_delays_and_loses_nothing",),
    ),
    Ablation(
        "a pull with nothing new compares the settings",
        (
            Cut(
                "confsync/pull/no_change.py",
                "            self._hashed.update(marshal.dumps((page_id, held), 2))",
                "            pass",
            ),
        ),
        ("tests/flows/test_settings.py::test_a_hint_tells_which_pages_are_asked",),
    ),
    Ablation(
        "a push locks its own user not out of a page",
        (
            Cut(
                "confsync/push/settings/restrictions.py",
                "    if not lost:\n",
                "    if True:\n",
            ),
        ),
        ("tests/flows/test_restrictions.py::test_a_push_locks_its_own_user_not_out",),
    ),
    Ablation(
        "restrictions are looked at right before they change",
        (
            Cut(
                "confsync/push/settings/changes.py",
                "sides.local is None or key_of(sides.name) in UNCOUNTED",
                "sides.local is None",
            ),
        ),
        ("tests/flows/test_restrictions.py::test_a_colleague_who_is_faster_is_not_overwritten",),
    ),
    Ablation(
        "a read restriction that the base does not know is not lifted",
        (
            Cut(
                "confsync/sync/settings/compare.py",
                "    if sides.theirs != sides.was:\n        return Decision.DIVERGED\n",
                "",
            ),
        ),
        (
            "tests/flows/test_restrictions.py::test_a_read_restriction_that_the_base_does_not_know_is_not_lifted",
        ),
    ),
    Ablation(
        "no change of restrictions opens a page for a moment",
        (
            Cut(
                "confsync/document/settings/restrictions.py",
                "    if after and not before & after & mine:",
                "    if False:",
            ),
        ),
        (
            "tests/unit/document/test_restrictions.py::test_no_moment_locks_me_out_or_opens_more_than_the_ends",
        ),
    ),
    Ablation(
        "the last restriction to go is that of the own user",
        (
            Cut(
                "confsync/document/settings/restrictions.py",
                "        last.reverse()",
                "        last.sort()",
            ),
        ),
        ("tests/unit/document/test_restrictions.py::test_the_last_name_to_go_is_mine",),
    ),
    Ablation(
        "restrictions whose answer is lost are looked for and not sent again",
        (
            Cut(
                "confsync/push/settings/restrictions.py",
                "            now = _seen(remote, page_id, error)\n",
                "            now = way[reached + 1]\n            reached -= 1\n",
            ),
        ),
        ("tests/flows/test_restrictions.py::test_a_lost_answer_doubles_nothing",),
    ),
    Ablation(
        "names of restrictions are known before the first is sent",
        (
            Cut(
                "confsync/remote/cloud/restrictions.py",
                "            if name not in known:",
                "            if False:",
            ),
        ),
        (
            "tests/contract/test_restrictions.py::test_a_name_that_the_server_does_not_know_changes_nothing",
        ),
    ),
    Ablation(
        "a list of restrictions that may be cut is no value",
        (
            Cut(
                "confsync/remote/v1_rows.py",
                " or len(some) >= rows.limit_of(part)",
                "",
            ),
        ),
        ("tests/contract/test_restrictions.py::test_a_list_that_may_be_cut_is_no_value",),
    ),
    Ablation(
        "malformed restrictions are not sent",
        (
            Cut(
                "confsync/document/settings/values.py",
                " or (key_of(name) == RESTRICTIONS and restrictions.flaw_of(value))",
                "",
            ),
        ),
        (
            "tests/flows/test_restrictions.py::test_malformed_restrictions_are_refused_with_their_line",
        ),
    ),
    Ablation(
        "a pull that undoes a revert of restrictions says so",
        (
            Cut(
                "confsync/pull/witnesses.py",
                "            if was.get(key) != now.get(key):",
                "            if False:",
            ),
        ),
        (
            "tests/flows/test_restrictions.py::test_a_pull_that_undoes_a_revert_of_restrictions_says_so",
        ),
    ),
    Ablation(
        "the state of a page is not sent",
        (
            Cut(
                "confsync/sync/settings/compare.py",
                "        if self.modified and key_of(self.name) in READ_ONLY:\n"
                "            return True\n",
                "",
            ),
            Cut(
                "confsync/push/settings/changes.py",
                "            if key_of(sides.name) in READ_ONLY:\n"
                "                raise SettingConflict(why_invalid(sides.name, sides.line))\n",
                "",
            ),
        ),
        ("tests/flows/test_state.py::test_an_edited_state_is_refused_with_its_line",),
    ),
    Ablation(
        "a theirs choice keeps the settings that it gives up",
        (
            Cut(
                "confsync/pull/resolve/settings.py",
                "    kept = step.entry.raw if theirs and step.discarded is None else "
                "step.discarded",
                "    kept = step.discarded",
            ),
        ),
        ("tests/flows/test_settings.py::test_theirs_takes_the_servers_setting",),
    ),
    Ablation(
        "new labels and attachments are written into the text of a document",
        (
            Cut(
                "confsync/pull/step_details.py",
                "    step = _whole(run, step)\n    after = _after(step)\n    if after is None:\n",
                "    after = _after(step)\n    if after is None:\n",
            ),
            Cut(
                "confsync/pull/step_details.py",
                "    if step.data is None and step.entry:\n",
                "    if False:\n",
            ),
        ),
        (
            "tests/flows/test_attachment_hints.py::test_any_news_is_found_although_nothing_was_new_before",
        ),
    ),
    Ablation(
        "only the digest of a page is kept if it is exactly the base",
        (Cut("confsync/sync/fetch.py", " if same else page\n", " if base else page\n"),),
        ("tests/flows/test_pull.py::test_a_refresh_reads_what_changed_without_a_version",),
    ),
    Ablation(
        "the text of a document that moved is read at its new place",
        (
            Cut(
                "confsync/pull/step_details.py",
                "replace(step.entry, path=step.destination.path)",
                "step.entry",
            ),
        ),
        (
            "tests/flows/test_attachments.py::test_a_page_that_moves_with_its_parent_gets_what_is_new_in_the_same_pull",
        ),
    ),
    Ablation(
        "a text that a person takes is read whole",
        (Cut("confsync/pull/run.py", "light=run.options.resolution is None", "light=True"),),
        ("tests/flows/test_resolve.py::test_taking_the_base_again_leaves_the_text",),
    ),
    Ablation(
        "a pull with nothing new compares the labels",
        (
            Cut(
                "confsync/pull/no_change.py",
                "parent, live, labels, posted, flaw), 2)",
                "parent, live, posted, flaw), 2)",
            ),
        ),
        (
            "tests/flows/test_attachment_hints.py::test_any_news_is_found_although_nothing_was_new_before",
        ),
    ),
    Ablation(
        "a pull with nothing new compares the attachments",
        (
            Cut(
                "confsync/pull/no_change.py",
                "            self._hashed.update(marshal.dumps((page_id, files), 2))",
                "            pass",
            ),
        ),
        (
            "tests/flows/test_attachment_hints.py::test_any_news_is_found_although_nothing_was_new_before",
        ),
    ),
    Ablation(
        "a page whose labels differ from a hint is asked for its labels",
        (Cut("confsync/sync/space_pages.py", " or folded(hint) != folded(known)", ""),),
        (
            "tests/flows/test_attachment_hints.py::test_labels_that_a_hint_says_differ_are_asked_for",
        ),
    ),
    Ablation(
        "a row that is read at once has only values that pass every check",
        (
            Cut("confsync/remote/cloud/v2_rows.py", "and 0 < number <= _MOST_VERSIONS", ""),
            Cut("confsync/remote/cloud/v2_rows.py", "and title.isprintable()", ""),
            Cut("confsync/remote/cloud/v2_rows.py", "and _is_id(parent)", ""),
        ),
        (
            "tests/unit/remote/test_v2_rows.py::"
            "test_a_row_with_an_odd_value_is_read_as_if_each_value_was_checked",
            "tests/unit/remote/test_v2_rows.py::test_so_is_a_version_with_an_odd_value",
        ),
    ),
    Ablation(
        "a row's version is one that a stamp can say",
        (Cut("confsync/remote/rows.py", "not _VERSION.fullmatch(str(number))", "number < 1"),),
        (f"{_BAD_ROWS}::test_nothing_here_goes_or_moves_for_a_bad_row",),
    ),
    Ablation(
        "a row's id is one that a stamp can say",
        (
            Cut(
                "confsync/remote/rows.py", "if not _ID.fullmatch(found):", "if not value.isdigit():"
            ),
        ),
        (f"{_BAD_ROWS}::test_nothing_here_goes_or_moves_for_a_bad_row",),
    ),
    Ablation(
        "an answer that makes no document fails alone",
        (
            Cut(
                "confsync/pull/step_details.py",
                "return change(step)\n    except DocumentError as error:",
                "return change(step)\n    except ZeroDivisionError as error:",
            ),
        ),
        (
            f"{_BAD_ROWS}::test_an_answer_that_makes_no_document_fails_alone_and_puts_no_file_in_place",
        ),
    ),
    Ablation(
        "a bulk answer that fails is asked for page by page",
        (
            Cut(
                "confsync/sync/fetch.py",
                "return self._one_by_one(wanted, error)",
                "raise error",
            ),
        ),
        (
            "tests/flows/test_bad_rows.py::"
            "test_a_bulk_answer_that_fails_for_one_page_stops_no_other",
        ),
    ),
    Ablation(
        "404 'Not Found' for one page is not about the credentials",
        (
            Cut(
                "confsync/remote/client.py",
                "if error.status == 404 and self._is_known(where):",
                "if False:",
            ),
        ),
        ("tests/flows/test_bad_rows.py::test_not_found_for_one_page_alone_stops_no_other",),
    ),
    Ablation(
        "the ids of both ends of a listing come in order",
        (
            Cut(
                _BOTH_ENDS,
                "if self.ids and (page_id - self.last) * self._direction <= 0:",
                "if False:",
            ),
        ),
        (
            "tests/unit/remote/test_both_ends.py::test_ids_out_of_order_are_noticed",
            "tests/unit/remote/test_both_ends.py::test_a_server_that_ignores_the_order_is_asked_for_one_chain",
            "tests/contract/test_both_ends.py::test_a_server_that_does_not_sort_costs_no_page",
        ),
    ),
    Ablation(
        "both ends of a listing meet at a page that both have",
        (Cut(_BOTH_ENDS, " or up.ids.isdisjoint(down.ids):", ":"),),
        (
            "tests/unit/remote/test_both_ends.py::test_what_it_takes_to_meet",
            "tests/unit/remote/test_both_ends.py::test_ids_in_the_order_of_text_do_not_pass_for_numbers",
        ),
    ),
    Ablation(
        "an end of a listing that has come to the other end has to be complete",
        (
            Cut(_BOTH_ENDS, "not up.reaches(down.first)", "True"),
            Cut(_BOTH_ENDS, "not down.reaches(up.first)", "True"),
        ),
        (
            "tests/unit/remote/test_both_ends.py::test_what_it_takes_to_meet",
            "tests/unit/remote/test_both_ends.py::test_a_server_that_sorts_within_answers_costs_no_page",
        ),
    ),
    Ablation(
        "a page that both ends list comes once",
        (
            Cut(
                _BOTH_ENDS,
                'fresh = [row for row in lot.rows if str(row.get("id")) not in given]',
                "fresh = list(lot.rows)",
            ),
        ),
        (
            "tests/unit/remote/test_both_ends.py::test_each_page_that_is_there_throughout_is_listed_once",
            "tests/contract/test_both_ends.py::test_a_listing_is_that_of_one_chain_and_in_its_order",
        ),
    ),
    Ablation(
        "one chain after both ends repeats no page",
        (
            Cut(
                _BOTH_ENDS,
                'yield Lot([row for row in found if str(row.get("id")) not in given])',
                "yield Lot(found)",
            ),
        ),
        (
            "tests/unit/remote/test_both_ends.py::test_each_page_that_is_there_throughout_is_listed_once",
            "tests/contract/test_both_ends.py::test_a_cursor_that_the_server_forgets_costs_no_page",
        ),
    ),
    Ablation(
        "404 'Not Found' for a listing is no page that is not visible",
        (Cut("confsync/remote/failures.py", "if _ONE.search(path):", "if True:"),),
        (f"{_BAD_ROWS}::test_not_found_for_a_listing_is_load_and_no_page",),
    ),
    Ablation(
        "404 'Not Found' hides no page before the credentials are looked at again",
        (
            Cut(
                "confsync/remote/client.py",
                "if error.status == 404 and self._is_known(where):",
                "if error.status == 404 and where in self._answered:",
            ),
        ),
        (
            "tests/flows/test_bad_rows.py::"
            "test_not_found_for_everything_is_still_about_the_credentials",
        ),
    ),
    Ablation(
        "404 is not deletion",
        (
            Cut(
                "confsync/sync/fetch.py",
                "            return Absent.NOT_VISIBLE\n",
                "            return Absent.TRASHED\n",
            ),
        ),
        ("tests/flows/test_pull.py::test_404_removes_nothing_unless_asked",),
    ),
    Ablation(
        "conflict markers are not pushed",
        (
            Cut(
                "confsync/sync/preflight/text.py",
                "    marker = marker_in(mirror, found, remote)\n",
                "    marker = None\n",
            ),
        ),
        (
            "tests/flows/test_last_lines.py::"
            "test_conflict_markers_that_are_well_formed_are_refused_too",
        ),
    ),
    Ablation(
        "conflict markers of the size that git's attribute says are not pushed",
        (
            Cut(
                "confsync/sync/preflight/text.py",
                "    size = marker_size(mirror) if document.has_other_markers(found) else "
                "document.MARKER_SIZE\n",
                "    size = document.MARKER_SIZE\n",
            ),
        ),
        ("tests/flows/test_marker_size.py::test_nothing_with_such_a_marker_is_sent",),
    ),
    Ablation(
        "a text that is gone is not pushed",
        (
            Cut(
                "confsync/sync/preflight/text.py",
                "        yield from _emptied(mirror, found, found.stamp, remote)",
                "        pass",
            ),
        ),
        (
            "tests/flows/test_push.py::test_a_document_that_is_cut_off_behind_its_front_matter_is_not_sent",
        ),
    ),
    Ablation(
        "an attachment that was emptied is not sent",
        (Cut("confsync/push/candidates.py", "if emptied := files.emptied:", "if emptied := ():"),),
        ("tests/flows/test_attachments.py::test_one_that_was_emptied_is_not_sent",),
    ),
    Ablation(
        "a new page finds no file of the page whose place it takes",
        (
            Cut(
                "confsync/pull/placement.py",
                "return None if paths.folded(new.path) in self.leaving else new.path",
                "return new.path",
            ),
        ),
        (
            "tests/flows/test_title_reuse.py::"
            "test_a_new_page_in_the_place_of_one_that_goes_has_its_own_files",
        ),
    ),
    Ablation(
        "no file of a new page goes beside a document that stayed",
        (
            Cut(
                "confsync/pull/step_details.py",
                "if os.path.lexists(mirror.inside(path)):\n        raise FileError",
                "if False:\n        raise FileError",
            ),
        ),
        (
            "tests/flows/test_title_reuse.py::"
            "test_no_file_of_a_new_page_goes_beside_a_document_that_stayed",
        ),
    ),
    Ablation(
        "an edited file stays with its page when a move is cut off",
        (Cut("confsync/mirror/moves.py", "return same or [", "return same if True else ["),),
        (
            "tests/flows/test_title_reuse.py::"
            "test_an_edited_file_stays_with_its_page_whenever_a_pull_is_killed",
        ),
    ),
    Ablation(
        "without the base a marker is in doubt",
        (
            Cut(
                "confsync/sync/preflight/text.py",
                "        return Marker(line, found.stamp.version)\n",
                "        return Marker(line)\n",
            ),
        ),
        (
            "tests/flows/test_shallow.py::test_without_the_base_a_line_of_the_page_is_no_conflict",
            "tests/flows/test_shallow.py::test_a_page_about_git_is_cleared_by_its_base",
        ),
    ),
    Ablation(
        "an attachment's version compare",
        (
            Cut(
                "confsync/sync/attachments/compare.py",
                "    return Decision.UNKNOWN if sides.theirs is None else Decision.DIVERGED\n",
                "    return Decision.UPLOAD\n",
            ),
        ),
        (
            "tests/flows/test_attachments.py::test_a_colleagues_new_version_is_refused_and_told",
            "tests/flows/test_attachments.py::test_the_same_bytes_on_both_sides_are_no_conflict",
        ),
    ),
    Ablation(
        "an attachment's file before it is replaced",
        (
            Cut(
                "confsync/mirror/mirror.py",
                "        if now != expected:\n            raise _changed(name)\n",
                "",
            ),
        ),
        (
            "tests/flows/test_attachments.py::"
            "test_a_file_that_is_saved_while_the_new_bytes_come_is_left_alone",
        ),
    ),
    Ablation(
        "credentials go to the pinned server alone",
        (
            Cut(
                "confsync/cli/trust.py",
                "    if allowed is not None and not same_server(allowed, url):",
                "    if False:",
            ),
        ),
        ("tests/security/test_trust.py::test_a_pin_keeps_the_token_from_another_server",),
    ),
    Ablation(
        "another user's configuration gets no credentials",
        (Cut("confsync/cli/trust.py", "    if owner is None or (", "    if True or ("),),
        ("tests/security/test_trust.py::test_a_configuration_of_another_user_gets_no_credentials",),
    ),
    Ablation(
        "a range that changes the server is not pushed",
        (
            Cut(
                "confsync/cli/trust.py",
                '    if old == "an unreadable value" or not same_server(old, now):',
                "    if False:",
            ),
        ),
        ("tests/security/test_trust.py::test_a_range_that_changes_the_server_is_not_pushed",),
    ),
    Ablation(
        "a nearer configuration is a change of server",
        (
            Cut(
                "confsync/mirror/git/worktree.py",
                'for directory in directories if inner else [""]:',
                "for directory in directories[:1]:",
            ),
        ),
        (
            "tests/security/test_trust.py::test_a_range_that_adds_a_nearer_configuration_of_another_server_is_not_pushed",
        ),
    ),
    Ablation(
        "the text of a link is no attachment",
        (
            Cut(
                "confsync/mirror/attachment_files.py",
                "if is_link_as_text(root, path, begin):",
                "if False:",
            ),
        ),
        ("tests/flows/test_attachment_pointers.py::test_the_text_of_a_link_is_never_sent",),
    ),
    Ablation(
        "no credentials to the media host",
        (
            Cut(
                "confsync/remote/transfers.py",
                "if stranger is None and _origin(where) == _origin(api.url):",
                "if True:",
            ),
        ),
        ("tests/security/test_media.py::test_the_media_host_learns_nothing_of_who_we_are",),
    ),
    Ablation(
        "no request writes to the environment",
        (
            Cut(
                "confsync/remote/network.py",
                "session.trust_env = False",
                "session.trust_env = True",
            ),
            Cut(
                "confsync/remote/network.py",
                "{} if near else",
                '{"no_proxy": "127.0.0.1"} if near else',
            ),
        ),
        (
            "tests/contract/test_network.py::test_no_request_writes_to_the_environment",
            "tests/contract/test_network.py::test_no_redirect_writes_to_the_environment",
        ),
    ),
    Ablation(
        "no session reads the environment or .netrc by itself",
        (
            Cut(
                "confsync/remote/network.py",
                "session.trust_env = False",
                "session.trust_env = True",
            ),
        ),
        (
            "tests/contract/test_network.py::test_no_session_looks_into_the_environment_by_itself",
            "tests/security/test_media.py::test_the_media_host_learns_nothing_of_who_we_are",
        ),
    ),
    Ablation(
        "this machine has no proxy",
        (
            Cut(
                "confsync/remote/network.py",
                '{} if near else dict(found["proxies"])',
                'dict(found["proxies"])',
            ),
        ),
        (
            "tests/contract/test_network.py::test_this_machine_has_no_proxy",
            "tests/contract/test_network.py::test_a_download_from_this_machine_goes_through_no_proxy",
        ),
    ),
    Ablation(
        "credentials within an origin",
        (
            Cut(
                "confsync/remote/transfers.py",
                "if stranger is None and _origin(where) == _origin(api.url):",
                "if False:",
            ),
        ),
        (
            "tests/security/test_media.py::"
            "test_a_redirect_within_the_same_origin_keeps_the_credentials",
        ),
    ),
    Ablation(
        "no credentials after a redirect to another host",
        (
            Cut(
                "confsync/remote/transfers.py",
                "if stranger is None and _origin(where) == _origin(api.url):",
                "if _origin(where) == _origin(api.url):",
            ),
        ),
        ("tests/security/test_media.py::test_who_left_the_origin_comes_back_without_credentials",),
    ),
    Ablation(
        "a download that begins anew is empty",
        (
            Cut(
                "confsync/mirror/attachment_files.py",
                "        self._file.seek(0)\n        self._file.truncate()\n",
                "        self._file.truncate(0)\n",
            ),
        ),
        (
            "tests/unit/mirror/test_attachment_files.py::"
            "test_a_download_that_begins_anew_keeps_no_hole",
            "tests/unit/mirror/test_attachment_files.py::"
            "test_a_download_that_is_too_long_begins_anew",
        ),
    ),
    Ablation(
        "an attachment keeps the media type of the listing",
        (
            Cut(
                "confsync/remote/transfers.py",
                "return known or guessed(self.name)",
                "return guessed(self.name)",
            ),
        ),
        (
            "tests/flows/test_attachment_types.py::"
            "test_the_next_version_keeps_the_type_of_the_listing",
        ),
    ),
    Ablation(
        "an attribute's value may hold any character",
        (
            Cut(
                "confsync/document/markup.py",
                "(?P<inside>{_INSIDE})>",
                "(?P<inside>[^<>]*+)>",
            ),
        ),
        (
            "tests/flows/test_attachment_names.py::"
            "test_every_file_that_a_page_shows_is_sent_however_its_name_is_written",
            "tests/property/test_markup.py::test_a_file_name_is_read_however_it_is_written",
        ),
    ),
    Ablation(
        "no pointer is sent in the place of a file",
        (Cut("confsync/push/candidates.py", "    if files.stand_ins:", "    if False:"),),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_a_single_one_is_refused_and_told_with_the_command_that_helps",
            "tests/flows/test_attachment_pointers.py::test_all_of_a_checkout_are_refused",
            "tests/flows/test_attachment_pointers.py::test_a_new_page_is_not_created_with_one",
            "tests/flows/test_attachment_pointers.py::"
            "test_a_link_of_git_annex_is_refused_with_the_command_that_helps",
        ),
    ),
    Ablation(
        "no link is passed over where a file is to be sent",
        (
            Cut(
                "confsync/mirror/attachment_files.py",
                "    yield from {path: p for name, (path, p) in linked.items() "
                "if wanted.has(name, bases)}.items()\n",
                "",
            ),
        ),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_a_link_to_another_file_is_refused_with_the_command_that_helps",
            "tests/flows/test_attachment_pointers.py::"
            "test_a_new_page_is_not_created_without_the_picture_behind_a_link",
            "tests/flows/test_attachment_pointers.py::"
            "test_a_directory_of_attachments_that_is_a_link_is_told_and_changes_nothing",
        ),
    ),
    Ablation(
        "no single file of another kind is sent unasked",
        (
            Cut(
                "confsync/push/attachments.py",
                "                self._refuse_other_kind(sides)\n",
                "                pass\n",
            ),
        ),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_a_single_file_of_another_kind_is_sent_only_when_that_is_meant",
        ),
    ),
    Ablation(
        "no document is passed over behind a linked directory",
        (
            Cut(
                "confsync/mirror/walk.py",
                "                missed += (link for link in links "
                "if _hides_documents(link, directory))\n",
                "                missed += ()\n",
            ),
        ),
        (
            "tests/flows/test_linked_directories.py::"
            "test_a_directory_that_is_a_link_is_told_by_each_command",
        ),
    ),
    Ablation(
        "behind a link that leads nowhere nothing is deleted",
        (
            Cut(
                "confsync/mirror/git/repository.py",
                "any(parent.is_symlink() and not parent.exists() for parent in parents)",
                "False",
            ),
        ),
        (
            "tests/flows/test_linked_directories.py::"
            "test_behind_a_link_that_leads_nowhere_nothing_was_deleted",
        ),
    ),
    Ablation(
        "no name is sent that would arrive as another",
        (Cut("confsync/push/candidates.py", "    if files.ambiguous:", "    if False:"),),
        (
            "tests/flows/test_attachment_types.py::"
            "test_a_name_that_would_arrive_as_another_is_not_sent",
        ),
    ),
    Ablation(
        "edits that are no texts are seen in no space's directory",
        (
            Cut(
                "confsync/mirror/outside.py",
                "edited = {*_moved(mirror, olds), *pending}",
                "edited = {e.path for e in found if e.page_id and _is_edited(e)}",
            ),
        ),
        ("tests/flows/test_old_path.py::test_edits_that_are_no_texts_are_told_and_not_lost",),
    ),
    Ablation(
        "check names a pointer",
        (
            Cut(
                "confsync/sync/preflight/lint.py",
                "yield from files.stand_ins(mirror.root, path, attached, "
                "files.Wanted(shown, patterns))",
                "yield from ()",
            ),
        ),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_a_single_one_is_refused_and_told_with_the_command_that_helps",
        ),
    ),
    Ablation(
        "a pointer that was attached on purpose is no fault",
        (
            Cut(
                "confsync/mirror/attachment_files.py",
                "if base and digest_of(root / path, path)[0] == base.digest:",
                "if False:",
            ),
        ),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_a_pointer_that_was_attached_on_purpose_is_no_fault",
        ),
    ),
    Ablation(
        "no page is written beside the pointer of its document",
        (
            Cut(
                "confsync/sync/space_view.py",
                "new if options.with_new and not scan.has_stand_ins else []",
                "new if options.with_new else []",
            ),
        ),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_a_document_that_is_one_is_told_and_its_page_is_not_written_beside_it",
        ),
    ),
    Ablation(
        "the mass guard of uploads",
        (
            Cut(
                "confsync/push/guard.py",
                "    if not too_many(len(poorer), total):\n        return\n",
                "    if True:\n        return\n",
            ),
        ),
        (
            "tests/flows/test_attachment_pointers.py::"
            "test_uploads_that_make_many_files_poorer_are_asked_about",
        ),
    ),
    Ablation(
        "no file that stands is committed as deleted",
        (
            Cut(
                "confsync/mirror/mirror.py",
                "if not os.path.lexists(self.inside(name)):\n                self.note(name)",
                "self.note(name)",
            ),
        ),
        (
            "tests/flows/test_git.py::test_a_document_that_stands_again_when_its_page_is_gone_is_not_committed",
            "tests/flows/test_attachments.py::test_one_that_was_changed_stays_when_the_deletion_of_its_page_is_committed",
        ),
    ),
    Ablation(
        "what is staged of a deleted document stays staged",
        (
            Cut(
                "confsync/sync/commit.py",
                "        left |= worktree.staged_and_gone(root, written)\n",
                "",
            ),
        ),
        (
            "tests/flows/test_git.py::test_what_was_staged_of_a_document_before_it_was_deleted_stays_staged",
        ),
    ),
    Ablation(
        "a commit that failed is made by the next run",
        (
            Cut(
                "confsync/sync/commit.py",
                "        owed = self._owed()\n",
                "        owed: tuple[Owed, ...] = ()\n",
            ),
        ),
        (
            "tests/flows/test_catch_up.py::test_a_pull_commits_what_an_earlier_one_could_not",
            "tests/flows/test_catch_up.py::test_removals_and_moves_are_caught_up",
            "tests/flows/test_catch_up.py::test_a_push_commits_what_an_earlier_one_could_not",
        ),
    ),
    Ablation(
        "a person's own keys are not committed",
        (
            Cut(
                "confsync/mirror/committed/uncommitted.py",
                "return _front(wanted) == _front(found)",
                "return True",
            ),
        ),
        (
            "tests/flows/test_catch_up.py::test_a_persons_own_edits_are_never_committed",
            "tests/flows/test_catch_up.py::test_a_document_that_a_person_changed_is_not_committed_under_a_new_name",
        ),
    ),
    Ablation(
        "a person's own rename is not committed",
        (
            Cut(
                "confsync/mirror/committed/uncommitted.py",
                "in noted or self._is_own_move(",
                "in noted or True or self._is_own_move(",
            ),
        ),
        ("tests/flows/test_catch_up.py::test_what_a_person_did_alone_is_no_business_of_a_pulls",),
    ),
    Ablation(
        "what is staged stays staged when a commit is caught up",
        (
            Cut(
                "confsync/sync/commit.py",
                "left.union(*(one.names for one in self._staged(owed, written)))",
                "left",
            ),
        ),
        (
            "tests/flows/test_catch_up.py::test_what_is_staged_stays_staged_when_a_commit_is_caught_up",
        ),
    ),
    Ablation(
        "what is staged is never lost",
        (Cut("confsync/mirror/git/index.py", "if staged not in (was, *head[2:3]):", "if False:"),),
        ("tests/flows/test_conflict_story.py::test_what_is_staged_is_never_lost",),
    ),
    Ablation(
        "a report replaces nothing but a report",
        (Cut("confsync/diff/report.py", "if not known:", "if False:"),),
        ("tests/unit/diff/test_html.py::test_a_report_replaces_a_report_and_nothing_else",),
    ),
    Ablation(
        "text of a server is a part of one line",
        (Cut("confsync/cli/escape.py", '"[\\x00-\\x08\\x0a-\\x1f', '"[\\x00-\\x08\\x0b-\\x1f'),),
        (
            "tests/unit/cli/test_escape.py::test_every_end_of_a_line_is_made_visible",
            "tests/flows/test_output.py::test_no_text_of_a_server_makes_a_line_of_its_own",
        ),
    ),
    Ablation(
        "no text is a command to a CI system",
        (
            Cut(
                "confsync/cli/escape.py",
                '    if "::" not in text and "##" not in text:',
                "    if True:",
            ),
        ),
        (
            "tests/unit/cli/test_escape.py::test_a_ci_system_finds_no_command",
            "tests/flows/test_output.py::test_no_name_of_a_file_makes_a_line_of_its_own",
            "tests/flows/test_output.py::test_in_ci_no_line_of_a_page_is_a_command",
        ),
    ),
    Ablation(
        "no text of a server is a trailer of a commit",
        (
            Cut(
                "confsync/sync/commit.py",
                'return " ".join(_CONTROL.sub(" ", text).split())',
                "return text",
            ),
        ),
        ("tests/flows/test_output.py::test_no_text_of_a_server_makes_a_trailer_of_a_commit",),
    ),
    Ablation(
        "what an encoding lacks stops no command",
        (
            Cut(
                "confsync/cli/__init__.py",
                'stream.reconfigure(errors="backslashreplace")',
                "pass",
            ),
        ),
        ("tests/flows/test_output.py::test_what_an_encoding_lacks_is_printed_all_the_same",),
    ),
    Ablation(
        "JSON has no half of a surrogate pair",
        (Cut("confsync/cli/escape.py", 'if "\\\\ud" in dumped:', "if False:"),),
        ("tests/unit/cli/test_escape.py::test_json_is_ascii_and_has_no_half_of_a_pair",),
    ),
    Ablation(
        "an output that cannot be written is told",
        (
            Cut(
                "confsync/cli/__init__.py",
                "if isinstance(error, (OSError, ValueError)) and _while_printing(error):",
                "if False:",
            ),
        ),
        ("tests/flows/test_output.py::test_a_full_disk_behind_stdout_is_told_by_every_command",),
    ),
    Ablation(
        "no markup of a body's in a report",
        (
            Cut(
                "confsync/diff/html_rows.py",
                "return html.escape(",
                "return (lambda text, quote: text)(",
            ),
        ),
        ("tests/unit/diff/test_html.py::test_nothing_of_a_body_is_markup",),
    ),
    Ablation(
        "a new document takes over only the version that was named",
        (
            Cut(
                "confsync/pull/resolve/adoption.py",
                "            check_seen(run.mirror, entry.path, page, asked.at)\n",
                "",
            ),
        ),
        (
            "tests/flows/test_dead_ends.py::test_a_new_document_takes_over_only_the_version_that_was_named",
        ),
    ),
    Ablation(
        "--ours names the exact version",
        (
            Cut(
                "confsync/pull/resolve/merge.py",
                "if now == at and (not seen or page.digest in seen):",
                "if True:",
            ),
        ),
        (
            "tests/flows/test_last_lines.py::"
            "test_ours_gives_up_the_version_that_was_named_and_no_other",
            "tests/flows/test_resolve.py::test_ours_gives_up_only_what_was_seen",
        ),
    ),
    Ablation(
        "--ours never takes the server's text",
        (
            Cut(
                "confsync/pull/planner.py",
                "if asked and asked.way is not Way.MERGE:\n        return chosen",
                "if asked and asked.way is Way.THEIRS:\n        return chosen",
            ),
            Cut(
                "confsync/pull/attachments.py",
                "if asked and asked.way is Way.OURS:",
                "if False and asked:",
            ),
        ),
        (
            "tests/flows/test_choices.py::test_each_row_by_each_way",
            "tests/flows/test_choices.py::test_ours_keeps_what_it_gives_up_in_the_trash",
            "tests/flows/test_restored.py::test_ours_keeps_an_unmodified_attachment_too",
        ),
    ),
    Ablation(
        "a choice without another side is refused",
        (
            Cut(
                "confsync/pull/planner.py",
                "steps += _choices_without_effect(run, seen) if not run.options.prune else ()",
                "pass",
            ),
            Cut("confsync/pull/planner.py", "return without_page(step, case, asked)", "pass"),
        ),
        ("tests/flows/test_choices.py::test_a_choice_without_another_side_is_refused",),
    ),
    Ablation(
        "insertions of both sides at one place are a conflict",
        (
            Cut(
                "confsync/diff/line_merge.py",
                "return _grows(second) or moves(second)",
                "return moves(second)",
            ),
        ),
        (
            f"{_LINE_MERGE}::test_insertions_of_both_sides_at_one_place_are_a_conflict",
            f"{_LINE_MERGE}::test_insertions_at_one_place_are_a_conflict_beside_edits_too",
        ),
    ),
    Ablation(
        "a moved block that the other side changed is a conflict",
        (
            Cut(
                "confsync/diff/line_merge.py",
                "frozenset(removed), frozenset(moved))",
                "frozenset(removed), frozenset())",
            ),
        ),
        (f"{_LINE_MERGE}::test_a_block_that_one_side_moved_and_the_other_changed_is_a_conflict",),
    ),
    Ablation(
        "a pull merges nothing into conflict markers",
        (
            Cut(
                "confsync/pull/planner.py",
                "if content in (Content.AHEAD, *REFUSED) and (line := _conflict_line(run, entry)):",
                "if False and (line := _conflict_line(run, entry)):",
            ),
        ),
        (f"{_STORY}::test_markers_that_git_committed_stay_a_conflict_until_they_are_gone",),
    ),
    Ablation(
        "no side of a conflict has the other side's stamp",
        (
            Cut(
                "confsync/pull/resolve/git_conflicts.py",
                "        step.entry.raw,\n",
                "        document.update_laid(found, found.stamp, step.sides[1]),\n",
            ),
        ),
        (
            f"{_STORY}::test_a_side_that_a_tool_takes_whole_does_not_overwrite_the_server",
            f"{_STORY}::test_git_mergetool_opens_the_three_sides_and_the_rest_follows",
        ),
    ),
    Ablation(
        "a merge is taken back only until the stamp changes",
        (
            Cut(
                "confsync/mirror/state/merges.py",
                "_kept(state, _name(stamp))",
                "_kept(state, stamp.id)",
            ),
        ),
        (f"{_STORY}::test_a_clean_merge_is_taken_back_until_it_is_pushed",),
    ),
    Ablation(
        "a torn copy takes no merge back",
        (
            Cut(
                "confsync/mirror/state/merges.py",
                "if path.name.endswith(_sum(before)):",
                "if before:",
            ),
        ),
        (f"{_STORY}::test_a_kept_document_that_is_torn_takes_nothing_back",),
    ),
    Ablation(
        "neighbours that are not well-formed together are a conflict",
        (
            Cut(
                "confsync/diff/three_way.py",
                "if merged.conflicted or storage_format.check(merged.text) is None:",
                "if True:",
            ),
        ),
        (
            "tests/flows/test_resolve.py::test_neighbours_that_are_not_well_formed_together_are_a_conflict",
            f"{_DOCUMENTS}::test_neighbours_that_are_not_well_formed_together_are_a_conflict",
        ),
    ),
    Ablation(
        "a change that is picked onto an older version brings no newer stamp",
        (Cut(_STAMPS, "if behind and sides.ancestor and", "if False and sides.ancestor and"),),
        (
            f"{_DOCUMENTS}::test_a_change_that_is_picked_onto_an_older_version_brings_no_newer_stamp",
            f"{_FORKS}::test_nothing_is_lost_and_no_stamp_says_more_than_its_text",
            f"{_MERGES}::test_a_pull_that_is_picked_onto_an_older_version_brings_its_change_alone",
        ),
    ),
    Ablation(
        "no newer stamp comes without an edit that our branch never had",
        (
            Cut(
                "confsync/merge/documents.py",
                "if plan.older is not Side.OURS or witness.had(ancestor):",
                "if True:",
            ),
        ),
        (
            f"{_DOCUMENTS}::test_no_stamp_comes_without_the_edit_that_our_branch_never_had",
            f"{_FORKS}::test_nothing_is_lost_and_no_stamp_says_more_than_its_text",
            f"{_MERGES}::test_a_push_that_is_picked_brings_the_page_that_was_pushed",
        ),
    ),
    Ablation(
        "no newer stamp comes without a label that our branch never had",
        (
            Cut(
                "confsync/merge/documents.py",
                "if ancestor is None or (plan.older is Side.OURS and not witness.had(ancestor)):",
                "if ancestor is None:",
            ),
        ),
        (f"{_DOCUMENTS}::test_a_label_that_was_sent_stays_unless_our_branch_dropped_it",),
    ),
    Ablation(
        "a merge in git undoes no revert",
        (Cut(_STAMPS, "if ancestor and ancestor.version > older.version else", "if False else"),),
        (
            f"{_DOCUMENTS}::test_each_case",
            f"{_MERGES}::test_a_revert_that_was_merged_is_pushed",
        ),
    ),
    Ablation(
        "a merge in git begins at the older of both stamps",
        (
            Cut(
                _STAMPS,
                "if ancestor and ancestor.version > older.version else",
                "if ancestor else",
            ),
        ),
        (
            f"{_DOCUMENTS}::test_each_case",
            f"{_FORKS}::test_nothing_is_lost_and_no_stamp_says_more_than_its_text",
        ),
    ),
    Ablation(
        "the newer stamp of a merge in git wins with its text",
        (
            Cut(
                _STAMPS,
                "return max(ours, theirs, key=lambda stamp: stamp.version)",
                "return ours",
            ),
        ),
        (f"{_DOCUMENTS}::test_each_case",),
    ),
    Ablation(
        "stamps that contradict each other are not merged",
        (Cut(_STAMPS, "if mine != yours and was not in (mine, yours):", "if False:"),),
        (f"{_DOCUMENTS}::test_a_move_without_a_new_version_goes_with_the_side_that_has_it",),
    ),
    Ablation(
        "an attachment's stamp is not newer than its file",
        (
            Cut(
                _STAMPS,
                "if was and mine.version < was.version:",
                "if False:",
            ),
        ),
        (f"{_DOCUMENTS}::test_each_attachment_by_itself",),
    ),
    Ablation(
        "an edit that one branch dropped does not come back",
        (
            Cut(
                "confsync/merge/documents.py",
                "if not ancestor.modified or witness.landed(ancestor, plan.base):",
                "if True:",
            ),
        ),
        (
            f"{_DOCUMENTS}::test_each_case",
            f"{_FORKS}::test_a_line_that_one_side_removed_and_no_side_added_does_not_come_back",
        ),
    ),
    Ablation(
        "documents of two pages are not merged",
        (Cut(_STAMPS, "if ours.id != theirs.id:", "if False:"),),
        (f"{_DOCUMENTS}::test_documents_of_two_pages_are_not_merged",),
    ),
    Ablation(
        "a text landed only if exactly it was sent",
        (
            Cut(
                "confsync/merge/evidence.py",
                "if (one.page, one.base, one.text) == sent",
                "if (one.page, one.base) == sent[:2]",
            ),
        ),
        (f"{_MERGES}::test_the_same_paragraph_on_both_sides_is_a_conflict_with_one_stamp",),
    ),
    Ablation(
        "a text that another clone sent is known by its token",
        (
            Cut(
                "confsync/merge/evidence.py",
                "mark = token(own, document.local((own or at).parent))",
                'mark = ""',
            ),
        ),
        (
            "tests/flows/test_history_merges.py::test_nothing_conflicts_after_a_push_and_a_history",
            "tests/flows/test_history_merges.py::test_what_a_colleague_recorded_counts_too",
        ),
    ),
    Ablation(
        "our document had an earlier stamp only if it is HEAD's",
        (Cut("confsync/merge/evidence.py", "blob = self._is_of_head() and ", "blob = "),),
        (
            f"{_MERGES}::test_an_edit_that_a_checkout_takes_to_an_older_branch_keeps_the_older_stamp",
        ),
    ),
    Ablation(
        "without a base all differences are in one conflict",
        (
            Cut(
                "confsync/commands/git/merge_driver.py",
                "_write(files, found or _apart(sides, marker_size))",
                "_write(files, found or MergedDocument(sides.ours.text.encode(), True))",
            ),
        ),
        (f"{_MERGES}::test_without_the_base_all_differences_are_one_conflict",),
    ),
    Ablation(
        "a mistake of confsync costs no side of a merge",
        (
            Cut(
                "confsync/commands/git/merge_driver.py",
                "page = _by_git(top, files, path, marker_size, f",
                "page = _result(path, f",
            ),
        ),
        (
            f"{_DRIVER}::test_a_mistake_of_confsync_leaves_gits_own_merge_and_one_line",
            f"{_DRIVER}::test_a_configuration_that_cannot_be_read_leaves_gits_own_merge",
        ),
    ),
    Ablation(
        "git merges documents without conflicts in their stamps",
        (
            Cut(
                "confsync/mirror/git/merge_driver.py",
                '*("--local", _DRIVER, command_line(program())),',
                '*("--local", "merge.none.driver", command_line(program())),',
            ),
        ),
        (
            f"{_MERGES}::test_no_branch_conflicts_in_the_stamp",
            f"{_MERGES}::test_what_the_server_rewrote_is_no_conflict",
            "tests/flows/test_history_merges.py::test_nothing_conflicts_after_a_push_and_a_history",
        ),
    ),
    Ablation(
        "a merge driver that is gone costs no side of a merge",
        (
            Cut(
                "confsync/mirror/git/merge_driver.py",
                "git merge-file --marker-size=%L -L ours -L ancestor -L theirs %A %O %B || exit 1",
                "exit 1",
            ),
        ),
        (
            f"{_DRIVER}::test_a_program_that_is_gone_leaves_gits_own_conflict",
            f"{_DRIVER}::test_a_program_that_fails_leaves_gits_own_conflict",
        ),
    ),
    Ablation(
        "a repository has no code that a merge runs",
        (
            Cut(
                "confsync/mirror/git/merge_driver.py",
                '(Path(sys.executable).as_posix(), "-P", ',
                "(Path(sys.executable).as_posix(), ",
            ),
        ),
        (f"{_DRIVER}::test_without_a_script_beside_it_python_starts_the_program",),
    ),
    Ablation(
        "front matter that is not valid together is a conflict",
        (
            Cut(
                "confsync/merge/documents.py",
                "if not front.conflicted and not head.fits(",
                "if False and not head.fits(",
            ),
        ),
        (f"{_DOCUMENTS}::test_the_same_key_of_both_sides_at_two_places_is_a_conflict",),
    ),
    Ablation(
        "the mass guards count over all spaces of a push",
        (
            Cut(
                "confsync/push/run.py",
                "        if len(planned) > 1:\n            refuse_mass_changes(planned)\n",
                "",
            ),
        ),
        ("tests/flows/test_mass_guard.py::test_what_is_much_in_all_spaces_together_waits_too",),
    ),
    Ablation(
        "a blog post is looked for before it is created",
        (
            Cut(
                "confsync/push/write_page.py",
                "if (made := find_titled(reader, local, known)) is not None:",
                "if (made := None) is not None:",
            ),
        ),
        (
            "tests/flows/test_blog.py::"
            "test_a_creation_without_an_answer_is_found_again_on_another_day",
            "tests/flows/test_blog.py::"
            "test_a_creation_without_an_answer_is_refused_when_it_was_edited_since",
        ),
    ),
    Ablation(
        "a post with a document here is no earlier try",
        (
            Cut(
                "confsync/push/create.py",
                "self._known = frozenset(e.claimed_id for e in scan.entries if e.claimed_id)",
                "self._known = frozenset[str]()",
            ),
        ),
        ("tests/flows/test_blog.py::test_a_copy_without_its_stamp_is_another_post",),
    ),
    Ablation(
        "blog posts stay in the blog, and pages out of it",
        (
            Cut(
                "confsync/mirror/scan.py",
                "if stamp is None or (stamp.posted is not None) == space.posts:",
                "if True:",
            ),
        ),
        (
            "tests/unit/document/test_blog.py::"
            "test_what_stands_where_it_cannot_is_an_error_that_keeps_its_id",
            "tests/flows/test_blog.py::"
            "test_a_post_that_is_moved_among_the_pages_is_refused_and_not_written_again",
            "tests/flows/test_blog.py::test_a_page_that_is_moved_into_the_blog_is_refused",
        ),
    ),
    Ablation(
        "a blog post stays below its day",
        (Cut("confsync/sync/preflight/places.py", "if scan.misdated(entry):", "if False:"),),
        ("tests/flows/test_blog.py::test_a_post_below_another_day_is_refused_and_put_back",),
    ),
    Ablation(
        "a plan sends only documents that are as planned",
        (Cut(_APPLICATION, "        if wrong:\n", "        if False:\n"),),
        (
            "tests/flows/test_plans.py::test_a_file_that_is_not_as_planned_refuses_that_page_alone",
            "tests/flows/test_plans.py::test_a_newer_stamp_is_not_as_planned",
        ),
    ),
    Ablation(
        "a plan deletes no page whose document is here",
        (
            Cut(_APPLICATION, "        if page.page_id not in documents:\n", "        if True:\n"),
            Cut(_DOOMED, "asked.is_by_id(e.page_id)", "e.page_id in asked.named"),
        ),
        ("tests/flows/test_plans.py::test_a_file_that_is_not_as_planned_refuses_that_page_alone",),
    ),
    Ablation(
        "a plan deletes no document that is not as planned",
        (
            Cut(
                _APPLICATION,
                " and digest_here(here, page.path, page.page_id) == page.digest",
                "",
            ),
        ),
        ("tests/flows/test_plans.py::test_a_named_page_that_is_not_as_planned_stays",),
    ),
    Ablation(
        "a plan deletes no page whose document may be elsewhere",
        (Cut(_PUSH_OPTIONS, "not self.planned or page_id in self.with_documents", "True"),),
        ("tests/flows/test_plans.py::test_a_file_that_is_not_as_planned_refuses_that_page_alone",),
    ),
    Ablation(
        "a plan deletes no page that it does not name",
        (Cut(_PUSH_OPTIONS, "(selected and not self.planned)", "selected"),),
        ("tests/flows/test_plans.py::test_a_file_that_is_not_as_planned_refuses_that_page_alone",),
    ),
    Ablation(
        "a plan sends nothing to a page that was moved on the server",
        (
            Cut(
                "confsync/push/send.py",
                "self._options.planned and is_elsewhere(",
                "False and is_elsewhere(",
            ),
        ),
        ("tests/flows/test_plans.py::test_a_colleague_who_was_faster_refuses_that_page_alone",),
    ),
    Ablation(
        "a plan deletes no page that was moved on the server",
        (
            Cut(
                "confsync/push/deletion/delete.py",
                "if self._planned and content",
                "if False and content",
            ),
        ),
        ("tests/flows/test_plans.py::test_a_colleague_who_was_faster_refuses_that_page_alone",),
    ),
    Ablation(
        "a plan deletes no page that got a comment since",
        (Cut(_DOOMED, "version is None or by_document", "version is None"),),
        ("tests/flows/test_plans.py::test_a_colleague_who_was_faster_refuses_that_page_alone",),
    ),
    Ablation(
        "all or nothing of a plan",
        (Cut(_APPLICATION, "if tried.exit is not Exit.DONE:", "if False:"),),
        ("tests/flows/test_plans.py::test_a_colleague_who_was_faster_refuses_that_page_alone",),
    ),
    Ablation(
        "a move that a push skips is refused by a plan",
        (Cut(_APPLICATION, "if page.outcome is Outcome.SKIPPED:", "if False:"),),
        ("tests/flows/test_plans.py::test_a_colleague_who_was_faster_refuses_that_page_alone",),
    ),
    Ablation(
        "a plan of another server is not applied",
        (Cut(_APPLICATION, "if planned.url != mirror.config.url:", "if False:"),),
        ("tests/flows/test_plans.py::test_the_plan_of_another_server_is_not_applied",),
    ),
    Ablation(
        "a plan replaces no other file",
        (Cut(_PLANS, "    if not os.path.lexists(file):\n", "    if True:\n"),),
        ("tests/flows/test_plans.py::test_a_file_that_is_no_plan_is_not_replaced",),
    ),
    Ablation(
        "the reversal of a push overwrites no edit",
        (
            Cut(
                "confsync/commands/bulk/revert_run.py",
                "if edited and made.data != target.entry.raw:",
                "if False:",
            ),
        ),
        ("tests/flows/test_revert_run.py::test_edits_are_not_overwritten",),
    ),
    Ablation(
        "the reversal of a push needs a document as new as the push",
        (Cut("confsync/commands/bulk/revert_run.py", "stamp.version < page.version", "False"),),
        (
            "tests/flows/test_revert_run.py::test_a_document_that_is_older_than_the_run_is_pulled_first",
        ),
    ),
    Ablation(
        "a version counts as a push's only if it carries its id",
        (
            Cut(
                "confsync/commands/bulk/reversal.py",
                "run_in(old.info.version.message) != self.run and",
                "False and",
            ),
        ),
        (
            "tests/flows/test_revert_run.py::test_versions_that_have_other_numbers_now_are_not_taken_for_the_runs",
        ),
    ),
    Ablation(
        "the reversal of a push keeps comments that were made since",
        (
            Cut(
                "confsync/commands/bulk/reversal.py",
                "        texts = without_later_comments(texts)\n",
                "        pass\n",
            ),
        ),
        (
            "tests/flows/test_revert_run.py::test_a_comment_on_what_a_push_wrote_stays",
            "tests/flows/test_revert_run.py::test_a_comment_on_the_text_of_a_push_is_a_conflict",
        ),
    ),
    Ablation(
        "an older text keeps comments that were made since",
        (
            Cut(
                "confsync/commands/bulk/revert.py",
                "_with_later_comments(found.body, page.body)",
                "page.body",
            ),
        ),
        ("tests/flows/test_revert.py::test_a_later_comment_stays_on_text_that_both_versions_have",),
    ),
    Ablation(
        "an attachment that changed since a push stays",
        (
            Cut(
                "confsync/commands/bulk/reversal_files.py",
                "    if now != after:\n",
                "    if False:\n",
            ),
        ),
        ("tests/flows/test_revert_run.py::test_an_attachment_that_changed_again_stays",),
    ),
    Ablation(
        "a document that moved since a push stays",
        (
            Cut(
                "confsync/commands/bulk/reversal_places.py",
                '(stamp.parent or "") != place.after',
                "False",
            ),
        ),
        ("tests/flows/test_revert_run.py::test_a_document_that_moved_again_stays",),
    ),
    Ablation(
        "a move that waits for a push is not taken for a place",
        (Cut("confsync/commands/bulk/reversal_places.py", " or scan.moves(entry)", ""),),
        ("tests/flows/test_revert_run.py::test_a_document_on_its_way_elsewhere_stays",),
    ),
    Ablation(
        "new text is escaped as its place needs it",
        (Cut("confsync/bulk/edits.py", '.replace("&", "&amp;").replace("<", "&lt;")', ""),),
        (
            "tests/unit/bulk/test_edits.py::test_new_text_is_written_as_its_place_needs",
            "tests/flows/test_replace.py::test_a_text_changes_and_nothing_else",
        ),
    ),
    Ablation(
        "new text ends no CDATA section",
        (
            Cut(
                "confsync/bulk/edits.py",
                "return edit._replace(new=_without_end(before, new, after))",
                "return edit",
            ),
        ),
        (
            "tests/unit/bulk/test_edits.py::test_new_text_is_written_as_its_place_needs",
            "tests/unit/bulk/test_edits.py::test_lxml_reads_a_section_with_any_new_text",
            "tests/flows/test_replace.py::test_code_parameters_and_targets_change_where_asked",
        ),
    ),
    Ablation(
        "a replacement writes well-formed documents only",
        (
            Cut(
                "confsync/commands/bulk/replace.py",
                "        _check(read, read.text, source.path)\n",
                "",
            ),
            Cut(
                "confsync/commands/bulk/replace.py", "        _check(read, text, source.path)\n", ""
            ),
        ),
        (
            "tests/flows/test_replace.py::test_a_document_that_is_not_well_formed_stays_and_stops_no_other",
            "tests/flows/test_replace.py::test_a_document_that_would_not_be_well_formed_stays",
        ),
    ),
    Ablation(
        "a replacement overwrites no file that changed meanwhile",
        (
            Cut(
                "confsync/commands/bulk/replace.py",
                "change.text.encode(), change.source.raw)",
                "change.text.encode(), (self.mirror.root / change.source.path).read_bytes())",
            ),
        ),
        ("tests/flows/test_replace.py::test_a_file_that_changes_meanwhile_is_left_alone",),
    ),
    Ablation(
        "a replacement keeps the layout",
        (
            Cut("confsync/bulk/layout_edits.py", "    if found != wanted:\n", "    if False:\n"),
            Cut(
                "confsync/bulk/layout_edits.py",
                "return written if found == wanted else None",
                "return written",
            ),
        ),
        (
            "tests/unit/bulk/test_edits.py::test_a_line_end_of_the_layout_goes_with_its_block",
            "tests/unit/bulk/test_edits.py::test_new_elements_stand_in_lines_of_their_own",
            "tests/flows/test_replace.py::test_macros_are_unwrapped_and_removed_with_their_lines",
        ),
    ),
    Ablation(
        "a replacement changes code, targets and parameters only where asked",
        (
            Cut(
                "confsync/cli/bulk/options.py",
                '(self.parts or "text")',
                '(self.parts or "text,code,links,params")',
            ),
        ),
        ("tests/flows/test_replace.py::test_a_text_changes_and_nothing_else",),
    ),
    Ablation(
        "code in a copy for older programs is no text",
        (
            Cut(
                "confsync/bulk/passages.py",
                "        if name not in _REGIONS:\n",
                "        if name not in _REGIONS or self._is_copy:\n",
            ),
        ),
        ("tests/unit/bulk/test_passages.py::test_a_copy_for_older_programs_has_its_own_parts",),
    ),
    Ablation(
        "a text across tags is replaced only where asked",
        (
            Cut(
                "confsync/bulk/replacements.py",
                "if self.across or not _is_across(source, passage, characters):",
                "if True:",
            ),
        ),
        ("tests/flows/test_replace.py::test_a_text_across_tags_stays_unless_asked",),
    ),
    Ablation(
        "comments in a word take no exponential time",
        (
            Cut(
                "confsync/bulk/replacements.py",
                "(?:<!--(?:[^-]++|-(?!->))*+-->)*+",
                "(?:<!--.*?-->)*",
            ),
        ),
        ("tests/unit/bulk/test_hostile.py::test_one_step_across_comments_is_no_search",),
    ),
    Ablation(
        "an XPath is asked for no page that is nested too deep",
        (Cut("confsync/bulk/xpath.py", "if depth > MAX_DEPTH + 1:", "if False:"),),
        (
            "tests/unit/bulk/test_hostile.py::test_an_xpath_asks_for_no_page_that_is_nested_beyond_measure",
        ),
    ),
    Ablation(
        "a find does not control the terminal",
        (
            Cut(
                "confsync/cli/bulk/finds.py",
                "        return safe(text) if self._terminal else text\n",
                "        return text\n",
            ),
        ),
        ("tests/flows/test_grep.py::test_a_terminal_is_not_controlled_by_a_text",),
    ),
    Ablation(
        "no web page reaches the sandbox by a name of its own",
        (Cut("confsync/sandbox/app.py", "host in LOCAL or as_proxy()", "True"),),
        (
            "tests/sandbox/test_clients.py::test_no_web_page_reaches_the_sandbox_by_a_name_of_its_own",
        ),
    ),
    Ablation(
        "the page of a new comment is read",
        (Cut(_COMMENTS, " or stamp.id in self.news.pages", ""),),
        (f"{_NEWS}test_an_inline_comment_is_pulled_although_the_page_has_no_new_version",),
    ),
    Ablation(
        "a pull with nothing else new looks at new comments",
        (Cut("confsync/pull/no_change.py", "same and not self._has_comments()", "same"),),
        (
            f"{_NEWS}test_an_inline_comment_is_pulled_although_the_page_has_no_new_version",
            f"{_NEWS}test_comments_and_replies_are_named_by_page",
        ),
    ),
    Ablation(
        "a pull with nothing else new looks at the texts that were read for comments",
        (Cut("confsync/pull/no_change.py", 'b"".join([*digests, about])', 'b"".join(digests)'),),
        (f"{_NEWS}test_a_pull_that_could_write_nothing_is_gone_on_with",),
    ),
    Ablation(
        "a pull with nothing else new reads what could not be read for a comment",
        (
            Cut(
                "confsync/mirror/state/seen_comments.py",
                "must = UNREAD in self.pages.values()",
                "must = False",
            ),
        ),
        (f"{_NEWS}test_a_text_that_lacks_the_marker_is_read_again",),
    ),
    Ablation(
        "without its state a pull reads every page for comments",
        (Cut(_COMMENTS, "every or (news.before is None and not news.flaw)", "every"),),
        (
            f"{_NEWS}test_without_the_state_every_page_is_read_once",
            f"{_NEWS}test_with_the_key_the_comments_of_the_past_come",
        ),
    ),
    Ablation(
        "with other pages a pull reads every page for comments",
        (
            Cut(
                "confsync/mirror/state/seen_comments.py",
                "chosen = repr((config.url, spaces, others, *written))",
                "chosen = repr((config.url, *written))",
            ),
        ),
        (
            f"{_NEWS}test_with_other_pages_every_page_is_read_once",
            f"{_UNIT}test_with_another_choice_of_pages_nothing_was_seen",
        ),
    ),
    Ablation(
        "comments are seen only after every space was looked at",
        (
            Cut(
                "confsync/pull/run.py",
                "if run.notice and run.notice.spaces == len(subtrees.scans):",
                "if run.notice:",
            ),
        ),
        (f"{_NEWS}test_a_space_that_cannot_be_listed_keeps_its_news",),
    ),
    Ablation(
        "a hint about comments that fails or does not add up moves nothing",
        (Cut(_COMMENTS, "self.news.before if self.news.flaw and not self._every else ", ""),),
        (
            f"{_NEWS}test_a_hint_that_fails_stops_no_pull_and_loses_no_comment",
            f"{_NEWS}test_a_hint_that_does_not_add_up_loses_no_comment",
            f"{_NEWS}test_more_comments_than_the_answers_hold_are_told_until_a_refresh",
        ),
    ),
    Ablation(
        "a hint about comments that fails stops no pull",
        (
            Cut(
                _COMMENTS,
                "    except APIAccessError as error:\n        failed = error.message\n",
                "    except ZeroDivisionError:\n        pass\n",
            ),
        ),
        (f"{_NEWS}test_a_hint_that_fails_stops_no_pull_and_loses_no_comment",),
    ),
    Ablation(
        "comments that are not in the order of their times are no hint",
        (Cut(_COMMENTS, "if earliest and at > earliest + ROUNDED:", "if False:"),),
        (
            f"{_NEWS}test_a_hint_that_does_not_add_up_loses_no_comment",
            f"{_UNIT}test_rows_that_do_not_add_up_are_told",
        ),
    ),
    Ablation(
        "the comments of the last minutes are looked at again",
        (Cut(_COMMENTS, "LAG = timedelta(minutes=5)", "LAG = timedelta(0)"),),
        (
            f"{_NEWS}test_a_listing_that_lags_loses_no_comment",
            f"{_UNIT}test_a_listing_may_lack_the_comments_of_some_minutes",
        ),
    ),
    Ablation(
        "a document that lacks what was read for a comment is read again",
        (Cut(_COMMENTS, "text.version == stamp.version and text.digest", "False and text.digest"),),
        (
            f"{_NEWS}test_a_document_of_another_branch_gets_the_comment_too",
            f"{_NEWS}test_a_comment_on_an_edited_page_comes_after_the_edit_is_given_up",
            f"{_NEWS}test_a_pull_that_could_write_nothing_is_gone_on_with",
        ),
    ),
    Ablation(
        "a page that could not be read for a comment is read by the next pull",
        (Cut(_COMMENTS, "text == UNREAD or (", "("),),
        (
            f"{_NEWS}test_a_page_that_cannot_be_read_is_read_by_the_next_pull",
            f"{_NEWS}test_a_page_that_is_visible_again_is_read",
            f"{_NEWS}test_a_document_that_comes_back_gets_the_comment",
        ),
    ),
    Ablation(
        "a text without the marker of a new comment is read again",
        (Cut(_COMMENTS, " or any(one.marker not in page.body for one in said)", ""),),
        (f"{_NEWS}test_a_text_that_lacks_the_marker_is_read_again",),
    ),
    Ablation(
        "no comment is seen for a time later than the server's clock",
        (Cut(_COMMENTS, "max(min(newest, now or newest), ", "max(newest, "),),
        (
            f"{_NEWS}test_a_comment_of_the_future_hides_no_later_one",
            f"{_UNIT}test_no_time_is_later_than_the_servers_clock",
        ),
    ),
    Ablation(
        "after a server's clock went back a pull reads every page for comments",
        (Cut(_COMMENTS, "if before and now and now < before.until - LAG:", "if False:"),),
        (
            f"{_NEWS}test_comments_of_a_server_whose_clock_goes_back_are_seen",
            f"{_UNIT}test_a_clock_that_went_back_tells_nothing_about_the_past",
        ),
    ),
    Ablation(
        "a comment that is deleted while a Data Center lists them is told",
        (Cut("confsync/remote/datacenter/comments.py", "last not in ids", "False"),),
        (
            "tests/contract/test_comments.py::test_a_comment_that_is_deleted_meanwhile_hides_no_other",
        ),
    ),
    Ablation(
        "a changed file of comments is kept in the trash",
        (Cut(_COMMENT_FILES, "if changed and now is not None:", "if False:"),),
        (f"{_BESIDE}test_a_changed_file_is_kept_in_the_trash_and_told",),
    ),
    Ablation(
        "comments replace no file that confsync did not write",
        (Cut(_COMMENT_FILES, "if now is not None and not file.is_ours(now):", "if False:"),),
        (f"{_BESIDE}test_a_file_of_that_name_that_is_not_confsyncs_stays",),
    ),
    Ablation(
        "comments that could not be written are written by the next pull",
        (Cut(_COMMENTS, " | dict.fromkeys(self._due, UNREAD)", ""),),
        (f"{_BESIDE}test_comments_that_cannot_be_read_are_read_by_the_next_pull",),
    ),
    Ablation(
        "with files of comments a pull lists the comments of every page once",
        (
            Cut(
                "confsync/mirror/state/seen_comments.py",
                'written = ("files",) if config.comments is Comments.FILES else ()',
                "written = ()",
            ),
        ),
        (f"{_BESIDE}test_the_key_brings_the_comments_of_the_past",),
    ),
    Ablation(
        "the comments of another page say nothing about a document",
        (Cut(_COMMENT_FILES, "found and found.page == page_id", "found"),),
        (f"{_BESIDE}test_the_comments_of_another_page_are_not_its_comments",),
    ),
    Ablation(
        "the comments of a deleted document are not taken for the document",
        (
            Cut(
                "confsync/mirror/committed/whereabouts.py",
                " or is_comments(path))",
                ")",
            ),
        ),
        (f"{_BESIDE}test_what_a_deleted_document_left_goes_to_the_trash",),
    ),
    Ablation(
        "a text that drops an open comment is not sent",
        (
            Cut(
                "confsync/push/unfit/page.py", "return _dropped(space, case, result)", "return None"
            ),
        ),
        (
            f"{_DROPPED}test_a_push_that_drops_an_open_comment_is_refused",
            f"{_DROPPED}test_many_comments_are_counted",
            f"{_TALK}test_whatever_is_said_stands_once_and_is_read_everywhere",
        ),
    ),
    Ablation(
        "the library writes no text that drops an open comment",
        (Cut("confsync/api.py", "if not self._drop_comments:", "if False:"),),
        ("tests/contract/test_library.py::test_a_text_that_drops_an_open_comment_is_not_written",),
    ),
    Ablation(
        "the library writes no live doc",
        (Cut("confsync/api.py", 'read_only(case.page) if writable(case) else ""', '""'),),
        ("tests/contract/test_library.py::test_a_live_doc_is_only_read",),
    ),
    Ablation(
        "a marker that lost its words drops the comment",
        (
            Cut(
                "confsync/document/comments/markers.py",
                " or (text and not now[ref])",
                "",
            ),
        ),
        (f"{_DROPPED}test_a_marker_without_words_keeps_no_comment",),
    ),
    Ablation(
        "an answer to a comment is looked for before it is sent",
        (
            Cut(
                "confsync/commands/pages/comment.py",
                "if self._said(comment_id, body, me):",
                "if False:",
            ),
        ),
        (
            f"{_ANSWERS}test_an_answer_stands_below_its_comment_once",
            f"{_ANSWERS}test_an_answer_whose_fate_is_unknown_is_never_doubled",
            f"{_TALK}test_whatever_is_said_stands_once_and_is_read_everywhere",
        ),
    ),
    Ablation(
        "only the user's own answer counts as given",
        (Cut("confsync/commands/pages/comment.py", " and one.by == author", ""),),
        (f"{_ANSWERS}test_the_same_answer_of_another_person_is_not_mine",),
    ),
    Ablation(
        "a resolution is looked at afterwards",
        (Cut("confsync/commands/pages/comment.py", "if not landed():", "if False:"),),
        (
            f"{_ANSWERS}test_a_resolution_that_the_server_ignores_is_told",
            f"{_ANSWERS}test_a_resolution_whose_answer_is_lost_is_found",
        ),
    ),
    Ablation(
        "a check tells which open comments a text drops",
        (Cut("confsync/sync/preflight/lint.py", "if not known.drop_comments:", "if False:"),),
        (
            f"{_DROPPED}test_a_check_says_what_it_can_know",
            f"{_DROPPED}test_a_check_finds_the_base_in_git",
        ),
    ),
)


def told(contributing: str) -> dict[str, set[str]]:
    """Return the table in CONTRIBUTING: checks, and the names of their tests."""
    section = contributing.partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)
    return {
        check.replace("`", ""): set(re.findall(r"`(test_\w+)`", tests))
        for check, tests in rows
        if "`test_" in tests
    }


def contradictions() -> list[str]:
    """Return how CONTRIBUTING and this table differ, and the edits that do not apply."""
    here = {one.check: one.names for one in ABLATIONS}
    there = told((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    found = [
        f"{check}: CONTRIBUTING names {sorted(there.get(check, ()))}, "
        f"tests/ablation.py {sorted(here.get(check, ()))}"
        for check in sorted(here.keys() | there.keys())
        if here.get(check) != there.get(check)
    ]
    for one in ABLATIONS:
        for cut in one.cuts:
            count = (ROOT / cut.file).read_text(encoding="utf-8").count(cut.old)
            if count != 1:
                found.append(f"{one.check}: stands {count} times in {cut.file}: {cut.old!r}")
    return found


def copied(tree: Path) -> None:
    """Copy what the tests need, with its bytecode: a cut file is newer than its own."""
    without = shutil.ignore_patterns(".*_cache", ".hypothesis", ".git")
    for name in ("confsync", "tests"):
        shutil.copytree(ROOT / name, tree / name, ignore=without)
    shutil.copy(ROOT / "pyproject.toml", tree)


def outcomes(tree: Path, tests: set[str], patience: float) -> tuple[set[str], set[str]]:
    """Return which of the tests failed and which passed in a tree.

    With parameters, one failure is enough. If the tests need more than `patience` seconds
    together, each runs alone, and fails if it needs more. Raise RuntimeError if pytest cannot run.
    """
    command = [sys.executable, "-B", "-m", "pytest", "-q", "--tb=no", "-rpfE"]
    try:
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", *sorted(tests)],
            cwd=tree,
            # A test that starts confsync in another directory must start the tree's.
            env={**os.environ, "PYTHONPATH": str(tree), "HYPOTHESIS_PROFILE": "ablation"},
            capture_output=True,
            encoding="utf-8",
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        if len(tests) == 1:
            return tests, set()
        alone = [outcomes(tree, {test}, PATIENCE) for test in sorted(tests)]
        return {t for failed, _ in alone for t in failed}, {
            t for _, passed in alone for t in passed
        }
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest cannot run:\n{done.stdout}{done.stderr}")
    lines = re.findall(r"^(PASSED|FAILED|ERROR) (\S+?::\w+)", done.stdout, re.MULTILINE)
    failed = {test for what, test in lines if what != "PASSED"}
    return failed, {test for _, test in lines} - failed


def unproven(base: Path, chosen: list[Ablation]) -> list[str]:
    """Return the tests that do not pass with all checks in place, as lines to print."""
    tests = {test for one in chosen for test in one.tests}
    with tempfile.TemporaryDirectory(dir=base) as name:
        copied(Path(name))
        _, passed = outcomes(Path(name), tests, WHOLE_PATIENCE)
    return [f"does not pass with all checks in place: {test}" for test in sorted(tests - passed)]


def blind(base: Path, one: Ablation) -> list[str]:
    """Print how many tests notice that a check is gone; return the others, as lines to print."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=base) as name:
        tree = Path(name)
        copied(tree)
        for cut in one.cuts:
            path = tree / cut.file
            path.write_text(path.read_text(encoding="utf-8").replace(cut.old, cut.new), "utf-8")
        failed, _ = outcomes(tree, set(one.tests), PATIENCE)
    noticed = f"{len(failed)} of {len(one.tests)} tests fail"
    print(f"{one.check:72} {noticed}  {time.monotonic() - began:5.1f} s", flush=True)
    passed = sorted(set(one.tests) - failed)
    return [f"{one.check}: taken out, and still passes: {test}" for test in passed]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.ablation")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    parser.add_argument("words", nargs="*", metavar="WORD")
    asked = parser.parse_args(arguments)
    chosen = [
        one
        for one in ABLATIONS
        if not asked.words or any(word in one.check for word in asked.words)
    ]
    if not chosen:
        parser.error(f"no check has {' or '.join(map(repr, asked.words))} in its name")
    wrong = contradictions()
    with (
        tempfile.TemporaryDirectory(prefix="ablation-") as name,
        ThreadPoolExecutor(asked.jobs) as pool,
    ):
        base = Path(name)
        runs = [pool.submit(unproven, base, chosen)]
        runs += [pool.submit(blind, base, one) for one in chosen]
        for run in as_completed(runs):
            try:
                wrong += run.result()
            except RuntimeError as error:
                wrong.append(str(error))
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
