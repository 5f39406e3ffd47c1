"""Entries of a small harbour's log book (harbour.txt, spans as {words|Class}), all invented for this project."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from labeling.cli.demo.manifests import Truth
from labeling.task_types.base import Json

WRITTEN: Final = Path(__file__).with_name("harbour.txt")
CLASSES: Final = ("Person", "Boat", "Place", "Time", "Cargo")
MARKED: Final = re.compile(r"\{([^|{}]+)\|([^|{}]+)\}")


def entry_truths() -> list[Truth]:
    return [_truth(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


def _truth(line: str) -> Truth:
    """The text without its marks, and where they were: code points."""
    entities: list[Json] = []
    text, last = "", 0
    for found in MARKED.finditer(line):
        text += line[last : found.start()]
        entities.append({"label": found[2], "startOffset": len(text), "endOffset": len(text) + len(found[1])})
        text += found[1]
        last = found.end()
    labels = [{"label": name} for name in CLASSES]
    metadata = {"entities": [{"confidence": 0} for _ in entities]}
    value = {"annotations": {"entities": entities, "labels": labels}}
    return Truth({"source": text + line[last:]}, value, metadata, "groundtruth/text-span")
