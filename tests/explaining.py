"""Small jobs whose proposals come from a model that was trained on them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labeling.flow import auto_label, creation, learning
from labeling.flow.background import work_off
from labeling.jobs.models import LabelingJob, ModelVersion
from tests.factories import MONDAY, Staff, draft_job, lines_of, take
from tests.flow.looping import in_this_process, learnable_texts

SIDE = 56


def stroke(label: int, seed: int) -> bytes:
    """A picture with a bright stroke on its left (0) or right (1)."""
    pixels = np.random.default_rng(seed).integers(0, 40, (SIDE, SIDE)).astype(np.uint8)
    at = 10 if label == 0 else SIDE - 14
    pixels[8:-8, at : at + 4] = 235
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def text_job_with_reasons(people: Staff, patch: pytest.MonkeyPatch, **rules: Any) -> tuple[LabelingJob, ModelVersion]:
    """Of two classes with words of their own: `water` (river...) and `street` (motor...)."""
    texts, truth = learnable_texts(60)
    job: LabelingJob = draft_job(people, **{"classes": ("water", "street"), **_shown(rules)})
    take(job, lines_of(texts))
    return job, _trained(people, job, truth, patch)


def picture_job_with_reasons(
    people: Staff, patch: pytest.MonkeyPatch, folder: Path, **rules: Any
) -> tuple[LabelingJob, ModelVersion]:
    """Of two classes with a stroke left or right."""
    truth = [place % 2 for place in range(40)]
    for place, label in enumerate(truth):
        (folder / f"{place:02}.png").write_bytes(stroke(label, place))
    rules = {"task_type": "image-classification", "classes": ("left", "right"), **_shown(rules)}
    job: LabelingJob = draft_job(people, **rules)
    take(job, b"".join(b'{"source-ref": "%02d.png"}\n' % place for place in range(len(truth))), folder)
    return job, _trained(people, job, truth, patch)


def _shown(rules: dict[str, Any]) -> dict[str, Any]:
    return {"show_proposals": True, "blind_share": 0.0, "predictions": "elsewhere", **rules}


def _trained(people: Staff, job: LabelingJob, truth: list[int], patch: pytest.MonkeyPatch) -> ModelVersion:
    """A version trained on the first two thirds of the truth, its predictions, and everything handed out."""
    in_this_process(patch)
    pool = learning.pool_of(job)
    known = len(truth) * 2 // 3
    pool.labels[:known] = truth[:known]
    with learning.learn(job, pool, ask=0, number=1) as (folder, learned):
        version = learning.record(job, pool, folder, number=1, now=MONDAY)
    auto_label.predict(job, version, learned, list(range(len(truth))), pool.ids.tolist())
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return version
