"""Many workers at one grid at once: no place is on two pages, none is lost, no worker meets an object twice."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection

from labeling.flow import glance
from labeling.jobs.clock import database_now
from labeling.jobs.lease_tokens import page_token_of
from labeling.jobs.models import Annotation, Assignment, GlanceMark, LabelingJob, Outbox, Task
from labeling.workforce.models import User
from tests.factories import Editor, glance_job, staff

WORKERS, OBJECTS, EACH = 6, 60, 2

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def work(job: LabelingJob, worker: User, seed: int) -> list[int]:
    """Claim pages, now and then release or send twice, until nothing is open: the assignments that were sent."""
    chance, sent, empty = random.Random(seed), [], 0
    with own_connection():
        while empty < 3:
            page, places, _ = glance.lease_page(job, worker=worker, count=7, now=database_now())
            if page is None:
                empty += 1  # others hold what there is, for a moment
                continue
            token = page_token_of(page)
            if chance.random() < 0.15:
                glance.release_page(page, worker=worker, token=token)
                continue
            key, wrong = uuid.uuid4(), [one.pk for one in places if chance.random() < 0.1]
            for _ in range(1 + (chance.random() < 0.2)):
                page, outcomes = glance.receive_page(
                    page, worker=worker, token=token, key=key, wrong=wrong, active_seconds=1, now=database_now()
                )
            assert {one.standing for one in outcomes} == {"counted"}
            sent += [one.assignment for one in outcomes if not one.marked]
    return sent


def test_no_place_is_on_two_pages_and_none_is_lost_while_pages_come_in() -> None:
    people = staff(workers=WORKERS)
    job = glance_job(people, categories=[0] * OBJECTS, workers=(EACH, EACH))
    with ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(work, job, worker, seed) for seed, worker in enumerate(people.workers)]
        sent = [place for future in futures for place in future.result()]
    for seed, worker in enumerate(people.workers):  # what came back when others had given up
        sent += work(job, worker, WORKERS + seed)
    places = Counter(sent)
    assert max(places.values()) == 1, "a place was given twice"
    rows = list(Annotation.objects.values_list("task", "worker"))
    assert len(rows) == len(set(rows)) == len(places), "a worker met an object twice, or an answer was lost"
    assert not Assignment.objects.filter(state="leased").exists()
    marked = set(GlanceMark.objects.values_list("assignment__task", flat=True))
    assert set(Task.objects.filter(purpose="label").values_list("pk", flat=True)) == marked
    assert not Assignment.objects.filter(task__purpose="glance", state="open").exists(), "a label was left over"
    assert not Assignment.objects.filter(task__in=marked, at_a_glance=True, state="open").exists()
    assert Outbox.objects.filter(kind="answered").count() == len(rows)


def test_the_same_page_from_six_connections_at_once_is_taken_once() -> None:
    people = staff(workers=1)
    job = glance_job(people, categories=[0] * 5)
    page, key = Editor(people.workers[0], job).page(), str(uuid.uuid4())

    def send(_: int) -> tuple[int, bytes]:
        with own_connection():
            reply = Editor(people.workers[0], job).submit_page(page, wrong=[1], key=key)
            return reply.status_code, reply.content

    with ThreadPoolExecutor(6) as pool:
        replies = set(pool.map(send, range(6)))
    assert len(replies) == 1
    assert replies.pop()[0] == 201
    assert (Annotation.objects.count(), GlanceMark.objects.count()) == (4, 1)
