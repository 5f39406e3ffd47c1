"""Whether a point is seen: 0 not placed, 1 hidden, 2 visible (as COCO has it)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labeling.errors import InvalidAnswer
from labeling.task_types.base import Floats
from labeling.task_types.reading import integer

ABSENT, HIDDEN, VISIBLE = 0, 1, 2
_WORDS = {ABSENT: "0 (not placed)", HIDDEN: "1 (hidden)", VISIBLE: "2 (visible)"}


def parse_visibility(raw: Any, pointer: str, allowed: Sequence[int]) -> int:
    value = integer(raw, pointer)
    if value not in allowed:
        raise InvalidAnswer(pointer, f"The visibility must be {' or '.join(_WORDS[one] for one in allowed)}.")
    return value


def agreed(told: Sequence[int], weights: Floats) -> int:
    """What weighs most; of equals, the more visible."""
    seen = np.array(told)
    scores = [float(weights[seen == one].sum()) for one in (ABSENT, HIDDEN, VISIBLE)]
    most = max(scores)
    return max(one for one, score in enumerate(scores) if score >= most * (1 - 1e-9))
