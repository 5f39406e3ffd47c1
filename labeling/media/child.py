"""The child of labeling.media.sandbox: confines itself, then reads the files that it was told.

Started as `python -m labeling.media.child`, the order on stdin, one reply a file on stdout.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from labeling.errors import Problem, UnsupportedMedia
from labeling.media import reporting
from labeling.media.limits import Limits
from labeling.media.sandbox import HEADER
from labeling.task_types.base import Json

Work = Callable[[Json, Limits], tuple[Json, bytes]]
WORKS: Final = {
    "image-facts": ("labeling.media.image", "image_facts"),
    "image-thumbnail": ("labeling.media.image", "image_thumbnail"),
    "image-view": ("labeling.media.image", "image_view"),
    "image-pixels": ("labeling.media.image", "image_pixels"),
    "video-facts": ("labeling.media.video", "video_facts"),
    "video-poster": ("labeling.media.video", "video_poster"),
    "film-frames": ("labeling.media.film_frames", "film_frames"),
    "film-strip": ("labeling.media.film_frames", "film_strip"),
    "film-proxy": ("labeling.media.film_proxy", "film_proxy"),
    "image-strip": ("labeling.media.image", "image_strip"),
}
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000


def main() -> None:
    order = json.loads(sys.stdin.buffer.read())
    limits = Limits(**order["limits"])
    output = _private_output()
    leave_the_network()
    work = find_work(order["work"])
    confine(limits, written=limits.video_bytes if order["writes"] else 0)
    reporting.told = lambda share: _say(output, {"progress": share}, b"")
    _say(output, {"facts": {}}, b"")
    for task in order["tasks"]:
        allow_cpu(limits.cpu_seconds)
        _say(output, *answer(work, task, limits))


def find_work(name: str) -> Work:
    module, function = WORKS[name]
    found: Work = getattr(importlib.import_module(module), function)
    return found


def answer(work: Work, task: Json, limits: Limits) -> tuple[Json, bytes]:
    """Facts and bytes of one file, or its problem. Decoders raise almost anything on hostile bytes."""
    name = Path(task["path"]).name
    try:
        facts, content = work(task, limits)
    except Problem as problem:
        return {"problem": {**problem.as_dict(), "where": problem.where or name}}, b""
    except MemoryError:
        return _problem("Reading the file takes too much memory.", name), b""
    except Exception as error:  # noqa: BLE001 - the outermost loop: every fault of a file becomes its reason
        return _problem(f"The file can't be read: {str(error)[:200] or type(error).__name__}.", name), b""
    return {"facts": facts}, content


def leave_the_network() -> None:
    """An empty network namespace where the system lets us: as root directly, else inside a user namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with suppress(AttributeError):  # not Linux
        if libc.unshare(CLONE_NEWNET) != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def confine(limits: Limits, *, written: int = 0) -> None:
    """No file can be written (beyond the one that we were handed), no core dumped, no memory taken beyond the limit."""
    if limits.patient:
        os.nice(10)
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with suppress(ValueError, OSError):  # a system may know a limit and not let it be set
            resource.setrlimit(kind, (value, value))


def allow_cpu(seconds: int) -> None:
    """The next file may use this much; beyond it the kernel ends us, and the parent marks the file."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, resource.RLIM_INFINITY))


def _private_output() -> BinaryIO:
    """The pipe to the parent, where no library's print can get between."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _problem(what: str, name: str) -> Json:
    return {
        "problem": UnsupportedMedia(what, where=name, todo="Check that it opens elsewhere, and save it anew.").as_dict()
    }


def _say(output: BinaryIO, said: Json, content: bytes) -> None:
    text = json.dumps(said).encode()
    output.write(HEADER.pack(len(text), len(content)) + text + content)
    output.flush()


if __name__ == "__main__":
    main()
