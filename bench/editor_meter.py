"""CPU time of a browser, from outside: what its renderer and its GPU process used, all threads, raster included.

The clock is the kernel's own per process (nanoseconds, threads that ended included), so a busy machine does not fail a
bar. Not counted: the browser process (input, windows), the network process, the server. Chromium draws in software
here, as it does for people without a graphics card; with one, raster costs less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COUNTED = (b"--type=renderer", b"--type=gpu-process")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-precise-memory-info"]
SCHEDULED = 2  # which of the kernel's clocks of a process: the scheduler's
MS = 1000.0


def children(pid: int) -> list[int]:
    """All descendants of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


def cpu_seconds(pid: int) -> float:
    """Of a process since it began; 0 when it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | SCHEDULED)
    except OSError:
        return 0.0


def resident_mib(pid: int) -> float:
    """Memory that a process holds right now."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 2**20


@dataclass
class Lap:
    """CPU ms between two looks, once the block is left."""

    ms: float = 0.0


class Meter:
    """Of every page that this process has open: close what is not measured."""

    def __init__(self, root: int) -> None:
        self._root = root

    def pids(self) -> list[int]:
        return [pid for pid in children(self._root) if any(kind in _command(pid) for kind in COUNTED)]

    def seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids())

    def memory(self) -> float:
        """MiB, of the same processes."""
        return sum(resident_mib(pid) for pid in self.pids())

    @contextmanager
    def lap(self) -> Iterator[Lap]:
        lap, before = Lap(), self.seconds()
        yield lap
        lap.ms = MS * (self.seconds() - before)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
