"""What each task type supplies so that the conformance suite can question it with generated votes: one line a type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

from labeling.task_types.base import Question
from tests.task_types.strategies.boxes import box_answers, box_questions
from tests.task_types.strategies.classes import choices, class_questions, several, several_questions
from tests.task_types.strategies.drawn import (
    ellipse_answers,
    ellipse_questions,
    keypoint_answers,
    keypoint_questions,
    polygon_answers,
    polygon_questions,
    polyline_answers,
    polyline_questions,
)
from tests.task_types.strategies.masks import instance_answers, mask_questions, semantic_answers
from tests.task_types.strategies.spans import span_answers, span_questions
from tests.task_types.strategies.videos import detection_answers, tracking_answers, video_questions


@dataclass(frozen=True)
class Supplied:
    """Strategies for questions, and for parsed answers to one."""

    questions: Callable[[], SearchStrategy[Question]]
    answers: Callable[[Question], SearchStrategy[Any]]


SUPPLIED: Mapping[str, Supplied] = {
    "image-classification": Supplied(lambda: class_questions("image"), choices),
    "image-classification-multilabel": Supplied(lambda: several_questions("image"), several),
    "text-classification": Supplied(lambda: class_questions("text"), choices),
    "text-classification-multilabel": Supplied(lambda: several_questions("text"), several),
    "video-classification": Supplied(lambda: class_questions("video"), choices),
    "bounding-box": Supplied(box_questions, box_answers),
    "semantic-segmentation": Supplied(mask_questions, semantic_answers),
    "instance-segmentation": Supplied(mask_questions, instance_answers),
    "polygon": Supplied(polygon_questions, polygon_answers),
    "polyline": Supplied(polyline_questions, polyline_answers),
    "keypoint": Supplied(keypoint_questions, keypoint_answers),
    "named-entities": Supplied(span_questions, span_answers),
    "ellipse": Supplied(ellipse_questions, ellipse_answers),
    "video-object-detection": Supplied(video_questions, detection_answers),
    "video-object-tracking": Supplied(video_questions, tracking_answers),
}
