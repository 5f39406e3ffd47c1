"""The files of a sample job: input manifest, truth manifest (attribute `truth`), category file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labeling.task_types.base import Json

TRUTH = "truth"
WHEN = "2026-01-05T09:30:00.000000"


@dataclass(frozen=True)
class Truth:
    """What is right for one data object: the value under `truth`, and what its metadata adds to the common fields."""

    source: Json
    value: Any
    metadata: Json
    type: str

    def line(self) -> Json:
        common = {"job-name": f"labeling-job/{TRUTH}", "human-annotated": "yes", "creation-date": WHEN}
        return {**self.source, TRUTH: self.value, f"{TRUTH}-metadata": {**self.metadata, "type": self.type, **common}}


def class_truth(source: Json, class_id: int, classes: Sequence[str], manifest_type: str) -> Truth:
    """The one class of an image, a text or a clip. Confidence 0 means "one worker", as the format has it."""
    return Truth(source, class_id, {"confidence": 0, "class-name": classes[class_id]}, manifest_type)


def write_input(path: Path, truths: Sequence[Truth]) -> Path:
    return _write(path, [truth.source for truth in truths])


def write_truth(path: Path, truths: Sequence[Truth]) -> Path:
    return _write(path, [truth.line() for truth in truths])


def write_categories(path: Path, classes: Sequence[str]) -> Path:
    document = {"document-version": "2018-11-28", "labels": [{"label": name} for name in classes]}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _write(path: Path, lines: Sequence[Json]) -> Path:
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path
