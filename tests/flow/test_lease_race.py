"""Many workers at one queue at once: no place is given twice, none is lost, no worker meets a task twice."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection

from labeling.flow import leasing
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Annotation, Assignment, LabelingJob, Outbox
from labeling.workforce.models import User
from tests.factories import Editor, staff, text_job

WORKERS, OBJECTS, EACH = 10, 100, 3

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def work(job: LabelingJob, worker: User, seed: int) -> list[tuple[int, int]]:
    """Claim, and now and then release or send twice, until nothing is open. (task, assignment) answered."""
    chance, done = random.Random(seed), []
    with own_connection():
        while lease := leasing.claim(job, worker=worker, now=database_now()):
            token = token_of(lease)
            if chance.random() < 0.15:
                leasing.release(lease, worker=worker, token=token)
                continue
            key, answer = uuid.uuid4(), {"category": chance.randrange(2)}
            for _ in range(1 + (chance.random() < 0.1)):  # now and then the network sends it twice
                kept = leasing.receive_answer(
                    lease,
                    worker=worker,
                    token=token,
                    key=key,
                    answer=answer,
                    active_seconds=1,
                    now=database_now(),
                )
            assert kept.standing == "counted"
            done.append((lease.task_id, lease.pk))
    return done


def test_no_place_is_given_twice_and_none_is_lost_while_answers_come_in() -> None:
    people = staff(workers=WORKERS)
    job = text_job(people, texts=OBJECTS, workers=(EACH, EACH))
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(work, job, worker, seed) for seed, worker in enumerate(people.workers)]
        done = [pair for future in futures for pair in future.result()]
    places = Counter(place for _, place in done)
    assert len(places) == OBJECTS * EACH, "a place was lost"
    assert max(places.values()) == 1, "a place was given twice"
    rows = list(Annotation.objects.values_list("task", "worker"))
    assert len(rows) == len(set(rows)) == OBJECTS * EACH, "a worker met a task twice"
    assert set(Assignment.objects.values_list("state", flat=True)) == {"submitted"}
    assert Outbox.objects.filter(kind="answered").count() == OBJECTS * EACH


def test_one_worker_clicking_everywhere_never_holds_two_places_of_a_task() -> None:
    people = staff(workers=1)
    job = text_job(people, texts=12, workers=(EACH, EACH))

    def click(_: int) -> int | None:
        with own_connection():
            lease = leasing.claim(job, worker=people.workers[0], now=database_now())
            return lease and lease.task_id

    with ThreadPoolExecutor(8) as pool:
        tasks = [task for task in pool.map(click, range(24)) if task]
    assert len(tasks) == len(set(tasks)) <= 12
    assert Assignment.objects.filter(state="leased").count() == len(tasks)


def test_the_same_answer_from_eight_connections_at_once_is_one_annotation() -> None:
    people = staff(workers=1)
    lease = Editor(people.workers[0], text_job(people, texts=1)).lease()
    key = str(uuid.uuid4())

    def send(_: int) -> tuple[int, bytes]:
        with own_connection():
            job = LabelingJob.objects.get()
            reply = Editor(people.workers[0], job).choose(lease, 1, key=key)
            return reply.status_code, reply.content

    with ThreadPoolExecutor(8) as pool:
        replies = set(pool.map(send, range(8)))
    assert len(replies) == 1
    assert replies.pop()[0] == 201
    assert Annotation.objects.count() == 1


def test_a_sweep_in_the_middle_takes_no_live_lease() -> None:
    people = staff(workers=4)
    job = text_job(people, texts=40)

    def sweep(_: int) -> int:
        with own_connection():
            return leasing.expire(now=database_now())

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(work, job, worker, seed) for seed, worker in enumerate(people.workers)]
        swept = list(pool.map(sweep, range(30)))
        assert sum(len(one.result()) for one in answers) == 40
    assert sum(swept) == 0
