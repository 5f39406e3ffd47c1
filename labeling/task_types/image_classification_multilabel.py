"""Several classes an image."""

from __future__ import annotations

from labeling.task_types.several_classes import LearnableClasses, SeveralClasses


class ImageClassificationMultilabel(SeveralClasses, LearnableClasses):
    name = "image-classification-multilabel"
    media = "image"
    manifest_type = "groundtruth/image-classification-multilabel"
    title = "Several classes an image"
    hint = "People tick every class that fits the picture."
    picture = "M4 6h24v24H4zM4 26l7-9 6 6 4-4 7 7M34 9l3 3 6-6M34 18h9M34 28l3 3 6-6"
    widget = "crowd-image-classifier-multi-select"
