"""What people go on with while the machine learns: a few objects asked ahead, behind all that the round waits for.

Without them everybody waits for the last answer of a batch, and then for the training. A round never waits for them;
those that are answered teach the next model, the others stay where they are. They are those that the machine is least
sure of, which people would most likely label in the end. Nothing random rests on them: no promise knows of them.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from labeling.flow import routing
from labeling.flow.learning import Ints, Pool
from labeling.flow.routing import Draw
from labeling.jobs.models import DataObject, Iteration, LabelingJob
from labeling.jobs.states import ObjectState
from labeling.learners.rounds import Floats
from labeling.workforce.models import Membership, Role

SHARE = 0.1  # of a batch
EACH = 5  # objects a worker of the team, or a small job's would be gone before its machine has learned
MOST = 0.5  # of a batch
MOST_OPEN = 0.1  # of the open objects: the machine must have something left to label
URGENCY = -1
KEY = "ahead"  # in a round's detail: ids
STREAM = 3  # which of a round's random numbers these are


def choose(
    job: LabelingJob, pool: Pool, number: int, *, batch: int, besides: Collection[int], score: Floats | None = None
) -> Ints:
    """Places in `pool` that round `number` asks ahead, the most useful first, so that with those that people still have
    there are enough. besides: ids that the round asks in any case; score: (n,) chance that the machine is right about
    the first n objects; without it they are random ones."""
    open_ones = ~pool.closed & (pool.labels < 0) & ~np.isin(pool.ids, list(besides))
    count = min(_enough(job, batch) - _with_people(job), int(MOST_OPEN * open_ones.sum()))
    if score is not None and len(score):
        places = np.flatnonzero(open_ones[: len(score)])
        chosen = places[np.argsort(score[places], kind="stable")]
    else:
        places = np.flatnonzero(open_ones)
        chosen = np.random.default_rng([job.seed, number, STREAM]).permutation(places)
    return chosen[: max(0, count)].astype(np.int64)


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
