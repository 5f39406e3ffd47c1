"""What reading, writing and validating a manifest cost, beside the bare json module, and whether memory stays flat.

    python bench/manifests.py [--quick] [--json FILE]

Lines are made here: texts as long as a news item's first sentences, and images with up to nine boxes. The databases'
part (import and export against COPY) is no business of this script: it measures the files alone.
Exits 1 when a bar doesn't hold.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labeling.formats.augmented import Stamp, augment
from labeling.formats.lines import Line, read_lines
from labeling.formats.strictjson import dumps
from labeling.formats.validator import validate
from labeling.task_types.base import LabelAttribute

Bar = dict[str, object]
WORDS = (
    "harbour",
    "ferry",
    "leaves",
    "at noon",
    "while",
    "the market",
    "of stones",
    "closes early",
    "on a quiet",
    "day",
)
STAMP = Stamp("groundtruth/text-classification", "bench", human=True, created=datetime(2026, 3, 1, 10, tzinfo=UTC))
LABEL = LabelAttribute(1, {"class-name": "travel", "confidence": 0.93})
META = {"type": STAMP.manifest_type, "job-name": "labeling-job/bench", "human-annotated": "yes"}
ROUNDS = 5
FLOOR = 0.4  # ours does more: duplicate keys, ranges of numbers, depth; less than this would be a step back


def main() -> int:
    arguments = _arguments()
    size = 20_000 if arguments.quick else 200_000
    settings = {
        "lines": size,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    print("Settings:", ", ".join(f"{name} {value}" for name, value in settings.items()))
    # Memory first: the system tells only its highest mark.
    bars = [*_memory(10 * size), *_rates(size)]
    for bar in bars:
        print(f"{bar['name']:<58} {bar['value']:>10} {bar['unit']:<10} {bar['target'] or '':>10} {_verdict(bar)}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bar["holds"] for bar in bars) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the lines")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write settings and bars here")
    return parser.parse_args()


def _verdict(bar: Bar) -> str:
    return "" if not bar["target"] else "holds" if bar["holds"] else "BROKEN"


def _rates(size: int) -> list[Bar]:
    """CPU seconds of ours and of the bare module, in turn; the best of some rounds each, as cores are shared."""
    texts = [dumps(_text(random.Random(place))) for place in range(size)]
    boxes = [dumps(_boxes(random.Random(place), place)) for place in range(size // 4)]
    objects = [json.loads(text) for text in texts]
    labelled = [augment(text, name="topic", label=LABEL, stamp=STAMP) for text in texts]
    bars: list[Bar] = []
    for name, lines in (("texts", texts), ("boxes", boxes)):
        data = _bytes(lines)
        ours, bare = _best(lambda data=data: _read(data), lambda data=data: _read_bare(data))
        bars.append(_ratio(f"reading {name}, strictly, of bare json.loads", ours, bare))
    ours, bare = _best(lambda: _write(texts), lambda: _write_bare(objects))
    bars.append(_ratio("writing labels into texts, of bare json.dumps", ours, bare))
    for name, lines in (("texts", labelled), ("boxes", boxes)):
        data = _bytes(lines)
        seconds = min(_seconds(lambda data=data: _validate(data)) for _ in range(3))
        bars.append(_told(f"validating {name}", round(len(lines) / seconds), "lines/CPU s"))
    return bars


def _best(ours: Callable[[], None], bare: Callable[[], None]) -> tuple[float, float]:
    pairs = [(_seconds(ours), _seconds(bare)) for _ in range(ROUNDS)]
    return min(one for one, _ in pairs), min(other for _, other in pairs)


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _ratio(name: str, ours: float, bare: float) -> Bar:
    value = round(bare / ours, 2)
    return {"name": name, "value": value, "unit": "of 1", "target": f">= {FLOOR}", "holds": value >= FLOOR}


def _told(name: str, value: float, unit: str) -> Bar:
    return {"name": name, "value": value, "unit": unit, "target": None, "holds": True}


def _read(data: bytes) -> None:
    if not all(isinstance(line, Line) for line in read_lines(io.BytesIO(data))):
        raise AssertionError("a line that we made ourselves was refused")


def _read_bare(data: bytes) -> None:
    for line in io.BytesIO(data):
        json.loads(line)


def _write(texts: list[str]) -> None:
    for text in texts:
        augment(text, name="topic", label=LABEL, stamp=STAMP)


def _write_bare(objects: list[dict[str, object]]) -> None:
    for line in objects:
        meta = {**LABEL.metadata, **META, "creation-date": STAMP.created.isoformat(timespec="microseconds")}
        json.dumps({**line, "topic": LABEL.value, "topic-metadata": meta}, ensure_ascii=False, separators=(",", ":"))


def _validate(data: bytes) -> None:
    if any(True for _ in validate(io.BytesIO(data), strict=True)):
        raise AssertionError("a line that we made ourselves has a finding")


def _memory(size: int) -> list[Bar]:
    """Growth of the process's highest memory; each step comes after a smaller one of its kind, so it is a growth."""
    bars = []
    _read_stream(_Made(size // 100))
    before = _peak()
    _read_stream(_Made(size))
    bars.append(_megabytes(f"memory that reading {size:,} lines adds", _peak() - before, 8))
    before = _peak()
    for _ in validate(_Made(size // 4)):
        pass
    limit = 8 + size // 4 * 40 / 1e6  # 12 bytes a line, thrice that while they are sorted at the end
    bars.append(_megabytes(f"memory that validating {size // 4:,} lines adds", _peak() - before, limit))
    before = _peak()
    _read_stream(_Long(100))
    bars.append(_megabytes("memory that a line of 100 MB adds", _peak() - before, 64))
    return bars


def _read_stream(stream: _Made | _Long) -> None:
    for _ in read_lines(stream):
        pass


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _megabytes(name: str, value: float, limit: float) -> Bar:
    return {"name": name, "value": round(value, 1), "unit": "MB", "target": f"<= {limit:.0f}", "holds": value <= limit}


class _Made:
    """A manifest that is made while it is read."""

    def __init__(self, lines: int) -> None:
        self._lines = iter(range(lines))

    def readline(self, size: int = -1, /) -> bytes:
        return next((b'{"source-ref":"s3://quarry/stones/%09d.jpg","camera":"west"}\n' % n for n in self._lines), b"")


class _Long:
    """One line of so many MB."""

    def __init__(self, megabytes: int) -> None:
        self._left = megabytes << 20

    def readline(self, size: int = -1, /) -> bytes:
        piece = min(size, self._left)
        self._left -= piece
        return b"x" * piece


def _text(chance: random.Random) -> dict[str, object]:
    return {"source": " ".join(chance.choices(WORDS, k=24)) + "."}


def _boxes(chance: random.Random, place: int) -> dict[str, object]:
    count = chance.randrange(10)
    found = [
        {"class_id": 0, "left": chance.randrange(500), "top": chance.random() * 300, "width": 40, "height": 50.25}
        for _ in range(count)
    ]
    meta = {
        "objects": [{"confidence": 0.9}] * count,
        "class-map": {"0": "stone"} if count else {},
        **META,
        "type": "groundtruth/object-detection",
        "creation-date": "2026-03-01T10:00:00.000000",
    }
    value = {"image_size": [{"width": 640, "height": 480, "depth": 3}], "annotations": found}
    return {"source-ref": f"s3://quarry/stones/{place}.jpg", "stones": value, "stones-metadata": meta}


def _bytes(lines: list[str]) -> bytes:
    return b"".join(_ended(lines))


def _ended(lines: list[str]) -> Iterator[bytes]:
    for line in lines:
        yield line.encode() + b"\n"


if __name__ == "__main__":
    sys.exit(main())
