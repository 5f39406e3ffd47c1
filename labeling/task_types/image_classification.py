"""One class an image."""

from __future__ import annotations

from labeling.task_types.classes import LearnableClass, SingleClass


class ImageClassification(SingleClass, LearnableClass):
    name = "image-classification"
    media = "image"
    manifest_type = "groundtruth/image-classification"
    title = "One class an image"
    hint = "People choose the one class that fits the picture."
    picture = "M4 6h24v24H4zM4 26l7-9 6 6 4-4 7 7M34 18l3 3 6-6M34 9h9M34 28h9"
    widget = "crowd-image-classifier"
