"""Names in the output folder, below `<output prefix>/<job name>/`, and safe writing of its files (spec sections 9, 11).

Names use `/` and hold `:`, as the object keys of a bucket do; `local_name` is for file systems that forbid it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from labeling.formats.dates import stamp

OUTPUT_MANIFEST = "manifests/output/output.manifest"
_CONSOLIDATED = "annotations/consolidated-annotation"
SIDE_FILES = f"{_CONSOLIDATED}/output/"
_BATCH_BYTES = 1 << 20


def iteration_name(n: int, *, of: int) -> str:
    """`iteration-3`; with more than nine in all, padded: `iteration-03`. `n` begins with 1, `of` is the last one.

    A public reader takes the number from the last character, so fewer than ten is kinder. Raises ValueError.
    """
    if not 1 <= n <= of:
        raise ValueError(f"iteration {n} of {of}")
    return f"iteration-{n:0{len(str(of))}d}"


def worker_response_path(iteration: str, object_id: int, when: datetime) -> str:
    return f"annotations/worker-response/{iteration}/{object_id}/{stamp(when)}.json"


def consolidation_request_path(iteration: str, when: datetime) -> str:
    return f"{_CONSOLIDATED}/consolidation-request/{iteration}/{stamp(when)}.json"


def consolidation_response_path(iteration: str, when: datetime) -> str:
    return f"{_CONSOLIDATED}/consolidation-response/{iteration}/{stamp(when)}.json"


def side_file_path(name: str) -> str:
    """Where a file of a label stands. Raises ValueError if `name` leads elsewhere."""
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise ValueError(f"{name!r} is no name inside the output folder")
    return SIDE_FILES + name


def auto_annotator_path(n: int) -> str:
    """Machine labels of iteration `n`; a public reader takes n from the third-last part."""
    return f"activelearning/{n}/auto-annotator/auto_annotator_output.txt"


def local_name(path: str) -> str:
    """For file systems that forbid `:`. The address in the manifest keeps the object's key."""
    return path.replace(":", "_")


def write_atomically(path: Path, lines: Iterable[str]) -> int:
    """Write lines, each ended with one `\\n`, so that no reader ever sees half a file. Gives the number of lines.

    A temporary name beside the file, fsync, rename, fsync of the folder (made if it is missing). When `lines` raises,
    the earlier file stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb", buffering=_BATCH_BYTES) as file:
            for line in lines:
                file.write(line.encode())
                file.write(b"\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
