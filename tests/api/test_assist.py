"""Suggestions of model servers, through the API and a real server on this machine."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Any

import pytest
from django.test import override_settings

from labeling.flow import assisting
from labeling.geometry.rle import decode
from labeling.jobs.models import LabelingJob
from labeling.storage import egress
from tests.factories import Editor, Staff, signed_in
from tests.model_server import FAULTS, ModelServer

pytestmark = pytest.mark.one_database

BOX = {"kind": "box", "left": 2, "top": 3, "width": 30, "height": 20}
DARK = {"kind": "point", "x": 4, "y": 5, "inside": True}
PRIVATE = egress.networks(["127.0.0.1"])


class Asker:
    """A worker with a lease of a picture, left half dark and right half bright, 40 x 30 px."""

    def __init__(self, people: Staff, photos: LabelingJob) -> None:
        self.editor = Editor(people.workers[0], photos)
        self.lease = self.editor.lease()

    @property
    def held(self) -> dict[str, Any]:
        lease = self.lease
        return {"object": lease["object"]["id"], "assignment": lease["assignment"], "token": lease["token"]}

    def suggest(self, *prompts: Any, model: str = "colours") -> Any:
        return self.editor.client.post(f"/api/v1/assist/{model}/suggest", {**self.held, "prompts": list(prompts)})

    def warm(self) -> Any:
        return self.editor.client.post("/api/v1/assist/colours/warm", self.held)


@pytest.fixture
def asker(people: Staff, photos: LabelingJob) -> Asker:
    return Asker(people, photos)


def test_a_point_on_the_dark_half_brings_the_dark_half(models: ModelServer, asker: Asker) -> None:
    reply = asker.suggest(DARK)
    assert reply.status_code == 200, reply.content
    found = reply.json()
    # Column by column: no bright px, 600 dark ones, 600 bright ones.
    assert decode(found["mask"].pop("counts"), 1200).tolist() == [0, 600, 600]
    assert found == {"model": "colours 2", "mask": {"size": [30, 40]}, "polygon": None, "score": 0.9}


def test_the_image_is_sent_once_however_often_it_is_asked_about(models: ModelServer, asker: Asker) -> None:
    for _ in range(3):
        assert asker.suggest(DARK).status_code == 200
    assert (models.calls["PUT"], models.calls["POST"]) == (1, 4)
    image = models.asked[0]["image"]
    assert (image["width"], image["height"]) == (40, 30)
    assert list(models.images) == [image["key"]]


def test_a_warmed_server_needs_no_image_when_it_is_asked(models: ModelServer, asker: Asker) -> None:
    assert asker.warm().json() == {}
    assert asker.warm().status_code == 200
    assert (models.calls["HEAD"], models.calls["PUT"]) == (2, 1)
    asker.suggest(DARK)
    assert (models.calls["POST"], models.calls["PUT"]) == (1, 1)


def test_prompts_reach_the_server_as_they_were_put(models: ModelServer, asker: Asker) -> None:
    stroke = {"kind": "stroke", "points": [[1, 2], [3, 4]], "width": 5, "inside": False}
    asker.suggest(BOX, DARK, stroke)
    assert models.asked[0]["prompts"] == [BOX, DARK, stroke]
    assert models.asked[0]["contract"] == 1


@pytest.mark.parametrize("mode", [mode for mode in FAULTS if mode not in ("slow", "dripping", "endless")])
def test_an_odd_reply_becomes_a_clear_fault_without_its_words(models: ModelServer, asker: Asker, mode: str) -> None:
    models.mode = mode
    reply = asker.suggest(DARK)
    assert reply.status_code == 502, reply.content
    problem = reply.json()
    assert problem["code"] == "model-fault"
    assert problem["what"].endswith(".")
    assert "by hand" in problem["todo"]
    for word in (b"secret", b"169.254", b"127.0.0.1", b"html"):
        assert word not in reply.content
    models.mode = ""
    assert asker.suggest(DARK).status_code == 200  # the editor goes on


@pytest.mark.parametrize(("mode", "codes"), [("slow", {"model-silent"}), ("endless", {"model-silent", "model-fault"})])
def test_a_reply_that_does_not_end_is_cut(
    models: ModelServer, asker: Asker, monkeypatch: pytest.MonkeyPatch, mode: str, codes: set[str]
) -> None:
    monkeypatch.setattr(assisting, "SUGGESTING", replace(assisting.SUGGESTING, total=0.4))
    models.mode = mode
    reply = asker.suggest(DARK)
    assert reply.status_code in (502, 504)
    assert reply.json()["code"] in codes


def test_a_private_address_is_refused_unless_the_setting_names_it(models: ModelServer, asker: Asker) -> None:
    with override_settings(TOUCHSTONE_PRIVATE_NETWORKS=()):
        reply = asker.suggest(DARK)
    assert reply.status_code == 502
    assert "not allowed" in reply.json()["what"]
    assert not models.calls


def test_a_server_that_is_down_is_said_to_be_silent(asker: Asker) -> None:
    with override_settings(
        TOUCHSTONE_MODEL_SERVERS={"colours": "http://127.0.0.1:9"}, TOUCHSTONE_PRIVATE_NETWORKS=PRIVATE
    ):
        reply = asker.suggest(DARK)
    assert (reply.status_code, reply.json()["code"]) == (504, "model-silent")


def test_when_all_places_are_taken_the_reply_says_so(
    models: ModelServer, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assisting, "PATIENCE", 0.01)
    places = assisting._places
    taken = 0
    while places.acquire(blocking=False):
        taken += 1
    try:
        reply = asker.suggest(DARK)
    finally:
        for _ in range(taken):
            places.release()
    assert (reply.status_code, reply.json()["code"]) == (503, "model-busy")


def test_no_more_wait_for_a_place_than_there_are(
    models: ModelServer, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_places", "_waiting"):
        full = BoundedSemaphore(1)
        full.acquire()
        monkeypatch.setattr(assisting, name, full)
    began = time.monotonic()
    assert asker.suggest(DARK).json()["code"] == "model-busy"
    assert time.monotonic() - began < assisting.PATIENCE / 2


@pytest.mark.parametrize(
    ("prompts", "where"),
    [
        ([], "/prompts"),
        ([BOX] * 201, "/prompts"),
        ([{"kind": "wish"}], "/prompts/0/kind"),
        ([{}], "/prompts/0/kind"),
        ([BOX, {**DARK, "colour": 1}], "/prompts/1/colour"),
        ([{"kind": "point", "x": 1, "y": 1}], "/prompts/0/inside"),
        ([{**DARK, "inside": 1}], "/prompts/0/inside"),
        ([{**DARK, "x": "4"}], "/prompts/0/x"),
        ([{**DARK, "x": True}], "/prompts/0/x"),
        ([{**DARK, "x": 41}], "/prompts/0"),
        ([{**BOX, "width": 0}], "/prompts/0"),
        ([{**BOX, "width": 400}], "/prompts/0"),
        ([{"kind": "stroke", "points": [], "width": 3, "inside": True}], "/prompts/0/points"),
        ([{"kind": "stroke", "points": [[1]], "width": 3, "inside": True}], "/prompts/0/points/0"),
        ([{"kind": "stroke", "points": [[1, 2]], "width": 0, "inside": True}], "/prompts/0/width"),
    ],
)
def test_an_odd_prompt_is_refused_where_it_is_odd(
    models: ModelServer, asker: Asker, prompts: list[Any], where: str
) -> None:
    reply = asker.suggest(*prompts)
    assert (reply.status_code, reply.json()["where"]) == (400, where), reply.content
    assert not models.calls


def test_only_who_holds_the_object_now_may_ask_about_it(models: ModelServer, asker: Asker, people: Staff) -> None:
    asker.editor.release(asker.lease)
    assert asker.suggest(DARK).status_code == 404
    assert asker.warm().status_code == 404
    assert not models.calls


def test_anothers_lease_and_another_object_are_not_there(models: ModelServer, asker: Asker, people: Staff) -> None:
    body = {**asker.held, "prompts": [DARK]}
    assert signed_in(people.workers[1]).post("/api/v1/assist/colours/suggest", body).status_code == 404
    body["object"] += 1  # the job's other picture, which is not held
    assert asker.editor.client.post("/api/v1/assist/colours/suggest", body).status_code == 404
    assert not models.calls


def test_a_lead_asks_without_a_lease_and_a_worker_does_not(models: ModelServer, asker: Asker, people: Staff) -> None:
    body = {"object": asker.held["object"], "prompts": [DARK]}
    assert signed_in(people.lead).post("/api/v1/assist/colours/suggest", body).status_code == 200
    assert asker.editor.client.post("/api/v1/assist/colours/suggest", body).status_code == 404


def test_half_a_lease_is_none_whoever_sends_it(models: ModelServer, asker: Asker, people: Staff) -> None:
    """Or a token of the API that may only work would do what leads may."""
    body = {"object": asker.held["object"], "token": "any", "prompts": [DARK]}
    reply = signed_in(people.lead).post("/api/v1/assist/colours/suggest", body)
    assert (reply.status_code, reply.json()["where"]) == (400, "/assignment")
    assert not models.calls


def test_a_model_that_no_setting_names_is_not_there(models: ModelServer, asker: Asker) -> None:
    assert asker.suggest(DARK, model="other").status_code == 404


def test_a_text_is_shown_to_no_model(models: ModelServer, people: Staff, job: LabelingJob) -> None:
    editor = Editor(people.workers[0], job)
    lease = editor.lease()
    body = {"object": lease["object"]["id"], "assignment": lease["assignment"], "token": lease["token"]}
    reply = editor.client.post("/api/v1/assist/colours/suggest", {**body, "prompts": [DARK]})
    assert reply.status_code == 400, json.dumps(reply.json())


def test_the_models_are_listed_by_name_alone(models: ModelServer, asker: Asker) -> None:
    assert asker.editor.client.get("/api/v1/assist").json() == {"models": ["colours"]}
