"""Several classes a text."""

from __future__ import annotations

from labeling.task_types.several_classes import SeveralClasses


class TextClassificationMultilabel(SeveralClasses):
    name = "text-classification-multilabel"
    media = "text"
    manifest_type = "groundtruth/text-classification-multilabel"
    title = "Several classes a text"
    widget = "crowd-classifier-multi-select"
