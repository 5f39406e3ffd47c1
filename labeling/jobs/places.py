"""A task's places: one more, or no more, and whether anybody is left to take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef

from labeling.jobs.models import Assignment, Decline, LabelingJob, Task
from labeling.jobs.states import AssignmentState, TaskState
from labeling.workforce.models import Role

REVIEWED_FIRST = 1  # urgency of what a lead has sent back

SENT_BACK = Exists(  # of a task: its object went back to people since
    Task.objects.filter(data_object=OuterRef("data_object"), purpose=Task.Purpose.REVIEW, pk__gt=OuterRef("pk"))
)


def one_more(task: Task) -> None:
    """Open one more place of a task: its answers don't agree well enough. Call inside a transaction."""
    first = task.assignments.order_by("place").first()
    Assignment.objects.create(
        job_id=task.job_id,
        task=task,
        place=task.wanted,
        urgency=first.urgency if first else 0,
        rank=first.rank if first else 0.0,
        at_a_glance=task.purpose == Task.Purpose.GLANCE,
    )
    Task.objects.filter(pk=task.pk).update(wanted=task.wanted + 1, state=TaskState.OPEN)


def withdraw(task: Task) -> None:
    """Close a task: places that nobody holds are not offered any more. Call inside a transaction."""
    Task.objects.filter(pk=task.pk).update(state=TaskState.CLOSED)
    Assignment.objects.filter(task=task, state=AssignmentState.OPEN).update(state=AssignmentState.WITHDRAWN)


def ask_in_full(tasks: Collection[int]) -> None:
    """Somebody found their shown label wrong: from now on they are asked in the editor. Call inside a transaction."""
    Task.objects.filter(pk__in=tasks, purpose=Task.Purpose.GLANCE).update(purpose=Task.Purpose.LABEL)
    Assignment.objects.filter(task__in=tasks, at_a_glance=True).update(at_a_glance=False)


def nobody_left(job: LabelingJob, tasks: Collection[int]) -> set[int]:
    """Of `tasks` (ids) those that every worker of the team has answered or skipped, and that nobody holds.

    Leads may label, but are not waited for; in a team without workers they are all that there is.
    """
    members = job.team.memberships.values_list("user", "role")
    workers = {user for user, role in members if role == Role.WORKER} or {user for user, _ in members}
    met: dict[int, set[int]] = defaultdict(set)
    for task, worker in Decline.objects.filter(task__in=tasks).values_list("task", "worker"):
        met[task].add(worker)
    held = set()
    places = Assignment.objects.filter(task__in=tasks, worker__isnull=False)
    for task, worker, state in places.values_list("task", "worker", "state"):
        met[task].add(worker)
        if state == AssignmentState.LEASED:
            held.add(task)
    return {task for task in tasks if workers <= met[task]} - held


def ask_again(job: LabelingJob, objects: Collection[int], *, wave: int) -> None:
    """Put labeled objects (ids) to people once more, before anything else. Call inside a transaction."""
    tasks = Task.objects.bulk_create(
        Task(job=job, data_object_id=pk, purpose=Task.Purpose.REVIEW, wanted=job.workers_min, wave=wave)
        for pk in objects
    )
    Assignment.objects.bulk_create(
        Assignment(job=job, task=task, place=place, urgency=REVIEWED_FIRST, rank=float(order))
        for order, task in enumerate(tasks)
        for place in range(task.wanted)
    )


def checks_the_machine(task: Task) -> bool:
    """Whether the label that comes of it counts as a check of the machine: it was one, or is one looked at anew."""
    if task.purpose != Task.Purpose.REVIEW:
        return task.purpose == Task.Purpose.AUDIT
    return Task.objects.filter(data_object=task.data_object_id, purpose=Task.Purpose.AUDIT).exists()
