"""Contents of the files beside the manifest: workers' answers and consolidation (spec sections 10 and 11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from labeling.errors import ManifestLineError
from labeling.formats.dates import write_moment
from labeling.formats.source import Source
from labeling.formats.strictjson import dumps, parse_object
from labeling.task_types.base import Json


@dataclass(frozen=True, slots=True)
class WorkerAnswer:
    """One worker's answer. `content` is {widget: value} (TaskType.worker_answer); ids are opaque and stable."""

    content: Json
    submitted: datetime  # aware
    accepted: datetime
    seconds: float  # active, pauses not counted
    worker_id: str
    issuer: str = ""  # who vouches for `subject`, the worker's public id; private workers only
    subject: str = ""


@dataclass(frozen=True, slots=True)
class AskedObject:
    """A data object with what workers said of it: (worker id, content) in order of submission."""

    object_id: int
    source: Source
    answers: tuple[tuple[str, Json], ...]


def worker_response(answers: Sequence[WorkerAnswer]) -> str:
    """The file of one object: all its answers in order of submission."""
    return dumps({"answers": [_answer(one) for one in sorted(answers, key=lambda one: one.submitted)]})


def _answer(answer: WorkerAnswer) -> Json:
    made: Json = {
        "acceptanceTime": write_moment(answer.accepted),
        "answerContent": answer.content,
        "submissionTime": write_moment(answer.submitted),
        "timeSpentInSeconds": round(answer.seconds, 3),
        "workerId": answer.worker_id,
    }
    if answer.subject:
        identity = {"identityProviderType": "Oidc", "issuer": answer.issuer, "sub": answer.subject}
        made["workerMetadata"] = {"identityData": identity}
    return made


def consolidation_request(objects: Iterable[AskedObject]) -> str:
    """What a consolidation hook is given. `content` is a string with JSON inside: the format wants it so."""
    return dumps([_request(one) for one in objects])


def _request(asked: AskedObject) -> Json:
    inline = asked.source.reference is None
    return {
        "datasetObjectId": str(asked.object_id),
        "dataObject": {"content" if inline else "s3Uri": asked.source.value},
        "annotations": [
            {"workerId": worker, "annotationData": {"content": dumps(content)}} for worker, content in asked.answers
        ],
    }


def consolidation_response(labels: Iterable[tuple[int, Json]]) -> str:
    """(object id, augmented.attribute_pair) of each object consolidated together."""
    return dumps(
        [{"datasetObjectId": str(place), "consolidatedAnnotation": {"content": pair}} for place, pair in labels]
    )


def auto_annotator_line(object_id: int, pair: Json) -> str:
    """One machine label: the object id, one space, the JSON of label and metadata. No line end."""
    return f"{object_id} {dumps(pair)}"


def read_auto_annotator_line(text: str, *, line: int = 1) -> tuple[int, Json]:
    """The inverse. Raises ManifestLineError."""
    token, _, rest = text.strip().partition(" ")
    if not token.isascii() or not token.isdigit():
        raise ManifestLineError(line, "E-JSON", "The line does not begin with an object id.", todo="Write `17 {…}`.")
    return int(token), parse_object(rest, line=line)
