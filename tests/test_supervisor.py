"""Real processes: each test runs a supervisor of its own in a process and looks at what happens to its children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SLEEPER = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
)
ENDS = "print('gone', flush=True)"

PROGRAM = """
import sys
from labeling import supervisor
supervisor.TICK = 0.01
supervisor.DELAYS = (0.05, 0.05, 0.05, 0.05)
supervisor.GRACE = float(sys.argv[1])
def say(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()
children = [supervisor.Child(f"c{n}", (sys.executable, "-S", "-c", code)) for n, code in enumerate(sys.argv[2:])]
runner = supervisor.Supervisor(children, say=say)
start = supervisor.Child.start
def told(self, speak):
    start(self, speak)
    speak(f"pid {self.name} {self.process.pid}")
supervisor.Child.start = told
sys.exit(runner.run())
"""


class Running:
    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self.log = process, log

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def pids(self, name: str) -> list[int]:
        return [int(line.split()[2]) for line in self.lines() if line.startswith(f"pid {name} ")]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Running] = []

    def run(*codes: str, grace: float = 5.0) -> Running:
        log = tmp_path / f"log{len(running)}"
        with log.open("w") as out:
            command = [sys.executable, "-c", PROGRAM, str(grace), *codes]
            process = subprocess.Popen(command, stdout=out, stderr=out, text=True, cwd=Path(__file__).parents[1])
        running.append(Running(process, log))
        return running[-1]

    yield run
    for one in running:
        one.process.kill()
        one.process.wait()
        for name in ("c0", "c1"):
            for pid in one.pids(name):
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(holds: Callable[[], bool], seconds: float = 8.0) -> bool:
    last = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True


def both_here(running: Running) -> bool:
    return sum(line.endswith("| here") for line in running.lines()) >= 2


def test_a_killed_child_comes_back_and_the_others_stay(start: Start) -> None:
    running = start(SLEEPER, SLEEPER)
    assert eventually(lambda: both_here(running))
    os.kill(running.pids("c0")[0], signal.SIGKILL)
    assert eventually(lambda: len(running.pids("c0")) == 2)
    assert len(running.pids("c1")) == 1
    assert alive(running.pids("c1")[0])


def test_term_ends_every_child_and_exits_with_0(start: Start) -> None:
    running = start(SLEEPER, SLEEPER)
    assert eventually(lambda: both_here(running))
    running.signal(signal.SIGTERM)
    assert running.process.wait(8) == 0
    assert not any(alive(pid) for name in ("c0", "c1") for pid in running.pids(name))


def test_a_child_that_ignores_term_is_killed_after_the_grace(start: Start) -> None:
    running = start(STUBBORN, SLEEPER, grace=0.3)
    assert eventually(lambda: both_here(running))
    running.signal(signal.SIGINT)
    assert running.process.wait(8) == 0
    assert not alive(running.pids("c0")[0])


def test_a_second_interrupt_stops_at_once(start: Start) -> None:
    running = start(STUBBORN, STUBBORN, grace=60)
    assert eventually(lambda: both_here(running))
    running.signal(signal.SIGINT)
    assert eventually(lambda: any("Ctrl-C again" in line for line in running.lines()))
    running.signal(signal.SIGINT)
    assert running.process.wait(8) == 0
    assert not any(alive(pid) for name in ("c0", "c1") for pid in running.pids(name))


def test_five_ends_within_a_minute_end_everything_with_1(start: Start) -> None:
    running = start(ENDS, SLEEPER)
    assert running.process.wait(15) == 1
    assert len(running.pids("c0")) == 5
    assert any("giving up" in line for line in running.lines())
    assert not alive(running.pids("c1")[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_go_when_the_supervisor_is_killed(start: Start) -> None:
    running = start(SLEEPER, SLEEPER)
    assert eventually(lambda: both_here(running))
    running.signal(signal.SIGKILL)
    assert eventually(lambda: not any(alive(pid) for name in ("c0", "c1") for pid in running.pids(name)))


def test_what_a_dead_child_left_in_its_group_ends_with_it(start: Start) -> None:
    parent = (
        "import subprocess, sys, time; "
        "p = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']); "
        "print('left', p.pid, flush=True); time.sleep(60)"
    )
    running = start(parent)
    assert eventually(lambda: any("| left" in line for line in running.lines()))
    orphan = next(int(line.split()[-1]) for line in running.lines() if "| left" in line)
    os.kill(running.pids("c0")[0], signal.SIGKILL)
    assert eventually(lambda: not alive(orphan))


def test_lines_carry_the_name_of_their_child(start: Start) -> None:
    running = start(SLEEPER, SLEEPER)
    assert eventually(lambda: both_here(running))
    assert {line.split("|")[0].strip() for line in running.lines() if line.endswith("| here")} == {"c0", "c1"}
