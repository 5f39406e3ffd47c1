from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.test import override_settings
from PIL import Image

from labeling.flow import creation, intake
from labeling.flow.background import work_off
from labeling.jobs.models import LabelingJob
from labeling.storage import egress
from tests.factories import MONDAY, Staff, draft_job, staff, text_job
from tests.media.samples import picture
from tests.model_server import ModelServer, model_server


@pytest.fixture
def people(db: None) -> Staff:
    return staff()


@pytest.fixture
def strangers(people: Staff) -> Staff:
    """Another team of the same house."""
    return staff("Harbour")


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people)


@pytest.fixture
def photos(people: Staff, tmp_path: Path) -> LabelingJob:
    """A running job of two pictures; the second is larger than a range."""
    picture(tmp_path / "a.png")
    noise = np.random.default_rng(1).integers(0, 256, (600, 700, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "b.png")
    job: LabelingJob = draft_job(people, name="Photos", task_type="image-classification")
    intake.take_folder(job, folder=tmp_path, by=people.lead, now=MONDAY)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return job


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """A model server on this machine that the settings name "colours" and let us reach."""
    private = egress.networks(["127.0.0.1"])
    with (
        model_server() as server,
        override_settings(TOUCHSTONE_MODEL_SERVERS={"colours": server.url}, TOUCHSTONE_PRIVATE_NETWORKS=private),
    ):
        yield server
