"""Running programs and measuring what they took, each from its start to its end."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .server import Asked, Server
from .space import TOP

# Longer than the slowest peer takes for the largest space.
TIMEOUT = 3600
KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")


@dataclass(frozen=True, slots=True)
class Spent:
    """The cost of one run: seconds by the clock, peak of memory in megabytes, seconds of processor.

    The processor's seconds tell more than the clock where others work on the machine. `asked` is
    what it asked of the server, where there is one.
    """

    seconds: float
    megabytes: float
    processor: float = 0.0
    asked: Asked | None = None


# Each look at the memory of a program with many threads holds it up for some milliseconds: so many
# seconds are between two of them, and more where it is held beside another by the clock.
CLOSELY, SELDOM = 0.02, 0.25


class Machine:
    """The environment of programs: an empty home below `work`, and the server's credentials."""

    def __init__(self, work: Path, *, pause: float = CLOSELY) -> None:
        self.work = work
        self.pause = pause
        self.home = work / "home"
        self.home.mkdir(parents=True, exist_ok=True)

    def run(
        self,
        *command: str | os.PathLike[str],
        at: Path | None = None,
        server: Server | None = None,
        exits: Sequence[int] = (0,),
        more: Mapping[str, str] | None = None,
    ) -> Spent:
        """Run a program to its end. RuntimeError with what it said, if it ends otherwise."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"HOME": str(self.home), "NETRC": str(self.home / ".netrc")}
        environment |= {"GIT_CONFIG_NOSYSTEM": "1", "NO_PROXY": "*", "PYTHONUTF8": "1"}
        for role in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{role}_NAME": "Test", f"GIT_{role}_EMAIL": "test@example.com"}
        environment |= {**(server.environment if server else {}), **(more or {})}
        if server:
            server.asked()
        os.sync()  # this run does not pay for earlier writes
        with tempfile.NamedTemporaryFile(dir=self.work) as took, tempfile.TemporaryFile() as said:
            waiting = (sys.executable, "-S", "-E", Path(__file__).with_name("stopwatch.py"))
            process = subprocess.Popen(
                [*waiting, took.name, str(self.pause), *command],
                cwd=at or self.work,
                env=environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
            _end(process)
            found = took.read().split()
            code = int(found[3]) if found else process.returncode
            if code not in exits:
                said.seek(0)
                told = said.read().decode(errors="replace")[-3000:]
                raise RuntimeError(f"{' '.join(map(str, command))}: exit {code}\n{told}")
        unit = 1 if sys.platform == "darwin" else 1024
        seconds, peak, processor = float(found[0]), int(found[1]), float(found[2])
        asked = server.asked() if server else None
        return Spent(seconds, peak * unit / 1e6, processor, asked)

    def confsync(
        self, *arguments: str, at: Path | None = None, server: Server | None = None
    ) -> Spent:
        """Return the cost of confsync in this environment, by its own command."""
        program = Path(sys.executable).parent / "confsync"
        return self.run(program, *arguments, at=at, server=server)

    def module(
        self, name: str, *arguments: str | os.PathLike[str], server: Server | None = None
    ) -> Spent:
        """Return the cost of a module beside this one, as a program."""
        command = [sys.executable, "-m", f"{__package__}.{name}", *arguments]
        return self.run(*command, server=server, more={"PYTHONPATH": str(TOP)})


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process. What takes too long, and what an exception leaves behind, is killed."""
    try:
        process.wait(TIMEOUT)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


@dataclass(frozen=True, slots=True)
class Pair:
    """Several runs of a floor and of what stands on it, alternating."""

    floor: tuple[Spent, ...]
    above: tuple[Spent, ...]

    @property
    def ratio(self) -> float:
        """The median of the ratios of each turn: what slows the machine down slows both."""
        pairs = zip(self.floor, self.above, strict=True)
        return statistics.median(above.seconds / floor.seconds for floor, above in pairs)


def median(runs: Sequence[Spent]) -> float:
    return statistics.median(run.seconds for run in runs)


def alternating(times: int, floor: Callable[[], Spent], above: Callable[[], Spent]) -> Pair:
    """Run both alternately."""
    pairs = [(floor(), above()) for _ in range(times)]
    return Pair(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
