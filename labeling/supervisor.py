"""Runs a few processes as one: prefixes their lines, starts again what ends, stops all together.

Standard library only. The rules and what was measured: docs/decisions/0004-supervisor.md.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess  # its commands come from our own code
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

GRACE = 10.0  # seconds between TERM and KILL
WINDOW = 60.0  # seconds in which `MOST_ENDS` ends are too many
MOST_ENDS = 5
DELAYS = (1.0, 2.0, 4.0, 8.0)
TICK = 0.1
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Runs in the child: TERM comes when the supervisor is gone, even by KILL. Only on Linux."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process to keep running. `delay` is the wait before its next start, in seconds."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    due: float = 0.0
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_ENDS))

    def start(self, say: Callable[[str], None]) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        # One thread a child: a selector shared by all broke when a child died with lines unread.
        threading.Thread(target=self._read, args=(self.process, say), daemon=True).start()

    def _read(self, process: subprocess.Popen[str], say: Callable[[str], None]) -> None:
        if process.stdout is not None:
            for line in process.stdout:
                say(f"{self.name:>6} | {line.rstrip()}")

    def signal(self, number: int, *, group: bool = False) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                (os.killpg if group else os.kill)(self.process.pid, number)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ended(self, now: float) -> bool:
        """Note an end; True when it was one too many. What the process left behind in its group ends with it."""
        self.signal(signal.SIGKILL, group=True)
        self.process = None
        self.ends.append(now)
        recent = sum(end > now - WINDOW for end in self.ends)
        self.due = now + DELAYS[min(recent, len(DELAYS)) - 1]
        return recent >= MOST_ENDS


class Supervisor:
    """`run` returns the exit code: 0 after a signal, 1 when a process would not stay."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.asked_to_stop = 0

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        code = 0
        while not self.asked_to_stop and code == 0:
            code = self._look_after(time.monotonic())
            time.sleep(TICK)
        self._end_all()
        return code

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _look_after(self, now: float) -> int:
        for child in self.children:
            if child.running():
                continue
            if child.process is not None:
                status = child.process.returncode
                if child.ended(now):
                    self.say(f"{child.name} ended {MOST_ENDS} times within a minute (last: {status}): giving up.")
                    return 1
                self.say(f"{child.name} ended ({status}): starting it again in {child.due - now:.0f} s.")
            elif now >= child.due:
                child.start(self.say)
        return 0

    def _end_all(self) -> None:
        self.say("Stopping; press Ctrl-C again to stop at once.")
        for child in self.children:
            child.signal(signal.SIGTERM)
        patience, last = self.asked_to_stop, time.monotonic() + GRACE
        while any(child.running() for child in self.children):
            if self.asked_to_stop > patience or time.monotonic() > last:
                break
            time.sleep(TICK)
        for child in self.children:
            child.signal(signal.SIGKILL, group=True)
            if child.process is not None:
                child.process.wait()
