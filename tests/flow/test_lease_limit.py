"""The most objects that one worker holds: never a dead end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labeling.flow import leasing
from labeling.jobs.clock import database_now
from labeling.jobs.models import Assignment
from tests.factories import Editor, Staff, staff, text_job


@pytest.fixture
def people(db: None) -> Staff:
    return staff(workers=1)


def held(editor: Editor) -> list[int]:
    return list(Assignment.objects.filter(job=editor.job, state="leased").values_list("pk", flat=True))


def test_who_has_left_objects_open_in_other_jobs_can_go_on_in_this_one(people: Staff) -> None:
    worker = people.workers[0]
    jobs = [text_job(people, name=f"Job {number}", texts=5) for number in range(3)]
    *left, here = (Editor(worker, job) for job in jobs)
    begun = left[0].lease()
    left[0].draft(begun, 0, {"added": {"note": {"text": "half done"}}})
    for editor in left:
        while editor.ask(count=3, held=held(editor)).json()["leases"]:
            pass
    Assignment.objects.filter(job=left[1].job).update(leased_at=database_now() + timedelta(seconds=1))
    assert Assignment.objects.filter(worker=worker, state="leased").count() == leasing.MAX_LEASES
    assert left[1].ask(held=held(left[1])).json()["reason"]["code"] == "none-open", "nothing is given back for nothing"
    for number in (1, 2):
        assert len(here.ask(count=2, held=held(here)).json()["leases"]) == 1
        given_back = Assignment.objects.filter(job=left[0].job, state="open").values_list("pk", flat=True)
        assert len(given_back) == number, "the oldest ones"
        assert begun["assignment"] not in given_back, "what is begun stays"
    assert Assignment.objects.filter(worker=worker, state="leased").count() == leasing.MAX_LEASES
