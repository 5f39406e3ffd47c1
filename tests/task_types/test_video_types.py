"""The video types answer the same questions as every type. They join the list once the editor has modules for them."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.task_types.base import TaskType
from labeling.task_types.registry import TASK_TYPES
from labeling.task_types.video_object_detection import VideoObjectDetection
from labeling.task_types.video_object_tracking import VideoObjectTracking
from tests.task_types import test_every_task_type as every

TYPES: tuple[TaskType[Any], ...] = (VideoObjectDetection(), VideoObjectTracking())
BY_REGISTRY = (
    "test_every_type_supplies_a_strategy_and_an_example_file_and_both_languages_modules",
    "test_names_and_manifest_types_are_well_formed_and_unique",
)


LISTED = {known.name for known in TASK_TYPES}


@pytest.fixture(params=[one for one in TYPES if one.name not in LISTED], ids=lambda one: one.name, scope="module")
def kind(request: pytest.FixtureRequest) -> TaskType[Any]:
    return request.param


for _name, _test in vars(every).items():
    if _name.startswith("test_") and _name not in BY_REGISTRY:
        globals()[_name] = _test
