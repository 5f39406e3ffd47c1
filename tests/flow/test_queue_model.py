"""The queue against a model that is too simple to be wrong: any sequence of acts, any clock."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from labeling.errors import LeaseLost
from labeling.flow import leasing
from labeling.jobs.lease_tokens import token_of
from labeling.jobs.models import Annotation, Assignment, Task
from labeling.workforce.models import User
from tests.factories import MONDAY, staff, text_job

LEASE = timedelta(seconds=600)
WORKERS = st.integers(0, 3)


@dataclass
class Place:
    """A place as the model sees it."""

    task: int
    holder: int | None = None
    lease: int = 0  # which hand-out it is
    until: Any = None
    done: bool = False


@dataclass
class Ticket:
    """A lease in somebody's browser, perhaps a stale one."""

    worker: int
    row: Assignment
    token: str
    lease: int


@dataclass
class Model:
    places: dict[int, Place]
    declined: set[tuple[int, int]] = field(default_factory=set)
    acknowledged: dict[tuple[int, uuid.UUID], tuple[int, int, str]] = field(default_factory=dict)
    leases: int = 0

    def open_to(self, worker: int) -> list[int]:
        met = {place.task for place in self.places.values() if place.holder == worker}
        met |= {task for task, who in self.declined if who == worker}
        return [
            pk for pk, place in self.places.items() if place.holder is None and not place.done and place.task not in met
        ]

    def standing(self, ticket: Ticket, now: Any) -> str:
        place = self.places[ticket.row.pk]
        if place.holder == ticket.worker and place.lease == ticket.lease and not place.done:
            return "counted" if place.until > now else "late"
        mates = [one for pk, one in self.places.items() if one.task == place.task and pk != ticket.row.pk]
        elsewhere = any(one.holder == ticket.worker for one in mates)
        return "late" if place.holder is None and not elsewhere else "surplus"


class Queue(RuleBasedStateMachine):
    """Three objects, two answers each, four workers."""

    @initialize()
    def start(self) -> None:
        self.around = transaction.atomic()
        self.around.__enter__()
        self.people = staff(f"Team {uuid.uuid4()}", workers=4)
        self.job = text_job(self.people, name=str(uuid.uuid4()), texts=3, workers=(2, 2))
        rows = Assignment.objects.filter(job=self.job).order_by("rank", "pk")
        self.model = Model({row.pk: Place(row.task_id) for row in rows})
        self.now = MONDAY
        self.tickets: list[Ticket] = []

    def teardown(self) -> None:
        if hasattr(self, "around"):
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    def user(self, number: int) -> User:
        return self.people.workers[number]

    @rule(worker=WORKERS)
    def claim(self, worker: int) -> None:
        expected = self.model.open_to(worker)
        row = leasing.claim(self.job, worker=self.user(worker), now=self.now)
        assert (row and row.pk) == (expected[0] if expected else None)
        if row is not None:
            self.model.leases += 1
            place = self.model.places[row.pk]
            place.holder, place.lease, place.until = worker, self.model.leases, self.now + LEASE
            self.tickets.append(Ticket(worker, row, token_of(row), self.model.leases))

    @rule(seconds=st.sampled_from([1, 300, 599, 600, 1300]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        gone = [one for one in self.model.places.values() if one.holder is not None and not one.done]
        gone = [one for one in gone if one.until <= self.now]
        assert leasing.expire(now=self.now) == len(gone)
        for place in gone:
            place.holder = None

    def held(self, ticket: Ticket) -> bool:
        place = self.model.places[ticket.row.pk]
        return place.holder == ticket.worker and place.lease == ticket.lease and not place.done

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.tickets))
        try:
            until = leasing.renew(ticket.row, worker=self.user(ticket.worker), token=ticket.token, now=self.now)
        except LeaseLost:
            assert not self.held(ticket)
            return
        assert self.held(ticket)
        assert until == self.now + LEASE
        self.model.places[ticket.row.pk].until = until

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), skips=st.booleans())
    def give_back(self, data: st.DataObject, *, skips: bool) -> None:
        ticket = data.draw(st.sampled_from(self.tickets))
        worker = self.user(ticket.worker)
        if skips:
            leasing.decline(ticket.row, worker=worker, token=ticket.token, reason="", now=self.now)
            self.model.declined.add((ticket.row.task_id, ticket.worker))
        else:
            leasing.release(ticket.row, worker=worker, token=ticket.token)
        if self.held(ticket):
            self.model.places[ticket.row.pk].holder = None

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), category=st.integers(0, 1))
    def answer(self, data: st.DataObject, category: int) -> None:
        ticket, key = data.draw(st.sampled_from(self.tickets)), uuid.uuid4()
        expected = self.model.standing(ticket, self.now)
        for _ in range(2):  # the network sends it twice
            kept = leasing.receive_answer(
                ticket.row,
                worker=self.user(ticket.worker),
                token=ticket.token,
                key=key,
                answer={"category": category},
                active_seconds=1,
                now=self.now,
            )
            assert kept.standing == expected
        if expected != "surplus":
            place = self.model.places[ticket.row.pk]
            place.holder, place.done = ticket.worker, True
        self.model.acknowledged[ticket.worker, key] = (ticket.row.pk, category, expected)

    @invariant()
    def no_more_live_leases_than_open_places_and_never_more_than_wanted_finished(self) -> None:
        for task in Task.objects.filter(job=self.job):
            rows = list(task.assignments.all())
            finished = [row for row in rows if row.state == "submitted"]
            leased = [row for row in rows if row.state == "leased"]
            assert len(finished) <= task.wanted
            assert len(leased) <= task.wanted - len(finished)
            holders = [row.worker_id for row in finished + leased]
            assert len(holders) == len(set(holders))

    @invariant()
    def nothing_acknowledged_is_lost_or_changed(self) -> None:
        rows = Annotation.objects.filter(job=self.job).values_list("worker", "key", "assignment", "answer", "standing")
        numbers = {user.pk: number for number, user in enumerate(self.people.workers)}
        stored = {
            (numbers[who], key): (place, answer["category"], standing) for who, key, place, answer, standing in rows
        }
        assert stored == self.model.acknowledged


@pytest.mark.django_db(transaction=True)
def test_any_sequence_of_acts_is_one_that_a_simple_queue_would_have_made() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Queue,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
