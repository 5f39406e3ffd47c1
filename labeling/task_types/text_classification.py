"""One class a text."""

from __future__ import annotations

from labeling.task_types.classes import LearnableClass, SingleClass


class TextClassification(SingleClass, LearnableClass):
    name = "text-classification"
    media = "text"
    manifest_type = "groundtruth/text-classification"
    title = "One class a text"
    widget = "crowd-classifier"
