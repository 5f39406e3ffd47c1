from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from labeling.errors import ManifestLineError
from labeling.formats.augmented import Stamp, attribute_pair
from labeling.formats.references import classify
from labeling.formats.responses import (
    AskedObject,
    WorkerAnswer,
    auto_annotator_line,
    consolidation_request,
    consolidation_response,
    read_auto_annotator_line,
    worker_response,
)
from labeling.formats.source import Source
from labeling.task_types.base import LabelAttribute

THEN = datetime(2026, 3, 1, 10, 0, 0, 4_999, tzinfo=UTC)
CONTENT = {"crowd-image-classifier": {"label": "Basalt, grün"}}


def answer(after: int, worker: str, subject: str = "") -> WorkerAnswer:
    later = THEN + timedelta(seconds=after)
    return WorkerAnswer(CONTENT, later, THEN, 4.90001, worker, "https://labels.example.org", subject)


def test_a_worker_response_holds_every_answer_in_order_of_submission() -> None:
    found = json.loads(worker_response([answer(9, "w-2"), answer(5, "w-1", subject="8f2c")]))
    assert found["answers"][0] == {
        "acceptanceTime": "2026-03-01T10:00:00.004Z",
        "answerContent": CONTENT,
        "submissionTime": "2026-03-01T10:00:05.004Z",
        "timeSpentInSeconds": 4.9,
        "workerId": "w-1",
        "workerMetadata": {
            "identityData": {"identityProviderType": "Oidc", "issuer": "https://labels.example.org", "sub": "8f2c"}
        },
    }
    assert found["answers"][1]["workerId"] == "w-2"
    assert "workerMetadata" not in found["answers"][1]


def test_a_consolidation_request_holds_content_as_a_string() -> None:
    asked = [
        AskedObject(0, Source("source", "A quiet day."), (("w-1", CONTENT),)),
        AskedObject(17, Source("source-ref", "s3://quarry/1.jpg", classify("s3://quarry/1.jpg")), ()),
    ]
    first, second = json.loads(consolidation_request(asked))
    assert first["dataObject"] == {"content": "A quiet day."}
    assert json.loads(first["annotations"][0]["annotationData"]["content"]) == CONTENT
    assert second == {"datasetObjectId": "17", "dataObject": {"s3Uri": "s3://quarry/1.jpg"}, "annotations": []}


def test_a_consolidation_response_holds_label_and_metadata(stamp: Stamp) -> None:
    pair = attribute_pair("rock", LabelAttribute(1, {"class-name": "basalt", "confidence": 0.9}), stamp)
    (one,) = json.loads(consolidation_response([(17, pair)]))
    assert one["datasetObjectId"] == "17"
    assert list(one["consolidatedAnnotation"]["content"]) == ["rock", "rock-metadata"]


def test_a_machine_label_is_its_object_a_space_and_json(stamp: Stamp) -> None:
    pair = attribute_pair("rock", LabelAttribute(1, {"class-name": "basalt"}), stamp)
    line = auto_annotator_line(17, pair)
    assert line.startswith('17 {"rock":1,')
    assert read_auto_annotator_line(line + "\n") == (17, pair)


@pytest.mark.parametrize("line", ["", "{}", "x {}", "-1 {}", "² {}", "17", "17 []"])
def test_a_machine_label_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(ManifestLineError):
        read_auto_annotator_line(line)
