"""What people go on with while the machine learns: a few objects asked ahead, behind all that the round waits for.

Without them everybody waits for the last answer of a batch, and then for the training. A round never waits for them;
those that are answered teach the next model, the others stay where they are. They are those that the machine is least
sure of, which people would most likely label in the end. Nothing random rests on them: no promise knows of them.
"""

from __future__ import annotations

import numpy as np

from labeling.flow import routing
from labeling.flow.learning import Ints, Pool
from labeling.flow.routing import Draw
from labeling.jobs.models import DataObject, Iteration, LabelingJob
from labeling.jobs.states import ObjectState
from labeling.learners.rounds import Learned
from labeling.workforce.models import Membership, Role

SHARE = 0.1  # of a batch
EACH = 5  # objects a worker of the team, or a small job's would be gone before its machine has learned
MOST = 0.5  # of a batch
MOST_OPEN = 0.1  # of the open objects: the machine must have something left to label
URGENCY = -1
KEY = "ahead"  # in a round's detail: ids


def choose(job: LabelingJob, pool: Pool, learned: Learned, *, batch: int) -> Ints:
    """Places in `pool` that the next round asks ahead beside what the machine picked, the least sure first, so that
    with those that people still have there are enough.

    Not before there is a model: random objects are those that it could have labeled.
    """
    able = learned.readable
    open_ones = ~pool.closed[: len(able)] & (pool.labels[: len(able)] < 0) & able
    open_ones[learned.picks] = False
    count = min(_enough(job, batch) - _with_people(job), int(MOST_OPEN * open_ones.sum()))
    places = np.flatnonzero(open_ones)
    return places[np.argsort(learned.score[places], kind="stable")][: max(0, count)].astype(np.int64)


def _enough(job: LabelingJob, batch: int) -> int:
    workers = Membership.objects.filter(team=job.team_id, role=Role.WORKER).count()
    return int(min(MOST * batch, max(SHARE * batch, EACH * workers)))


def _with_people(job: LabelingJob) -> int:
    return DataObject.objects.filter(job=job, drawn_for=Draw.AHEAD, state=ObjectState.WITH_PEOPLE).count()


def ask(job: LabelingJob, current: Iteration) -> None:
    """Those of a round, in full, after everything else. Safe to repeat."""
    routing.to_people(
        job, current.detail.get(KEY, ()), draw=Draw.AHEAD, urgency=URGENCY, wave=current.number, glanced=()
    )
