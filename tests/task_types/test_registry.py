from __future__ import annotations

import pytest

from labeling.errors import InvalidJob
from labeling.task_types.registry import TASK_TYPES, task_type


def test_an_unknown_task_type_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(InvalidJob) as caught:
        task_type("mind-reading")
    assert "mind-reading" in caught.value.what
    assert all(known.name in caught.value.todo for known in TASK_TYPES)


def test_classifications_need_two_categories_and_boxes_one() -> None:
    least = {known.name: known.min_categories for known in TASK_TYPES}
    assert least["bounding-box"] == 1
    assert {least[name] for name in least if name.endswith("classification")} == {2}
