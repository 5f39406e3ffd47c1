"""Every task type, one line each. A new kind of question is one more module and one more line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labeling.errors import InvalidJob
from labeling.task_types.base import TaskType
from labeling.task_types.bounding_box import BoundingBox
from labeling.task_types.ellipse import Ellipses
from labeling.task_types.image_classification import ImageClassification
from labeling.task_types.image_classification_multilabel import ImageClassificationMultilabel
from labeling.task_types.instance_segmentation import InstanceSegmentation
from labeling.task_types.keypoint import Keypoints
from labeling.task_types.named_entities import NamedEntities
from labeling.task_types.polygon import Polygons
from labeling.task_types.polyline import Polylines
from labeling.task_types.semantic_segmentation import SemanticSegmentation
from labeling.task_types.text_classification import TextClassification
from labeling.task_types.text_classification_multilabel import TextClassificationMultilabel
from labeling.task_types.video_classification import VideoClassification
from labeling.task_types.video_object_detection import VideoObjectDetection
from labeling.task_types.video_object_tracking import VideoObjectTracking

TASK_TYPES: Sequence[TaskType[Any]] = (
    ImageClassification(),
    ImageClassificationMultilabel(),
    BoundingBox(),
    Polygons(),
    Polylines(),
    Keypoints(),
    Ellipses(),
    SemanticSegmentation(),
    InstanceSegmentation(),
    TextClassification(),
    TextClassificationMultilabel(),
    NamedEntities(),
    VideoClassification(),
    VideoObjectDetection(),
    VideoObjectTracking(),
)


def task_type(name: str) -> TaskType[Any]:
    """The task type called `name`. Raises InvalidJob that names the ones there are."""
    for known in TASK_TYPES:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in TASK_TYPES)
    raise InvalidJob(f"There is no task type {name!r}.", where="task_type", todo=f"Choose one of: {names}.")
