"""One class a text."""

from __future__ import annotations

from labeling.task_types.classes import LearnableClass, SingleClass


class TextClassification(SingleClass, LearnableClass):
    name = "text-classification"
    media = "text"
    manifest_type = "groundtruth/text-classification"
    title = "One class a text"
    hint = "People choose the one class that fits the text."
    picture = "M4 8h22M4 14h18M4 20h22M4 26h14M34 18l3 3 6-6M34 9h9M34 28h9"
    widget = "crowd-classifier"
