"""Start a program, wait for its end and write down what it took.

`python stopwatch.py FILE PAUSE COMMAND…`: between two looks at the memory are so many seconds. What
comes and goes within that is one process' own peak.

The kernel begins the peak of a process' memory with the memory of its parent. This module imports
nothing large, so each parent adds the same. Where the kernel tells of all processes, the memory
is that of the program and of what it has started, together.
"""

import _thread
import contextlib
import os
import sys
import time


def tree(process):
    """Return a process and all below it, except those that have their parent's memory.

    Until a new process runs its own program, it is a copy of its parent and shares its memory.
    """
    found = [process]
    for one in found:
        with contextlib.suppress(OSError):
            own = command(one)
            for thread in os.listdir(f"/proc/{one}/task"):  # noqa: PTH208 - pathlib is large
                with open(f"/proc/{one}/task/{thread}/children", encoding="ascii") as file:
                    found += [int(child) for child in file.read().split() if command(child) != own]
    return found


def command(process):
    """Return the command line of a process as the kernel has it; empty if it ended."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/cmdline", "rb") as file:
        return file.read()
    return b""


def resident(process):
    """Return the kilobytes of a process in memory; 0 if the system does not tell."""
    try:
        with open(f"/proc/{process}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except (OSError, IndexError):
        return 0


def look(process, peak, pause):
    """Note the most that a process and all below it have, for as long as this one runs."""
    while True:
        peak[0] = max(peak[0], sum(map(resident, tree(process))))
        time.sleep(pause)


if __name__ == "__main__":
    start = time.perf_counter()
    child = os.posix_spawnp(sys.argv[3], sys.argv[3:], os.environ)
    peak = [0]
    if sys.platform == "linux":
        _thread.start_new_thread(look, (child, peak, float(sys.argv[2])))
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    memory = max(usage.ru_maxrss, peak[0])
    with open(sys.argv[1], "w", encoding="ascii") as file:
        code = os.waitstatus_to_exitcode(status)
        print(seconds, memory, usage.ru_utime + usage.ru_stime, code, file=file)
