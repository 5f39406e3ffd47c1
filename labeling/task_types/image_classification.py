"""One class an image."""

from __future__ import annotations

from labeling.task_types.classes import LearnableClass, SingleClass


class ImageClassification(SingleClass, LearnableClass):
    name = "image-classification"
    media = "image"
    manifest_type = "groundtruth/image-classification"
    title = "One class an image"
    widget = "crowd-image-classifier"
