"""Verify at a glance: one claim and one submit for a page; what is marked is asked in full; nothing is lost."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from labeling.flow import creation
from labeling.flow.background import work_off
from labeling.jobs.clock import database_now
from labeling.jobs.models import (
    Annotation,
    Assignment,
    DataObject,
    GlanceMark,
    GlancePage,
    Label,
    LabelingJob,
    Tally,
    Task,
    WorkDay,
)
from labeling.jobs.places import one_more
from tests.factories import Editor, Staff, glance_job, staff, sweep_comes_by, text_job, time_passes_over


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return glance_job(people, categories=(0, 1, 0), plain=1)


@pytest.fixture
def first(people: Staff, job: LabelingJob) -> Editor:
    return Editor(people.workers[0], job)


@pytest.fixture
def second(people: Staff, job: LabelingJob) -> Editor:
    return Editor(people.workers[1], job)


def code(reply: Any) -> tuple[int, str]:
    assert reply["Content-Type"] == "application/problem+json", reply.content
    return reply.status_code, reply.json()["code"]


def lines_of(page: Any) -> list[int]:
    return [one["object"]["line"] for one in page["objects"]]


def standings(reply: Any) -> list[str]:
    assert reply.status_code == 201, reply.content
    return [one["standing"] for one in reply.json()["objects"]]


def test_a_page_carries_each_object_with_the_label_that_is_shown_for_it(first: Editor) -> None:
    page = first.page()
    assert lines_of(page) == [1, 2, 3]
    assert [one["shown"]["answer"]["category"] for one in page["objects"]] == [0, 1, 0]
    assert {one["shown"]["model"] for one in page["objects"]} == {"guess"}
    assert page["objects"][0]["shown"]["confidence"] == 0.9
    assert page["objects"][1]["facts"]["text"] == "text 1"
    assert [one["name"] for one in page["question"]["categories"]] == ["good", "bad"]
    assert 590 < page["expires_in"] <= 600


def test_an_object_without_a_shown_label_is_asked_in_full_and_never_on_a_page(first: Editor, second: Editor) -> None:
    assert [lease["object"]["line"] for lease in second.ask(count=3).json()["leases"]] == [4]
    assert 4 not in lines_of(first.page(count=60))


def test_what_is_not_marked_gets_the_shown_label_as_an_answer_like_any_other(first: Editor, job: LabelingJob) -> None:
    reply = first.submit_page(first.page(), active_seconds=6)
    assert standings(reply) == ["counted"] * 3
    assert (reply.json()["accepted"], reply.json()["marked"]) == (3, 0)
    rows = Annotation.objects.order_by("data_object__position")
    assert [row.answer for row in rows] == [{"category": 0}, {"category": 1}, {"category": 0}]
    assert {(row.standing, row.proposals_shown, row.active_seconds, row.accepted) for row in rows} == {
        ("counted", True, 2.0, 1)
    }
    work_off(job.pk)
    labels = Label.objects.filter(job=job, current=True).order_by("data_object__position")
    assert [label.answer["category"] for label in labels] == [0, 1, 0]
    tally = Tally.objects.get(job=job)
    assert (tally.by_people, tally.answers, tally.seconds, tally.accepted) == (3, 3, 6.0, 3)
    assert (tally.glanced, tally.marked, tally.glance_seconds) == (3, 0, 6.0)


def test_what_is_marked_becomes_a_full_task_that_this_worker_or_another_may_get(
    first: Editor, second: Editor, job: LabelingJob
) -> None:
    page = first.page()
    reply = first.submit_page(page, wrong=[1], active_seconds=9)
    assert [one["marked"] for one in reply.json()["objects"]] == [False, True, False]
    assert Annotation.objects.count() == 2
    assert {lease["object"]["line"] for lease in second.ask(count=3).json()["leases"]} == {2, 4}
    task = Task.objects.get(data_object__position=1)
    assert task.purpose == "label"
    assert GlanceMark.objects.get().assignment.task == task


def test_the_worker_who_marked_may_answer_it_in_full_themselves(first: Editor, job: LabelingJob) -> None:
    first.submit_page(first.page(), wrong=[0])
    lease = first.lease()
    assert lease["object"]["line"] == 1
    assert first.choose(lease, 1).json()["standing"] == "counted"
    work_off(job.pk)
    assert Label.objects.get(data_object__position=0, current=True).answer == {"category": 1}


def test_the_seconds_of_a_page_are_shared_over_all_its_objects(first: Editor, people: Staff, job: LabelingJob) -> None:
    first.submit_page(first.page(), wrong=[0, 2], active_seconds=9)
    assert Annotation.objects.get().active_seconds == 3.0
    assert {mark.active_seconds for mark in GlanceMark.objects.all()} == {3.0}
    work_off(job.pk)
    assert Tally.objects.get(job=job).seconds == 9.0
    assert WorkDay.objects.get(worker=people.workers[0]).seconds == 9.0


def test_the_same_page_sent_again_with_its_key_is_the_same_page(first: Editor) -> None:
    page, key = first.page(), str(uuid.uuid4())
    replies = [first.submit_page(page, wrong=[1], key=key) for _ in range(2)]
    assert replies[0].content == replies[1].content
    assert (Annotation.objects.count(), GlanceMark.objects.count()) == (2, 1)


def test_the_same_key_with_other_marks_is_refused(first: Editor) -> None:
    page, key = first.page(), str(uuid.uuid4())
    first.submit_page(page, key=key)
    assert code(first.submit_page(page, wrong=[1], key=key)) == (409, "key-reused")


def test_a_page_that_was_submitted_from_another_window_is_not_taken_twice(first: Editor) -> None:
    page = first.page()
    first.submit_page(page)
    reply = first.submit_page(page, wrong=[0])
    assert code(reply) == (409, "conflict")
    assert "What you sent first counts" in reply.json()["todo"]
    assert GlanceMark.objects.count() == 0


def test_a_mark_on_something_that_the_page_does_not_show_is_refused_and_nothing_is_kept(first: Editor) -> None:
    page = first.page()
    reply = first._page(page, "answer", key=str(uuid.uuid4()), wrong=[10**9])
    assert code(reply) == (422, "invalid-answer")
    assert reply.json()["where"] == "/wrong/0"
    assert first.submit_page(page).status_code == 201


def test_two_workers_never_get_the_same_object_when_one_answer_is_wanted(people: Staff) -> None:
    job = glance_job(people, categories=(0,) * 8)
    pages = [Editor(worker, job).page(count=4) for worker in people.workers]
    assert sorted(lines_of(pages[0]) + lines_of(pages[1])) == list(range(1, 9))


def test_a_reloaded_grid_finds_the_page_that_it_showed(first: Editor) -> None:
    shown = first.page(count=2)
    again = first.page(count=2)
    assert (again["id"], lines_of(again)) == (shown["id"], lines_of(shown))
    assert first.page(count=2, held=[shown["id"]])["id"] != shown["id"]


def test_a_worker_holds_no_more_than_three_pages(people: Staff) -> None:
    editor = Editor(people.workers[0], glance_job(people, categories=(0,) * 5))
    held: list[int] = []
    for _ in range(3):
        held.append(editor.page(count=1, held=held)["id"])
    reply = editor.ask(purpose="glance", count=1, held=held).json()
    assert (reply["page"], reply["reason"]["code"]) == (None, "too-many-pages")


def test_pages_do_not_count_as_leases_of_the_editor(people: Staff) -> None:
    job = glance_job(people, categories=(0,) * 15, plain=3)
    editor = Editor(people.workers[0], job)
    editor.page(count=15)
    assert len(editor.ask(count=3).json()["leases"]) == 3


def test_a_released_page_is_there_for_others_as_a_whole(first: Editor, second: Editor) -> None:
    page = first.page()
    assert first.release_page(page).status_code == 200
    assert lines_of(second.page()) == lines_of(page)
    assert first.release_page(page).status_code == 200, "a second time changes nothing"


def test_an_expired_page_returns_its_objects_to_the_queue(first: Editor, second: Editor) -> None:
    page = first.page()
    time_passes_over(page)
    sweep_comes_by()
    assert lines_of(second.page()) == [1, 2, 3]
    assert code(first.renew_page(page)) == (410, "lease-lost")


def test_renewing_says_what_is_held_still(first: Editor) -> None:
    page = first.page()
    gone = page["objects"][0]["assignment"]
    Assignment.objects.filter(pk=gone).update(
        state="open", worker=None, token="", expires_at=None, leased_at=None, page=None
    )
    reply = first.renew_page(page)
    assert reply.json()["held"] == [one["assignment"] for one in page["objects"][1:]]


def test_a_page_that_comes_late_counts_where_its_places_are_still_free(first: Editor) -> None:
    page = first.page()
    time_passes_over(page)
    sweep_comes_by()
    assert standings(first.submit_page(page, wrong=[2])) == ["late"] * 3
    assert Task.objects.get(data_object__position=2).purpose == "label"


def test_a_late_page_counts_when_its_places_are_on_a_new_page_of_the_same_worker(first: Editor) -> None:
    page = first.page()
    time_passes_over(page)
    sweep_comes_by()
    again = first.page()
    assert standings(first.submit_page(page)) == ["late"] * 3
    assert standings(first.submit_page(again)) == ["surplus"] * 3


def test_of_a_page_that_others_took_in_part_nothing_is_lost(people: Staff) -> None:
    job = glance_job(people, categories=(0,) * 4)
    one, other = (Editor(worker, job) for worker in people.workers)
    page = one.page()
    time_passes_over(page)
    sweep_comes_by()
    other.submit_page(other.page(count=2))
    assert standings(one.submit_page(page, wrong=[0, 3])) == ["surplus", "surplus", "late", "late"]
    assert Annotation.objects.filter(worker=people.workers[0]).count() == 2
    assert Task.objects.get(data_object__position=0).purpose == "glance", "who had it by then found it right"
    assert Task.objects.get(data_object__position=3).purpose == "label"
    work_off(job.pk)
    assert Label.objects.filter(job=job, current=True).count() == 3


def test_a_mark_of_one_of_several_workers_asks_the_others_in_full(people: Staff) -> None:
    job = glance_job(people, categories=(0,), workers=(2, 2))
    one, other = (Editor(worker, job) for worker in people.workers)
    page_of_one, page_of_other = one.page(), other.page()
    other.submit_page(page_of_other, wrong=[0])
    one.submit_page(page_of_one)
    lease = other.lease()
    other.choose(lease, 1)
    assert one.ask().json()["leases"] == [], "they have said what they think"
    work_off(job.pk)
    assert Label.objects.get(data_object__job=job, current=True).votes == 2


def test_a_place_that_comes_back_after_another_worker_marked_is_offered_in_full(people: Staff) -> None:
    job = glance_job(people, categories=(0,), workers=(2, 2))
    one, other = (Editor(worker, job) for worker in people.workers)
    page = one.page()
    other.submit_page(other.page(), wrong=[0])
    one.release_page(page)
    assert one.ask(purpose="glance").json()["page"] is None
    assert one.lease()["object"]["line"] == 1


def test_one_more_place_of_a_glanced_label_is_offered_at_a_glance(people: Staff, job: LabelingJob) -> None:
    task = Task.objects.get(data_object__position=0)
    one_more(task)
    assert set(Assignment.objects.filter(task=task).values_list("at_a_glance", flat=True)) == {True}
    pages = [Editor(worker, job).page() for worker in people.workers]
    assert [1 in lines_of(page) for page in pages] == [True, True]


def test_a_job_that_does_not_allow_it_has_no_pages(people: Staff) -> None:
    job = glance_job(people, glance=False)
    reply = Editor(people.workers[0], job).ask(purpose="glance").json()
    assert (reply["page"], reply["reason"]["code"]) == (None, "not-at-a-glance")
    assert Editor(people.workers[0], job).lease()["proposals"] is None


def test_when_nothing_is_left_to_check_it_says_so(first: Editor) -> None:
    first.submit_page(first.page())
    assert first.ask(purpose="glance").json()["reason"]["code"] == "none-open"


def test_a_paused_job_leases_no_page_and_takes_those_on_their_way(
    first: Editor, people: Staff, job: LabelingJob
) -> None:
    page = first.page()
    creation.pause_job(job, by=people.lead, now=database_now())
    assert first.ask(purpose="glance").json()["reason"]["code"] == "paused"
    assert standings(first.submit_page(page)) == ["counted"] * 3


def test_a_pages_token_is_good_for_its_page_and_its_worker_alone(first: Editor, second: Editor) -> None:
    page, other = first.page(count=1), second.page(count=1)
    assert second.submit_page(page).status_code == 404
    assert first.submit_page({**page, "token": other["token"]}).status_code == 404
    assert first.renew_page({**page, "token": "made up"}).status_code == 404
    assert GlancePage.objects.filter(submitted_at__isnull=False).count() == 0


def test_a_stranger_finds_no_page(first: Editor, job: LabelingJob) -> None:
    stranger = Editor(staff("Harbour").workers[0], job)
    page = first.page()
    assert {stranger.submit_page(page).status_code, stranger.renew_page(page).status_code} == {404}


def test_labeled_objects_are_not_looked_at_again(people: Staff) -> None:
    job = glance_job(people, handed_out=False)
    DataObject.objects.filter(job=job, position=0).update(state="labeled")
    work_off(job.pk)
    assert lines_of(Editor(people.workers[0], job).page()) == [2, 3]


def test_too_many_on_a_page_are_refused(people: Staff) -> None:
    editor = Editor(people.workers[0], text_job(people, texts=1, name="Other"))
    assert editor.ask(purpose="glance", count=61).status_code == 400
