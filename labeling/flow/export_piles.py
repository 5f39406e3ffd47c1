"""The files beside the manifest, written as the export passes by: workers' answers, consolidation, machine labels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from labeling.formats.folders import (
    auto_annotator_path,
    consolidation_request_path,
    consolidation_response_path,
    iteration_name,
    worker_response_path,
)
from labeling.formats.references import classify
from labeling.formats.responses import (
    AskedObject,
    WorkerAnswer,
    auto_annotator_line,
    consolidation_request,
    consolidation_response,
    worker_response,
)
from labeling.formats.source import Source
from labeling.jobs.models import Annotation, DataObject, Label
from labeling.task_types.base import Json

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _source(row: DataObject) -> Source:
    content = row.content
    if row.media is None and "source" in content:
        return Source("source", content["source"])
    return Source("source-ref", content["source-ref"], classify(content["source-ref"]))


class JsonArray:
    """A JSON array in a file, item by item. Its name holds a date that is known only at its end."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f".{name}"
        self.file: TextIO = self.path.open("w", encoding="utf-8")
        self.newest = NEVER
        self.items = 0

    def add(self, array_of_one: str, when: datetime) -> None:
        self.file.write("," if self.items else "[")
        self.file.write(array_of_one[1:-1])
        self.items += 1
        self.newest = max(self.newest, when)

    def close(self, place: Path) -> None:
        self.file.write("]")
        self.file.close()
        place.parent.mkdir(parents=True, exist_ok=True)
        self.path.rename(place)


class Piles:
    """All files of one export but the manifest. `waves`: how many hand-outs the job had."""

    def __init__(self, folder: Path, *, waves: int) -> None:
        self.folder = folder
        self.waves = waves
        self.requests: dict[int, JsonArray] = {}
        self.responses: dict[int, JsonArray] = {}
        self.machine: dict[int, TextIO] = {}
        self.wave_of: dict[int, int] = {}

    def worker_answers(self, row: DataObject, answers: Sequence[Annotation], contents: Sequence[Json]) -> None:
        """Every answer on `row`, and what consolidation was given."""
        wave = answers[0].task.wave
        self.wave_of = {row.pk: wave}
        made = [
            WorkerAnswer(
                content=content,
                submitted=answer.submitted_at,
                accepted=answer.leased_at or answer.submitted_at,
                seconds=answer.active_seconds,
                worker_id=answer.worker.worker_id,
                issuer="touchstone",
                subject=str(answer.worker.public_id),
            )
            for answer, content in zip(answers, contents, strict=True)
        ]
        last = answers[-1].submitted_at
        name = worker_response_path(iteration_name(wave, of=self.waves), row.position, last)
        self._write(name, worker_response(made).encode())
        asked = AskedObject(
            object_id=row.position,
            source=_source(row),
            answers=tuple((one.worker_id, one.content) for one in made),
        )
        self._array(self.requests, wave, "request").add(consolidation_request([asked]), last)

    def label(self, row: DataObject, label: Label, pair: Json) -> None:
        if label.by == Label.By.PEOPLE:
            wave = self.wave_of.get(row.pk, 1)
            text = consolidation_response([(row.position, pair)])
            self._array(self.responses, wave, "response").add(text, label.created_at)
            return
        number = label.model_version.number if label.model_version else 1
        if number not in self.machine:
            place = self.folder / auto_annotator_path(number)
            place.parent.mkdir(parents=True, exist_ok=True)
            self.machine[number] = place.open("w", encoding="utf-8")
        self.machine[number].write(auto_annotator_line(row.position, pair) + "\n")

    def side_file(self, name: str, content: bytes) -> None:
        self._write(name, content)

    def close(self) -> None:
        for wave, pile in self.requests.items():
            pile.close(self.folder / consolidation_request_path(iteration_name(wave, of=self.waves), pile.newest))
        for wave, pile in self.responses.items():
            pile.close(self.folder / consolidation_response_path(iteration_name(wave, of=self.waves), pile.newest))
        for file in self.machine.values():
            file.close()

    def _array(self, piles: dict[int, JsonArray], wave: int, kind: str) -> JsonArray:
        if wave not in piles:
            piles[wave] = JsonArray(self.folder, f"{kind}-{wave}")
        return piles[wave]

    def _write(self, name: str, content: bytes) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
