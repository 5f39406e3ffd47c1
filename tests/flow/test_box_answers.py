"""Boxes through the API: what lies outside the image is refused with a pointer, and the lease goes on."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from labeling.flow import creation, intake
from labeling.flow.background import work_off
from labeling.jobs.models import Annotation, Label
from tests.factories import MONDAY, Editor, Staff, draft_job
from tests.media.samples import picture

pytestmark = pytest.mark.one_database


@pytest.fixture
def editor(people: Staff, tmp_path: Path) -> Editor:
    """A job of one picture of 40 x 30 px and two classes."""
    picture(tmp_path / "a.png", width=40, height=30)
    job = draft_job(people, task_type="bounding-box", classes=("car", "bus"))
    intake.take_folder(job, folder=tmp_path, by=people.lead, now=MONDAY)
    creation.start_job(job, by=people.lead, now=MONDAY)
    work_off(job.pk)
    return Editor(people.workers[0], job)


def box(left: Any = 5, top: Any = 5, width: Any = 10, height: Any = 10, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "shape": "box",
        "category": 0,
        "geometry": {"left": left, "top": top, "width": width, "height": height},
        "attributes": {},
        "group": None,
        "origin": None,
        **changes,
    }


SOUND = [box(), box(0, 0, 40, 30), box(39.5, 29.5, 0.5, 0.5)]


@pytest.mark.parametrize("sound", SOUND)
def test_a_box_inside_the_image_is_taken(editor: Editor, sound: dict[str, Any]) -> None:
    reply = editor.answer(editor.lease(), {"instances": [sound]})
    assert reply.status_code == 201, reply.content
    assert Annotation.objects.get().answer["instances"][0]["geometry"] == sound["geometry"]


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (box(left=-1), "/instances/1/geometry"),
        (box(left=31), "/instances/1/geometry"),
        (box(top=25), "/instances/1/geometry"),
        (box(width=0), "/instances/1/geometry"),
        (box(height=-3), "/instances/1/geometry"),
        (box(left=1e308), "/instances/1/geometry"),
        (box(left="5"), "/instances/1/geometry/left"),
        (box(left=None), "/instances/1/geometry/left"),
        (box(left=True), "/instances/1/geometry/left"),
        (box(category=2), "/instances/1/category"),
        (box(shape="circle"), "/instances/1/shape"),
        (box(id="one"), "/instances/1/id"),
        (box(attributes={"colour": "red"}), "/instances/1/attributes"),
        (box(extra=1), "/instances/1/extra"),
        ("a box", "/instances/1"),
    ],
)
def test_a_box_that_breaks_its_question_is_refused_with_a_pointer(editor: Editor, bad: Any, where: str) -> None:
    lease = editor.lease()
    reply = editor.answer(lease, {"instances": [box(), bad]})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid-answer"), reply.content
    assert reply.json()["where"].startswith(where)
    assert not Annotation.objects.exists()
    assert editor.answer(lease, {"instances": [box()]}).json()["standing"] == "counted"


def test_an_id_twice_is_refused(editor: Editor) -> None:
    one = box()
    assert editor.answer(editor.lease(), {"instances": [one, one]}).status_code == 422


def test_a_number_beyond_doubles_is_refused(editor: Editor) -> None:
    lease = editor.lease()
    body = f'{{"token":"{lease["token"]}","key":"{uuid.uuid4()}","answer":{{"instances":[],"x":1e999}}}}'
    path = f"/api/v1/assignments/{lease['assignment']}/answer"
    reply = editor.client.post(path, data=body, content_type="application/json")
    assert reply.status_code in (400, 422)
    assert not Annotation.objects.exists()


def test_an_image_without_boxes_is_an_answer(editor: Editor) -> None:
    assert editor.answer(editor.lease(), {"instances": []}).status_code == 201
    work_off(editor.job.pk)
    assert Label.objects.get().answer == {"instances": []}


def test_an_answer_too_large_for_a_row_is_kept_whole(editor: Editor) -> None:
    many = [box(n % 30, n % 20, 5, 5) for n in range(500)]
    reply = editor.answer(editor.lease(), {"instances": many})
    assert reply.status_code == 201
    row = Annotation.objects.get()
    assert (row.answer, len(row.answer_key) > 0) == (None, True)
    work_off(editor.job.pk)
    label = Label.objects.get()
    assert label.answer_key
    assert label.votes == 1
