"""A hint of drift has more of the later labels checked, is told to the lead, and stops nothing."""

from __future__ import annotations

import random

import pytest

from labeling.flow.status import status_of
from labeling.jobs.models import Certificate, DataObject, Iteration, Label, LabelingJob, StandingAudit
from labeling.pages import alarms
from tests.factories import Staff, lines_of, staff, take
from tests.flow.looping import COMMON, OWN, in_this_process, learnable_texts, machine_job, run_to_the_end

pytestmark = pytest.mark.one_database

FIRST, LATER, SHARE = 400, 400, 0.03


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def unlike_texts(count: int) -> tuple[list[str], list[int]]:
    """Fewer words of the class among more of none: still to be told apart, with less to go by."""
    chance = random.Random(5)
    truth = [chance.randrange(2) for _ in range(count)]
    return [" ".join(chance.choices(COMMON, k=7) + chance.choices(OWN[category], k=3)) for category in truth], truth


def two_lots(crew: Staff, *, drifts: bool, share: float = SHARE) -> tuple[LabelingJob, Iteration]:
    """A job that was complete when more objects came, and is again; and the round that decided on these."""
    job, truth = machine_job(crew, count=FIRST, audit_share=share)
    run_to_the_end(job, crew, truth)
    texts, more = unlike_texts(LATER) if drifts else learnable_texts(LATER, seed=2)
    take(job, lines_of(texts))
    run_to_the_end(job, crew, [*truth, *more])
    return job, Iteration.objects.filter(job=job, detail__drift__isnull=False).latest("number")


def labels_of(job: LabelingJob) -> int:
    """Labels that the machine gave to later objects, checked ones included."""
    return Label.objects.filter(job=job, by="machine", data_object__position__gte=FIRST).count()


def test_objects_that_look_different_are_checked_more_and_labeled_all_the_same(crew: Staff) -> None:
    job, decided = two_lots(crew, drifts=True)
    drift = decided.detail["drift"]
    assert drift["distance"] > drift["limit"]
    assert (drift["before"], drift["later"]) == (FIRST, LATER)
    second = Certificate.objects.filter(job=job, state="granted").latest("stage")
    assert labels_of(job) > 50
    row = StandingAudit.objects.get(pk=second.pk)
    assert row.share == pytest.approx(0.1)
    drawn = DataObject.objects.filter(job=job, drawn_for="standing", position__gte=FIRST).count()
    assert row.drawn == drawn > 2 * SHARE * labels_of(job)
    first = StandingAudit.objects.filter(certificate__job=job).exclude(pk=second.pk).first()
    assert first is None or first.share is None, "labels that were given before are left as they are"
    checks = status_of(job)["StandingAudit"]
    assert (checks["Share"], checks["RaisedByDrift"]) == (pytest.approx(0.1), True)
    said = alarms.since_then(job, row)
    assert "look different to the machine" in said
    assert "nothing else changes" in said


def test_objects_that_look_the_same_are_checked_as_the_lead_says(crew: Staff) -> None:
    job, decided = two_lots(crew, drifts=False)
    drift = decided.detail["drift"]
    assert 0 < drift["distance"] < drift["limit"]
    assert labels_of(job) > 100, list(Certificate.objects.values_list("stage", "state", "covers", "reason"))
    assert not StandingAudit.objects.filter(share__isnull=False).exists()
    assert not status_of(job)["StandingAudit"]["RaisedByDrift"]


def test_where_the_alarm_is_off_a_hint_does_not_turn_it_on(crew: Staff) -> None:
    job, decided = two_lots(crew, drifts=True, share=0.0)
    assert decided.detail["drift"]["distance"] > decided.detail["drift"]["limit"]
    assert labels_of(job) > 50
    assert not StandingAudit.objects.exists()
