"""The model's voice in labels: where it counts, where it must be silent, and that it asks fewer people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from labeling.flow import beliefs, consolidation
from labeling.flow.background import work_off
from labeling.flow.export import _ours
from labeling.jobs import voices
from labeling.jobs.clock import database_now
from labeling.jobs.models import Annotation, Assignment, Certificate, DataObject, Label, LabelingJob, ModelVersion, Task
from labeling.jobs.questions import Questions
from tests.factories import MONDAY, Editor, Staff, answered, glance_job, held, staff, text_job
from tests.flow.looping import spoken

SURE = [[0.99, 0.01], [0.01, 0.99]]
Draw = DataObject.Draw


@pytest.fixture
def crew(db: None) -> Staff:
    return staff(workers=4)


def says(categories: Sequence[int]) -> list[list[float]]:
    return [SURE[category] for category in categories]


def answers(job: LabelingJob, crew: Staff, *given: Sequence[int]) -> None:
    """given[w]: what worker w says of each object, in their order; None: nothing."""
    order = list(DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True))
    for worker, said in zip(crew.workers, given, strict=False):
        for _ in said:
            lease = held(job, worker, MONDAY)
            answered(lease, worker, said[order.index(lease.task.data_object_id)], MONDAY)
    while consolidation.consolidate_waiting(job.pk, now=database_now()):
        pass


def labels(job: LabelingJob) -> list[Label]:
    return list(Label.objects.filter(job=job, current=True).order_by("data_object__position"))


def drawn_for(job: LabelingJob, draw: str) -> None:
    DataObject.objects.filter(job=job).update(drawn_for=draw)


def test_a_tie_of_two_goes_the_models_way_and_nobody_else_is_asked(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 3))
    version = spoken(job, says([1]))
    answers(job, crew, [0], [1])
    label = labels(job)[0]
    assert (label.answer, label.votes) == ({"category": 1}, 2)
    assert label.confidence > 0.9
    assert label.voice == version
    assert Task.objects.get().wanted == 2, "the model's voice was not worth a third answer"


def test_without_the_voice_the_same_tie_asks_a_third(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 3), model_voice=False)
    spoken(job, says([1]))
    answers(job, crew, [0], [1])
    assert labels(job) == []
    assert Task.objects.get().wanted == 3


def test_a_single_answer_that_the_model_shares_is_enough(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(1, 3))
    spoken(job, says([1]))
    answers(job, crew, [1])
    assert [(one.answer, one.votes, one.voice_decided) for one in labels(job)] == [({"category": 1}, 1, False)]


def test_a_single_answer_that_it_does_not_share_is_never_overruled_while_somebody_can_be_asked(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(1, 3))
    spoken(job, says([1]))
    answers(job, crew, [0])
    assert labels(job) == []
    assert Task.objects.get().wanted == 2


def test_an_object_that_taught_the_model_is_heard_out_of_fold_only(crew: Staff) -> None:
    job = text_job(crew, texts=2, workers=(2, 2))
    spoken(job, says([1, 1]), oof={0: [0.98, 0.02]})
    voice = voices.voice_of(job, Questions(job))
    assert voice is not None
    first, second = voice.ids.tolist()
    assert voice.on(first) == pytest.approx([0.98, 0.02])
    assert voice.on(second) == pytest.approx([0.01, 0.99], abs=1e-6)
    assert voice.trained.tolist() == [True, False]
    answers(job, crew, [0, 0], [1, 1])
    assert [one.answer for one in labels(job)] == [{"category": 0}, {"category": 1}]


@pytest.mark.parametrize("draw", [Draw.CALIBRATION, Draw.AUDIT_1, Draw.AUDIT_2, Draw.STANDING])
def test_what_a_promise_rests_on_never_hears_it(crew: Staff, draw: str) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    drawn_for(job, draw)
    spoken(job, says([1]))
    answers(job, crew, [0], [1])
    assert labels(job)[0].voice is None
    assert labels(job)[0].confidence < 0.7


@pytest.mark.parametrize("purpose", [Task.Purpose.AUDIT, Task.Purpose.GOLD, Task.Purpose.REVIEW])
def test_a_task_that_is_asked_blind_never_hears_it(crew: Staff, purpose: str) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    Task.objects.filter(job=job).update(purpose=purpose)
    spoken(job, says([1]))
    answers(job, crew, [0], [1])
    assert labels(job)[0].voice is None


def test_who_checks_the_machine_weighs_what_people_alone_say_of_them(crew: Staff) -> None:
    """Two workers agree with the model on everything else, two do not; their weights in an audit are the same."""
    job = text_job(crew, texts=41, workers=(2, 4))
    rows = list(DataObject.objects.filter(job=job).order_by("position"))
    DataObject.objects.filter(pk=rows[-1].pk).update(drawn_for=Draw.AUDIT_1)
    spoken(job, says([0] * 41))
    Assignment.objects.filter(job=job).update(rank=0)
    answers(job, crew, [0] * 41, [1] * 41)
    held_by = beliefs.beliefs_of(job, Questions(job))
    first, second = (str(worker.pk) for worker in crew.workers[:2])
    assert held_by.people[first].accuracy == pytest.approx(held_by.people[second].accuracy)
    assert held_by.beside[first].accuracy > held_by.beside[second].accuracy + 0.1


def test_who_lets_proposals_stand_does_not_weigh_more_for_it_in_a_check_of_the_machine(crew: Staff) -> None:
    job = text_job(crew, texts=41, workers=(2, 4))
    Assignment.objects.filter(job=job).update(rank=0)
    answers(job, crew, [0] * 41, [0] * 41)
    first, second = (str(worker.pk) for worker in crew.workers[:2])
    beliefs.forget(job.pk)
    held_by = beliefs.beliefs_of(job, Questions(job))
    assert held_by.blind == held_by.people, "nobody has seen a proposal"
    seen = Annotation.objects.filter(job=job, worker=crew.workers[0]).exclude(data_object__position=40)
    seen.update(proposals_shown=True)
    beliefs.forget(job.pk)
    held_by = beliefs.beliefs_of(job, Questions(job))
    assert (held_by.people[first].answers, held_by.people[second].answers) == (41, 41)
    assert (held_by.blind[first].answers, held_by.blind[second].answers) == (1, 41)


def test_beside_answers_that_had_a_proposal_in_view_it_is_silent(crew: Staff) -> None:
    job = glance_job(crew, categories=(1,), workers=(1, 2))
    spoken(job, says([1]))
    editor = Editor(crew.workers[0], job)
    assert editor.submit_page(editor.page()).status_code == 201
    while consolidation.consolidate_waiting(job.pk, now=database_now()):
        pass
    assert labels(job) == [] or labels(job)[0].voice is None, "the label's own echo counted"
    assert Task.objects.get().wanted == 2


def test_a_job_of_single_answers_hears_nobody(crew: Staff) -> None:
    job = text_job(crew, texts=1)
    spoken(job, says([1]))
    answers(job, crew, [0])
    assert [(one.answer, one.voice) for one in labels(job)] == [({"category": 0}, None)]


def test_the_newest_version_speaks_and_one_whose_labels_were_taken_back_does_not(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    old, new = spoken(job, says([0])), spoken(job, says([1]), number=2)
    questions = Questions(job)

    def speaker() -> ModelVersion | None:
        voice = voices.voice_of(job, questions)
        return voice.version if voice else None

    assert speaker() == new
    Certificate.objects.create(
        job=job, model_version=new, stage=1, state="revoked", promise=0.1, risk=0.05, order_digest="", created_at=MONDAY
    )
    assert speaker() == old


@pytest.mark.parametrize("scores", [b"no scores", b"", b"PK\x03\x04 cut off"])
def test_scores_that_cannot_be_read_silence_the_model_and_people_go_on(crew: Staff, scores: bytes) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    version = spoken(job, says([1]))
    ModelVersion.objects.filter(pk=version.pk).update(scores_key=voices.store().put(scores))
    answers(job, crew, [0], [0])
    assert [(one.answer, one.voice) for one in labels(job)] == [({"category": 0}, None)]


def test_scores_of_other_classes_are_not_heard(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    spoken(job, [[0.1, 0.2, 0.7]])
    assert voices.voice_of(job, Questions(job)) is None


def test_objects_that_came_after_the_model_have_no_voice_and_unreadable_ones_neither(crew: Staff) -> None:
    job = text_job(crew, texts=3, workers=(2, 2))
    spoken(job, says([1, 1]), readable=[True, False])
    voice = voices.voice_of(job, Questions(job))
    assert voice is not None
    ids = DataObject.objects.filter(job=job).order_by("position").values_list("pk", flat=True)
    assert [voice.on(pk) is not None for pk in ids] == [True, False, False]


def test_scores_are_read_once_and_few_versions_stay_in_memory(crew: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    job = text_job(crew, texts=1, workers=(2, 2))
    read: list[int] = []
    original = voices._read

    def counting(version: ModelVersion, questions: Questions) -> Any:
        read.append(version.number)
        return original(version, questions)

    monkeypatch.setattr(voices, "_read", counting)
    for number in range(1, voices.KEPT + 3):
        spoken(job, says([number % 2]), number=number)
        for _ in range(3):
            voices.voice_of(job, Questions(job))
    assert read == list(range(1, voices.KEPT + 3))
    assert len(voices._voices) == voices.KEPT


def test_at_the_end_the_newest_voice_counts_in_all_labels_but_those_it_must_not_touch(crew: Staff) -> None:
    job = text_job(crew, texts=3, workers=(2, 2))
    DataObject.objects.filter(job=job, position=2).update(drawn_for=Draw.AUDIT_1)
    answers(job, crew, [0, 0, 0], [1, 1, 1])
    before = labels(job)
    assert {one.voice for one in before} == {None}
    version = spoken(job, says([0, 1, 1]))
    assert consolidation.consolidate_again(job, now=MONDAY) == 2
    after = labels(job)
    assert [one.answer["category"] for one in after[:2]] == [0, 1]
    assert [one.voice for one in after] == [version, version, None]
    assert after[2] == before[2]
    assert consolidation.consolidate_again(job, now=MONDAY) == 0


def test_at_the_end_it_does_not_overrule_alone_who_might_have_been_asked_again(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(1, 3), model_voice=False)
    answers(job, crew, [0])
    Label.objects.filter(job=job).delete()
    Task.objects.filter(job=job).update(state="open")
    job.model_voice = True
    job.save(update_fields=["model_voice"])
    task = Task.objects.get()
    row = DataObject.objects.get(job=job)
    first = beliefs.Outcome(Questions(job).type.consolidate(_asked(job, row), {}), (1,))
    consolidation.write_label(job, row.pk, first, Questions(job), now=MONDAY)
    spoken(job, says([1]))
    consolidation.consolidate_again(job, now=MONDAY)
    assert [one.answer for one in labels(job)] == [{"category": 0}], task


def _asked(job: LabelingJob, row: DataObject) -> Any:
    from labeling.jobs.votes import deciding, votes_on

    return votes_on(Questions(job), [row], deciding(job))[row.pk]


def test_the_label_says_which_version_was_heard_and_an_extended_manifest_too(crew: Staff) -> None:
    job = text_job(crew, texts=1, workers=(2, 3))
    spoken(job, says([1]), number=7)
    answers(job, crew, [0], [1])
    ours = _ours(job, labels(job)[0])
    assert (ours["voice"], ours["voice_decided"]) == (7, labels(job)[0].voice_decided)


def test_half_of_thin_answers_are_saved_where_model_and_people_agree(crew: Staff) -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 30).tolist()
    job = text_job(crew, texts=30, workers=(1, 3))
    spoken(job, says(truth))
    Assignment.objects.filter(job=job).update(rank=0)
    work_off(job.pk)
    answers(job, crew, truth)
    assert Label.objects.filter(job=job, current=True).count() == 30
    assert Label.objects.filter(job=job, current=True, votes=1).count() == 30
