"""Decoders read strangers' bytes in a child process: little memory, little CPU, no network, no environment of ours.

One child reads many files, since starting it costs more than most pictures (0.1 to 0.2 s against 0.3 ms). When a file
kills it, that file is marked and a new child goes on with the rest.
"""

from __future__ import annotations

import json
import os
import selectors
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import labeling
from labeling.errors import Problem, TooLarge, UnsupportedMedia
from labeling.media.limits import Limits
from labeling.task_types.base import Json

HEADER: Final = struct.Struct(">II")  # length of the JSON, length of the bytes after it
STARTUP_SECONDS: Final = 60.0
_PROBLEMS: Final = {kind.code: kind for kind in (TooLarge, UnsupportedMedia)}


@dataclass(frozen=True)
class Reply:
    """What the child says of one file: small facts, and bytes where the work makes some."""

    facts: Json
    content: bytes


class Silent(Exception):
    """The child ended, or took too long."""


class ReaderEnded(UnsupportedMedia):
    """The child ended before it answered: a hostile file, or a machine short of memory. Worth a second try."""


Told = Callable[[float], None]


def run(
    work: str, tasks: Sequence[Json], limits: Limits, *, output: int | None = None, told: Told | None = None
) -> Iterator[Reply | Problem]:
    """Do `work` (a name of labeling.media.child.WORKS) on each task; one answer a task, in order, as it comes.

    Each task has a `path`. `output`: a descriptor that the child may write to, as the task's `output`; `told` hears how
    far it has come, from 0 to 1. Raises RuntimeError when no child can be started at all: that is no file's fault.
    """
    done = 0
    while done < len(tasks):
        with _child(work, tasks[done:], limits, output) as pipe, suppress(Silent):
            while done < len(tasks):
                reply = pipe.reply(limits.wall_seconds, told)
                done += 1
                yield reply
        if done < len(tasks):
            yield ReaderEnded(
                "Reading the file took too much time or memory, or broke the reader.",
                where=Path(tasks[done]["path"]).name,
                todo="Check that the file opens elsewhere, and save it anew.",
            )
            done += 1


def run_one(work: str, task: Json, limits: Limits, *, output: int | None = None, told: Told | None = None) -> Reply:
    """`run` for a single file. Raises its Problem."""
    if output is not None:
        task = {**task, "output": output}
    (reply,) = run(work, [task], limits, output=output, told=told)
    if isinstance(reply, Problem):
        raise reply
    return reply


class _Pipe:
    """The child's answers: HEADER, JSON, bytes; again and again."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._buffer = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(handle, selectors.EVENT_READ)

    def reply(self, seconds: float, told: Told | None = None) -> Reply | Problem:
        """Raises Silent after `seconds`, or when the child is gone."""
        until = time.monotonic() + seconds
        said, content = self._message(until)
        while "progress" in said:
            if told is not None:
                told(float(said["progress"]))
            said, content = self._message(until)
        problem = said.get("problem")
        if problem is None:
            return Reply(said["facts"], content)
        kind = _PROBLEMS.get(problem["code"], UnsupportedMedia)
        return kind(problem["what"], where=problem["where"], todo=problem["todo"])

    def _message(self, until: float) -> tuple[Json, bytes]:
        json_size, size = HEADER.unpack(self._take(HEADER.size, until))
        said: Json = json.loads(self._take(json_size, until))
        return said, self._take(size, until)

    def close(self) -> None:
        self._selector.close()

    def _take(self, size: int, until: float) -> bytes:
        while len(self._buffer) < size:
            if not self._selector.select(max(0.0, until - time.monotonic())):
                raise Silent
            chunk = os.read(self._handle, 1 << 20)
            if not chunk:
                raise Silent
            self._buffer += chunk
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


@contextmanager
def _child(work: str, tasks: Sequence[Json], limits: Limits, output: int | None) -> Iterator[_Pipe]:
    process = subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "labeling.media.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
        pass_fds=() if output is None else (output,),
    )
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes, for mypy
    pipe = _Pipe(process.stdout.fileno())
    try:
        with suppress(BrokenPipeError):
            order = {"work": work, "tasks": list(tasks), "limits": asdict(limits), "writes": output is not None}
            process.stdin.write(json.dumps(order).encode())
            process.stdin.close()
        try:
            pipe.reply(STARTUP_SECONDS)
        except Silent:
            raise RuntimeError("The process that reads media files did not start.") from None
        yield pipe
    finally:
        process.kill()
        process.wait()
        pipe.close()
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.close()


def _environment() -> dict[str, str]:
    """Enough to start Python; no address and no secret of ours."""
    root = Path(labeling.__file__).resolve().parents[1]
    return {"PATH": os.defpath, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
