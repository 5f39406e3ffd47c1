"""Several classes an image."""

from __future__ import annotations

from labeling.task_types.several_classes import SeveralClasses


class ImageClassificationMultilabel(SeveralClasses):
    name = "image-classification-multilabel"
    media = "image"
    manifest_type = "groundtruth/image-classification-multilabel"
    title = "Several classes an image"
    widget = "crowd-image-classifier-multi-select"
