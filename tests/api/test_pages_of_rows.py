"""Reading page by page: a key that is none is said to be none."""

from __future__ import annotations

import pytest

from labeling.jobs.models import LabelingJob
from tests.api.test_problems import said
from tests.factories import Staff, signed_in

LISTS = ["jobs/{}/objects?after=", "jobs/{}/refused?after=", "jobs?before=", "answers?before="]


@pytest.mark.parametrize("key", ["--5", "1-1", "-", "5-", "²", "1e3", "9" * 19, " 1"])
@pytest.mark.parametrize("path", LISTS)
def test_a_key_that_is_none_is_refused(job: LabelingJob, people: Staff, path: str, key: str) -> None:
    address = "/api/v1/" + path.format(job.pk)
    assert said(signed_in(people.lead).get(address + key), 400, "bad-request")["where"] in ("after", "before")


@pytest.mark.parametrize("key", ["", "-1", "-5", "0", "9" * 18])
def test_any_number_is_a_place_to_read_from(job: LabelingJob, people: Staff, key: str) -> None:
    lead = signed_in(people.lead)
    for path in LISTS:
        assert lead.get(f"/api/v1/{path.format(job.pk)}{key}").status_code == 200
    objects = lead.get(f"/api/v1/jobs/{job.pk}/objects?after={key}").json()["objects"]
    assert len(objects) == {"0": 2, "9" * 18: 0}.get(key, 3)
