"""What an answer on a part of a long video costs, and that nothing else comes of it than of all parts at once."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from labeling.flow import consolidation, consolidation_parts, leasing
from labeling.flow.beliefs import beliefs_of, outcome_of
from labeling.jobs.files import kept
from labeling.jobs.models import Assignment, DataObject, Label, LabelingJob, Task
from labeling.jobs.questions import Questions
from labeling.jobs.votes import deciding, votes_on_parts
from labeling.workforce.models import User
from tests.factories import MONDAY, Staff, held, member
from tests.flow.test_long_videos import BUS, CAR, TRUTH, answer, answered, job_of, moving, skip

SMALL = {"frames_at_once": 6, "frames_in_common": 2}
PARTS = 5


def all_at_once(job: LabelingJob) -> dict[int, Any]:
    """Of each video with answers on all parts: every part consolidated anew and joined, as every answer once did."""
    questions, found = Questions(job), {}
    beliefs, kind = beliefs_of(job, questions), questions.type
    for one in DataObject.objects.filter(job=job).select_related("media"):
        rows = list(deciding(job).filter(data_object=one, task__frames_to__gt=0).select_related("task"))
        asked = votes_on_parts(questions, [one], rows).get(one.pk, {})
        behind = {frames: tuple(row.pk for row in rows if row.task.frames == frames) for frames in asked}
        singles = {frames: outcome_of(questions, part, behind[frames], beliefs) for frames, part in asked.items()}
        if len(singles) == one.tasks.count():
            parts = [(questions.about(one, frames), single.verdict) for frames, single in singles.items()]
            whole = kind.whole_of(parts, questions.about(one))
            sources = [pk for frames in asked for pk in behind[frames]]
            found[one.pk] = (kind.dump(whole.answer), whole.confidence, dict(whole.parts), whole.votes, sources)
    return found


def as_written(label: Label) -> Any:
    return (kept(label), label.confidence, label.parts, label.votes, label.annotations)


def said(chance: random.Random) -> dict[str, Any]:
    """What somebody says who is off by a few px, and misses things."""
    tracks = [moving(CAR, 4 + chance.choice([0, 0, 1, 3])), moving(BUS, 30 + chance.choice([0, 1]), end=15)]
    return {"instances": [one for one in tracks if chance.random() < 0.85]}


def asked_of(job: LabelingJob, worker: User) -> Assignment | None:
    lease = leasing.claim(job, worker=worker, now=MONDAY)
    return lease and Assignment.objects.select_related("job", "task__data_object__media").get(pk=lease.pk)


@pytest.mark.parametrize("workers", [(1, 1), (1, 3), (2, 3), (3, 3)])
@pytest.mark.parametrize("seed", range(2))
def test_the_label_is_that_of_all_parts_at_once_in_whatever_order_answers_come(
    people: Staff, tmp_path: Path, workers: tuple[int, int], seed: int
) -> None:
    chance = random.Random(100 * workers[0] + 10 * workers[1] + seed)
    crew = [*people.workers, member(people.team, "a-third")]
    job = job_of(people, tmp_path, films=1 + seed, workers=workers, settings=SMALL)
    labels: dict[int, Any] = {}
    while Task.objects.filter(job=job).exclude(state="closed").exists():
        for _ in range(chance.choice([1, 1, 2, 5])):
            worker = chance.choice(crew)
            if lease := asked_of(job, worker):
                answer(lease, worker, said(chance))
        expected = all_at_once(job)
        consolidation.consolidate_waiting(job.pk, now=MONDAY)
        for label in Label.objects.filter(job=job).exclude(data_object__in=labels):
            labels[label.data_object_id] = as_written(label)
            assert labels[label.data_object_id] == expected[label.data_object_id]
    assert len(labels) == 1 + seed


@pytest.fixture
def consolidated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int] | None]:
    """The frames of each part that was consolidated, in turn."""
    seen: list[tuple[int, int] | None] = []

    def noted(questions: Any, asked: Any, *arguments: Any, **named: Any) -> Any:
        frames = asked.question.frames
        seen.append(frames)
        return outcome_of(questions, asked, *arguments, **named)

    monkeypatch.setattr(consolidation_parts, "outcome_of", noted)
    return seen


def given(job: LabelingJob, worker: User, whole: Any = None) -> tuple[int, int] | None:
    """The part that was answered and looked at."""
    lease = held(job, worker, MONDAY)
    answer(lease, worker, whole)
    consolidation.consolidate_waiting(job.pk, now=MONDAY)
    return lease.task.frames


def test_an_answer_consolidates_its_own_part_and_the_last_one_each_part_once(
    people: Staff, tmp_path: Path, consolidated: list[tuple[int, int]]
) -> None:
    job = job_of(people, tmp_path, settings=SMALL)
    asked = [given(job, people.workers[number % 2]) for number in range(PARTS - 1)]
    assert consolidated == asked
    consolidated.clear()
    last = given(job, people.workers[0])
    assert sorted(consolidated) == sorted([*asked, last])
    assert Label.objects.filter(job=job).exists()


def test_a_last_part_that_is_asked_once_more_has_no_other_consolidated_for_it(
    people: Staff, tmp_path: Path, consolidated: list[tuple[int, int]]
) -> None:
    job = job_of(people, tmp_path, settings=SMALL, workers=(2, 3))
    one, other, third = *people.workers, member(people.team, "a-third")
    for _ in range(PARTS):
        given(job, one)
    for _ in range(PARTS - 1):
        given(job, other)
    consolidated.clear()
    last = given(job, other, {"instances": []})
    assert consolidated == [last]
    assert given(job, third) == last
    assert len(consolidated) == 1 + PARTS
    assert len(kept(Label.objects.get(job=job))["instances"]) == len(TRUTH["instances"])


def test_a_label_with_one_answer_on_one_part_is_looked_at_again_at_the_end(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path, films=3, workers=(2, 2))
    one, other = people.workers
    answered(job, one)
    answered(job, other, 2)
    skip(job, other)
    consolidation.consolidate_waiting(job.pk, now=MONDAY)
    early = Label.objects.get(job=job)
    assert (early.votes, len(early.annotations)) == (1, 5)
    for _ in range(6):
        given(job, one)
        given(job, other, {"instances": [moving(CAR, 12)]})
    consolidation.consolidate_again(job, now=MONDAY)
    late = Label.objects.get(data_object=early.data_object_id, current=True)
    assert late.pk != early.pk, "what later answers say of their workers counts for it"
    assert as_written(late) == all_at_once(job)[late.data_object_id]


def test_a_part_whose_answers_wait_to_be_looked_at_is_not_settled(
    people: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consolidation, "BATCH", 1)
    job = job_of(people, tmp_path, settings=SMALL, workers=(2, 3))
    one, other = people.workers
    member(people.team, "a-third")
    for _ in range(PARTS):
        answer(held(job, one, MONDAY), one, None)
    for number in range(PARTS):
        answer(held(job, other, MONDAY), other, {"instances": []} if number == PARTS - 1 else None)
    while consolidation.consolidate_waiting(job.pk, now=MONDAY):
        pass
    assert not Label.objects.filter(job=job).exists()
    assert Assignment.objects.filter(job=job, state="open").count() == 1, "a third opinion on the last part"


def test_any_number_of_parts_may_be_looked_at_together(people: Staff, tmp_path: Path) -> None:
    job = job_of(people, tmp_path, settings=SMALL)
    data_object = DataObject.objects.get(job=job)
    many = Task.objects.bulk_create(
        Task(job=job, data_object=data_object, wanted=1, frames_from=first, frames_to=first + 2)
        for first in range(100, 1300)
    )
    questions, objects = Questions(job), {data_object.pk: data_object}
    ids = [task.pk for task in many]
    assert consolidation_parts.parts_of(job, questions, objects, ids, beliefs_of(job, questions)) == {}
