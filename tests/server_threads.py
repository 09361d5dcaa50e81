"""The threads of a sandbox that a test starts: each begins when all others are at work."""

from __future__ import annotations

import threading
from typing import Any

from waitress.task import ThreadedTaskDispatcher


class Threads(ThreadedTaskDispatcher):
    """Threads that answer requests.

    Most tests send few requests at once. Starting all threads takes longer than answering those.
    """

    def __init__(self) -> None:
        super().__init__()
        self._most = 0
        self._growth = threading.Lock()

    def set_thread_count(self, count: int) -> None:
        """Let there be so many threads at most."""
        self._most = count
        super().set_thread_count(min(count, len(self.threads)))

    def add_task(self, task: Any) -> None:
        """Give a task to a thread that waits for one, or to a new one."""
        with self._growth:
            with self.lock:
                self.queue.append(task)
                self.queue_cv.notify()
                running = len(self.threads)
                waiting = running - self.stop_count - self.active_count
                is_short = len(self.queue) > waiting and running < self._most
            if is_short:
                super().set_thread_count(running + 1)
