"""What an outline may not be, beyond the examples that both languages run."""

from __future__ import annotations

import time

import numpy as np
import pytest

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Category, MediaFacts, Question
from labeling.task_types.polygon import POLYGON

ASKED = Question((Category("thing"),), MediaFacts("image", width=1000, height=1000))


def star(corners: int) -> list[dict[str, float]]:
    """Every side crosses nearly every other one."""
    turns = 2 * np.pi * (np.arange(corners) * (corners // 2)) / corners
    return [{"x": 500 + 400 * float(np.cos(one)), "y": 500 + 400 * float(np.sin(one))} for one in turns]


def test_a_scribble_is_refused_before_it_is_cut() -> None:
    begun = time.process_time()
    with pytest.raises(InvalidAnswer, match="crosses or touches itself more than 500 times") as caught:
        POLYGON.parse({"vertices": star(2001)}, ASKED, 0, "/g")
    assert caught.value.where == "/g/vertices"
    assert time.process_time() - begun < 1


def test_an_outline_that_crosses_itself_now_and_then_is_none() -> None:
    assert len(POLYGON.parse({"vertices": star(21)}, ASKED, 0, "/g").vertices) == 21
