"""A task's places: one more, or no more."""

from __future__ import annotations

from labeling.jobs.models import Assignment, Task
from labeling.jobs.states import AssignmentState, TaskState


def one_more(task: Task) -> None:
    """Open one more place of a task: its answers don't agree well enough. Call inside a transaction."""
    first = task.assignments.order_by("place").first()
    Assignment.objects.create(
        job_id=task.job_id,
        task=task,
        place=task.wanted,
        urgency=first.urgency if first else 0,
        rank=first.rank if first else 0.0,
    )
    Task.objects.filter(pk=task.pk).update(wanted=task.wanted + 1, state=TaskState.OPEN)


def withdraw(task: Task) -> None:
    """Close a task: places that nobody holds are not offered any more. Call inside a transaction."""
    Assignment.objects.filter(task=task, state=AssignmentState.OPEN).update(state=AssignmentState.WITHDRAWN)
    Task.objects.filter(pk=task.pk).update(state=TaskState.CLOSED)
