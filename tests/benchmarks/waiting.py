"""Start a program, wait for its end and write down what it took: `python waiting.py FILE COMMAND…`.

The kernel begins the peak of a process' memory with that of whoever started it. This one imports
nothing that makes it large, whoever starts it.
"""

import os
import sys
import time

if __name__ == "__main__":
    start = time.perf_counter()
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    with open(sys.argv[1], "w", encoding="ascii") as file:
        code = os.waitstatus_to_exitcode(status)
        print(seconds, usage.ru_maxrss, usage.ru_utime + usage.ru_stime, code, file=file)
