"""People's spans as the learner of tokens reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from labeling.jobs.files import kept
from labeling.jobs.models import Label, LabelingJob
from labeling.learners.run_tokens import SPANS
from labeling.learners.tokens import code_of
from labeling.task_types.tags import Stretch

Spans: TypeAlias = Sequence[Sequence[Stretch] | None]
"""Of each object, in code points; None where people have said nothing."""


def people_mark(job: LabelingJob, places: Mapping[int, int]) -> tuple[NDArray[np.int64], Spans]:
    """Codes of people's spans (-1 = none) and the spans; places: data object id -> place."""
    labels = np.full(len(places), -1, dtype=np.int64)
    spans: list[list[Stretch] | None] = [None] * len(places)
    for label in Label.objects.filter(job=job, current=True, by=Label.By.PEOPLE).iterator(chunk_size=2000):
        place = places.get(label.data_object_id)
        if place is not None:
            found = [
                (one["geometry"]["start"], one["geometry"]["end"], one["category"]) for one in kept(label)["instances"]
            ]
            labels[place], spans[place] = code_of(found), found
    return labels, spans


def write_spans(folder: Path, spans: Spans) -> None:
    with (folder / SPANS).open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(one) + "\n" for one in spans)
