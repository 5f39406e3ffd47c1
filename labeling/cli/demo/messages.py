"""Letters to the office of a small harbour town (messages.jsonl), all invented for this project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from labeling.cli.demo.manifests import Truth, class_truth

WRITTEN: Final = Path(__file__).with_name("messages.jsonl")
CLASSES: Final = ("Ferry", "Library", "Waste", "Parks")


def message_truths() -> list[Truth]:
    rows = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    return [
        class_truth({"source": row["text"]}, CLASSES.index(row["class"]), CLASSES, "groundtruth/text-classification")
        for row in rows
    ]
