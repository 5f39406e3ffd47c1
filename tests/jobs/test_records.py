"""Small parts of the record: the clock, writing alone, steps of a job, large answers, links and tokens."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from labeling.errors import Conflict, NotFound
from labeling.jobs import lease_tokens, media_links
from labeling.jobs.clock import database_now
from labeling.jobs.dialect import write
from labeling.jobs.files import LARGE, keep, kept
from labeling.jobs.models import Annotation, LabelingJob, Tally
from labeling.jobs.places import nobody_left, one_more, withdraw
from labeling.jobs.states import JOB_STEPS, WORDS, JobState, check_job_step
from tests.factories import MONDAY, Staff, held, staff, text_job


def test_the_databases_clock_is_in_utc_and_goes_on_inside_a_transaction(db: None) -> None:
    first = database_now()
    time.sleep(0.01)
    second = database_now()
    assert first < second
    assert first.tzinfo == UTC
    assert abs((first - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_process_wait_for_each_other_and_lose_nothing() -> None:
    job = text_job(staff(), texts=1)

    def add(_: int) -> None:
        try:
            for _ in range(5):
                with write():
                    tally = Tally.objects.select_for_update().get(job=job)
                    Tally.objects.filter(job=job).update(answers=tally.answers + 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    assert Tally.objects.get(job=job).answers == 40


@pytest.mark.django_db(transaction=True)
def test_a_write_that_breaks_leaves_nothing_and_lets_the_next_in() -> None:
    job = text_job(staff(), texts=1)

    def broken() -> None:
        with write():
            Tally.objects.filter(job=job).update(answers=7)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert Tally.objects.get(job=job).answers == 0
    done = threading.Event()

    def other() -> None:
        with write():
            done.set()
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(10)
    assert done.is_set()


@pytest.mark.parametrize("before", JobState.values)
@pytest.mark.parametrize("after", JobState.values)
def test_a_job_goes_only_where_it_may(before: str, after: str) -> None:
    if after in JOB_STEPS[before]:
        check_job_step(before, after)
        return
    with pytest.raises(Conflict, match=f"is {WORDS[before]}") as told:
        check_job_step(before, after)
    assert told.value.todo


def test_every_state_of_a_job_has_its_steps_and_its_words() -> None:
    assert set(JOB_STEPS) == set(WORDS) == set(JobState.values)


def test_a_large_answer_is_a_file_and_reads_the_same() -> None:
    small, large = {"a": 1}, {"a": "é" * LARGE}
    assert keep(small) == {"answer": small, "answer_key": ""}
    columns = keep(large)
    assert columns["answer"] is None
    assert kept(Annotation(**columns)) == large
    assert kept(Annotation(**keep(small))) == small
    assert keep(large) == columns, "the same value is the same file"


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people, workers=(2, 2))


def test_a_leases_token_proves_who_held_which_place(job: LabelingJob, people: Staff) -> None:
    lease, other = held(job, people.workers[0], MONDAY), held(job, people.workers[0], MONDAY)
    token = lease_tokens.token_of(lease)
    assert lease_tokens.secret_in(token, lease, people.workers[0]) == lease.token
    assert lease.token in token
    for assignment, worker, text in [
        (other, people.workers[0], token),
        (lease, people.workers[1], token),
        (lease, people.workers[0], token[:-1] + ("A" if token[-1] != "A" else "B")),
        (lease, people.workers[0], ""),
    ]:
        with pytest.raises(NotFound):
            lease_tokens.secret_in(text, assignment, worker)


def test_a_media_signature_is_no_lease_token(job: LabelingJob, people: Staff) -> None:
    lease = held(job, people.workers[0], MONDAY)
    with pytest.raises(NotFound):
        media_links.lease_in(lease_tokens.token_of(lease))


def test_one_more_place_opens_the_task_again(job: LabelingJob) -> None:
    task = job.tasks.earliest("pk")
    withdraw(task)
    one_more(task)
    task.refresh_from_db()
    assert (task.wanted, task.state) == (3, "open")
    states = list(task.assignments.order_by("place").values_list("state", flat=True))
    assert states == ["withdrawn", "withdrawn", "open"]


def test_nobody_is_left_for_a_task_when_each_worker_has_met_it_and_holds_it_no_more(
    job: LabelingJob, people: Staff
) -> None:
    task = job.tasks.earliest("pk")
    assert nobody_left(job, [task.pk]) == set()
    for worker in people.workers:
        held(job, worker, MONDAY)
    assert nobody_left(job, [task.pk]) == set(), "they may still answer"
    task.assignments.update(state="submitted", token="")
    assert nobody_left(job, [task.pk]) == {task.pk}
    assert nobody_left(job, []) == set()
