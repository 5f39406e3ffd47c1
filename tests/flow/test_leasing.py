"""What a worker's editor may count on: leases, answers, and what becomes of those that come too late."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from labeling.flow import creation, leasing
from labeling.jobs.clock import database_now
from labeling.jobs.models import Annotation, Assignment, Decline, LabelingJob
from labeling.workforce.models import Membership
from tests.factories import Editor, Staff, staff, sweep_comes_by, text_job, time_passes


@pytest.fixture
def job(people: Staff) -> LabelingJob:
    return text_job(people, texts=3)


@pytest.fixture
def first(people: Staff, job: LabelingJob) -> Editor:
    return Editor(people.workers[0], job)


@pytest.fixture
def second(people: Staff, job: LabelingJob) -> Editor:
    return Editor(people.workers[1], job)


def code(reply: Any) -> tuple[int, str]:
    assert reply["Content-Type"] == "application/problem+json", reply.content
    return reply.status_code, reply.json()["code"]


def state_of(lease: Any) -> str:
    return Assignment.objects.get(pk=lease["assignment"]).state


def test_a_lease_carries_all_that_an_editor_needs(first: Editor) -> None:
    lease = first.lease()
    assert set(lease) == {
        "assignment",
        "token",
        "expires_in",
        "expires_at",
        "task_type",
        "question",
        "object",
        "media",
        "answer_to_start_from",
        "proposals",
        "draft",
    }
    assert lease["question"]["media"]["text"] == "text 0"
    assert [one["name"] for one in lease["question"]["categories"]] == ["good", "bad"]
    assert lease["object"]["line"] == 1
    assert 590 < lease["expires_in"] <= 600


def test_objects_are_offered_in_the_order_of_the_manifest(first: Editor) -> None:
    leases = first.ask(count=3).json()["leases"]
    assert [lease["object"]["line"] for lease in leases] == [1, 2, 3]


def test_no_object_is_offered_to_two_workers_when_one_answer_is_wanted(first: Editor, second: Editor) -> None:
    assert first.lease()["assignment"] != second.lease()["assignment"]


def test_a_reloaded_page_finds_the_object_that_it_showed(first: Editor) -> None:
    shown = first.lease()
    again = first.lease()
    assert (again["assignment"], again["token"]) == (shown["assignment"], shown["token"])


def test_an_object_that_the_editor_names_as_held_is_not_sent_again(first: Editor) -> None:
    shown = first.lease()
    assert first.lease(held=[shown["assignment"]])["assignment"] != shown["assignment"]


def test_one_worker_holds_no_more_than_the_most_leases(people: Staff) -> None:
    one, other = (Editor(people.workers[0], text_job(people, name=name, texts=9)) for name in ("One", "Other"))
    assert len([one.ask(count=3, held=ids_of(one)) for _ in range(3)]) == 3
    one.lease(held=[])
    other.lease()
    reply = other.ask(held=ids_of(other)).json()
    assert reply["leases"] == []
    assert reply["reason"]["code"] == "too-many-leases"
    assert len(ids_of(one)) == leasing.MAX_LEASES


def ids_of(editor: Editor) -> list[int]:
    return list(Assignment.objects.filter(state="leased").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("step", "reason"), [(creation.pause_job, "paused"), (creation.stop_job, "stopped"), (None, "none-open")]
)
def test_an_empty_reply_says_why(first: Editor, people: Staff, step: Any, reason: str) -> None:
    if step:
        step(first.job, by=people.lead, now=database_now())
    else:
        assert len(first.ask(count=3).json()["leases"]) == 3
    reply = first.ask(held=ids_of(first)).json()
    assert reply["leases"] == []
    assert reply["reason"]["code"] == reason
    assert reply["reason"]["what"]
    assert reply["reason"]["todo"]


@pytest.mark.parametrize(
    ("state", "reason"), [("draft", "not-started"), ("completed", "complete"), ("failed", "failed")]
)
def test_a_job_that_does_not_run_says_so(first: Editor, state: str, reason: str) -> None:
    LabelingJob.objects.filter(pk=first.job.pk).update(state=state)
    assert first.ask().json()["reason"]["code"] == reason


def test_renewing_holds_on_to_a_lease(first: Editor) -> None:
    lease = first.lease()
    before = Assignment.objects.get(pk=lease["assignment"]).expires_at
    reply = first.renew(lease)
    assert reply.status_code == 200
    assert Assignment.objects.get(pk=lease["assignment"]).expires_at > before
    assert 590 < reply.json()["expires_in"] <= 600


def test_renewing_a_lease_that_went_back_to_the_queue_says_that_it_is_lost(first: Editor) -> None:
    lease = first.lease()
    time_passes(lease)
    sweep_comes_by()
    assert code(first.renew(lease)) == (410, "lease-lost")


def test_a_released_object_is_offered_again_at_once(first: Editor, second: Editor) -> None:
    lease = first.lease()
    assert first.release(lease).status_code == 200
    assert second.lease()["assignment"] == lease["assignment"]


def test_releasing_an_ended_lease_takes_nothing_from_who_holds_it_now(first: Editor, second: Editor) -> None:
    lease = first.lease()
    first.release(lease)
    theirs = second.lease()
    assert first.release(lease).status_code == 200
    assert second.renew(theirs).status_code == 200


def test_a_declined_object_is_not_offered_to_that_worker_again_but_to_others(first: Editor, second: Editor) -> None:
    lease = first.lease()
    assert first.decline(lease, "no words").status_code == 200
    mine = {one["assignment"] for one in first.ask(count=3).json()["leases"]}
    assert lease["assignment"] not in mine
    assert second.lease()["assignment"] == lease["assignment"]
    assert Decline.objects.get().reason == "no words"


def test_an_expired_lease_returns_its_task_to_the_queue(first: Editor, second: Editor) -> None:
    lease = first.lease()
    time_passes(lease)
    sweep_comes_by()
    assert state_of(lease) == "open"
    assert second.lease()["assignment"] == lease["assignment"]


def test_the_sweep_leaves_a_live_lease_alone(first: Editor) -> None:
    lease = first.lease()
    sweep_comes_by()
    assert state_of(lease) == "leased"


def test_an_answer_under_a_live_lease_counts(first: Editor) -> None:
    lease = first.lease()
    reply = first.choose(lease, 1, active_seconds=4.2)
    assert reply.status_code == 201
    assert reply.json()["standing"] == "counted"
    assert reply.json()["next"] == f"/api/v1/jobs/{first.job.pk}/leases"
    kept = Annotation.objects.get(pk=reply.json()["annotation"])
    assert (kept.answer, kept.active_seconds, kept.instructions.number) == ({"category": 1}, 4.2, 1)
    assert state_of(lease) == "submitted"


@pytest.mark.parametrize("swept", [False, True])
def test_an_answer_after_its_lease_ended_is_late_while_the_place_is_free(first: Editor, *, swept: bool) -> None:
    lease = first.lease()
    time_passes(lease)
    if swept:
        sweep_comes_by()
    assert first.choose(lease).json()["standing"] == "late"
    assert state_of(lease) == "submitted"


def test_an_answer_after_its_place_went_to_another_is_kept_as_surplus(first: Editor, second: Editor) -> None:
    lease = first.lease()
    time_passes(lease)
    sweep_comes_by()
    theirs = second.lease()
    assert theirs["assignment"] == lease["assignment"]
    assert first.choose(lease, 1).json()["standing"] == "surplus"
    assert second.choose(theirs, 0).json()["standing"] == "counted"
    assert Annotation.objects.count() == 2


def test_a_stale_tabs_answer_is_kept_as_surplus_and_overwrites_nothing(first: Editor) -> None:
    stale = first.lease()
    first.release(stale)
    fresh = first.lease()
    assert fresh["assignment"] == stale["assignment"]
    assert fresh["token"] != stale["token"]
    assert first.choose(stale, 1).json()["standing"] == "surplus"
    assert state_of(fresh) == "leased"
    assert first.choose(fresh, 0).json()["standing"] == "counted"
    counted = Annotation.objects.get(standing="counted")
    assert counted.answer == {"category": 0}


def test_a_second_answer_under_the_same_lease_is_surplus(first: Editor) -> None:
    lease = first.lease()
    first.choose(lease, 0)
    assert first.choose(lease, 1).json()["standing"] == "surplus"


def test_a_late_answer_of_who_holds_another_place_of_the_task_is_surplus(people: Staff) -> None:
    one = Editor(people.workers[0], text_job(people, name="Twice", texts=1, workers=(2, 2)))
    other = Editor(people.workers[1], one.job)
    lease = one.lease()
    one.release(lease)
    taken = other.lease()
    assert taken["assignment"] == lease["assignment"]
    again = one.lease()
    assert again["assignment"] != lease["assignment"]
    other.release(taken)
    assert one.choose(lease, 1).json()["standing"] == "surplus"
    assert one.choose(again, 0).json()["standing"] == "counted"


def test_an_answer_to_a_paused_job_counts(first: Editor, people: Staff) -> None:
    lease = first.lease()
    creation.pause_job(first.job, by=people.lead, now=database_now())
    assert first.choose(lease).json()["standing"] == "counted"


def test_the_same_answer_sent_twice_is_one_annotation_and_the_same_reply(first: Editor) -> None:
    lease, key = first.lease(), str(uuid.uuid4())
    once, twice = (first.choose(lease, 1, key=key) for _ in range(2))
    assert (once.status_code, once.json()) == (twice.status_code, twice.json())
    assert Annotation.objects.count() == 1


def test_a_key_with_another_answer_is_refused(first: Editor) -> None:
    lease, key = first.lease(), str(uuid.uuid4())
    first.choose(lease, 1, key=key)
    assert code(first.choose(lease, 0, key=key)) == (409, "key-reused")
    assert Annotation.objects.get().answer == {"category": 1}


def test_a_key_used_for_another_object_is_refused(first: Editor) -> None:
    key = str(uuid.uuid4())
    first.choose(first.lease(), 1, key=key)
    assert code(first.choose(first.lease(), 1, key=key)) == (409, "key-reused")


def test_two_workers_may_happen_on_the_same_key(first: Editor, second: Editor) -> None:
    key = str(uuid.uuid4())
    assert first.choose(first.lease(), 1, key=key).status_code == 201
    assert second.choose(second.lease(), 0, key=key).status_code == 201


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ({"category": 2}, "/category"),
        ({"category": -1}, "/category"),
        ({"category": "good"}, "/category"),
        ({"category": 0, "sure": True}, "/sure"),
        ({}, ""),
        ([], ""),
        ("good", ""),
        (7, ""),
    ],
)
def test_an_answer_that_breaks_its_question_is_refused_with_a_pointer(first: Editor, answer: Any, where: str) -> None:
    lease = first.lease()
    reply = first.answer(lease, answer)
    assert code(reply) == (422, "invalid-answer")
    assert reply.json()["where"].startswith(where)
    assert state_of(lease) == "leased"
    assert first.choose(lease).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"key": "not a uuid"},
        {"key": None},
        {"active_seconds": -1},
        {"active_seconds": "1e400"},
        {"answer": None},
        {"colour": "red"},
        {"token": ["x"]},
    ],
)
def test_a_body_that_is_not_understood_is_refused(first: Editor, change: dict[str, Any]) -> None:
    lease = first.lease()
    body = {"token": lease["token"], "key": str(uuid.uuid4()), "answer": {"category": 0}}
    path = f"/api/v1/assignments/{lease['assignment']}/answer"
    assert code(first.client.post(path, {**body, **change})) == (400, "bad-request")
    assert first.client.post(path, body).status_code == 201


@pytest.mark.parametrize(
    "body",
    [{"count": 0}, {"count": 4}, {"purpose": "steal"}, {"held": ["x"]}, {"wanted": 1}, {"held": list(range(20))}],
)
def test_odd_wishes_for_leases_are_refused(first: Editor, body: dict[str, Any]) -> None:
    assert code(first.ask(**body)) == (400, "bad-request")


def test_a_held_id_that_no_row_can_have_is_refused(first: Editor) -> None:
    assert code(first.ask(held=[10**30])) == (400, "bad-request")


def test_a_job_without_the_grid_says_so(first: Editor) -> None:
    reply = first.ask(purpose="glance").json()
    assert (reply["page"], reply["leases"], reply["reason"]["code"]) == (None, [], "not-at-a-glance")


def test_no_more_than_three_objects_are_leased_at_a_time(first: Editor) -> None:
    assert code(first.ask(count=4)) == (400, "bad-request")


CALLS = ("renew", "release", "decline", "answer", "draft")


def call(editor: Editor, lease: Any, name: str) -> Any:
    bodies = {"answer": lambda: editor.choose(lease), "draft": lambda: editor.draft(lease, 0)}
    return bodies.get(name, lambda: getattr(editor, name)(lease))()


@pytest.mark.parametrize("name", CALLS)
def test_a_worker_of_another_team_sees_nothing_of_an_assignment(first: Editor, name: str) -> None:
    lease = first.lease()
    stranger = Editor(staff("Harbour").workers[0], first.job)
    reply = call(stranger, lease, name)
    missing = call(stranger, {**lease, "assignment": 10**9}, name)
    assert code(reply) == (404, "not-found")
    assert reply.content == missing.content
    assert call(first, lease, name).status_code in (200, 201)


@pytest.mark.parametrize("name", CALLS)
def test_who_has_left_the_team_has_no_say_any_more(first: Editor, people: Staff, name: str) -> None:
    lease = first.lease()
    Membership.objects.filter(user=people.workers[0]).delete()
    assert code(call(first, lease, name)) == (404, "not-found")
    assert code(first.ask()) == (404, "not-found")


@pytest.mark.parametrize("name", CALLS)
def test_a_colleagues_token_opens_nothing(first: Editor, second: Editor, name: str) -> None:
    lease = first.lease()
    assert code(call(second, lease, name)) == (404, "not-found")
    assert call(first, lease, name).status_code in (200, 201)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("token", ["x", "", "1.2.3:forged", "1:2:3:4"])
def test_a_forged_token_opens_nothing(first: Editor, name: str, token: str) -> None:
    lease = first.lease()
    assert call(first, {**lease, "token": token}, name).status_code in (400, 404)
    assert state_of(lease) == "leased"


def test_a_token_of_another_object_opens_nothing(first: Editor) -> None:
    one, other = first.ask(count=2).json()["leases"]
    assert code(first.choose({**one, "token": other["token"]})) == (404, "not-found")


def test_a_lead_may_label_as_a_worker_of_the_team(people: Staff, job: LabelingJob) -> None:
    lead = Editor(people.lead, job)
    assert lead.choose(lead.lease()).status_code == 201


def test_an_answer_remembers_the_instructions_that_were_current(first: Editor, people: Staff) -> None:
    lease = first.lease()
    creation.write_instructions(first.job, text="Look twice.", by=people.lead, now=database_now())
    reply = first.choose(lease)
    assert Annotation.objects.get(pk=reply.json()["annotation"]).instructions.number == 2


def test_reasons_are_sentences_for_people() -> None:
    for reason in [*leasing.REASONS.values(), leasing.NONE_OPEN, leasing.TOO_MANY]:
        assert replace(reason).what.endswith(".")
        assert reason.todo.endswith(".")
