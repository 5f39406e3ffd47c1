"""What a job asks by the API: classes with look, attributes and skeleton; attributes; and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from labeling.jobs.models import LabelingJob
from labeling.jobs.questions import Questions
from labeling.task_types.base import Attribute, Category
from labeling.task_types.registry import TASK_TYPES
from tests.factories import Staff, signed_in
from tests.learners.tiny_model import install_tiny_model, take_model_away

pytestmark = pytest.mark.one_database


def sent(people: Staff, **more: Any) -> Any:
    body = {"name": "Streets", "task_type": "bounding-box", "team": people.team.pk, "categories": ["Car"], **more}
    return signed_in(people.lead).post("/api/v1/jobs", body, content_type="application/json")


def test_a_job_asks_what_its_body_says(people: Staff) -> None:
    seats = {"name": "seats", "kind": "number", "minimum": 1, "maximum": 90, "required": True}
    light = {"name": "light", "kind": "choice", "choices": ["day", "night"]}
    side = {"name": "occluded", "kind": "tick", "scope": "instance"}
    classes = ["Car", {"name": "Bus", "colour": 9, "key": "1", "attributes": [seats]}]
    reply = sent(people, categories=classes, attributes=[light, side], settings={"match_threshold": 0.5})
    assert reply.status_code == 201, reply.content
    asked = Questions(LabelingJob.objects.get()).about_any()
    assert asked.categories == (
        Category("Car", colour=1, key="2"),
        Category("Bus", colour=9, key="1", attributes=(Attribute("seats", "number", "instance", (), 1, 90, True),)),
    )
    assert asked.attributes == (
        Attribute("light", "choice", "object", ("day", "night")),
        Attribute("occluded", "tick", "instance"),
    )
    assert asked.settings == {"match_threshold": 0.5}


@pytest.mark.parametrize("kind", [kind for kind in TASK_TYPES if kind.skeletons], ids=lambda kind: kind.name)
def test_a_class_brings_its_skeleton(people: Staff, kind: Any) -> None:
    skeleton = {"points": ["nose", "tail"], "edges": [["nose", "tail"]]}
    assert sent(people, task_type=kind.name, categories=[{"name": "Cat", "skeleton": skeleton}]).status_code == 201
    (cat,) = Questions(LabelingJob.objects.get()).about_any().categories
    assert cat.skeleton == skeleton


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"categories": [[7]]}, "categories"),
        ({"categories": [None]}, "categories"),
        ({"categories": [{"colour": 1}]}, "name"),
        ({"categories": [{"name": "Car", "color": 1}]}, "color"),
        ({"categories": [{"name": "Car", "colour": 13}]}, "Colour 13"),
        ({"categories": [{"name": "Car", "key": "x"}]}, "digit"),
        ({"categories": [{"name": "Car", "key": "1"}, {"name": "Bus", "key": "1"}]}, "key 1"),
        ({"categories": [{"name": "Car", "skeleton": {"points": ["a"]}}]}, "skeleton"),
        ({"categories": ["Car", "Car"]}, "Car"),
        ({"attributes": [{"name": "light", "kind": "password"}]}, "kind"),
        ({"attributes": [{"name": "light", "kind": "choice", "choices": ["day"]}]}, "one choice"),
        ({"attributes": [{"name": "light", "kind": "tick", "scope": "frame"}]}, "frame"),
        ({"attributes": [{"name": "n", "kind": "number", "minimum": 2, "maximum": 1}]}, "least"),
        ({"attributes": {"name": "light"}}, "attributes"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(people: Staff, more: dict[str, Any], word: str) -> None:
    reply = sent(people, **more)
    assert 400 <= reply.status_code < 500
    assert word in reply.content.decode()
    assert not LabelingJob.objects.exists()


def test_a_machine_that_must_fill_in_an_attribute_is_refused(people: Staff) -> None:
    light = {"name": "light", "kind": "text", "required": True}
    rules = {"task_type": "text-classification", "categories": ["a", "b"], "target_error": 0.05}
    assert "light" in sent(people, attributes=[light], **rules).content.decode()
    assert sent(people, attributes=[{**light, "required": False}], **rules).status_code == 201


def test_an_answer_without_a_required_attribute_is_refused_at_its_place(people: Staff) -> None:
    """By the question itself, for every type: see the task types' own tests. Here the job's attributes reach it."""
    light = {"name": "a/b", "kind": "tick", "required": True}
    assert sent(people, attributes=[light]).status_code == 201
    questions = Questions(LabelingJob.objects.get())
    schema = questions.type.schema(questions.about_any())
    assert schema["required"] == ["instances", "attributes"]


def test_a_job_says_what_its_machine_goes_by_in_texts(
    people: Staff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_tiny_model(monkeypatch, tmp_path / "language-model")
    letters = {"task_type": "text-classification", "categories": ["good", "bad"]}
    reply = sent(people, **letters, name="Letters")
    assert reply.json()["text_features"] == "words"
    reply = sent(people, **letters, name="Meant", text_features="meaning")
    assert reply.json()["text_features"] == "meaning"
    read = signed_in(people.lead).get(f"/api/v1/jobs/{reply.json()['id']}")
    assert read.json()["text_features"] == "meaning"
    assert sent(people, **letters, name="Odd", text_features="telepathy").status_code == 400
    take_model_away(monkeypatch)
    refused = sent(people, **letters, name="Late", text_features="meaning")
    assert (refused.status_code, refused.json()["where"]) == (422, "text_features")
    assert "make embeddings" in refused.json()["todo"]
