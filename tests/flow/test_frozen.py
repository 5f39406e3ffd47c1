"""What an audit was drawn for stays as it was: model, answers, plan and decision, whoever comes late."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from labeling.flow import evidence, learning, scores
from labeling.flow.background import work_off
from labeling.flow.predictions import take_predictions
from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.files import kept
from labeling.jobs.halting import Halted
from labeling.jobs.models import Certificate, Label, LabelingJob, ModelVersion, Prediction
from tests.factories import MONDAY, Staff, draft_job, predicted, staff, take
from tests.flow.looping import in_this_process, machine_job, people_answer
from tests.flow.test_given_scores import COUNT, Raccoons, box_job, line, to_the_end
from tests.flow.test_given_scores import people_answer as people_draw


@pytest.fixture
def crew(db: None, monkeypatch: pytest.MonkeyPatch) -> Staff:
    in_this_process(monkeypatch)
    return staff(workers=1)


def audited_job(people: Staff) -> tuple[LabelingJob, Certificate]:
    """A job just after its audit was planned and drawn."""
    job, truth = machine_job(people)
    work_off(job.pk)
    while not (row := Certificate.objects.filter(job=job).first()):
        people_answer(job, people, truth)
        work_off(job.pk)
    assert row.state == "auditing"
    return job, row


def test_a_training_that_ends_late_replaces_no_version_that_an_audit_was_drawn_for(crew: Staff) -> None:
    job, row = audited_job(crew)
    before = row.model_version.scores_key
    pool = learning.pool_of(job)
    with (
        learning.learn(job, pool, ask=0, number=row.model_version.number) as (folder, _),
        pytest.raises(Halted),
    ):
        learning.record(job, pool, folder, number=row.model_version.number, now=MONDAY)
    assert ModelVersion.objects.get(pk=row.model_version_id).scores_key == before
    later = learning.keep_version(job, 99, now=MONDAY, scores_key="ab" * 32)
    assert learning.keep_version(job, 99, now=MONDAY, scores_key="cd" * 32).pk == later.pk, "a round may be repeated"


def test_a_plan_for_what_the_version_no_longer_says_is_not_written_down(crew: Staff) -> None:
    job, row = audited_job(crew)
    plan, order = evidence.plan_in(row)
    stale = row.model_version
    Certificate.objects.filter(pk=row.pk).delete()
    learning.keep_version(job, stale.number, now=MONDAY, scores_key="ab" * 32)
    with pytest.raises(Halted), write():
        evidence.plan_row(job, stale, plan, order, [], people=evidence.people_of(job), now=MONDAY)
    assert not Certificate.objects.filter(job=job).exists()


def test_two_who_decide_at_once_come_to_the_first_ones_decision_and_what_an_alarm_made_of_it(
    crew: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, row = audited_job(crew)
    late, before = Certificate.objects.get(pk=row.pk), evidence.ledger_of(job)
    places = {pk: place for place, pk in enumerate(learning.pool_of(job).ids.tolist())}
    drawn = np.array([places[pk] for pk in row.plan["drawn"]], dtype=np.int64)
    right = np.zeros(len(drawn), dtype=np.bool_)
    first, ledger = evidence.decide(row, drawn=drawn, wrong=right, now=database_now())
    Certificate.objects.filter(pk=row.pk).update(state="revoked", reason="Taken back")
    monkeypatch.setattr(evidence, "ledger_of", lambda _: before)  # read before the first had written
    second, same = evidence.decide(late, drawn=drawn, wrong=~right, now=database_now())
    assert (second.granted, second.wrong, same) == (first.granted, first.wrong, ledger)
    assert (late.state, late.reason) == ("revoked", "Taken back")


def test_the_machine_labels_with_the_predictions_that_were_audited_whatever_has_come_since(
    people: Staff, tmp_path: Path
) -> None:
    raccoons = Raccoons(COUNT, errs=0.0)
    job = box_job(people, tmp_path, raccoons.manifest())
    work_off(job.pk)
    while not Certificate.objects.filter(job=job).exists():
        people_draw(job, people, raccoons.answer)
        work_off(job.pk)
    nowhere = b"".join(line([(0.0, 0.0, 2.0, 2.0)], 0.99) for _ in range(COUNT))
    came = take_predictions(
        job, stream=BytesIO(nowhere), root=tmp_path, by=people.lead, now=database_now(), model="worse"
    )
    assert came.taken == COUNT
    to_the_end(job, people, raccoons.answer)
    machine = Label.objects.filter(job=job, current=True, by="machine")
    assert machine.count() > 0, [(c.state, c.reason) for c in Certificate.objects.filter(job=job)]
    said = Prediction.objects.filter(model_version__job=job, model_version__name="found")
    audited = {row.data_object_id: kept(row) for row in said}
    assert all(kept(row) == audited[row.data_object_id] for row in machine)


def with_probabilities(source: str, category: int, probabilities: list[float]) -> bytes:
    content = json.loads(predicted(source, category))
    content["guess-metadata"]["probabilities"] = probabilities
    return json.dumps(content).encode() + b"\n"


def test_a_round_by_class_stays_by_class_when_a_prediction_without_probabilities_comes_in(people: Staff) -> None:
    job = draft_job(people, predictions="guess", scores_from="predictions", target_error=0.1)
    take(job, with_probabilities("text 0", 0, [0.6, 0.4]) + with_probabilities("text 1", 1, [0.3, 0.7]))
    pool = scores.pool_of(job)
    bare = BytesIO(predicted("text 0", 1))
    take_predictions(job, stream=bare, root=None, by=people.lead, now=MONDAY, model="bare")
    version, learned, _ = scores.scored(job, pool, ask=1, number=1, now=MONDAY)
    assert version is not None
    assert version.parameters["probabilities"] is True
    assert learned.proba.round(2).tolist() == pytest.approx(np.array([[0.6, 0.4], [0.3, 0.7]]))
    assert learned.predicted.tolist() == [0, 1]
