"""The only way to a row: what a user's memberships give, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from labeling.errors import NotFound
from labeling.jobs import access
from labeling.jobs.models import DataObject, LabelingJob
from labeling.workforce.models import Membership, Role, User
from tests.factories import MONDAY, Staff, answered, held, staff, text_job


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people)


@pytest.fixture
def strangers(people: Staff) -> Staff:
    return staff("Harbour")


def found(call: object, *arguments: object, **more: object) -> bool:
    try:
        call(*arguments, **more)  # type: ignore[operator]
    except NotFound:
        return False
    return True


def test_a_lead_finds_the_jobs_of_their_teams(job: LabelingJob, people: Staff, strangers: Staff) -> None:
    everybody = [people.lead, *people.workers, strangers.lead, *strangers.workers, AnonymousUser()]
    assert [found(access.access_job, job.pk, user) for user in everybody] == [True] + [False] * 6


def test_a_worker_finds_running_jobs_of_their_teams(job: LabelingJob, people: Staff, strangers: Staff) -> None:
    assert [list(access.access_work(user)) for user in (people.workers[0], people.lead)] == [[job], [job]]
    assert not access.access_work(strangers.workers[0])
    LabelingJob.objects.update(state="paused")
    assert not access.access_work(people.workers[0])


def test_a_person_of_two_teams_finds_the_jobs_of_both(job: LabelingJob, people: Staff, strangers: Staff) -> None:
    theirs = text_job(strangers, name="Theirs")
    Membership.objects.create(user=people.lead, team=strangers.team, role=Role.WORKER)
    assert set(access.access_work(people.lead)) == {job, theirs}
    assert set(access.access_jobs(people.lead)) == {job}


def test_who_is_worker_and_lead_of_a_team_finds_a_job_once(job: LabelingJob, people: Staff) -> None:
    Membership.objects.create(user=people.lead, team=people.team, role=Role.WORKER)
    assert list(access.access_work(people.lead)) == [job]
    assert list(access.access_jobs(people.lead)) == [job]


def test_somebody_whose_account_was_closed_finds_nothing(job: LabelingJob, people: Staff) -> None:
    User.objects.update(is_active=False)
    lead = User.objects.get(pk=people.lead.pk)
    assert not found(access.access_job, job.pk, lead)
    assert not access.access_work(lead)


def test_an_object_is_found_by_its_lead_alone(job: LabelingJob, people: Staff, strangers: Staff) -> None:
    row = DataObject.objects.earliest("pk")
    users = (people.lead, people.workers[0], strangers.lead)
    assert [found(access.access_object, row.pk, user) for user in users] == [True, False, False]


def test_a_leased_object_is_found_while_its_very_lease_lives(job: LabelingJob, people: Staff) -> None:
    worker, colleague = people.workers
    lease = held(job, worker, MONDAY)
    pk, later = lease.task.data_object_id, MONDAY + timedelta(seconds=600)

    def sees(user: User, *, assignment: int = lease.pk, token: str = lease.token, now: object = MONDAY) -> bool:
        return found(access.access_leased_object, pk, assignment, token, user, now=now)

    assert sees(worker)
    assert not sees(worker, now=later)
    assert not sees(worker, token="other")
    assert not sees(worker, assignment=lease.pk + 1)
    assert not sees(colleague)
    answered(lease, worker, 0, MONDAY)
    assert not sees(worker)


def test_own_answers_are_ones_own_in_teams_that_one_belongs_to(job: LabelingJob, people: Staff) -> None:
    worker, colleague = people.workers
    kept = answered(held(job, worker, MONDAY), worker, 0, MONDAY)
    assert list(access.access_own_answers(worker)) == [kept]
    assert not access.access_own_answers(colleague)
    assert not access.access_own_answers(people.lead)
    assert not access.access_own_answers(AnonymousUser())
    Membership.objects.filter(user=worker).delete()
    assert not access.access_own_answers(worker)
