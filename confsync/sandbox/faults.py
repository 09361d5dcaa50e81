"""The faults of a server, each with a switch of its own. All are off by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Match = Callable[[str, str], bool]


@dataclass(slots=True)
class Faults:
    """The switches. Functions get the method and the path (with the context, without the query).

    - `drop_message`: an update loses its version message.
    - `drop_message_on_create`: a creation loses its version message.
    - `ignore_minor`: a Cloud does not know `version.minorEdit`, which is not in its document.
    - `no_version_for_identical`: an update without a change answers 200 and makes no version.
    - `stale_reads`: API reads (GET) answer with the state of this many seconds ago. It reaches
      back over the last 200 writes at most.
    - `stale_reads_count`: after each write, also in the browser, this many API reads (GET) still
      answer with the state before it.
    - `search_lag`: a search answers with the state of this many seconds ago, as its index lags. It
      reaches back as far as `stale_reads`.
    - `search_lag_count`: after each write, this many searches still answer with the state before
      it.
    - `search_hides`: a search does not find the content with these ids.
    - `ignore_ids`: a Data Center's listing of content does not know the parameter `ids`.
    - `order`: a Cloud lists pages and blog posts in another order than `sort` names. `id` and
      `title` are this order, always. `text` compares ids as text. `answers` sorts the rows within
      each answer only. `refused` answers 400 to each `sort`.
    - `lose_cursor`: a Cloud answers 400 to the cursors of listings in this order, such as `-id`.
    - `short_pages`: each page of a listing holds at most half of the requested rows.
    - `lose_response`: the request is carried out, then the connection closes without an answer.
    - `truncate`: the answer is cut in the middle, with headers that fit the half.
    - `refuse`: answer this status and do nothing; a 429 has `retry_after` seconds as Retry-After.
    - `html`: answer an HTML page with this status and do nothing, as a proxy or a login page does.
    - `slow`: the request is carried out, then the answer waits this many seconds.
    - `read_only`: a Data Center is in read-only mode: its API answers 405 to writes.
    - `rate_limit`: this many API requests may come at once (0: any number), and `rate_fill` more
      in each `rate_interval` seconds. Every other request is answered 429.
    - `task_requests`: pages are archived only after this many further API requests.
    - `task_fails`: the job that archives pages ends without success and changes nothing.
    - `before`: called before each request is processed, in the server's thread.
    """

    drop_message: bool = False
    drop_message_on_create: bool = False
    ignore_minor: bool = False
    no_version_for_identical: bool = False
    stale_reads: float = 0.0
    stale_reads_count: int = 0
    search_lag: float = 0.0
    search_lag_count: int = 0
    search_hides: Callable[[str], bool] | None = None
    ignore_ids: bool = False
    order: Literal["", "id", "title", "text", "answers", "refused"] = ""
    lose_cursor: str = ""
    short_pages: bool = False
    lose_response: Match | None = None
    truncate: Match | None = None
    refuse: Callable[[str, str], int | None] | None = None
    retry_after: int = 1
    html: Callable[[str, str], int | None] | None = None
    slow: Callable[[str, str], float] | None = None
    read_only: bool = False
    rate_limit: int = 0
    rate_fill: int = 10
    rate_interval: int = 1
    task_requests: int = 0
    task_fails: bool = False
    before: Callable[[str, str], None] | None = None
