"""Several opinions on what a promise rests on: how many are asked, and what they say of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from labeling.jobs.files import kept
from labeling.jobs.models import Annotation, DataObject, LabelingJob, Task
from labeling.jobs.proposals import EVIDENCE
from labeling.jobs.questions import Questions
from labeling.jobs.votes import counted

AT_FIRST = 2
MOST = 3  # the third where two differ
PAGE = 500  # objects a read
RANDOM = (DataObject.Draw.CALIBRATION, DataObject.Draw.AUDIT_1, DataObject.Draw.AUDIT_2)


def at_first(job: LabelingJob, draw: str) -> int:
    """People whom the task of an object is put to, to begin with."""
    return max(job.workers_min, min(AT_FIRST, at_most(job))) if draw in EVIDENCE else job.workers_min


def at_most(job: LabelingJob) -> int:
    """Opinions on an object of the evidence, where people differ."""
    return max(job.workers_min, min(MOST, job.workers_max))


def one_more_wanted(job: LabelingJob, task: Task, sources: Sequence[int], questions: Questions) -> bool:
    """Whether the answers (ids of annotations) on an object of the evidence differ, and the job may ask once more.

    By the task type's own notion of right. Elsewhere doubt alone decides: how sure the label is.
    """
    if task.wanted >= at_most(job) or len(sources) < AT_FIRST or task.data_object.drawn_for not in EVIDENCE:
        return False
    return _differ(list(Annotation.objects.filter(pk__in=sources).order_by("pk")), task.data_object, questions)


def pairs_of(job: LabelingJob) -> tuple[int, int]:
    """How many objects of the evidence two people answered by themselves, and on how many of these they differ.

    Calibration and audits: random draws from what the machine may label. The first two answers of each: a third is
    asked because they differ. Objects that the machine labels and people check later are the surest, and left out;
    answers that a lead has asked for anew, knowing the first, are not theirs by themselves.
    """
    if at_first(job, DataObject.Draw.CALIBRATION) < AT_FIRST:
        return 0, 0
    questions = Questions(job)
    pairs = differing = 0
    for data_object, answers in _answered(job):
        if len(answers) >= AT_FIRST:
            pairs += 1
            differing += _differ(answers[:AT_FIRST], data_object, questions)
    return pairs, differing


def _answered(job: LabelingJob) -> Iterator[tuple[DataObject, list[Annotation]]]:
    rows = DataObject.objects.filter(job=job, drawn_for__in=RANDOM).select_related("media").order_by("pk")
    last = 0
    while page := list(rows.filter(pk__gt=last)[:PAGE]):
        last = page[-1].pk
        answers: dict[int, list[Annotation]] = defaultdict(list)
        whole = counted(job).filter(data_object__in=page, task__frames_to=0)  # parts are no opinions on the whole
        for row in whole.exclude(task__purpose=Task.Purpose.REVIEW):
            answers[row.data_object_id].append(row)
        yield from ((one, answers[one.pk]) for one in page)


def _differ(answers: Sequence[Annotation], data_object: DataObject, questions: Questions) -> bool:
    question = questions.about(data_object)
    first, *others = [questions.type.parse(kept(row), question) for row in answers]
    return any(not questions.type.right(other, first, question) for other in others)
