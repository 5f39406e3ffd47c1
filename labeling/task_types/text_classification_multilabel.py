"""Several classes a text."""

from __future__ import annotations

from labeling.task_types.several_classes import LearnableClasses, SeveralClasses


class TextClassificationMultilabel(SeveralClasses, LearnableClasses):
    name = "text-classification-multilabel"
    media = "text"
    manifest_type = "groundtruth/text-classification-multilabel"
    title = "Several classes a text"
    hint = "People tick every class that fits the text."
    picture = "M4 8h22M4 14h18M4 20h22M4 26h14M34 9l3 3 6-6M34 18h9M34 28l3 3 6-6"
    widget = "crowd-classifier-multi-select"
